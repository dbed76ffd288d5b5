# SPDX-License-Identifier: Apache-2.0
"""States of a bid."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class BidState(StrEnum):
    """What became of a bid."""

    RECEIVED = "received"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    OPENED = "opened"


TABLE: Table = {
    (NEW, "submit"): BidState.RECEIVED,
    (NEW, "refuse_late"): BidState.REFUSED,
    (BidState.RECEIVED, "replace"): BidState.REPLACED,  # by another bid of the same supplier
    (BidState.RECEIVED, "withdraw"): BidState.WITHDRAWN,
    (BidState.RECEIVED, "open"): BidState.OPENED,
}
