# SPDX-License-Identifier: Apache-2.0
"""States of an invoice."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class InvoiceState(StrEnum):
    """Where an invoice is."""

    RECEIVED = "received"
    APPROVED = "approved"
    RETURNED = "returned"
    PAID = "paid"


TABLE: Table = {
    (NEW, "submit_invoice"): InvoiceState.RECEIVED,
    (InvoiceState.RECEIVED, "return_invoice"): InvoiceState.RETURNED,
    (InvoiceState.RECEIVED, "approve_invoice"): InvoiceState.APPROVED,
    (InvoiceState.APPROVED, "pay"): InvoiceState.PAID,
}
