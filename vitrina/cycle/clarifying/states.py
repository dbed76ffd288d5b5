# SPDX-License-Identifier: Apache-2.0
"""States of the clarification meeting."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class MeetingState(StrEnum):
    """The meeting begins with the first question."""

    OPEN = "open"
    CLOSED = "closed"


TABLE: Table = {
    (NEW, "ask"): MeetingState.OPEN,
    (MeetingState.OPEN, "ask"): MeetingState.OPEN,
    (MeetingState.OPEN, "answer"): MeetingState.OPEN,
    (MeetingState.OPEN, "regroup"): MeetingState.OPEN,
    (MeetingState.OPEN, "note_flood"): MeetingState.OPEN,
    (MeetingState.CLOSED, "note_flood"): MeetingState.CLOSED,  # evidence outlives the meeting
    (NEW, "close_meeting"): MeetingState.CLOSED,  # nobody asked
    (MeetingState.OPEN, "close_meeting"): MeetingState.CLOSED,
}
