# SPDX-License-Identifier: Apache-2.0
"""What the acts of one purchase move, account by account: a fold of its public entries. Pure; exact centavos.

Without VAT: planned, certified, awarded, amended (what amendments added to the awards), committed, released, ended,
arrived, accepted, unbilled, invoiced, settled (the part of invoices that were paid), penalty. With VAT: vat (the tax
itself), kept (penalties kept back from invoices), verified, paid. Between them hold

    planned = committed + released + what is still to be contracted, awards that are not signed yet among it
    committed = accepted + arrived + ended + what is still to be delivered
    accepted = invoiced + what is still to be invoiced
    invoiced + vat = paid + kept + what is still to be paid

each to the centavo: what is "still to be" is the difference, and `Due` names what it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from vitrina.cycle.awarding.events import RulingIssued
from vitrina.cycle.contracting.events import ContractAmended, ContractRef, ContractSigned, ContractTerminated
from vitrina.cycle.delivery.events import GoodsAccepted, GoodsReceived, GoodsRejected
from vitrina.cycle.payment.events import (
    InvoiceApproved,
    InvoiceReceived,
    InvoiceReturned,
    PaymentMade,
    PurchaseCompleted,
)
from vitrina.cycle.planning.events import (
    BudgetCertified,
    Line,
    PartyRef,
    PlanLineCancelled,
    PlanLineModified,
    PlanLinePublished,
)
from vitrina.cycle.tendering.events import TenderCancelled
from vitrina.kernel.money import Money, total

PLANNED, CERTIFIED, AWARDED, AMENDED, COMMITTED = "planned", "certified", "awarded", "amended", "committed"
RELEASED, ENDED, ARRIVED, ACCEPTED, UNBILLED = "released", "ended", "arrived", "accepted", "unbilled"
INVOICED, SETTLED, PENALTY = "invoiced", "settled", "penalty"
REJECTED = "rejected"  # a state of a receipt: it moves no account of its own
VAT, KEPT, VERIFIED, PAID = "vat", "kept", "verified", "paid"
ACCOUNTS: Final = (PLANNED, CERTIFIED, AWARDED, AMENDED, COMMITTED, RELEASED, ENDED, ARRIVED, ACCEPTED, UNBILLED,
                   INVOICED, SETTLED, PENALTY, VAT, KEPT, VERIFIED, PAID)  # fmt: skip
GOODS, DECISION, CHECK, PAYMENT = "goods", "decision", "check", "payment"
DUES: Final = (GOODS, DECISION, CHECK, PAYMENT)
TERMS: Final = {  # what is owed -> the key of its term in the law; that of goods is in the contract
    DECISION: "term.delivery_to_acceptance.max",
    CHECK: "term.invoice_to_correction.max",
    PAYMENT: "term.invoice_to_payment.max",
}


class Told(NamedTuple):
    """A public entry: its number in the ledger, its instant, what it says."""

    position: int
    at: datetime
    event: Any


class Moved(NamedTuple):
    """What an entry moves in one account; `ref`: the receipt or invoice that it is about."""

    position: int
    at: datetime
    contract: str
    account: str
    ref: str
    centavos: int


class Owed(NamedTuple):
    """Something owed: `since` the act that `position` names; `due_on` where a contract sets the day."""

    kind: str
    contract: str
    ref: str
    position: int
    since: date | datetime
    due_on: date | None
    centavos: int


@dataclass
class Signed:
    """A contract as it stands: what of each delivery of its schedule is still expected, and its sums."""

    ref: ContractRef
    position: int
    is_ended: bool = False
    come: dict[int, Decimal] = field(default_factory=dict)

    def price(self, item: int) -> Money:
        return next(line.unit_price for line in self.ref.lines if line.item.number == item)


@dataclass
class Receipt:
    """Goods that arrived: lines of `(delivery, quantity)`, their value, and whether they were accepted, rejected or
    neither yet. `penalty`: centavos, once accepted.
    """

    contract: str
    told: Told
    lines: list[tuple[int, Decimal]]
    centavos: int
    state: str = ARRIVED
    penalty: int = 0

    @property
    def late_days(self) -> int:
        """Natural days after the day on which the latest of its lines was due."""
        return max(line.late_days for line in self.told.event.lines)


@dataclass
class Bill:
    """An invoice that was not returned."""

    contract: str
    told: Told
    event: InvoiceReceived
    approved: Told | None = None
    is_paid: bool = False


@dataclass
class Flow:
    """One purchase, as the entries so far tell it."""

    ocid: str = ""
    plan: Line | None = None
    buyer: PartyRef | None = None
    unit: PartyRef | None = None
    planned_by: int = 0
    is_over: bool = False
    moved: list[Moved] = field(default_factory=list)
    contracts: dict[str, Signed] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    bills: dict[str, Bill] = field(default_factory=dict)
    _sums: dict[tuple[str, str], int] = field(default_factory=dict)

    def sum(self, account: str, contract: str | None = None) -> int:
        """The account's centavos: of one contract, or of the whole purchase."""
        if contract is not None:
            return self._sums.get((account, contract), 0)
        return sum(amount for (name, _), amount in self._sums.items() if name == account)

    def post(self, told: Told, account: str, centavos: int, contract: str = "", ref: str = "") -> None:
        """Move an account; nothing is written of nothing."""
        if centavos:
            self.moved.append(Moved(told.position, told.at, contract, account, ref, centavos))
            self._sums[account, contract] = self.sum(account, contract) + centavos

    def post_to(self, told: Told, account: str, centavos: int, contract: str = "") -> None:
        """Move an account to a sum."""
        self.post(told, account, centavos - self.sum(account, contract), contract)

    def release(self, told: Told) -> None:
        """The purchase is over: what was planned and not contracted is free."""
        self.is_over = True
        self.post(told, RELEASED, self.sum(PLANNED) - self.sum(COMMITTED) - self.sum(RELEASED))
        if self.sum(AWARDED):  # an award that was never signed leads nowhere any more
            self.post_to(told, AWARDED, self.sum(COMMITTED) - self.sum(AMENDED))

    def owed(self) -> list[Owed]:
        """What is owed after these entries, in no order."""
        return [*self._goods(), *self._decisions(), *self._bills()]

    def _goods(self) -> Iterable[Owed]:
        for key, signed in self.contracts.items():
            for one in () if signed.is_ended else signed.ref.schedule:
                left = one.quantity - signed.come.get(one.number, Decimal(0))
                if left > 0:
                    worth = signed.price(one.item).times(left).centavos
                    yield Owed(GOODS, key, str(one.number), signed.position, one.due_on, one.due_on, worth)

    def _decisions(self) -> Iterable[Owed]:
        for key, receipt in self.receipts.items():
            if receipt.state == ARRIVED:
                told = receipt.told
                since = told.event.received_on
                yield Owed(DECISION, receipt.contract, key, told.position, since, None, receipt.centavos)

    def _bills(self) -> Iterable[Owed]:
        for key, bill in self.bills.items():
            payable = bill.event.payable.centavos
            if bill.is_paid:
                continue
            if bill.approved:
                told = bill.approved
                yield Owed(PAYMENT, bill.contract, key, told.position, told.at, told.event.due_on, payable)
            else:
                yield Owed(CHECK, bill.contract, key, bill.told.position, bill.told.at, None, payable)


def fold(entries: Iterable[Told]) -> Flow:
    """The flow after these public entries of one purchase, in the order of the ledger."""
    flow = Flow()
    for told in entries:
        if reader := READERS.get(type(told.event)):
            reader(flow, told)
    return flow


def _planned(flow: Flow, told: Told) -> None:
    flow.buyer, flow.unit, flow.plan = told.event.buyer, told.event.unit, told.event.line
    flow.planned_by = told.position
    flow.post_to(told, PLANNED, flow.plan.budget.centavos)


def _replanned(flow: Flow, told: Told) -> None:
    flow.plan, flow.planned_by = told.event.line, told.position
    flow.post_to(told, PLANNED, flow.plan.budget.centavos)
    flow.post_to(told, CERTIFIED, 0)  # a line that changed is certified again


def _certified(flow: Flow, told: Told) -> None:
    flow.post_to(told, CERTIFIED, told.event.amount.centavos)


def _ruled(flow: Flow, told: Told) -> None:
    """Every lot is decided at once: what the awards leave of the plan will not be spent by this purchase."""
    flow.post_to(told, AWARDED, total([s.total for s in told.event.awards]).centavos)
    if not told.event.awards:
        flow.release(told)
    flow.post_to(told, RELEASED, flow.sum(PLANNED) - flow.sum(AWARDED))


def _signed(flow: Flow, told: Told) -> None:
    ref: ContractRef = told.event.contract
    flow.contracts[ref.id] = Signed(ref, told.position)
    flow.post_to(told, COMMITTED, ref.value.centavos, ref.id)


def _amended(flow: Flow, told: Told) -> None:
    ref: ContractRef = told.event.contract
    signed = flow.contracts.setdefault(ref.id, Signed(ref, told.position))
    signed.ref, signed.position = ref, told.position
    more = ref.value.centavos - flow.sum(COMMITTED, ref.id)
    flow.post(told, AMENDED, more, ref.id)
    flow.post(told, RELEASED, -more)
    flow.post_to(told, COMMITTED, ref.value.centavos, ref.id)


def _terminated(flow: Flow, told: Told) -> None:
    key = told.event.contract
    if key in flow.contracts:
        flow.contracts[key].is_ended = True
        left = flow.sum(COMMITTED, key) - flow.sum(ACCEPTED, key) - flow.sum(ARRIVED, key)
        flow.post(told, ENDED, left, key)


def _arrived(flow: Flow, told: Told) -> None:
    event: GoodsReceived = told.event
    signed = flow.contracts.get(event.contract)
    if signed is None:  # its contract was withdrawn from the public record
        return
    worth = total([signed.price(line.item).times(line.quantity) for line in event.lines]).centavos
    lines = [(line.delivery, line.quantity) for line in event.lines]
    flow.receipts[event.receipt] = Receipt(event.contract, told, lines, worth)
    for number, quantity in lines:
        signed.come[number] = signed.come.get(number, Decimal(0)) + quantity
    flow.post(told, ARRIVED, worth, event.contract, event.receipt)


def _accepted(flow: Flow, told: Told) -> None:
    event: GoodsAccepted = told.event
    receipt = flow.receipts.get(event.receipt)
    if receipt is not None:
        receipt.state = ACCEPTED
        flow.post(told, ARRIVED, -receipt.centavos, event.contract, event.receipt)
        receipt.centavos, receipt.penalty = event.value.centavos, event.penalty.centavos
    for account, amount in ((ACCEPTED, event.value), (UNBILLED, event.value), (PENALTY, event.penalty)):
        flow.post(told, account, amount.centavos, event.contract, event.receipt)


def _rejected(flow: Flow, told: Told) -> None:
    event: GoodsRejected = told.event
    receipt = flow.receipts.get(event.receipt)
    if receipt is None:
        return
    receipt.state = REJECTED
    signed = flow.contracts[receipt.contract]
    for number, quantity in receipt.lines:
        signed.come[number] -= quantity
    flow.post(told, ARRIVED, -receipt.centavos, event.contract, event.receipt)
    if signed.is_ended:  # nobody waits for them any more
        flow.post(told, ENDED, receipt.centavos, event.contract, event.receipt)


def _unbilled(flow: Flow, receipts: Iterable[str]) -> int:
    return sum(flow.receipts[key].centavos for key in receipts if key in flow.receipts)


def _billed(flow: Flow, told: Told) -> None:
    event: InvoiceReceived = told.event
    flow.bills[event.invoice] = Bill(event.contract, told, event)
    _post_bill(flow, told, event, 1)


def _returned(flow: Flow, told: Told) -> None:
    bill = flow.bills.pop(told.event.invoice, None)
    if bill is not None:
        _post_bill(flow, told, bill.event, -1)


def _post_bill(flow: Flow, told: Told, bill: InvoiceReceived, sign: int) -> None:
    amounts = (
        (INVOICED, bill.subtotal.centavos),
        (VAT, bill.total.centavos - bill.subtotal.centavos),
        (KEPT, bill.penalty.centavos),
        (UNBILLED, -_unbilled(flow, bill.receipts)),
    )
    for account, centavos in amounts:
        flow.post(told, account, sign * centavos, bill.contract, bill.invoice)


def _verified(flow: Flow, told: Told) -> None:
    event: InvoiceApproved = told.event
    if event.invoice in flow.bills:
        flow.bills[event.invoice].approved = told
    flow.post(told, VERIFIED, event.payable.centavos, event.contract, event.invoice)


def _paid(flow: Flow, told: Told) -> None:
    event: PaymentMade = told.event
    flow.post(told, VERIFIED, -event.amount.centavos, event.contract, event.invoice)
    flow.post(told, PAID, event.amount.centavos, event.contract, event.invoice)
    if event.invoice in flow.bills:
        bill = flow.bills[event.invoice]
        bill.is_paid = True
        flow.post(told, SETTLED, bill.event.subtotal.centavos, event.contract, event.invoice)


READERS: dict[type, Callable[[Flow, Told], None]] = {
    PlanLinePublished: _planned,
    PlanLineModified: _replanned,
    PlanLineCancelled: Flow.release,
    BudgetCertified: _certified,
    TenderCancelled: Flow.release,
    RulingIssued: _ruled,
    ContractSigned: _signed,
    ContractAmended: _amended,
    ContractTerminated: _terminated,
    GoodsReceived: _arrived,
    GoodsAccepted: _accepted,
    GoodsRejected: _rejected,
    InvoiceReceived: _billed,
    InvoiceReturned: _returned,
    InvoiceApproved: _verified,
    PaymentMade: _paid,
    PurchaseCompleted: Flow.release,
}
WHICH = frozenset(event.kind for event in READERS)  # kinds of entries that move money
