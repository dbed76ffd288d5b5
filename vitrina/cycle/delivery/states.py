# SPDX-License-Identifier: Apache-2.0
"""States of a receipt."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class ReceiptState(StrEnum):
    """Where a receipt is."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


TABLE: Table = {
    (NEW, "receive"): ReceiptState.RECEIVED,
    (ReceiptState.RECEIVED, "accept"): ReceiptState.ACCEPTED,
    (ReceiptState.RECEIVED, "reject"): ReceiptState.REJECTED,
}
