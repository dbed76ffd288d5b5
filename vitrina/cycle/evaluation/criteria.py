# SPDX-License-Identifier: Apache-2.0
"""From the judgements of each evaluator to one finding per requirement. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import msgspec

from vitrina.kernel.money import Money
from vitrina.kernel.votes import is_outvoted


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluator's judgement of one bid against one requirement; `reason` is compulsory when it is not met.

    `points`: what the evaluator gives where the requirement gives points; it is met then, whatever they are, and
    `reason` says why not all.
    """

    bid_id: str
    criterion: int
    passes: bool
    reason: str = ""
    points: Decimal | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What the committee found: `against` of `votes` evaluators say the requirement is not met, for these reasons.

    Where it gives points, `points` is the exact mean of what they gave (`42`, `125/3`) and `most` what it can give.
    Where it asks for a cost, `cost` is what the bid declares; it counts when the requirement is met.
    """

    criterion: int
    title: str
    passes: bool
    against: int
    votes: int
    reasons: tuple[str, ...] = ()
    points: str = ""
    most: Decimal | None = None
    cost: Money | None = None


def combine(
    criterion: int,
    title: str,
    verdicts: Iterable[Verdict],
    most: Decimal | None = None,
    cost: Money | None = None,
) -> Finding:
    """The finding of the majority: unmet when more than half of the votes say so; a tie does not throw a bid out.

    `most`: of a requirement that gives points, whose finding is their mean. `cost`: what the bid declares, where it is
    asked. `ValueError` without votes: nobody is found to meet, or not to meet, what nobody judged.
    """
    votes = list(verdicts)
    if not votes:
        raise ValueError(f"requirement {criterion} has no votes")
    against = [v for v in votes if not v.passes]
    reasons = tuple(dict.fromkeys(v.reason for v in votes if v.reason))
    return Finding(
        criterion=criterion,
        title=title,
        passes=not is_outvoted(len(votes), len(against)),
        against=len(against),
        votes=len(votes),
        reasons=reasons,
        points="" if most is None else str(sum((Fraction(v.points or 0) for v in votes), Fraction(0)) / len(votes)),
        most=most,
        cost=cost,
    )
