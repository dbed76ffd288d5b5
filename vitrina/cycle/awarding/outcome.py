# SPDX-License-Identifier: Apache-2.0
"""From the ranked results of a lot to what the ruling decides on it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import msgspec

from vitrina.cycle.auction.acting import amounts_of
from vitrina.cycle.auction.justifying.bodies import Price
from vitrina.cycle.auction.states import Justification
from vitrina.cycle.auction.verifying import Report
from vitrina.cycle.evaluation.assessment import ResultView
from vitrina.cycle.evaluation.costs import LifeCycle
from vitrina.cycle.evaluation.points import with_prices
from vitrina.kernel.money import Money
from vitrina.kernel.ties import TieBreak, Tied, decide


@dataclass(frozen=True, slots=True)
class LotOutcome:
    """What becomes of a lot: its results in ranking order, the winner (None: deserted), the tie if there was one."""

    lot: int
    results: tuple[ResultView, ...]
    winner: ResultView | None
    tie: TieBreak | None = None


def outcome(
    lot: int, results: Sequence[ResultView], *, sizes: Mapping[str, str], order: Sequence[str], seed: str
) -> LotOutcome:
    """The outcome of a lot. `sizes`: bid -> size of company; `order`: that of the tie rule; `seed`: that of a draw."""
    first = [r for r in results if r.place == 1]
    if len(first) <= 1:
        return LotOutcome(lot, tuple(results), first[0] if first else None)
    tie = decide([Tied(r.bid_id, sizes[r.bid_id]) for r in first], order, seed=seed, lot=lot)
    winner = next(r for r in first if r.bid_id == tie.winner)
    return LotOutcome(lot, tuple(results), winner, tie)


class Stopped(NamedTuple):
    """Why a bid that meets everything cannot be awarded: the sanction, and the words that its bidder reads."""

    sanction: str
    why: str


def without(results: Sequence[ResultView], barred: Mapping[str, Stopped]) -> list[ResultView]:
    """The results of a lot when some bids cannot be awarded: the others ranked anew, as if alone.

    By points the price that all are compared with is then the lowest of those that stay.
    """
    out = [r for r in results if r.is_solvent and r.bid_id in barred]
    if not out:
        return list(results)
    inside = [r for r in results if r.is_solvent and r.bid_id not in barred]
    known = {r.bid_id: r.points for r in inside if r.points}
    points = with_prices(known, {bid: r.total for r in inside if (bid := r.bid_id) in known})
    inside = [replace(r, points=points.get(r.bid_id)) for r in inside]
    inside.sort(key=_score)  # stable: equals stay as they were
    places = [1 + sum(_score(other) < _score(r) for other in inside) for r in inside]
    ranked = [replace(r, place=place) for r, place in zip(inside, places, strict=True)]
    return [*ranked, *(_out(r, barred[r.bid_id]) for r in out), *(r for r in results if not r.is_solvent)]


def _score(result: ResultView) -> Fraction | int:
    """What ranks: the most points, the lowest sum of price and costs, or the lowest price."""
    if result.points:
        return -result.points.total
    return (result.life_cycle.sum if result.life_cycle else result.total).centavos


def _out(result: ResultView, stopped: Stopped) -> ResultView:
    points = msgspec.structs.replace(result.points, economic="") if result.points else None
    return replace(
        result, is_solvent=False, place=None, points=points, life_cycle=None, price_decision=stopped.why,
        barred=stopped.sanction,
    )  # fmt: skip


def after_auction(
    lot: int, results: Sequence[ResultView], report: Report, barred: Mapping[str, Stopped] | None = None
) -> LotOutcome:  # fmt: skip
    """The outcome of a lot that was auctioned: the ranking of its room, at what each bid offered last.

    Whoever the room showed as first, or its tie rule picked among equals, is who the ruling awards; where its price
    was rejected as abnormally low, or it is barred, whoever the same ranking has first without it.
    """
    barred = barred or {}
    amounts, by_bid = amounts_of(report), {r.bid_id: r for r in results}
    bid_of = {alias: bid for alias, (bid, _name) in report.names.items()}
    order = sorted((line.alias for line in report.award.ranking), key=lambda alias: alias != report.award.winner)
    ended = [bid_of[alias] for alias in order]
    bids = [bid for bid in ended if bid not in barred]
    stopped = [replace(_out(by_bid[bid], barred[bid]), total=amounts[bid]) for bid in ended if bid in barred]
    known = {bid: points for bid in bids if (points := by_bid[bid].points)}
    points = with_prices(known, {bid: amounts[bid] for bid in known})
    ranked = [
        replace(
            by_bid[bid],
            total=amounts[bid],
            place=n,
            points=points.get(bid),
            life_cycle=_with_price(by_bid[bid].life_cycle, amounts[bid]),
        )
        for n, bid in enumerate(bids, start=1)
    ]
    out = [price for price in report.prices.values() if price.state == Justification.REJECTED]
    rejected = [_rejected(by_bid[bid_of[price.alias]], price, amounts) for price in out]
    others = [r for r in results if r.bid_id not in amounts]
    return LotOutcome(lot, (*ranked, *stopped, *rejected, *others), ranked[0] if ranked else None)


def _with_price(found: LifeCycle | None, price: Money) -> LifeCycle | None:
    """The same costs with another price."""
    return LifeCycle.of(price, found.cost) if found else None


def _rejected(result: ResultView, price: Price, amounts: Mapping[str, Money]) -> ResultView:
    """A bid whose price the evaluators rejected, with their reasons."""
    points = msgspec.structs.replace(result.points, economic="") if result.points else None
    why, total = " ".join(price.reasons), amounts[result.bid_id]
    return replace(
        result, total=total, is_solvent=False, place=None, points=points, life_cycle=None, price_decision=why
    )


def unit_prices_at(total: Money, prices: Mapping[int, Money], quantities: Mapping[int, Fraction]) -> dict[int, Money]:
    """The unit prices of a lot awarded for `total`: each lowered in proportion, down to the centavo.

    With one item whose offers were prices per piece, exactly that price; with several, the sum never passes `total`.
    """
    asked = sum((prices[n].centavos * quantity for n, quantity in quantities.items()), Fraction(0))
    if asked == total.centavos:
        return dict(prices)
    return {n: Money(math.floor(prices[n].centavos * total.centavos / asked), total.currency) for n in quantities}
