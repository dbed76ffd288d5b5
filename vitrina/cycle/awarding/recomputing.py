# SPDX-License-Identifier: Apache-2.0
"""A ruling recomputed from the public ledger alone: who is solvent, the ranking, points or costs, the tie, the price.

    for finding in recompute(entries): ...     # entries of the purchase as the feed gives them, in order

The same functions rank here as in the evaluation. What is believed: how the evaluators voted (digests bind their
sheets, which are never published), that a sanction that is named is in force, and the figure that a price test
compares with. A lot that was auctioned is computed by `cycle.auction.verifying`; here it is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import msgspec

from vitrina.cycle.bidding.costs import declared
from vitrina.cycle.evaluation.assessment import Decision, LotBid, ResultView, assess
from vitrina.cycle.evaluation.points import Scale
from vitrina.cycle.evaluation.prices import FAILS, PASSES, PriceTest
from vitrina.kernel.money import Money, total
from vitrina.kernel.ties import Tied, decide
from vitrina.kernel.votes import is_outvoted

from .events import LotRuling, RulingIssued, Standing

BY_COST, BY_POINTS, COST = "costo_beneficio", "puntos_porcentajes", "cost"
SCALE = ("evaluation.points.technical", "evaluation.points.economic", "evaluation.points.technical_min")
CALLS = ("call.published", "call.amended", "tender.resumed")
DECIDED_IN_AUCTION = "auction.closed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: the lot, a code, and a sentence for the technician."""

    lot: int
    code: str
    problem: str


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What the ledger says of a ruling: lots computed again, those that were auctioned, what does not hold."""

    lots: tuple[int, ...] = ()
    auctioned: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()


def recompute(entries: Sequence[Mapping[str, Any]]) -> Recomputed | None:
    """The ruling of a purchase computed again; nothing where there is none.

    Errors: `msgspec.ValidationError`, `LookupError` or `ValueError` for entries that cannot be read.
    """
    entry = next((e for e in reversed(entries) if e["kind"] == RulingIssued.kind), None)
    if entry is None:
        return None
    case = Case.of(entries)
    ruling = msgspec.convert(entry["body"], RulingIssued)
    seed = next((str(e["digest"]) for e in entries if int(e["seq"]) == ruling.seed_seq), "")
    closed = [int(e["body"]["lot"]) for e in entries if e["kind"] == DECIDED_IN_AUCTION]
    void = {int(e["body"]["lot"]) for e in entries if e["kind"] == "auction.voided"}
    auctioned = {lot for lot in closed if lot not in void}
    ours = [lot for lot in ruling.lots if lot.lot not in auctioned]
    order = next((ast.literal_eval(r.value) for r in ruling.rules if r.key == "evaluation.tie_break"), [])
    found = [finding for lot in ours for finding in _lot(case, lot, order, seed)]
    return Recomputed(tuple(lot.lot for lot in ours), tuple(sorted(auctioned)), tuple(found))


@dataclass(frozen=True, slots=True)
class Case:
    """What a ruling rests on: the call in force, the scale of its points, the bids as the opening published them."""

    call: Mapping[str, Any]
    scale: Scale | None
    opened: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, entries: Sequence[Mapping[str, Any]]) -> Case:
        """From the entries of a purchase."""
        calls = [e["body"] for e in entries if e["kind"] in CALLS]
        call = calls[-1]["terms"]
        worth = {rule["key"]: Fraction(rule["value"]) for rule in calls[0]["rules"] if rule["key"] in SCALE}
        scale = Scale(*(worth[key] for key in SCALE)) if call["evaluation_method"] == BY_POINTS else None
        return cls(call, scale, {e["body"]["bid"]: e["body"] for e in entries if e["kind"] == "bid.opened"})

    @property
    def by_cost(self) -> bool:
        """Whether price and life-cycle cost decide together."""
        return bool(self.call["evaluation_method"] == BY_COST)

    def criteria(self, lot: int) -> list[Mapping[str, Any]]:
        """The requirements that a bid for a lot is judged by."""
        return [c for c in self.call["criteria"] if c["lot"] in {None, lot}]

    def price(self, bid: str, lot: int) -> Money:
        """What a bid asks for a lot; `LookupError` where it does not price it."""
        amounts = {t["lot"]: t["amount"]["centavos"] for t in self.opened[bid]["totals"]}
        return Money(int(amounts[lot]))

    def costs(self, bid: str, lot: int) -> dict[int, Money]:
        """Requirement -> what the bid's own answers declare for a lot."""
        asked = {c["number"]: lot for c in self.criteria(lot) if c["kind"] == COST}
        answers = {int(n): str(text) for n, text in self.opened[bid]["content"]["responses"].items()}
        return declared(answers, asked, {lot})

    def cost(self, bid: str, lot: int) -> Money | None:
        """Their sum; nothing where one of those that are asked is not declared."""
        costs, asked = self.costs(bid, lot), [c for c in self.criteria(lot) if c["kind"] == COST]
        return total(list(costs.values())) if len(costs) == len(asked) else None


def _lot(case: Case, lot: LotRuling, order: Sequence[str], seed: str) -> Iterator[Finding]:
    """What does not hold of one lot."""
    bidding = {bid for bid, body in case.opened.items() if lot.lot in {t["lot"] for t in body["totals"]}}
    if bidding != {s.bid for s in lot.standings}:
        yield Finding(lot.lot, "bids", "the ruling is not about the bids that the opening published for this lot")
        return
    for standing in lot.standings:
        for code, text in _standing(case, lot.lot, standing):
            yield Finding(lot.lot, code, f"{standing.bid}: {text}")
    views = _assessed(case, lot)
    for standing in lot.standings:
        view = views[standing.bid]
        said, gives = ((v.is_solvent, v.place, v.points, v.life_cycle) for v in (standing, view))
        if said != gives:
            yield Finding(lot.lot, "ranking", f"{standing.bid}: solvent, place, points and costs are {gives}")
    yield from _winner(case, lot, [v for v in views.values() if v.place == 1], order, seed)


def _assessed(case: Case, lot: LotRuling) -> dict[str, ResultView]:
    """Bid -> its result, by the functions of the evaluation, from what the ruling says that the committee found.

    Who is barred by a sanction is compared with nobody.
    """
    inside = _views(case, lot, [s for s in lot.standings if not s.barred])
    return inside | {s.bid: _barred(_views(case, lot, [s])[s.bid]) for s in lot.standings if s.barred}


def _barred(view: ResultView) -> ResultView:
    points = msgspec.structs.replace(view.points, economic="") if view.points else None
    return replace(view, is_solvent=False, place=None, points=points, life_cycle=None)


def _views(case: Case, lot: LotRuling, standings: Sequence[Standing]) -> dict[str, ResultView]:
    bids = [
        LotBid(
            s.bid, s.bidder.key, s.bidder.name, case.price(s.bid, lot.lot), int(case.opened[s.bid]["order"]),
            case.cost(s.bid, lot.lot) if case.by_cost else None,
        )
        for s in standings
    ]  # fmt: skip
    decided = [s for s in standings if s.price_decision]
    views = assess(
        lot.lot,
        bids,
        findings={s.bid: s.findings for s in standings},
        tests={s.bid: s.price_tests for s in standings},
        # whether a price that failed a test was kept is what the ruling says; without a public reason it is not kept
        decisions={s.bid: Decision(keep=s.is_solvent, reason=s.price_decision) for s in decided},
        scale=case.scale,
        by_cost=case.by_cost,
    )
    return {view.bid_id: view for view in views}


def _standing(case: Case, lot: int, standing: Standing) -> Iterator[tuple[str, str]]:
    """What does not hold of what the ruling says of a bid."""
    price, costs = case.price(standing.bid, lot), case.costs(standing.bid, lot)
    if standing.total != price:
        yield "price", f"its price is {price}"
    if [f.criterion for f in standing.findings] != [c["number"] for c in case.criteria(lot)]:
        yield "requirements", "it is not judged by the requirements of the call"
    for finding in standing.findings:
        if finding.passes == is_outvoted(finding.votes, finding.against):
            yield "votes", f"the votes on requirement {finding.criterion} say otherwise"
        if case.by_cost and finding.cost != costs.get(finding.criterion):
            yield "cost", f"it declares {costs.get(finding.criterion)} for requirement {finding.criterion}"
    for test in standing.price_tests:
        if test.offered != price or (test.result in {PASSES, FAILS} and test.fails != _is_beyond(test, price)):
            yield "price_test", f"{test.name} says otherwise of {price}"


def _is_beyond(test: PriceTest, price: Money) -> bool:
    if test.limit is None:
        return False
    return price < test.limit if test.name == "not_convenient" else price > test.limit


def _winner(
    case: Case, lot: LotRuling, first: Sequence[ResultView], order: Sequence[str], seed: str
) -> Iterator[Finding]:
    """Whom the ruling awards, by which tie, at which unit prices."""
    winner, tie = (first[0].bid_id if first else ""), None
    if len(first) > 1:
        tied = [Tied(v.bid_id, case.opened[v.bid_id]["bidder"]["size"]) for v in first]
        tie = decide(tied, order, seed=seed, lot=lot.lot)
        winner = tie.winner
    if (lot.winner, lot.tie) != (winner, tie):
        yield Finding(lot.lot, "winner", f"the lot is of {winner or 'nobody'}{f', by {tie.step}' if tie else ''}")
    elif winner:
        lines = [line for line in case.opened[winner]["lines"] if line["lot"] == lot.lot]
        asked = {line["item"]: line["unit_price"]["centavos"] for line in lines}
        if {line.item.number: line.unit_price.centavos for line in lot.lines} != asked:
            yield Finding(lot.lot, "award", "the unit prices of the award are not those of the bid")
