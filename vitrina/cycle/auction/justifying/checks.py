# SPDX-License-Identifier: Apache-2.0
"""Low prices asked about again: who had to be asked, whether what was done follows, who gets the lot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.cycle.auction.acts import Told
from vitrina.cycle.auction.checks import Finding
from vitrina.cycle.auction.room import Room
from vitrina.cycle.auction.states import Justification
from vitrina.kernel.states import NoMove
from vitrina.kernel.votes import is_outvoted

from .award import Award, award
from .bodies import (
    Answer,
    Decided,
    Given,
    Lapsed,
    Price,
    Prices,
    Rejected,
    Requested,
    commitment,
    fold,
    refs_of,
)

Found = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Case:
    """What the checks of a lot need: its room, the sizes of its companies by alias, the seed of a draw."""

    room: Room
    sizes: Mapping[str, str]
    seed: str

    def award(self, prices: Prices) -> Award:
        """Who gets the lot as the prices stand."""
        out = {price.alias for price in prices.values() if price.state == Justification.REJECTED}
        return award(self.room, out, self.sizes, seed=self.seed)


def walk(case: Case, told: Sequence[Told]) -> tuple[dict[str, Price], list[Finding]]:
    """Alias -> price after every act, with what does not hold of each; stops at an act that could not follow."""
    prices, findings = dict[str, Price](), list[Finding]()
    for one in told:
        try:
            findings += [Finding(one.seq, *found) for found in _check(case, prices, one)]
            prices = fold(prices, one)
        except (NoMove, LookupError, AttributeError) as error:
            findings.append(Finding(one.seq, "state", str(error)))
            break
    return prices, findings


def unasked(case: Case, prices: Prices) -> str:
    """The alias whose price is marked and was not asked about, once everything before it is decided; else nothing."""
    if any(price.is_open for price in prices.values()):
        return ""
    found = case.award(prices)
    return found.winner if found.marks and found.winner not in prices else ""


def _check(case: Case, prices: Prices, told: Told) -> Found:
    act: Any = told.act
    if isinstance(act, Requested):
        yield from _requested(case, prices, act)
        return
    former = prices[act.alias]
    if isinstance(act, Given):
        if told.at > former.answer_by:
            yield "late", "the answer came after its term"
        if act.answer is not None:
            hashes = [document.sha256 for document in act.documents]
            yield from _bound(case, act.alias, act.answer, (act.commitment, hashes))
    elif isinstance(act, Lapsed) and told.at <= former.answer_by:
        yield "early", "the term of the answer was not over"
    elif isinstance(act, Decided):
        yield from _decided(case, former, act)


def _requested(case: Case, prices: Prices, act: Requested) -> Found:
    if unasked(case, prices) != act.alias:
        yield "asked", f"{act.alias} is asked about a price that the rules do not mark now"
        return
    if act.marks != refs_of(case.award(prices).marks):
        yield "marks", "the marks are told otherwise"
    if act.amount.centavos != case.room.bids[act.alias].amount:
        yield "amount", f"{act.alias} had offered another amount"


def _decided(case: Case, former: Price, act: Decided) -> Found:
    if is_outvoted(act.votes, act.against) != isinstance(act, Rejected) or not 0 <= act.against <= act.votes:
        yield "votes", f"{act.against} of {act.votes} against do not decide so"
    if not act.votes or not act.reasons or not all(act.reasons):
        yield "reasons", "it was decided without a reason"
    if (former.state == Justification.GIVEN) != (act.answer is not None):
        yield "answer", "the answer and what is told of it differ"
    elif act.answer is not None:
        yield from _bound(case, act.alias, act.answer, (former.commitment, former.documents))


def _bound(case: Case, alias: str, answer: Answer, given: tuple[str, Sequence[str]]) -> Found:
    """The answer is that which was given (commitment, SHA-256 of its documents); its costs add up to the price."""
    if commitment(case.room.auction, alias, answer, given[1]) != given[0]:
        yield "answer", f"the answer of {alias} is another one than was given"
    if sum(cost.amount.centavos for cost in answer.costs) != case.room.bids[alias].amount:
        yield "costs", f"the costs of {alias} do not add up to its price"
