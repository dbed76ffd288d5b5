# SPDX-License-Identifier: Apache-2.0
"""From findings, price tests and decisions to the ranked result of one lot. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from vitrina.kernel.money import Money
from vitrina.kernel.ranking import Offer, rank

from .criteria import Finding
from .prices import PriceTest


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the contracting area decided on a price that failed a test: in or out, and the public reason."""

    keep: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LotBid:
    """A bid as far as one lot goes; `order` is its place in the ledger."""

    bid_id: str
    supplier_key: str
    supplier_name: str
    total: Money
    order: int


@dataclass(frozen=True, slots=True)
class ResultView:
    """What was found of a bid in a lot. `place` from 1, shared at equal prices, None when the bid is not solvent."""

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

    @property
    def unmet(self) -> tuple[Finding, ...]:
        """The requirements that it does not meet."""
        return tuple(f for f in self.findings if not f.passes)

    @property
    def failed_tests(self) -> tuple[PriceTest, ...]:
        """The price tests that it fails."""
        return tuple(t for t in self.price_tests if t.fails)


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
) -> list[ResultView]:
    """The results of a lot: solvent bids by place, then the others by price. Maps are by bid."""
    solvent = {
        b.bid_id
        for b in bids
        if all(f.passes for f in findings[b.bid_id]) and price_stands(tests.get(b.bid_id, ()), decisions.get(b.bid_id))
    }
    by_id = {b.bid_id: b for b in bids}

    def offers(*, inside: bool) -> list[tuple[int, Offer]]:
        return rank(Offer(b.bid_id, b.total.centavos, b.order) for b in bids if (b.bid_id in solvent) == inside)

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
        )

    inside = [view(by_id[offer.bidder], place) for place, offer in offers(inside=True)]
    return inside + [view(by_id[offer.bidder], None) for _, offer in offers(inside=False)]
