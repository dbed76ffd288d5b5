# SPDX-License-Identifier: Apache-2.0
"""States of an auction, of one lot, and of the justification of a price in it. For commands and the verifier."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class Phase(StrEnum):
    """The auction of a lot."""

    SKIPPED = "skipped"
    SCHEDULED = "scheduled"
    WARMUP = "warmup"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"
    REVEALED = "revealed"
    CERTIFIED = "certified"
    VOIDED = "voided"


TABLE: Table = {
    (NEW, "skip"): Phase.SKIPPED,
    (NEW, "schedule"): Phase.SCHEDULED,
    (Phase.SCHEDULED, "reschedule"): Phase.SCHEDULED,
    (Phase.SCHEDULED, "commit_floor"): Phase.SCHEDULED,
    (Phase.SCHEDULED, "convene"): Phase.WARMUP,
    (Phase.WARMUP, "reschedule"): Phase.SCHEDULED,
    (Phase.WARMUP, "commit_floor"): Phase.WARMUP,
    (Phase.WARMUP, "start"): Phase.RUNNING,
    (Phase.RUNNING, "offer"): Phase.RUNNING,
    (Phase.RUNNING, "refuse"): Phase.RUNNING,
    (Phase.RUNNING, "commit_floor"): Phase.RUNNING,
    (Phase.RUNNING, "begin_round"): Phase.RUNNING,
    (Phase.RUNNING, "begin_turn"): Phase.RUNNING,
    (Phase.RUNNING, "begin_final_round"): Phase.RUNNING,
    (Phase.RUNNING, "publish_offers"): Phase.RUNNING,
    (Phase.RUNNING, "pause"): Phase.PAUSED,
    (Phase.RUNNING, "close"): Phase.CLOSED,
    (Phase.RUNNING, "void"): Phase.VOIDED,
    (Phase.PAUSED, "refuse"): Phase.PAUSED,
    (Phase.PAUSED, "commit_floor"): Phase.PAUSED,
    (Phase.PAUSED, "resume"): Phase.RUNNING,
    (Phase.PAUSED, "void"): Phase.VOIDED,
    (Phase.CLOSED, "refuse"): Phase.CLOSED,
    (Phase.CLOSED, "reveal"): Phase.REVEALED,
    (Phase.REVEALED, "certify"): Phase.CERTIFIED,
    (Phase.REVEALED, "void"): Phase.VOIDED,
}


class Justification(StrEnum):
    """The justification of a price that was marked as abnormally low."""

    REQUESTED = "requested"
    GIVEN = "given"
    LAPSED = "lapsed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


DECIDED = frozenset({Justification.ACCEPTED, Justification.REJECTED})
JUSTIFICATION: Table = {
    (NEW, "request"): Justification.REQUESTED,
    (Justification.REQUESTED, "give"): Justification.GIVEN,
    (Justification.REQUESTED, "lapse"): Justification.LAPSED,
    (Justification.GIVEN, "weigh"): Justification.GIVEN,
    (Justification.LAPSED, "weigh"): Justification.LAPSED,
    (Justification.GIVEN, "accept"): Justification.ACCEPTED,
    (Justification.LAPSED, "accept"): Justification.ACCEPTED,
    (Justification.GIVEN, "reject"): Justification.REJECTED,
    (Justification.LAPSED, "reject"): Justification.REJECTED,
}
