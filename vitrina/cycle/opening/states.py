# SPDX-License-Identifier: Apache-2.0
"""States of the opening act."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class ActState(StrEnum):
    """Where the act is."""

    STARTED = "started"
    BIDS_OPENED = "bids_opened"
    CLOSED = "closed"


TABLE: Table = {
    (NEW, "start"): ActState.STARTED,
    (ActState.STARTED, "attend"): ActState.STARTED,
    (ActState.STARTED, "give_shares"): ActState.STARTED,
    (ActState.STARTED, "present_backup"): ActState.STARTED,
    (ActState.STARTED, "open_bids"): ActState.BIDS_OPENED,
    (ActState.BIDS_OPENED, "attend"): ActState.BIDS_OPENED,
    (ActState.BIDS_OPENED, "give_shares"): ActState.BIDS_OPENED,  # envelopes that came late are revealed too
    (ActState.BIDS_OPENED, "close"): ActState.CLOSED,
    (ActState.CLOSED, "give_shares"): ActState.CLOSED,
}
