# SPDX-License-Identifier: Apache-2.0
"""What the ledger holds of a price that was asked about, and the fold of it by lot, under the alias of its bidder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from vitrina.cycle.auction.abnormal import Mark
from vitrina.cycle.auction.acts import Lot, Told, told_of
from vitrina.cycle.auction.states import DECIDED, JUSTIFICATION
from vitrina.kernel.canonical import digest_of
from vitrina.kernel.money import Money
from vitrina.kernel.states import NEW, next_state


class MarkRef(msgspec.Struct, frozen=True, kw_only=True):
    """A test that a price met, exact rationals in text: `below` of one under `base` centavos, where `share` marks."""

    name: str
    base: str
    below: str
    share: str


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """A line of what a price is made of; profit is one of them."""

    concept: str
    amount: Money


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Why a price is what it is, and its costs, which add up to it. `salt` keeps its digest unguessable."""

    text: str
    costs: tuple[Cost, ...]
    salt: str


class Requested(Lot, frozen=True, kw_only=True):
    """The bidder of a marked price is asked to justify it until `answer_by`. `amount`: what it offered for the lot."""

    alias: str
    bid: str
    name: str
    amount: Money
    marks: tuple[MarkRef, ...]
    answer_by: datetime


class Given(Lot, frozen=True, kw_only=True):
    """It was justified. `commitment` binds the answer; the answer itself, where the rulebook publishes it at once."""

    alias: str
    name: str
    commitment: str
    answer: Answer | None = None


class Lapsed(Lot, frozen=True, kw_only=True):
    """The term passed without an answer. That rejects nothing: the evaluators decide."""

    alias: str
    name: str


class Decided(Lot, frozen=True, kw_only=True):
    """What the evaluators decided: `against` of `votes` reject it. The answer is public by now in any case.

    `reasons`: of those who hold what was decided; `dissent`: of the others.
    """

    alias: str
    name: str
    votes: int
    against: int
    evaluators: tuple[str, ...]
    reasons: tuple[str, ...]
    dissent: tuple[str, ...] = ()
    answer: Answer | None = None


class Accepted(Decided, frozen=True, kw_only=True):
    """The price stands."""


class Rejected(Decided, frozen=True, kw_only=True):
    """The price goes out, and the lot is to whoever is first without it."""


# kind of entry -> (body, the command of `states.JUSTIFICATION` that it follows)
KINDS: dict[str, tuple[type[Lot], str]] = {
    "justification.requested": (Requested, "request"),
    "justification.given": (Given, "give"),
    "justification.lapsed": (Lapsed, "lapse"),
    "justification.accepted": (Accepted, "accept"),
    "justification.rejected": (Rejected, "reject"),
}
COMMAND_OF = dict(KINDS.values())


@dataclass(frozen=True, slots=True)
class Price:
    """A price that was asked about: where that stands (`states.Justification`), and why it was rejected."""

    alias: str
    state: str
    answer_by: datetime
    commitment: str = ""
    documents: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.state not in DECIDED


Prices = Mapping[str, Price]


def told_prices(entries: Iterable[Mapping[str, Any]], lot: int) -> list[Told]:
    """The acts about the prices of a lot, in order. Errors: as `acts.told`."""
    return told_of(entries, lot, KINDS)


def fold(prices: Prices, told: Told) -> dict[str, Price]:
    """Alias -> price after one more act. Errors: `NoMove` where it could not follow."""
    act: Any = told.act
    body = body_of(act)
    former = prices.get(act.alias)
    state = str(next_state(JUSTIFICATION, former.state if former else NEW, COMMAND_OF[body]))
    if former is None:
        return {**prices, act.alias: Price(act.alias, state, act.answer_by)}
    more: dict[str, Any] = {}
    if isinstance(act, Given):
        more = {"commitment": act.commitment, "documents": tuple(d.sha256 for d in act.documents)}
    elif isinstance(act, Rejected):
        more = {"reasons": act.reasons}
    fields = {name: getattr(former, name) for name in Price.__slots__}
    return {**prices, act.alias: Price(**{**fields, "state": state, **more})}


def body_of(act: Lot) -> type[Lot]:
    """Which of the bodies above an act is."""
    return next(cls for cls in type(act).__mro__ if cls in COMMAND_OF)


def refs_of(marks: Iterable[Mark]) -> tuple[MarkRef, ...]:
    """Marks as the ledger keeps them."""
    return tuple(MarkRef(name=m.name, base=str(m.base), below=str(m.below), share=str(m.share)) for m in marks)


def commitment(auction: str, alias: str, answer: Answer, documents: Sequence[str]) -> str:
    """SHA-256 over the canonical JSON of auction, alias, text, costs, SHA-256 of each document, and salt."""
    costs = [{"concept": cost.concept, "amount": str(cost.amount)} for cost in answer.costs]
    said = {"text": answer.text, "costs": costs, "documents": list(documents), "salt": answer.salt}
    return digest_of({"auction": auction, "alias": alias, **said})
