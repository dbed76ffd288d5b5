# SPDX-License-Identifier: Apache-2.0
"""The papers that the law names: minutes of clarification and opening, ruling, contract."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.awarding.events import LotRuling, RulingIssued, Standing
from vitrina.cycle.clarifying.events import Answered, AnswersGiven, ClarificationClosed
from vitrina.cycle.contracting.events import ContractSigned
from vitrina.cycle.core.words import day, day_time, lang, money
from vitrina.cycle.opening.events import OpeningClosed
from vitrina.kernel import formats
from vitrina.ledger.models import Entry

from .acts import paper, signatures_in_words
from .sheet import Sheet


def entries_before(entry: Entry, kind: str) -> list[Entry]:
    """Entries of a kind that the same purchase had published before this one, oldest first."""
    rows = Entry.objects.filter(stream=entry.stream, kind=kind, seq__lt=entry.seq, visibility="public")
    return list(rows.order_by("seq"))


def earlier(entry: Entry, kind: str) -> list[Any]:
    """The events of `entries_before`."""
    return [row.event for row in entries_before(entry, kind) if not row.is_erased]


@paper("clarification.closed")
def clarification_minutes(sheet: Sheet, event: ClarificationClosed, entry: Entry) -> None:  # noqa: ARG001
    """Who asked how many; each question under its alias; its answer once, where the first of its group stands."""
    _asked_and_answered(sheet, event)
    if event.observations:
        sheet.heading(_("Observations"))
        sheet.say(event.observations)
    sheet.say(_("The opening is on %(when)s.") % {"when": day_time(event.opening_at)})


@paper("answers.given")
def answers_given(sheet: Sheet, event: AnswersGiven, entry: Entry) -> None:  # noqa: ARG001
    """The same of the answers that were given, and until when they may be asked about."""
    _asked_and_answered(sheet, event)
    sheet.say(_("Bidders may ask about these answers until %(when)s.") % {"when": day_time(event.until)})


def _asked_and_answered(sheet: Sheet, event: ClarificationClosed | AnswersGiven) -> None:
    same: dict[int, list[int]] = defaultdict(list)
    for answered in event.answers:
        same[answered.group or answered.number].append(answered.number)
    asked = Counter(a.author or a.alias for a in event.answers)
    if len(event.answers) > 1:
        columns = [(_("Company"), False), (_("Questions"), True)]
        sheet.table(columns, [(who, f"{n:,}") for who, n in sorted(asked.items(), key=lambda x: (-x[1], x[0]))])
    sheet.say(*(one.words() for one in event.floods))
    for answered in event.answers:
        _question(sheet, answered, same[answered.group or answered.number])


def _question(sheet: Sheet, answered: Answered, same: list[int]) -> None:
    who = answered.author or answered.alias
    told = {"n": answered.number, "alias": who, "about": answered.about}
    if answered.about:
        sheet.heading(_("Question %(n)d, from %(alias)s, about answer %(about)d") % told, keep=True)
    else:
        sheet.heading(_("Question %(n)d, from %(alias)s") % told, keep=True)
    sheet.say(answered.question)
    if answered.number != same[0]:
        sheet.say(_("Answer: that of question %(n)d, which asks the same.") % {"n": same[0]})
        return
    sheet.say(_("Answer: %(text)s") % {"text": answered.answer})
    if len(same) > 1:
        numbers = ", ".join(map(str, same[1:]))
        sheet.say(_("The same answer to questions %(numbers)s.") % {"numbers": numbers})


@paper("opening.closed")
def opening_minutes(sheet: Sheet, event: OpeningClosed, entry: Entry) -> None:
    """Who attended, every price that was read out, what was observed."""
    sheet.heading(_("Attendance"))
    people = [event.presided_by, *event.attendees]
    sheet.table([(_("Name"), False), (_("Office"), False)], [(p.name, p.position or p.role) for p in people])
    bids = earlier(entry, "bid.opened")
    for bid in bids:
        sheet.heading(_("%(name)s: %(total)s without VAT") % {"name": bid.bidder.name, "total": money(bid.total)})
        columns = [(_("Line"), False), (_("Quantity"), True), (_("Unit price"), True), (_("Amount"), True)]
        rows = [
            (line.description, formats.number(line.quantity, lang()), money(line.unit_price), money(line.amount))
            for line in bid.lines
        ]
        sheet.table(columns, rows)
        for cost in bid.costs:
            figures = {"n": cost.criterion, "lot": cost.lot, "amount": money(cost.amount)}
            sheet.say(_("Life-cycle cost of lot %(lot)s (requirement %(n)s): %(amount)s without VAT.") % figures)
    if not bids:
        sheet.say(_("No envelope was received."))
    sheet.heading(_("Observations"))
    sheet.say(
        event.observations or _("None."), _("The ruling is due by %(when)s.") % {"when": day_time(event.award_by)}
    )


@paper("ruling.issued")
def ruling(sheet: Sheet, event: RulingIssued, entry: Entry) -> None:  # noqa: ARG001
    """Each lot: the decision with its reason, then every bidder with theirs."""
    for lot in event.lots:
        _lot(sheet, lot)
    sheet.heading(_("Who evaluated"))
    sheet.table([(_("Name"), False), (_("Position"), False)], [(p.name, p.position) for p in event.evaluators])


def _lot(sheet: Sheet, lot: LotRuling) -> None:
    sheet.heading(_("Lot %(n)d: %(title)s") % {"n": lot.lot, "title": lot.title})
    sheet.say(lot.reason)
    is_by_cost = any(s.life_cycle for s in lot.standings)
    sums = [(_("Life-cycle cost"), True), (_("Price and cost together"), True)] if is_by_cost else []
    columns = [(_("Company"), False), (_("Place"), True), (_("Total without VAT"), True), *sums, (_("Reason"), False)]
    rows = [
        (s.bidder.name, str(s.place or _("discarded")), money(s.total), *(_sums(s) if sums else ()), s.reason)
        for s in lot.standings
    ]
    if rows:
        sheet.table(columns, rows)


def _sums(standing: Standing) -> tuple[str, str]:
    """The life-cycle cost that was accepted, and its sum with the price; nothing of a bid that is out."""
    found = standing.life_cycle
    return (money(found.cost), money(found.sum)) if found else ("", "")


@paper("contract.signed")
def contract(sheet: Sheet, event: ContractSigned, entry: Entry) -> None:
    """The contract's own terms, as both parties signed them."""
    terms = event.contract
    sheet.say(
        _("Contract %(id)s with %(name)s, RFC %(rfc)s, for %(value)s without VAT.")
        % {"id": terms.id, "name": terms.supplier.name, "rfc": terms.supplier.rfc, "value": money(terms.value)},
        _("In force from %(start)s to %(end)s.") % {"start": day(terms.starts_on), "end": day(terms.ends_on)},
    )
    columns = [(_("Line"), False), (_("Quantity"), True), (_("Unit price"), True), (_("Amount"), True)]
    sheet.table(
        columns,
        [
            (
                line.item.description,
                formats.number(line.item.quantity, lang()),
                money(line.unit_price),
                money(line.amount),
            )
            for line in terms.lines
        ],
    )
    if terms.schedule:
        sheet.heading(_("Deliveries"))
        columns = [(_("Delivery"), False), (_("Place"), False), (_("Quantity"), True), (_("Due"), False)]
        sheet.table(
            columns,
            [(str(d.number), d.place.name, formats.number(d.quantity, lang()), day(d.due_on)) for d in terms.schedule],
        )
    guarantee = formats.percent(terms.guarantee_share * 100, lang())
    penalty = formats.percent(terms.penalty_rate * 100, lang(), decimals=2)
    sheet.say(
        _("Performance guarantee: %(share)s of the contract.") % {"share": guarantee},
        _("Penalty for delay: %(rate)s a day of what is late.") % {"rate": penalty},
        terms.terms,
    )
    for other in entries_before(entry, "contract.signed_by_supplier"):
        sheet.say(other.event.sentence(), signatures_in_words(other))
    sheet.say(_("Digest of the text that both signed: %(digest)s") % {"digest": event.digest})
