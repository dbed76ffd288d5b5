# SPDX-License-Identifier: Apache-2.0
"""What can be done with goods that arrive: receive, accept, reject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from vitrina.cycle.contracting.caps import is_quantity
from vitrina.cycle.contracting.models import Contract, ScheduledDelivery
from vitrina.cycle.contracting.queries import award_id, contracts_of, today
from vitrina.cycle.contracting.terms import exact, kept
from vitrina.cycle.core import files
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refusal, Refused, refuse
from vitrina.cycle.core.words import day
from vitrina.cycle.planning.events import PartyRef
from vitrina.kernel.money import total
from vitrina.ledger.kinds import DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Unit

from . import caps
from .events import AcceptedLine, ArrivedLine, GoodsAccepted, GoodsReceived, GoodsRejected
from .models import Receipt, ReceiptLine
from .penalties import Part, assess
from .queries import acceptance_term, accepted_by_delivery, items_by_number, parts_of, pending
from .states import TABLE


@command("delivery.receive")
def receive(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    contract_id: str,
    received_on: date,
    note: str,
    lines: Sequence[dict[str, Any]],
    document: UploadedFile | None = None,
) -> Entry:
    """Write down what arrived at one place: `lines` are dicts of `delivery (number in the schedule), quantity`.

    `note` is the number of the supplier's delivery note. Refuses more than the schedule still expects.
    """
    contract = next((c for c in contracts_of(process) if c.id == contract_id), None)
    if contract is None or not contract.is_active:
        raise refuse("contract", _("The contract is not in force; nothing can be received."))
    contract.process = process
    found = _lines(contract, lines)
    place = _place(actor, [delivery for delivery, _quantity in found])
    signed_on = today(process, contract.signed_at)
    if not signed_on <= received_on <= today(process, at):
        message = _("The goods arrived between the signature (%(day)s) and today.") % {"day": day(signed_on)}
        raise refuse("day", message, field="received_on")
    number = contract.receipts.count() + 1
    receipt = Receipt(
        id=f"{contract.id}-R{number}",
        contract=contract,
        number=number,
        place=place,
        state="",
        received_on=received_on,
        note=note,
        recorded_at=at,
    )
    move(receipt, TABLE, "receive")
    receipt.save(force_insert=True)
    for delivery, quantity in found:
        days = max((received_on - delivery.due_on).days, 0)
        ReceiptLine.objects.create(
            receipt=receipt,
            delivery=delivery,
            item_number=delivery.item_number,
            quantity=quantity,
            late_quantity=quantity if days else Decimal(0),
            late_days=days,
        )
    event = GoodsReceived(
        contract=contract.id,
        award=award_id(contract),
        receipt=receipt.id,
        place=_party(place),
        received_on=received_on,
        note=note,
        lines=_arrived(receipt),
        documents=_attach(document, receipt.id),
    )
    return record(actor, process, event, at=at)


@command("delivery.accept")
def accept(actor: Actor, process: Process, *, at: datetime, receipt_id: str, late_reason: str = "") -> Entry:
    """Accept the goods of a receipt; the penalty of the late part is fixed here, within the cap."""
    receipt = _receipt(actor, process, receipt_id)
    move(receipt, TABLE, "accept")
    rules = kept(acceptance_term(receipt), process, at, late_reason)
    parts = parts_of(receipt)
    found = caps.cap_of(receipt.contract, at) if any(part.late_days for _line, part in parts) else None
    penalties = assess([part for _line, part in parts], receipt.contract.penalty_rate, found.cap) if found else []
    for (line, _part), amount in zip(parts, penalties, strict=bool(found)):
        line.penalty_centavos = amount.centavos
        line.save()
    receipt.decided_at = at
    receipt.save()
    lines = _accepted(receipt, parts)
    event = GoodsAccepted(
        contract=receipt.contract_id,
        award=award_id(receipt.contract),
        receipt=receipt.id,
        place=_party(receipt.place),
        lines=lines,
        value=total([line.amount for line in lines]),
        penalty=total([line.penalty for line in lines]),
        accepted_on=today(process, at),
        late_reason=late_reason,
        rules=(*rules, *(found.rules(total(penalties)) if found else ())),
    )
    return record(actor, process, event, at=at)


@command("delivery.reject")
def reject(
    actor: Actor, process: Process, *, at: datetime, receipt_id: str, reason: str, late_reason: str = ""
) -> Entry:
    """Reject the goods of a receipt with reasons; they are still due on the day that the schedule says."""
    receipt = _receipt(actor, process, receipt_id)
    move(receipt, TABLE, "reject")
    rules = kept(acceptance_term(receipt), process, at, late_reason)
    receipt.decided_at, receipt.reason = at, reason
    receipt.save()
    event = GoodsRejected(
        contract=receipt.contract_id,
        award=award_id(receipt.contract),
        receipt=receipt.id,
        place=_party(receipt.place),
        reason=reason,
        late_reason=late_reason,
        rules=rules,
        deliveries=tuple(receipt.lines.values_list("delivery__number", flat=True)),
    )
    return record(actor, process, event, at=at)


def _lines(contract: Contract, lines: Sequence[dict[str, Any]]) -> list[tuple[ScheduledDelivery, Decimal]]:
    """The deliveries named, each with its quantity; refuses unknown ones, repeated ones and too much."""
    if not lines:
        raise refuse("lines", _("Write how much arrived of at least one delivery."))
    expected = {delivery.number: (delivery, left) for delivery, left in pending(contract)}
    wrong, found = [], {}
    for row in lines:
        number, quantity = row["delivery"], row["quantity"]
        delivery, left = expected.get(number, (None, Decimal(0)))
        if delivery is None or number in found:
            wrong.append(Refusal("delivery", _("Delivery %(n)s is not expected any more.") % {"n": number}))
        elif not is_quantity(quantity) or quantity > left:
            message = _("Delivery %(n)d still expects %(left)s; write that or less.")
            values = {"n": number, "left": f"{exact(left):,f}"}
            wrong.append(Refusal("quantity", message % values, f"d{number}"))
        else:
            found[number] = (delivery, quantity)
    if wrong:
        raise Refused(*wrong[:20])
    return list(found.values())


def _place(actor: Actor, deliveries: list[ScheduledDelivery]) -> Unit:
    """The one place of these deliveries, where the actor receives."""
    places = {delivery.place_id: delivery.place for delivery in deliveries}
    if len(places) != 1:
        raise refuse("place", _("A receipt is of one place: write one for each."))
    place = next(iter(places.values()))
    _here(actor, place)
    return place


def _here(actor: Actor, place: Unit) -> None:
    if not actor.acts_for(place):
        message = _("These goods arrive at %(place)s; its own staff receive them.")
        raise refuse("place", message % {"place": place.name})


def _receipt(actor: Actor, process: Process, receipt_id: str) -> Receipt:
    rows = Receipt.objects.filter(contract__process=process, id=receipt_id)
    receipt = rows.select_related("contract", "contract__supplier", "place").first()
    if receipt is None:
        raise refuse("receipt", _("There is no such receipt in this purchase."))
    receipt.contract.process = process
    _here(actor, receipt.place)
    return receipt


def _party(place: Unit) -> PartyRef:
    return PartyRef(key=place.key, name=place.name)


def _arrived(receipt: Receipt) -> tuple[ArrivedLine, ...]:
    items = items_by_number(receipt.contract.process)
    return tuple(
        ArrivedLine(
            delivery=line.delivery.number,
            item=line.item_number,
            description=items[line.item_number].description,
            quantity=exact(line.quantity),
            unit_name=items[line.item_number].unit_name,
            due_on=line.delivery.due_on,
            late_quantity=exact(line.late_quantity),
            late_days=line.late_days,
        )
        for line in receipt.lines.select_related("delivery")
    )


def _accepted(receipt: Receipt, parts: list[tuple[ReceiptLine, Part]]) -> tuple[AcceptedLine, ...]:
    so_far = accepted_by_delivery(receipt.contract)
    return tuple(
        AcceptedLine(
            delivery=line.delivery.number,
            item=line.item_number,
            quantity=exact(line.quantity),
            amount=part.unit.times(line.quantity),
            late_quantity=exact(line.late_quantity),
            late_days=line.late_days,
            penalty=line.penalty,
            accepted_in_all=exact(so_far[line.delivery.number]),
            scheduled=exact(line.delivery.quantity),
        )
        for line, part in parts
    )


def _attach(upload: UploadedFile | None, receipt_id: str) -> tuple[DocumentRef, ...]:
    if upload is None:
        return ()
    row = files.store(upload, public=True, field="document")
    return (files.reference(row, id=receipt_id, title="Remisión", document_type="physicalProgressReport"),)
