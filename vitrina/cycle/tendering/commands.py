# SPDX-License-Identifier: Apache-2.0
"""What can be done with a call: publish, amend, suspend, resume, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from vitrina.cycle.core import files, words
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.planning.queries import item_refs
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.ledger.kinds import DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor, actor_of, appointments_of
from vitrina.parties.models import Person, Unit
from vitrina.parties.roles import Role

from . import checks
from . import openers as opening_panel
from .changes import changes
from .events import (
    CallAmended,
    CallPublished,
    LotRef,
    OpenerReplaced,
    PanelRef,
    TenderCancelled,
    TenderResumed,
    TenderSuspended,
)
from .models import Criterion, Lot, Opener, PanelMember, Tender
from .numbers import procedure_number
from .pinning import pin
from .queries import has_reached, last_change_at, lots_of, tender_of, terms_of
from .reasons import CANCELLATION
from .states import TABLE, LotState

PANEL_ROLES = (Role.EVALUATOR, Role.OIC, Role.WITNESS)


@command("tendering.publish_call")
def publish_call(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    title: str,
    description: str,
    clarification_at: datetime,
    opening_at: datetime,
    award_by: datetime,
    criteria: Sequence[dict[str, Any]],
    panel: Sequence[dict[str, Any]],
    guarantee_share: Decimal,
    penalty_rate: Decimal,
    delivery_days: int,
    delivery_place: str,
    contract_start: date,
    contract_end: date,
    character: str = "N",
    evaluation_method: str = "binario",
    reduction_reason: str = "",
    lot_titles: dict[int, str] | None = None,
    documents: Sequence[tuple[str, str, UploadedFile]] = (),
    threshold: int | None = None,
    auction: str = "",
) -> Entry:
    """Publish the call; the purchase gets its number, law and rulebook, and its envelopes those who can open them.

    `criteria`: dicts of `title, description, kind (technical|legal|points|cost), lot (None = all), points (the most it
    gives, Decimal), years (of a cost)`; `panel`: dicts of `person_id, role (evaluator|oic|witness)`; `documents`:
    (title, OCDS document type, file). Shares are of one. Refuses without certified budget and concluded research, and
    dates against the law; a reduced term needs `reduction_reason`. The officer, internal control and the witness hold
    the keys; `threshold` of them open (more than half). `auction` names the profile of the rulebook by
    which the solvent bidders lower their offers before the ruling.
    """
    if tender_of(process):
        raise refuse("state", _("The call is already published. Amend it instead."))
    checks.require_ready(process)
    tender = Tender(
        process=process,
        state="",
        title=title,
        description=description,
        published_at=at,
        clarification_at=clarification_at,
        opening_at=opening_at,
        award_by=award_by,
        reduction_reason=reduction_reason,
        evaluation_method=evaluation_method,
        guarantee_share=guarantee_share,
        penalty_rate=penalty_rate,
        delivery_days=delivery_days,
        delivery_place=delivery_place,
        contract_start=contract_start,
        contract_end=contract_end,
        auction=auction,
    )
    move(tender, TABLE, "publish_call")
    book, method = pin(process, character, evaluation_method, at)
    rules = checks.require_lawful(tender) + checks.require_auction(process, auction, at)
    rules += checks.require_deciding(process, evaluation_method, auction, criteria, at)
    process.number = procedure_number(_locked(process.unit), process.procedure, process.category, character, at)
    process.title = title
    tender.save(force_insert=True)
    _save_criteria(process, criteria)
    lots = _save_lots(process, lot_titles or {})
    members = _save_panel(process, panel, at)
    rules += checks.require_witness(process, members, at)
    openers = opening_panel.openers_of(process, opening_panel.chosen(actor, panel, members))
    Opener.objects.bulk_create(openers)
    tender.threshold = opening_panel.threshold_of(len(openers), threshold)
    tender.save()
    event = CallPublished(
        number=process.number,
        procedure=process.procedure,
        ocds_method=method,
        character=character,
        category=process.category,
        law=book.law,
        rulebook=book.id,
        rulebook_digest=book.digest,
        terms=terms_of(tender),
        items=item_refs(process),
        lots=lots,
        panel=members,
        openers=tuple(opening_panel.opener_ref(o) for o in openers),
        threshold=tender.threshold,
        rules=rules,
        documents=_store(documents, "call"),
    )
    return record(actor, process, event, at=at)


@command("tendering.amend_call")
def amend_call(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    reason: str,
    criteria: Sequence[dict[str, Any]] | None = None,
    documents: Sequence[tuple[str, str, UploadedFile]] = (),
    **fields: Any,
) -> Entry:
    """Change the call until the 7th day before the opening; the limits are computed anew on the new dates.

    `fields`: those of `publish_call` that the terms hold; what is not given stays. Never another good (art. 33), never
    an earlier opening, and never a meeting that was held.
    """
    tender = _tender(process)
    last = last_change_at(tender)
    if at > last:
        message = _("The call could change until %(day)s. To move its dates now, it must be suspended first.")
        raise refuse("late", message % {"day": words.day(last)}, article="33")
    before, held = terms_of(tender), tender.clarification_at <= at or has_reached(process, "clarifying")
    was_opening, was_meeting = tender.opening_at, tender.clarification_at
    _set(tender, fields)
    if tender.opening_at < was_opening:
        message = _("The opening can only move to a later date: bidders rely on the one that stands.")
        raise refuse("earlier", message, field="opening_at")
    if tender.clarification_at != was_meeting and (held or tender.clarification_at <= at):
        message = _("The clarification meeting cannot move: it has begun, or its new hour has passed.")
        raise refuse("meeting", message, field="clarification_at")
    move(tender, TABLE, "amend_call")
    rules = (*checks.require_lawful(tender), checks.change_rule(process, was_opening, at))
    tender.save()
    if criteria is not None:
        rules += checks.require_deciding(process, tender.evaluation_method, tender.auction, criteria, at)
        process.criteria.all().delete()
        _save_criteria(process, criteria)
    terms = terms_of(tender)
    found = changes(before, terms)
    if not found and not documents:
        raise refuse("same", _("Nothing has changed. Correct a field, or leave the call as it is."))
    process.title = tender.title
    number = Entry.objects.filter(stream=process.stream, kind=CallAmended.kind).count() + 1
    gone = {c.number for c in before.criteria} - {c.number for c in terms.criteria}
    event = CallAmended(
        number=number,
        reason=reason,
        changes=found,
        terms=terms,
        rules=rules,
        removed_criteria=tuple(sorted(gone)),
        documents=_store(documents, f"amendment-{number}"),
    )
    return record(actor, process, event, at=at)


@command("tendering.replace_opener")
def replace_opener(actor: Actor, process: Process, *, at: datetime, place: int, person_id: int, reason: str) -> Entry:
    """Give the key of a place to another person of the same office, before the opening: illness, leave, a lost key.

    Who had bid before is told to deal that place's share anew; whoever does not is opened by the others.
    """
    if has_reached(process, "opening"):
        raise refuse("state", _("The act has begun: who holds the keys does not change any more."))
    opener = Opener.objects.filter(process=_tender(process).process, x=place).select_related("key").first()
    if opener is None:
        raise refuse("place", _("There is no such key in this purchase."), field="place")
    row = _member(process, person_id, opener.role, at) if opener.role in PANEL_ROLES else None
    if row is None:
        _holder(process, person_id, opener.role, at)
    elif PanelMember.objects.filter(process=process, person=person_id).exclude(person=opener.person_id).exists():
        raise refuse("panel", _("Each person appears once in the panel."), field="person")
    others = [o for o in Opener.objects.filter(process=process) if o.x != place]
    people = [(o.person_id, o.role) for o in others] + [(person_id, opener.role)]
    new = opening_panel.openers_of(process, people)[-1]
    former, new.x = opener.name, place
    opener.delete()
    new.save(force_insert=True)
    if row is not None:
        PanelMember.objects.filter(process=process, person=opener.person_id).delete()
        row.save()
    event = OpenerReplaced(former=former, opener=opening_panel.opener_ref(new), reason=reason)
    return record(actor, process, event, at=at)


@command("tendering.suspend")
def suspend(actor: Actor, process: Process, *, at: datetime, authority: str, reason: str) -> Entry:
    """Stop the purchase by order of an authority; nothing else is possible until it is resumed or cancelled."""
    tender = _tender(process)
    move(tender, TABLE, "suspend")
    tender.suspended_at = at
    tender.save()
    process.halt = "suspended"
    return record(actor, process, TenderSuspended(authority=authority, reason=reason), at=at)


@command("tendering.resume")
def resume(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    reason: str,
    clarification_at: datetime | None = None,
    opening_at: datetime | None = None,
    award_by: datetime | None = None,
    contract_start: date | None = None,
    contract_end: date | None = None,
) -> Entry:
    """Lift a suspension. Dates that passed meanwhile must move forward; those that move keep the legal terms.

    The contract's days may move with them: without that, an opening after the first would never be possible.
    """
    if process.halt != "suspended":
        raise refuse("state", _("The purchase is not suspended."))
    tender = _tender(process)
    moved = {
        "clarification_at": clarification_at,
        "opening_at": opening_at,
        "award_by": award_by,
        "contract_start": contract_start,
        "contract_end": contract_end,
    }
    moved = {name: value for name, value in moved.items() if value and value != getattr(tender, name)}
    done = {
        "clarification_at": has_reached(process, "clarifying"),
        "opening_at": has_reached(process, "opening"),
        "award_by": has_reached(process, "awarding"),
    }
    for name, is_done in done.items():
        checks.require_forward(tender, name, moved.get(name), at, is_done=is_done)
    _set(tender, moved)
    move(tender, TABLE, "resume")
    rules = checks.require_lawful(tender) if moved.keys() - {"award_by"} else ()
    since, tender.suspended_at = tender.suspended_at or at, None
    tender.save()
    process.halt = ""
    return record(
        actor, process, TenderResumed(reason=reason, since=since, at=at, terms=terms_of(tender), rules=rules), at=at
    )


@command("tendering.cancel")
def cancel(actor: Actor, process: Process, *, at: datetime, code: str, reason: str) -> Entry:
    """End the purchase without award, on a ground of art. 38 (`reasons.CANCELLATION`); until the ruling."""
    if code not in CANCELLATION:
        raise refuse("code", _("Choose one of the grounds that the law gives."), field="code", article="38")
    tender = _tender(process)
    if has_reached(process, "awarding"):
        raise refuse("after-ruling", _("The ruling is issued. The contract can be ended instead."))
    move(tender, TABLE, "cancel")
    tender.save()
    process.halt = "cancelled"
    lots = tuple(lot.number for lot in lots_of(process))
    return record(actor, process, TenderCancelled(code=code, reason=reason, lots=lots), at=at)


def _tender(process: Process) -> Tender:
    tender = tender_of(process)
    if tender is None:
        raise refuse("state", _("The call is not published yet."))
    tender.process = process  # the locked row, so that one object carries the rulebook
    return tender


def _locked(unit: Unit) -> Unit:
    """The unit's row, locked: two calls of one unit take two numbers."""
    return Unit.objects.select_for_update(of=("self",)).get(key=unit.key)


def _set(tender: Tender, fields: dict[str, Any]) -> None:
    known = set(msgspec.structs.asdict(terms_of(tender))) - {
        "criteria",
        "questions_until",
        "evaluation_method",
        "auction",
    }
    unknown = fields.keys() - known
    if unknown:
        raise TypeError(f"not a term of the call: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(tender, name, value)


def _save_criteria(process: Process, criteria: Sequence[dict[str, Any]]) -> None:
    Criterion.objects.bulk_create(
        Criterion(
            process=process,
            number=n,
            title=c["title"],
            description=c.get("description", ""),
            kind=c["kind"],
            lot=c.get("lot") or None,
            points=c.get("points"),
            years=c.get("years"),
        )
        for n, c in enumerate(criteria, start=1)
    )


def _save_lots(process: Process, titles: dict[int, str]) -> tuple[LotRef, ...]:
    refs = tuple(
        LotRef(number=number, title=titles.get(number) or items[0].description)
        for number, items in sorted(items_by_lot(process).items())
    )
    Lot.objects.bulk_create(Lot(process=process, number=r.number, title=r.title, state=LotState.OPEN) for r in refs)
    return refs


def _save_panel(process: Process, panel: Sequence[dict[str, Any]], at: datetime) -> tuple[PanelRef, ...]:
    rows = [_member(process, m["person_id"], m["role"], at) for m in panel]
    if not any(r.role == Role.EVALUATOR for r in rows):
        raise refuse("panel", _("Name at least one evaluator."), field="panel")
    if len({r.person_id for r in rows}) < len(rows):
        raise refuse("panel", _("Each person appears once in the panel."), field="panel")
    PanelMember.objects.bulk_create(rows)
    return tuple(PanelRef(role=r.role, name=r.name, position=r.position) for r in rows)


def _member(process: Process, person_id: int, role: str, at: datetime) -> PanelMember:
    if role not in PANEL_ROLES:
        raise refuse("panel", _("Choose a person and what they do in the panel."), field="panel")
    person = _holder(process, person_id, role, at)
    return PanelMember(process=process, person=person, role=role, name=str(person), position=person.position)


def _holder(process: Process, person_id: int, role: str, at: datetime) -> Person:
    """The person, who must hold this office for the purchase's unit now."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise refuse("panel", _("Choose a person and what they do in the panel."), field="panel")
    held = [a for a in appointments_of(person, at) if a.role == role and a.unit_id]
    if not any(actor_of(a).acts_for(process.unit) for a in held):
        message = _("%(name)s does not hold that office for this unit today.") % {"name": person}
        raise refuse("panel", message, field="panel")
    return person


def _store(documents: Sequence[tuple[str, str, UploadedFile]], prefix: str) -> tuple[DocumentRef, ...]:
    return tuple(
        files.reference(
            files.store(upload, public=True, field="documents"),
            id=f"{prefix}-{n}",
            title=title,
            document_type=document_type,
        )
        for n, (title, document_type, upload) in enumerate(documents, start=1)
    )
