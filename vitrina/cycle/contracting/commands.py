# SPDX-License-Identifier: Apache-2.0
"""What can be done with a contract: draft, sign by both sides, guarantee, amend, terminate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils.translation import gettext as _

from vitrina.cycle.core import files
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.words import day, money
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel.money import Money, total
from vitrina.ledger.kinds import Applied, DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor

from . import checks
from .events import (
    ContractAmended,
    ContractDrafted,
    ContractSigned,
    ContractSignedBySupplier,
    ContractTerminated,
    DateChange,
    GuaranteeRegistered,
    QuantityChange,
)
from .models import Amendment, Contract, ContractLine, Guarantee, ScheduledDelivery
from .queries import (
    FULFILLMENT,
    award_id,
    awarded_lines,
    contract_ref,
    digest_of_contract,
    guarantee_missing,
    guarantee_required,
    guarantee_term,
    signature_term,
    supplier_ref,
    surveillance_of,
    today,
    without_contract,
)
from .states import TABLE
from .terms import exact, kept, known
from .words import GUARANTEE_KINDS, OBLIGATIONS, percent


@command("contracting.draft")
def draft(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    supplier_key: str,
    starts_on: date,
    ends_on: date,
    schedule: Sequence[dict[str, Any]],
    terms: str = "",
    title: str = "",
) -> Entry:
    """Write the contract of a supplier that won, or write it anew while the buyer has not signed.

    Lots, lines, prices, guarantee and penalty come from ruling and call and cannot be typed. `schedule`: dicts of
    `item_number, unit_key, quantity (Decimal), due_on`, which add up to the quantity awarded of each item.
    """
    contract = Contract.objects.filter(process=process, supplier=supplier_key).select_related("supplier").first()
    if contract is None:
        contract = _begin(process, supplier_key, at)
    move(contract, TABLE, "draft")
    if ends_on < starts_on:
        raise refuse("period", _("The contract ends after it starts."), field="ends_on")
    tender, lines = tender_of(process), awarded_lines(process, supplier_key)
    quantities = {item.number: item.quantity for item, _unit in lines}
    rows = checks.schedule(process, quantities, schedule, starts_on=starts_on, ends_on=ends_on)
    contract.title, contract.terms = title or process.title, terms
    contract.starts_on, contract.ends_on = starts_on, ends_on
    contract.guarantee_share, contract.penalty_rate = tender.guarantee_share, tender.penalty_rate
    contract.centavos = total([unit.times(item.quantity) for item, unit in lines]).centavos
    contract.drafted_at, contract.supplier_signed_at = at, None
    contract.save()
    contract.lines.all().delete()
    contract.schedule.all().delete()
    ContractLine.objects.bulk_create(
        ContractLine(contract=contract, item_number=item.number, lot=item.lot, quantity=item.quantity,
                     signed_quantity=item.quantity, unit_centavos=unit.centavos)
        for item, unit in lines
    )  # fmt: skip
    ScheduledDelivery.objects.bulk_create(
        ScheduledDelivery(contract=contract, number=n, **row) for n, row in enumerate(rows, start=1)
    )
    event = ContractDrafted(
        contract=contract.id,
        award=award_id(contract),
        supplier=supplier_ref(contract.supplier),
        value=contract.value,
        digest=digest_of_contract(contract),
    )
    return record(actor, process, event, at=at)


@command("contracting.sign_supplier")
def sign_supplier(actor: Actor, process: Process, *, at: datetime, contract_id: str, digest: str) -> Entry:
    """The supplier signs the text whose digest it saw; a text that changed meanwhile is refused."""
    contract = _contract(process, contract_id)
    checks.own(actor, contract)
    move(contract, TABLE, "sign_supplier")
    _same_text(contract, digest)
    contract.supplier_signed_at = at
    contract.save()
    event = ContractSignedBySupplier(
        contract=contract.id,
        award=award_id(contract),
        supplier=supplier_ref(contract.supplier),
        digest=digest,
    )
    return record(actor, process, event, at=at)


@command("contracting.sign_buyer")
def sign_buyer(
    actor: Actor, process: Process, *, at: datetime, contract_id: str, digest: str, late_reason: str = ""
) -> Entry:
    """The buyer signs and the contract is in force. After the legal term a public reason is needed."""
    contract = _contract(process, contract_id)
    move(contract, TABLE, "sign_buyer")
    _same_text(contract, digest)
    rules = kept(signature_term(process), process, at, late_reason)
    contract.signed_at = at
    contract.save()
    event = ContractSigned(
        contract=contract_ref(contract), digest=digest, late_reason=late_reason, rules=rules,
        surveillance=surveillance_of(process),
    )  # fmt: skip
    return record(actor, process, event, at=at)


@command("contracting.register_guarantee")
def register_guarantee(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    contract_id: str,
    kind: str,
    policy: str,
    guarantor: str,
    amount: Money,
    issued_on: date,
    ends_on: date,
    obligation: str = FULFILLMENT,
    late_reason: str = "",
    document: UploadedFile | None = None,
) -> Entry:
    """Register a guarantee; one of performance covers what is missing of the share that the call asks for.

    It lasts at least as long as the contract. After the legal term a public reason is needed.
    """
    contract = _contract(process, contract_id)
    move(contract, TABLE, "register_guarantee")
    if kind not in GUARANTEE_KINDS or obligation not in OBLIGATIONS:
        raise refuse("code", _("Choose the kind of guarantee and what it guarantees."), field="kind")
    if issued_on > today(process, at):
        raise refuse("future", _("The guarantee is dated after today."), field="issued_on")
    if ends_on < contract.ends_on:
        message = _("The guarantee must last at least as long as the contract: until %(day)s.")
        raise refuse("period", message % {"day": day(contract.ends_on)}, field="ends_on")
    if Guarantee.objects.filter(guarantor=guarantor, policy=policy).exists():
        raise refuse("twice", _("This policy is already registered."), field="policy")
    rules = _guarantee_rules(contract, obligation, amount, at, late_reason)
    number = contract.guarantees.count() + 1
    Guarantee.objects.create(
        contract=contract,
        number=number,
        kind=kind,
        obligation=obligation,
        policy=policy,
        guarantor=guarantor,
        centavos=amount.centavos,
        issued_on=issued_on,
        ends_on=ends_on,
    )
    event = GuaranteeRegistered(
        contract=contract.id,
        award=award_id(contract),
        number=number,
        guarantee_kind=kind,
        obligation=obligation,
        policy=policy,
        guarantor=guarantor,
        amount=amount,
        issued_on=issued_on,
        ends_on=ends_on,
        late_reason=late_reason,
        rules=rules,
        documents=_attach(document, f"{contract.id}-G{number}", "Garantía", "contractGuarantees"),
    )
    return record(actor, process, event, at=at)


@command("contracting.amend")
def amend(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    contract_id: str,
    reason: str,
    added: Sequence[dict[str, Any]] = (),
    dates: Sequence[dict[str, Any]] = (),
    ends_on: date | None = None,
    document: UploadedFile | None = None,
) -> Entry:
    """Raise quantities at the price signed, within the cap of each line, or move days that have not passed.

    `added`: deliveries as in `draft`, on top of the schedule; `dates`: dicts of `number, due_on`; `ends_on`: later.
    """
    contract = _contract(process, contract_id)
    move(contract, TABLE, "amend")
    if not added and not dates and ends_on is None:
        raise refuse("same", _("Nothing changes: add a delivery, or move a day."))
    checks.later_end(contract, ends_on)
    contract.ends_on = ends_on or contract.ends_on
    moved = _move_dates(contract, dates, at)
    raised, rules = _add(contract, added, at)
    contract.centavos = total([line.amount for line in contract.lines.all()]).centavos
    contract.save()
    number = contract.amendments.count() + 1
    Amendment.objects.create(contract=contract, number=number, reason=reason, signed_at=at, centavos=contract.centavos)
    event = ContractAmended(
        number=number,
        reason=reason,
        quantities=raised,
        dates=moved,
        contract=contract_ref(contract),
        rules=rules,
        documents=_attach(document, f"{contract.id}-M{number}", "Convenio modificatorio", "contractAnnexe"),
    )
    return record(actor, process, event, at=at)


@command("contracting.terminate")
def terminate(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    contract_id: str,
    ground: str,
    reason: str,
    notified_on: date | None = None,
    opinion: str = "",
) -> Entry:
    """End a contract before its time. A rescission comes after the supplier's term to answer; an early termination of
    a large contract needs the opinion of the internal control body. What was accepted is still paid.
    """
    contract = _contract(process, contract_id)
    move(contract, TABLE, "terminate")
    rules = checks.termination(contract, ground, notified_on, opinion, at)
    contract.save()
    event = ContractTerminated(
        contract=contract.id,
        award=award_id(contract),
        ground=ground,
        reason=reason,
        notified_on=notified_on,
        opinion=opinion,
        rules=rules,
    )
    return record(actor, process, event, at=at)


def _contract(process: Process, contract_id: str) -> Contract:
    contract = Contract.objects.filter(process=process, id=contract_id).select_related("supplier").first()
    if contract is None:
        raise refuse("contract", _("There is no such contract in this purchase."))
    contract.process = process
    return contract


def _begin(process: Process, supplier_key: str, at: datetime) -> Contract:
    supplier = next((s for s in without_contract(process) if s.key == supplier_key), None)
    if supplier is None:
        raise refuse("supplier", _("Choose a supplier that won a lot of this purchase."), field="supplier_key")
    return Contract(id=_next_id(today(process, at).year), process=process, supplier=supplier, state="")


def _next_id(year: int) -> str:
    """The next contract number of a year, without gaps: who drafts at the same time waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('contracting.number'))")
    last = Contract.objects.filter(id__startswith=f"C-{year}-").order_by("-id").values_list("id", flat=True).first()
    return f"C-{year}-{int(last.rsplit('-')[-1]) + 1 if last else 1:06d}"


def _same_text(contract: Contract, digest: str) -> None:
    if digest != digest_of_contract(contract):
        raise refuse("changed", _("The contract changed since you opened it. Read it again before you sign."))


def _guarantee_rules(
    contract: Contract, obligation: str, amount: Money, at: datetime, late_reason: str
) -> tuple[Applied, ...]:
    if obligation != FULFILLMENT:
        return ()
    missing = guarantee_missing(contract)
    if amount < missing:
        message = _("The guarantee falls short: %(missing)s are missing to reach %(share)s of the contract.")
        values = {"missing": money(missing), "share": percent(contract.guarantee_share)}
        raise refuse("short", message % values, field="amount")
    share = known(contract.process, "guarantee.performance.share", at)
    rules = (applied(share, exact(contract.guarantee_share)),) if share else ()
    is_first = missing == guarantee_required(contract)
    return (*rules, *(kept(guarantee_term(contract), contract.process, at, late_reason) if is_first else ()))


def _move_dates(contract: Contract, dates: Sequence[dict[str, Any]], at: datetime) -> tuple[DateChange, ...]:
    changes = []
    for row in dates:
        delivery = contract.schedule.filter(number=row["number"]).first()
        checks.new_day(contract, delivery, row, today(contract.process, at))
        changes.append(DateChange(delivery=delivery.number, before=delivery.due_on, after=row["due_on"]))
        delivery.due_on = row["due_on"]
        delivery.save()
    return tuple(changes)


def _add(
    contract: Contract, added: Sequence[dict[str, Any]], at: datetime
) -> tuple[tuple[QuantityChange, ...], tuple[Applied, ...]]:
    lines = {line.item_number: line for line in contract.lines.all()}
    start = max(contract.starts_on, today(contract.process, at))
    rows = checks.deliveries(contract.process, set(lines), added, starts_on=start, ends_on=contract.ends_on)
    last = contract.schedule.count()
    changes, rules = [], []
    for item_number, line in lines.items():
        extra = sum((row["quantity"] for row in rows if row["item_number"] == item_number), start=0)
        if extra:
            rules.append(checks.within_cap(contract, line, extra, at))
            change = QuantityChange(item=item_number, before=exact(line.quantity), after=exact(line.quantity + extra))
            changes.append(change)
            line.quantity += extra
            line.save()
    ScheduledDelivery.objects.bulk_create(
        ScheduledDelivery(contract=contract, number=n, **row) for n, row in enumerate(rows, start=last + 1)
    )
    return tuple(changes), tuple(rules)


def _attach(upload: UploadedFile | None, document_id: str, title: str, kind: str) -> tuple[DocumentRef, ...]:
    """The document as the act keeps it; its title is Spanish like every release."""
    if upload is None:
        return ()
    row = files.store(upload, public=True, field="document")
    return (files.reference(row, id=document_id, title=title, document_type=kind),)
