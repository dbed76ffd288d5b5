# SPDX-License-Identifier: Apache-2.0
"""The flow of funds of a purchase, folded from its acts, against what the stages' own rows say: to the centavo."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Sum

from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.states import ContractState
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery.models import Receipt, ReceiptLine
from vitrina.cycle.payment.models import Invoice
from vitrina.ledger.models import Entry
from vitrina.portal.funds import postings as p
from vitrina.portal.funds.postings import Told, fold

IN_FORCE = (ContractState.ACTIVE, ContractState.TERMINATED)
LIVE = ("received", "approved", "paid")


def agrees(process: Process, entries: list[Entry]) -> None:
    """Every sum of the fold is that of the rows; each step adds up to the next; nothing is owed that was done."""
    if not Contract.objects.filter(process=process).exists():
        return  # the stories look at what has no contract
    flow = fold(Told(n, e.at, e.event) for n, e in enumerate(entries, start=1) if e.is_public and not e.is_erased)
    sums = {account: flow.sum(account) for account in p.ACCOUNTS}
    assert sums == {account: sum(m.centavos for m in flow.moved if m.account == account) for account in p.ACCOUNTS}

    contracts = Contract.objects.filter(process=process, state__in=IN_FORCE)
    lines = ReceiptLine.objects.filter(receipt__contract__process=process, receipt__state="accepted")
    bills = Invoice.objects.filter(contract__process=process, state__in=LIVE)
    paid = bills.filter(state="paid")
    assert sums[p.PLANNED] == process.plan_line.budget_centavos
    assert sums[p.COMMITTED] == _sum(contracts, "centavos")
    assert sums[p.PENALTY] == _sum(lines, "penalty_centavos")
    assert sums[p.INVOICED] == _sum(bills, "subtotal_centavos")
    assert sums[p.INVOICED] + sums[p.VAT] == _sum(bills, "total_centavos")
    assert sums[p.KEPT] == _sum(bills, "penalty_centavos")
    assert sums[p.SETTLED] == _sum(paid, "subtotal_centavos")
    assert sums[p.PAID] == _sum(paid, "total_centavos") - _sum(paid, "penalty_centavos")
    waiting = bills.filter(state="approved")
    assert sums[p.VERIFIED] == _sum(waiting, "total_centavos") - _sum(waiting, "penalty_centavos")

    owed = {kind: sum(o.centavos for o in flow.owed() if o.kind == kind) for kind in p.DUES}
    assert sums[p.ARRIVED] == owed[p.DECISION]
    to_pay = sums[p.INVOICED] + sums[p.VAT] - sums[p.KEPT] - sums[p.PAID]
    assert to_pay == owed[p.CHECK] + owed[p.PAYMENT]
    assert sums[p.AWARDED] + sums[p.AMENDED] >= sums[p.COMMITTED]  # what was awarded is signed, or waits for it
    assert not flow.is_over or sums[p.PLANNED] == sums[p.COMMITTED] + sums[p.RELEASED]
    # Of fractional quantities each line is rounded once: no more than that stands between two steps.
    n_lines = lines.count() + sum(c.schedule.count() for c in contracts)
    to_deliver = sums[p.COMMITTED] - sums[p.ACCEPTED] - sums[p.ARRIVED] - sums[p.ENDED]
    assert abs(to_deliver - owed[p.GOODS]) <= n_lines
    assert abs(sums[p.ACCEPTED] - sums[p.INVOICED] - sums[p.UNBILLED]) <= n_lines
    _quantities(process, flow)


def _quantities(process: Process, flow: p.Flow) -> None:
    """What is still expected of each delivery, counted anew from the receipts."""
    come: dict[tuple[str, int], Decimal] = {}
    for line in ReceiptLine.objects.filter(receipt__contract__process=process).select_related("receipt", "delivery"):
        if line.receipt.state != "rejected":
            key = (line.receipt.contract_id, line.delivery.number)
            come[key] = come.get(key, Decimal(0)) + line.quantity
    told = {(key, n): q for key, signed in flow.contracts.items() for n, q in signed.come.items() if q}
    assert told == come
    assert {k: r.state for k, r in flow.receipts.items()} == {
        r.id: {"received": "arrived"}.get(r.state, r.state) for r in Receipt.objects.filter(contract__process=process)
    }


def _sum(rows: object, column: str) -> int:
    return rows.aggregate(sum=Sum(column))["sum"] or 0  # type: ignore[attr-defined]
