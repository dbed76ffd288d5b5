# SPDX-License-Identifier: Apache-2.0
"""From findings, price tests and decisions to the ranked result of one lot. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from vitrina.kernel.money import Money
from vitrina.kernel.ranking import Offer, rank

from .costs import LifeCycle
from .criteria import Finding
from .points import Points, Scale, technical, with_prices
from .prices import PriceTest


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the contracting area decided on a price that failed a test: in or out, and the public reason."""

    keep: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LotBid:
    """A bid as far as one lot goes; `order` is its place in the ledger. `cost`: in a call by life-cycle cost what it
    declares for the lot, nothing where it lacks one of those that were asked.
    """

    bid_id: str
    supplier_key: str
    supplier_name: str
    total: Money
    order: int
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class ResultView:
    """What was found of a bid in a lot. `place` from 1, shared by equals, None when the bid is not solvent. `points`:
    of an evaluation by points; `life_cycle`: of a solvent bid in one by life-cycle cost.
    `barred`: the sanction for which it cannot be awarded.
    """

    lot: int
    bid_id: str
    supplier_key: str
    supplier_name: str
    total: Money
    is_solvent: bool
    place: int | None
    findings: tuple[Finding, ...]
    price_tests: tuple[PriceTest, ...]
    price_decision: str = ""
    points: Points | None = None
    life_cycle: LifeCycle | None = None
    barred: str = ""

    @property
    def unmet(self) -> tuple[Finding, ...]:
        """The requirements that it does not meet."""
        return tuple(f for f in self.findings if not f.passes)

    @property
    def failed_tests(self) -> tuple[PriceTest, ...]:
        """The price tests that it fails."""
        return tuple(t for t in self.price_tests if t.fails)


def meets(findings: Sequence[Finding], points: Points | None) -> bool:
    """Whether a bid meets every requirement and, by points, its technical part has the least that it needs."""
    return all(f.passes for f in findings) and (points is None or points.is_enough)


def undecided(tests: Sequence[PriceTest], decision: Decision | None) -> bool:
    """Whether the price failed a test that asks for a decision, and nobody has decided."""
    failed = [t for t in tests if t.fails]
    return bool(failed) and not any(t.severity == "block" for t in failed) and decision is None


def price_stands(tests: Sequence[PriceTest], decision: Decision | None) -> bool:
    """Whether the price stays in: every test passed or impossible, or every failure open to decision and kept."""
    failed = [t for t in tests if t.fails]
    if any(t.severity == "block" for t in failed):
        return False
    return not failed or (decision is not None and decision.keep)


def assess(
    lot: int,
    bids: Sequence[LotBid],
    *,
    findings: Mapping[str, tuple[Finding, ...]],
    tests: Mapping[str, tuple[PriceTest, ...]],
    decisions: Mapping[str, Decision],
    scale: Scale | None = None,
    by_cost: bool = False,
) -> list[ResultView]:
    """The results of a lot: solvent bids by place, then the others by price. Maps are by bid.

    `scale`: of an evaluation by points. The price that all are compared with is the lowest of the bids that stay in.
    `by_cost`: bids are ranked by price plus life-cycle cost; one that lacks a cost cannot be, and is not solvent.
    """
    points = {b.bid_id: technical(scale, findings[b.bid_id]) for b in bids} if scale else {}
    solvent = {
        b.bid_id
        for b in bids
        if meets(findings[b.bid_id], points.get(b.bid_id))
        and (b.cost is not None or not by_cost)
        and price_stands(tests.get(b.bid_id, ()), decisions.get(b.bid_id))
    }
    points = with_prices(points, {b.bid_id: b.total for b in bids if b.bid_id in solvent}) if points else points
    by_id = {b.bid_id: b for b in bids}

    def score(bid: LotBid, *, inside: bool) -> Fraction | int:
        if points and inside:
            return -points[bid.bid_id].total
        if by_cost and inside and bid.cost is not None:
            return (bid.total + bid.cost).centavos
        return bid.total.centavos

    def offers(*, inside: bool) -> list[tuple[int, Offer]]:
        chosen = [b for b in bids if (b.bid_id in solvent) == inside]
        return rank(Offer(b.bid_id, score(b, inside=inside), b.order) for b in chosen)

    def view(bid: LotBid, place: int | None) -> ResultView:
        decision = decisions.get(bid.bid_id)
        return ResultView(
            lot,
            bid.bid_id,
            bid.supplier_key,
            bid.supplier_name,
            bid.total,
            place is not None,
            place,
            findings[bid.bid_id],
            tests.get(bid.bid_id, ()),
            decision.reason if decision else "",
            points.get(bid.bid_id),
            LifeCycle.of(bid.total, bid.cost) if by_cost and bid.cost is not None and place is not None else None,
        )

    inside = [view(by_id[offer.bidder], place) for place, offer in offers(inside=True)]
    return inside + [view(by_id[offer.bidder], None) for _, offer in offers(inside=False)]
