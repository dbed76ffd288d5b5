# SPDX-License-Identifier: Apache-2.0
"""What the awarding tells: to the approving authority what a ruling would say, to everybody what it said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vitrina.cycle.auction import queries as auction
from vitrina.cycle.auction.justifying import queries as prices
from vitrina.cycle.bidding.queries import OpenedBid, opened_bids
from vitrina.cycle.core import barred as core_barred
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.evaluation import queries as evaluation
from vitrina.cycle.opening import queries as opening
from vitrina.cycle.planning.models import Item
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.queries import lots_of, tender_of
from vitrina.kernel.money import Money
from vitrina.law import LawError, Outcome, Rule, check, due
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

from .events import RulingIssued
from .explanation import Explanation, explain
from .models import Award, Ruling
from .outcome import LotOutcome, Stopped, after_auction, outcome, without
from .reasons import UnitPrices, lot_reason, reason_for
from .states import AwardState

TERM = "term.opening_to_award"


_RULINGS = Reading(Ruling.objects.all)
_AWARDS = Reading(lambda: Award.objects.select_related("supplier"))


def is_ruled(process: Process) -> bool:
    """Whether the ruling is issued."""
    return Ruling.objects.filter(process=process).exists()


def ruled_at(process: Process) -> datetime | None:
    """When the ruling was issued."""
    found = _RULINGS.first(process.pk)
    return found.issued_at if found else None


def awards_of(process: Process) -> list[Award]:
    """The award of each lot, by lot."""
    return _AWARDS.of(process.pk)


def active_awards(process: Process) -> list[Award]:
    """The awards that a contract follows, by lot."""
    return [a for a in awards_of(process) if a.state == AwardState.ACTIVE]


def is_ready(process: Process) -> bool:
    """Whether the ruling can be issued: the evaluation is concluded, or the opening closed without a bid."""
    return evaluation.is_concluded(process) or (opening.is_closed(process) and not opened_bids(process))


def outcomes(process: Process, at: datetime) -> list[LotOutcome]:
    """What the ruling decides on each lot; secret until it is issued. Refuses before the evaluation is concluded."""
    if not is_ready(process):
        raise refuse("evaluation", _("The evaluation is not concluded yet. The ruling rests on it."))
    if auction.is_awaited(process):
        raise refuse("auction", _("The auction that the call announced was not held yet. The ruling follows it."))
    if request := prices.open_request(process):
        raise refuse("low_price", prices.waiting_words(request, process.unit.zone))
    order = limits.rule_of(process, "evaluation.tie_break", at).value
    sizes = {b.bid_id: b.supplier_size for b in opened_bids(process)}
    seed, barred = opening.minutes(process).digest, barred_bids(process, at)
    return [
        after_auction(lot.number, evaluation.results(process, lot.number), report, barred)
        if (report := auction.report_of(process, lot.number))
        else outcome(
            lot.number, without(evaluation.results(process, lot.number), barred), sizes=sizes, order=order, seed=seed
        )
        for lot in lots_of(process)
    ]


def barred_bids(process: Process, at: datetime) -> dict[str, Stopped]:
    """Bid -> why no contract is awarded to it on the day of `at`, where the law judges debarment on that day."""
    if barred_rule(process, at) is None:
        return {}
    bids = opened_bids(process)
    bars = core_barred.bars_of({b.supplier_key for b in bids}, limits.calendar_of(process).local_day(at))
    message = _("No contract can be awarded to it: it is %(debarred)s.")
    found = {b.bid_id: bars[b.supplier_key] for b in bids if b.supplier_key in bars}
    return {bid: Stopped(bar.sanction, message % {"debarred": bar.words()}) for bid, bar in found.items()}


def barred_rule(process: Process, at: datetime) -> Rule | None:
    """The rule that judges debarment on the day of award; nothing where the law judges it otherwise, or is unread."""
    found = core_barred.law_of(process, core_barred.AWARDED, at)
    return found if found is not None and found.value == "award_date" else None


def term(process: Process, at: datetime) -> Outcome:
    """How the ruling stands against the term from the opening act (art. 35-III)."""
    start = opening.act_of(process).started_at
    try:
        return check(TERM, start=start, end=at, cal=limits.calendar_of(process), at=at, **limits.question(process))
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error


def needs_extension(process: Process, at: datetime) -> bool:
    """Whether a ruling now needs a reason for its delay: past the term, or past the date that the call announced."""
    return not term(process, at).holds or at > tender_of(process).award_by


def unit_prices(items: list[Item], bids: list[OpenedBid], totals: Mapping[str, Money]) -> UnitPrices | None:
    """The unit prices of a lot with one item at what each bid ended with (`totals`: bid -> amount of the lot).

    Nothing for a lot with several items, or where an amount is no whole centavos a piece.
    """
    if len(items) != 1:
        return None
    item, prices = items[0], {}
    for bid in bids:
        if item.number not in bid.prices or bid.bid_id not in totals:
            continue
        if totals[bid.bid_id] == bid.totals[item.lot]:
            prices[bid.bid_id] = bid.prices[item.number]
            continue
        each = Fraction(totals[bid.bid_id].centavos) / Fraction(item.quantity)
        if each.denominator != 1:
            return None
        prices[bid.bid_id] = Money(each.numerator)
    return UnitPrices(item.unit_name, prices)


def proposed_reasons(process: Process, at: datetime) -> tuple[dict[tuple[int, str], str], dict[int, str]]:
    """((lot, bid) -> reason, lot -> reason) in plain words, in the language in force, from the results."""
    items, bids = items_by_lot(process), opened_bids(process)
    of_bids, of_lots = {}, {}
    for found in outcomes(process, at):
        units = unit_prices(items[found.lot], bids, {r.bid_id: r.total for r in found.results})
        of_lots[found.lot] = lot_reason(found, units)
        of_bids |= {(found.lot, r.bid_id): reason_for(r, found, units) for r in found.results}
    return of_bids, of_lots


def ruling_entry(process: Process) -> Entry | None:
    """The entry of the ruling."""
    return Entry.objects.filter(stream=process.stream, kind=RulingIssued.kind).order_by("-seq").first()


def explanation_for(process: Process, supplier_key: str) -> Explanation | None:
    """What a bidder is told, from the public ruling: how each lot ended for it, why, and until when it may protest.

    Nothing before the ruling, or for a supplier that did not bid.
    """
    entry = ruling_entry(process)
    if entry is None:
        return None
    items, bids = items_by_lot(process), opened_bids(process)
    units = {
        ruled.lot: unit_prices(items[ruled.lot], bids, {s.bid: s.total for s in ruled.standings})
        for ruled in entry.event.lots
    }
    return explain(process, entry.event, entry.at, supplier_key, units)


def tasks(process: Process, at: datetime) -> list[Task]:
    """The ruling that waits to be issued."""
    if process.halt or process.stage not in {"opening", "evaluation", "auction"} or not is_ready(process):
        return []
    if auction.is_awaited(process) or (process.stage == "auction" and prices.open_request(process)):
        return []
    rule = limits.rule_of(process, f"{TERM}.max", at)
    last = due(rule, opening.act_of(process).started_at, limits.calendar_of(process)).closes_at
    when = min(last, tender_of(process).award_by)
    title = _("Issue the ruling")
    return [Task("awarding.issue_ruling", Role.APPROVER, title, process.title, due=when, rule=applied(rule))]
