# SPDX-License-Identifier: Apache-2.0
"""States of the clarification meeting."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class MeetingState(StrEnum):
    """The meeting begins with the first question; once its answers are given they may be asked about."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


TABLE: Table = {
    (NEW, "ask"): MeetingState.OPEN,
    (MeetingState.OPEN, "ask"): MeetingState.OPEN,
    (MeetingState.OPEN, "answer"): MeetingState.OPEN,
    (MeetingState.OPEN, "regroup"): MeetingState.OPEN,
    (MeetingState.OPEN, "note_flood"): MeetingState.OPEN,
    (MeetingState.CLOSED, "note_flood"): MeetingState.CLOSED,  # evidence outlives the meeting
    (MeetingState.OPEN, "give_answers"): MeetingState.ANSWERED,
    (MeetingState.ANSWERED, "ask_again"): MeetingState.ANSWERED,
    (MeetingState.ANSWERED, "answer"): MeetingState.ANSWERED,
    (MeetingState.ANSWERED, "regroup"): MeetingState.ANSWERED,
    (MeetingState.ANSWERED, "note_flood"): MeetingState.ANSWERED,
    (MeetingState.ANSWERED, "give_answers"): MeetingState.ANSWERED,  # another round, where the rulebook has one
    (MeetingState.ANSWERED, "close_meeting"): MeetingState.CLOSED,
    (NEW, "close_meeting"): MeetingState.CLOSED,  # nobody asked
    (MeetingState.OPEN, "close_meeting"): MeetingState.CLOSED,
}
