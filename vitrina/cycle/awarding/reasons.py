# SPDX-License-Identifier: Apache-2.0
"""The reasons of a ruling in plain words, in the language in force: what the approving authority starts from."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import money
from vitrina.cycle.evaluation import words
from vitrina.cycle.evaluation.assessment import ResultView
from vitrina.cycle.evaluation.costs import LifeCycle
from vitrina.cycle.evaluation.points import Points
from vitrina.kernel.money import Money
from vitrina.kernel.ties import DRAW, TieBreak

from .outcome import LotOutcome


@dataclass(frozen=True, slots=True)
class UnitPrices:
    """Unit prices of a lot that holds one item only: what it is counted in, and bid -> price."""

    unit_name: str
    prices: dict[str, Money]


def ordinal(place: int) -> str:
    """A place in words, from the first to the tenth."""
    names = [_("first"), _("second"), _("third"), _("fourth"), _("fifth"), _("sixth"), _("seventh"), _("eighth"),
             _("ninth"), _("tenth")]  # fmt: skip
    return names[place - 1]


def tie_words(tie: TieBreak) -> str:
    """What decided a tie."""
    return {
        "micro": _("for being a micro company"),
        "small": _("for being a small company"),
        "medium": _("for being a medium-sized company"),
        DRAW: _("in the public draw, which anybody can repeat"),
    }[tie.step]


def price_words(result: ResultView, units: UnitPrices | None) -> str:
    """A bid's price: per unit where the lot has one item, and the total."""
    if units is None:
        return _("%(total)s without VAT") % {"total": money(result.total)}
    each = {"price": money(units.prices[result.bid_id]), "unit": units.unit_name, "total": money(result.total)}
    return _("%(price)s per %(unit)s (%(total)s without VAT)") % each


def points_gap(mine: Points, won: Points) -> str:
    """How far a bid was from the winner by points: "3.25 points"."""
    return _("%(gap)s points") % {"gap": words.number(won.total - mine.total)}


def sum_gap(mine: LifeCycle, won: LifeCycle) -> str:
    """How far a bid was from the winner by life-cycle cost, price and cost together."""
    return _("%(gap)s in price and life-cycle cost together") % {"gap": money(mine.sum - won.sum)}


def gap_words(mine: tuple[str, Money], won: tuple[str, Money], units: UnitPrices | None) -> str:
    """How far a bid was from the winner: "$0.30 per test", or in the total of the lot. Each is (bid, total)."""
    if units is None:
        return _("%(gap)s in the total of the lot") % {"gap": money(mine[1] - won[1])}
    gap = units.prices[mine[0]] - units.prices[won[0]]
    return _("%(gap)s per %(unit)s") % {"gap": money(gap), "unit": units.unit_name}


def reason_for(result: ResultView, found: LotOutcome, units: UnitPrices | None) -> str:
    """Why a bid won, lost or was rejected, with its figures."""
    if not result.is_solvent:
        return _rejected(result)
    ended = _won(result, found, units) if result == found.winner else _lost(result, found, units)
    return " ".join(part for part in (ended, _price_reason(result)) if part)


def _rejected(result: ResultView) -> str:
    short = words.short(result.points) if result.points and not result.points.is_enough else ""
    given = [words.given(f) for f in result.findings if f.points] if short else []
    return " ".join(
        part for part in (*(words.unmet(f) for f in result.unmet), short, *given, _price_reason(result)) if part
    )


def _price_reason(result: ResultView) -> str:
    """The price tests that failed and the decision on them, each figure said once."""
    tests = " ".join(words.price_test(t) for t in result.failed_tests)
    if tests in result.price_decision:
        return result.price_decision
    return f"{tests} {result.price_decision}".strip()


def _won(result: ResultView, found: LotOutcome, units: UnitPrices | None) -> str:
    price = {"price": price_words(result, units)}
    if result.points:
        return _won_by_points(result, found, price)
    if result.life_cycle:
        return _won_by_cost(result, result.life_cycle, found)
    if found.tie:
        text = _("It tied at the lowest price, %(price)s, and won %(why)s.")
        return text % (price | {"why": tie_words(found.tie)})
    if sum(r.is_solvent for r in found.results) == 1 < len(found.results):
        return _("It is the only bid that meets everything: %(price)s.") % price
    if len(found.results) == 1:
        return _("It is the only bid and meets everything: %(price)s.") % price
    return _("It meets everything at the lowest price: %(price)s.") % price


def _won_by_points(result: ResultView, found: LotOutcome, price: dict[str, str]) -> str:
    figures = price | {"points": words.points(result.points)}
    if found.tie:
        text = _("It tied with the most points, %(points)s, at %(price)s, and won %(why)s.")
        return text % (figures | {"why": tie_words(found.tie)})
    return _("It has the most points. It got %(points)s, at %(price)s.") % figures


def _lost_by_points(result: ResultView, found: LotOutcome, winner: ResultView) -> str:
    """The place, both sums, and what each requirement gave and why not more."""
    figures = {
        "place": ordinal(result.place) if result.place <= 10 else result.place,  # noqa: PLR2004 - said in words
        "points": words.points(result.points),
        "won": words.number(winner.points.total),
    }
    if result.place == 1 and found.tie:
        text = _("It tied with the most points, %(points)s; %(winner)s won %(why)s.")
        ended = text % (figures | {"winner": winner.supplier_name, "why": tie_words(found.tie)})
    else:
        text = _("It finished in %(place)s place with %(points)s; the winner got %(won)s.")
        ended = text % figures
    less = [words.given(f) for f in result.findings if f.reasons and f.points]
    return " ".join([ended, *less])


def _won_by_cost(result: ResultView, mine: LifeCycle, found: LotOutcome) -> str:
    figures = {"sums": words.life_cycle(result.total, mine)}
    if found.tie:
        text = _("It tied at the lowest sum of price and life-cycle cost, %(sums)s, and won %(why)s.")
        return text % (figures | {"why": tie_words(found.tie)})
    return _("It meets everything at the lowest sum of price and life-cycle cost: %(sums)s.") % figures


def _lost_by_cost(result: ResultView, mine: LifeCycle, found: LotOutcome, winner: ResultView) -> str:
    figures: dict[str, object] = {"sums": words.life_cycle(result.total, mine), "winner": winner.supplier_name}
    if result.place == 1 and found.tie:
        text = _("It tied at the lowest sum of price and life-cycle cost, %(sums)s; %(winner)s won %(why)s.")
        return text % (figures | {"why": tie_words(found.tie)})
    in_words = result.place is not None and result.place <= 10  # noqa: PLR2004 - said in words
    figures["place"] = ordinal(result.place) if in_words and result.place else result.place
    figures["gap"] = money(mine.sum - winner.life_cycle.sum) if winner.life_cycle else ""
    return _("It finished in %(place)s place, %(gap)s above the winner: %(sums)s.") % figures


def _lost(result: ResultView, found: LotOutcome, units: UnitPrices | None) -> str:
    winner = found.winner
    if winner is None or result.place is None:
        raise ValueError("a lot with a solvent bid has a winner")
    if result.points and winner.points:
        return _lost_by_points(result, found, winner)
    if result.life_cycle and winner.life_cycle:
        return _lost_by_cost(result, result.life_cycle, found, winner)
    if result.place == 1 and found.tie:
        text = _("It tied at the lowest price, %(price)s; %(winner)s won %(why)s.")
        name, why = winner.supplier_name, tie_words(found.tie)
        return text % {"price": price_words(result, units), "winner": name, "why": why}
    gap = gap_words((result.bid_id, result.total), (winner.bid_id, winner.total), units)
    if result.place > 10:  # noqa: PLR2004 - beyond what is said in words
        return _("It finished in place %(place)s, at %(gap)s.") % {"place": result.place, "gap": gap}
    text = _("It finished in %(place)s place, at %(gap)s.")
    return text % {"place": ordinal(result.place), "gap": gap}


def lot_reason(found: LotOutcome, units: UnitPrices | None) -> str:
    """Why a lot is awarded to whom it is, or is deserted."""
    if found.winner:
        return reason_for(found.winner, found, units)
    n = len(found.results)
    if not n:
        return _("No bid was received for the lot.")
    text = ngettext(
        "The only bid for the lot cannot be accepted.", "None of the %(n)s bids for the lot can be accepted.", n
    )
    return text % {"n": n}
