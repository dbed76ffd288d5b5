# SPDX-License-Identifier: Apache-2.0
"""From the judgements of each evaluator to one finding per requirement. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One evaluator's judgement of one bid against one requirement; `reason` is compulsory when it is not met."""

    bid_id: str
    criterion: int
    passes: bool
    reason: str = ""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What the committee found: `against` of `votes` evaluators say the requirement is not met, for these reasons."""

    criterion: int
    title: str
    passes: bool
    against: int
    votes: int
    reasons: tuple[str, ...] = ()


def combine(criterion: int, title: str, verdicts: Iterable[Verdict]) -> Finding:
    """The finding of the majority: unmet when more than half of the votes say so; a tie does not throw a bid out.

    `ValueError` without votes: nobody is found to meet, or not to meet, what nobody judged.
    """
    votes = list(verdicts)
    if not votes:
        raise ValueError(f"requirement {criterion} has no votes")
    against = [v for v in votes if not v.passes]
    reasons = tuple(dict.fromkeys(v.reason for v in against))
    return Finding(
        criterion=criterion,
        title=title,
        passes=2 * len(against) <= len(votes),
        against=len(against),
        votes=len(votes),
        reasons=reasons,
    )
