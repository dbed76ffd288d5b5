# SPDX-License-Identifier: Apache-2.0
"""What is done about a price that the rules mark: its bidder is asked, answers, and the evaluators decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.cycle.auction.models import Auction, PriceOpinion, PriceRequest
from vitrina.cycle.auction.queries import report_of
from vitrina.cycle.auction.states import JUSTIFICATION, Justification
from vitrina.cycle.core import files
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.words import money
from vitrina.cycle.evaluation.queries import committee
from vitrina.cycle.evaluation.texts import MAX_DECISION, MAX_RULING, plain
from vitrina.cycle.tendering import limits
from vitrina.kernel import ids
from vitrina.kernel.money import Money
from vitrina.kernel.states import NEW
from vitrina.kernel.votes import is_outvoted
from vitrina.law import LawError, due
from vitrina.ledger.append import append
from vitrina.ledger.kinds import DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.actors import PLATFORM, Actor

from . import bodies
from .bodies import Answer, Cost
from .events import (
    JustificationAccepted,
    JustificationGiven,
    JustificationLapsed,
    JustificationRejected,
    JustificationRequested,
    JustificationWeighed,
)
from .queries import TERM, is_public_at_once, open_request

MAX_CONCEPT = 200


def ask_if_low(process: Process, auction: Auction, at: datetime) -> Entry | None:
    """Ask the bidder who would get the lot to justify its price, where that is marked and was not asked about yet.

    Nobody decides whether to ask: the certificate, or the rejection of the price before it, brings the request.
    """
    report = report_of(process, auction.lot)
    if report is None or not report.award.marks or report.award.winner in report.prices:
        return None
    alias = report.award.winner
    bid, name = report.names[alias]
    amount = next(line.amount for line in report.award.ranking if line.alias == alias)
    term = limits.rule_of(process, TERM, at)
    try:
        answer_by = due(term, at, limits.calendar_of(process)).closes_at
    except LawError as error:
        raise refuse("law", error.say("es")) from error
    row = PriceRequest(
        auction=auction,
        alias=alias,
        supplier_key=auction.entrants.get(alias=alias).supplier_key,
        supplier_name=name,
        centavos=amount.centavos,
        state=NEW,
        requested_at=at,
        answer_by=answer_by,
    )
    move(row, JUSTIFICATION, "request")
    row.save(force_insert=True)
    event = JustificationRequested(
        lot=auction.lot,
        alias=alias,
        bid=bid,
        name=name,
        amount=amount,
        marks=bodies.refs_of(report.award.marks),
        answer_by=answer_by,
        rules=(applied(term),),
    )
    return record(PLATFORM, process, event, at=at)


@command("auction.justify_price")
def justify_price(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    lot: int,
    text: str,
    costs: Sequence[tuple[str, int]],
    document: UploadedFile | None = None,
) -> Entry:
    """Answer why a price is so low: in words, with what it is made of (concept, centavos), and a document if need be.

    The costs, with the profit, add up to the price. Refuses whoever was not asked, and an answer after its term.
    """
    row = open_request(process, lot)
    if row is None or row.supplier_key != actor.supplier_key:
        raise refuse("not_asked", _("Your company was not asked to justify a price in this lot."))
    if at > row.answer_by:
        raise refuse("late", _("The term to justify the price has passed. The evaluators decide without the answer."))
    text = plain(text, limit=MAX_RULING, field="text")
    if not text:
        raise refuse("text", _("Write how you can supply at this price."), field="text")
    answer = Answer(text=text, costs=_costs(costs, row.centavos), salt=ids.token(32))
    move(row, JUSTIFICATION, "give")
    is_public = is_public_at_once(process, at)
    if document is not None and not is_public:  # a file that is not public is shown to nobody, not even to decide
        raise refuse("document", _("Under this rulebook the answer is text alone."), field="document")
    documents = _attach(document, row)
    bound = bodies.commitment(row.auction.name, row.alias, answer, [d.sha256 for d in documents])
    row.answer, row.documents = msgspec.to_builtins(answer), msgspec.to_builtins(documents)
    row.save()
    event = JustificationGiven(
        lot=lot,
        alias=row.alias,
        name=row.supplier_name,
        commitment=bound,
        answer=answer if is_public else None,
        documents=documents,
    )
    return record(actor, process, event, at=at)


@command("auction.weigh_price")
def weigh_price(actor: Actor, process: Process, *, at: datetime, lot: int, keep: bool, reason: str) -> Entry:
    """What an evaluator holds of a price that was asked about, with the reason; the last one brings the decision.

    Secret until then, so that each says what they think. More than half reject it; a tie throws nobody out.
    """
    row = open_request(process, lot)
    members = {member.person_id: member for member in committee(process)}
    if actor.person_id not in members:
        raise refuse("panel", _("You do not evaluate this purchase."))
    if row is None:
        raise refuse("decided", _("No price waits for a decision in this lot."))
    _lapse(process, row, at)
    if row.state == Justification.REQUESTED:
        raise refuse("early", _("Its bidder can still answer. Decide when it has, or when its term has passed."))
    reason = plain(reason, limit=MAX_DECISION, field="reason")
    if not reason:
        raise refuse("reason", _("Write the reason: it is published."), field="reason")
    if row.opinions.filter(person_id=actor.person_id).exists():
        raise refuse("again", _("You have decided on this price already."))
    move(row, JUSTIFICATION, "weigh")
    PriceOpinion.objects.create(request=row, person_id=actor.person_id, keep=keep, reason=reason, given_at=at)
    event = JustificationWeighed(
        ocid=process.ocid, lot=lot, alias=row.alias, person_id=actor.person_id, keep=keep, reason=reason
    )
    nobody = msgspec.structs.replace(actor.signer, name="")  # the office; the body names who it was
    entry = append(f"opinion:{ids.ulid(at)}", event, actor=nobody, at=at)
    opinions = {opinion.person_id: opinion for opinion in row.opinions.all()}
    if opinions.keys() >= members.keys():
        names = tuple(member.name for member in members.values())
        _decide(process, row, [opinions[person] for person in members], names, at)
    return entry


def tend(at: datetime) -> int:
    """Say of every request whose term has passed that nobody answered. Returns acts done."""
    rows = PriceRequest.objects.filter(state=Justification.REQUESTED, answer_by__lt=at)
    return sum(_tend_one(pk, ocid, at) for pk, ocid in rows.values_list("pk", "auction__process_id"))


def _tend_one(pk: int, ocid: str, at: datetime) -> int:
    with transaction.atomic():
        process = Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer").get(ocid=ocid)
        row = PriceRequest.objects.select_related("auction").get(pk=pk)
        return 0 if process.halt else _lapse(process, row, at)


def _lapse(process: Process, row: PriceRequest, at: datetime) -> int:
    """Say that the term passed without an answer, if it did. Returns acts done."""
    if row.state != Justification.REQUESTED or at <= row.answer_by:
        return 0
    move(row, JUSTIFICATION, "lapse")
    row.save()
    event = JustificationLapsed(lot=row.auction.lot, alias=row.alias, name=row.supplier_name)
    record(PLATFORM, process, event, at=at)
    return 1


def _decide(
    process: Process, row: PriceRequest, opinions: list[PriceOpinion], evaluators: tuple[str, ...], at: datetime
) -> None:
    """Publish what the evaluators decided, with the answer; of a rejected price, ask whoever is first without it."""
    against = sum(not opinion.keep for opinion in opinions)
    is_out = is_outvoted(len(opinions), against)
    move(row, JUSTIFICATION, "reject" if is_out else "accept")
    row.save()
    said: dict[str, Any] = {
        "lot": row.auction.lot,
        "alias": row.alias,
        "name": row.supplier_name,
        "votes": len(opinions),
        "against": against,
        "evaluators": evaluators,
        "reasons": _reasons(opinions, keep=not is_out),
        "dissent": _reasons(opinions, keep=is_out),
        "answer": msgspec.convert(row.answer, Answer) if row.answer else None,
    }
    kind = JustificationRejected if is_out else JustificationAccepted
    record(PLATFORM, process, kind(**said), at=at)
    if is_out:
        ask_if_low(process, row.auction, at)


def _reasons(opinions: list[PriceOpinion], *, keep: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(opinion.reason for opinion in opinions if opinion.keep == keep))


def _costs(given: Sequence[tuple[str, int]], price: int) -> tuple[Cost, ...]:
    """What a price is made of; refuses what does not add up to it."""
    costs = tuple(
        Cost(concept=plain(concept, limit=MAX_CONCEPT, field="costs"), amount=Money(centavos))
        for concept, centavos in given
    )
    if not costs or any(not cost.concept or cost.amount.centavos <= 0 for cost in costs):
        raise refuse("costs", _("Write what the price is made of: each concept with its amount."), field="costs")
    total = sum(cost.amount.centavos for cost in costs)
    if total != price:
        text = _("The costs add up to %(total)s, and your price is %(price)s. Write all of them, your profit too.")
        raise refuse("costs-sum", text % {"total": money(Money(total)), "price": money(Money(price))}, field="costs")
    return costs


def _attach(upload: UploadedFile | None, row: PriceRequest) -> tuple[DocumentRef, ...]:
    if upload is None:
        return ()
    stored = files.store(upload, public=True, field="document")
    name, title = f"justification-{row.auction.lot}-{row.pk}", "Justificación del precio"
    return (files.reference(stored, id=name, title=title, document_type="submissionDocuments"),)
