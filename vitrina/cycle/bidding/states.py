# SPDX-License-Identifier: Apache-2.0
"""States of an envelope. All but the first are given in the act, from the signed objects in the order of the log."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class EnvelopeState(StrEnum):
    """What became of an envelope."""

    CLOSED = "closed"
    LIVE = "live"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    LATE = "late"
    NOTICE = "notice"  # a withdrawal, or a share dealt anew: it holds no bid
    OPENED = "opened"
    UNOPENABLE = "unopenable"
    KEPT_CLOSED = "kept_closed"  # it stood when the purchase was cancelled: what it offers is never read


S = EnvelopeState
TABLE: Table = {
    (NEW, "submit"): S.CLOSED,
    (NEW, "withdraw"): S.CLOSED,
    (NEW, "redeal"): S.CLOSED,
    (S.CLOSED, "stand"): S.LIVE,
    (S.CLOSED, "replace"): S.SUPERSEDED,  # by a later bid of the same supplier
    (S.CLOSED, "take_back"): S.WITHDRAWN,
    (S.CLOSED, "arrive_late"): S.LATE,
    (S.CLOSED, "note"): S.NOTICE,
    (S.CLOSED, "keep_closed"): S.KEPT_CLOSED,
    (S.LIVE, "replace"): S.SUPERSEDED,  # once a later envelope of its bidder could be read
    (S.LIVE, "take_back"): S.WITHDRAWN,
    (S.LIVE, "keep_closed"): S.KEPT_CLOSED,  # cancelled in the middle of the act
    (S.LIVE, "open"): S.OPENED,
    (S.LIVE, "give_up"): S.UNOPENABLE,
    (S.KEPT_CLOSED, "replace"): S.SUPERSEDED,
    (S.KEPT_CLOSED, "take_back"): S.WITHDRAWN,
}
