# SPDX-License-Identifier: Apache-2.0
"""What contracting tells the later stages and the desk."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from vitrina.cycle.awarding.models import Award
from vitrina.cycle.awarding.queries import active_awards, ruled_at
from vitrina.cycle.bidding.events import BidderRef
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.opening.queries import attendance_of
from vitrina.cycle.planning.events import ItemRef, PartyRef
from vitrina.cycle.planning.queries import item_refs
from vitrina.cycle.tendering.limits import calendar_of
from vitrina.cycle.tendering.queries import has_reached, tender_of
from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money, total
from vitrina.ledger.kinds import Applied
from vitrina.parties.models import Supplier, Unit
from vitrina.parties.roles import Role

from .caps import guarantee_due
from .events import ContractRef, DeliveryRef, LineRef
from .models import Contract, Guarantee
from .states import ContractState
from .terms import Term, exact, term

FULFILLMENT = "fulfillment"


_CONTRACTS = Reading(lambda: Contract.objects.select_related("supplier"))
_GUARANTEES = Reading(
    lambda: Guarantee.objects.filter(obligation=FULFILLMENT), by="contract_id", within="contract__process_id__in"
)


def contracts_of(process: Process) -> list[Contract]:
    """The contracts of a purchase, by id."""
    return _CONTRACTS.of(process.pk)


def awards_to(process: Process, supplier_key: str) -> list[Award]:
    """The active awards of a supplier, by lot."""
    return sorted((a for a in active_awards(process) if a.supplier_id == supplier_key), key=lambda a: a.lot)


def without_contract(process: Process) -> list[Supplier]:
    """The suppliers that won and have no contract yet, in order of their first lot."""
    taken = {c.supplier_id for c in contracts_of(process)}
    winners = {a.supplier_id: a.supplier for a in active_awards(process) if a.supplier_id not in taken}
    return list(winners.values())


def awarded_lines(process: Process, supplier_key: str) -> list[tuple[ItemRef, Money]]:
    """The items of the lots that a supplier won, each with the unit price of the bid that won it."""
    bids = {bid.bid_id: bid for bid in opened_bids(process)}
    winners = {award.lot: bids[award.bid_id] for award in awards_to(process, supplier_key)}
    return [(item, winners[item.lot].prices[item.number]) for item in item_refs(process) if item.lot in winners]


def places_of(process: Process) -> list[Unit]:
    """Where goods may be delivered: every unit of the buyer's tree."""
    return list(Unit.objects.filter(root=process.buyer).order_by("name")) or [process.unit]


WATCHERS = {Role.WITNESS: "socialWitness", Role.OIC: "internalControlUnit"}


def surveillance_of(process: Process) -> tuple[str, ...]:
    """Who watched the opening from outside the contracting area: codes of the extension surveillanceMechanisms."""
    seen = {a.role for a in attendance_of(process)}
    return tuple(code for role, code in WATCHERS.items() if role in seen)


def signature_term(process: Process) -> Term | None:
    """The term in which the contract must be signed, from the ruling."""
    at = ruled_at(process)
    return term(process, "term.award_to_signature.max", at) if at else None


def guarantee_term(contract: Contract) -> Term | None:
    """The term in which the performance guarantee must be given, from the signature."""
    if contract.signed_at is None:
        return None
    return term(contract.process, "term.signature_to_guarantee.max", contract.signed_at)


def default_schedule(process: Process, supplier_key: str, at: datetime) -> list[dict[str, Any]]:
    """What the draft proposes: each awarded item whole, at the contracting unit, as the call says.

    Dicts of `item_number, unit_key, quantity, due_on`; the day is the last of signature plus the call's days.
    """
    tender = tender_of(process)
    signed_on = calendar_of(process).local_day(at)
    due_on = max(tender.contract_start, signed_on) + timedelta(days=tender.delivery_days)
    due_on = max(min(due_on, tender.contract_end), tender.contract_start)
    return [
        {"item_number": item.number, "unit_key": process.unit_id, "quantity": exact(item.quantity), "due_on": due_on}
        for item, _unit in awarded_lines(process, supplier_key)
    ]


def contract_ref(contract: Contract) -> ContractRef:
    """The contract as the ledger writes it, from its rows."""
    items = {i.number: i for i in item_refs(contract.process)}
    lines = tuple(
        LineRef(item=_with(items[line.item_number], line.quantity), unit_price=line.unit, amount=line.amount)
        for line in contract.lines.all()
    )
    schedule = tuple(
        DeliveryRef(
            number=d.number,
            item=d.item_number,
            place=PartyRef(key=d.place.key, name=d.place.name),
            quantity=exact(d.quantity),
            due_on=d.due_on,
        )
        for d in contract.schedule.select_related("place")
    )
    return ContractRef(
        id=contract.id,
        award=award_id(contract),
        title=contract.title,
        supplier=supplier_ref(contract.supplier),
        lines=lines,
        schedule=schedule,
        value=contract.value,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        guarantee_share=contract.guarantee_share,
        penalty_rate=contract.penalty_rate,
        terms=contract.terms,
    )


def _with(item: ItemRef, quantity: Decimal) -> ItemRef:
    return msgspec.structs.replace(item, quantity=exact(quantity))


def award_id(contract: Contract) -> str:
    """The OCDS id of the award of the contract's first lot."""
    return str(min(contract.lines.values_list("lot", flat=True)))


def supplier_ref(supplier: Supplier) -> BidderRef:
    """A supplier as the ledger names it."""
    return BidderRef(key=supplier.key, name=supplier.name, rfc=supplier.rfc, size=supplier.size)


def digest_of_contract(contract: Contract) -> str:
    """What a signature covers: SHA-256 of the canonical text of the contract as its rows stand."""
    return digest_of(msgspec.to_builtins(contract_ref(contract), builtin_types=()))


def guaranteed(contract: Contract) -> Money:
    """What the performance guarantees of a contract add up to."""
    return total([Money(g.centavos) for g in _GUARANTEES.of(contract.process_id, contract.pk)])


def guarantee_required(contract: Contract) -> Money:
    """The performance guarantee that the contract's present value needs."""
    return guarantee_due(contract.value, contract.guarantee_share)


def guarantee_missing(contract: Contract) -> Money:
    """What is missing of the performance guarantee; zero when it is whole."""
    missing = guarantee_required(contract) - guaranteed(contract)
    return missing if missing.centavos > 0 else Money(0)


def today(process: Process, at: datetime) -> date:
    """The unit's own day at an instant."""
    return calendar_of(process).local_day(at)


def are_all_contracted(process: Process) -> bool:
    """Whether every award has a contract that was signed by both sides."""
    done = {ContractState.ACTIVE, ContractState.TERMINATED}
    return not without_contract(process) and all(c.state in done for c in contracts_of(process))


def tasks(process: Process, at: datetime) -> list[Task]:
    """Contracts to write, sign and guarantee; what the approver may change while they run."""
    if process.halt or not has_reached(process, "awarding") or not active_awards(process):
        return []
    running = signature_term(process)
    due, met = (running.closes_at, running.met(process, at)) if running else (None, None)
    found = [
        Task("contracting.draft", Role.OFFICER, _("Write the contract"), supplier.name, due=due, rule=met,
             key=supplier.key)
        for supplier in without_contract(process)
    ]  # fmt: skip
    for contract in contracts_of(process):
        contract.process = process
        found += _contract_tasks(contract, at, due, met)
    return found


def _contract_tasks(contract: Contract, at: datetime, due: datetime | None, met: Applied | None) -> list[Task]:
    what = f"{contract.id}, {contract.supplier.name}"
    if contract.state == ContractState.DRAFT:
        return [
            Task("contracting.sign_supplier", Role.SUPPLIER, _("Read and sign your contract"), what, due=due, rule=met,
                 key=contract.id, supplier_key=contract.supplier_id),
            Task("contracting.draft", Role.OFFICER, _("Correct the contract"), what, key=contract.supplier_id,
                 is_optional=True),
        ]  # fmt: skip
    if contract.state == ContractState.SIGNED_BY_SUPPLIER:
        return [Task("contracting.sign_buyer", Role.APPROVER, _("Sign the contract"), what, due=due, rule=met,
                     key=contract.id)]  # fmt: skip
    if contract.state != ContractState.ACTIVE:
        return []
    found = []
    if guarantee_missing(contract).centavos:
        term = guarantee_term(contract)
        found.append(
            Task("contracting.register_guarantee", Role.OFFICER, _("Register the guarantee"), what, key=contract.id,
                 due=term.closes_at if term else None, rule=term.met(contract.process, at) if term else None)
        )  # fmt: skip
    may = {"key": contract.id, "is_optional": True}
    return [
        *found,
        Task("contracting.amend", Role.APPROVER, _("Amend the contract"), what, **may),
        Task("contracting.terminate", Role.APPROVER, _("End the contract early"), what, **may),
    ]
