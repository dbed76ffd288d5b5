# SPDX-License-Identifier: Apache-2.0
"""Whether the questions of one company are so many, or repeat so many of others', that internal control should see it.

Pure. The shares are a row of the rulebook (`clarification.flood`); what comes of it is a notice, never a refusal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

RULE = "clarification.flood"


class Flood(NamedTuple):
    """What one company asked: `questions` of the `of` of all, and how many of its own `repeated` an earlier one."""

    who: str
    questions: int
    repeated: int
    of: int


def tally(askers: Sequence[str], groups: Sequence[Sequence[int]], since: int = 0) -> list[Flood]:
    """Each company with its count, the most first. `askers`: who asked each question; `groups`: places, in order.

    A question repeats when the same was asked before, by whomever. Only questions from the place `since` on count (a
    later round); what they repeat may be earlier.
    """
    total = Counter(askers[since:])
    repeated = Counter(askers[place] for group in groups for place in sorted(group)[1:] if place >= since)
    of = len(askers) - since
    return [Flood(who, n, repeated[who], of) for who, n in sorted(total.items(), key=lambda x: (-x[1], x[0]))]


def floods(counted: Sequence[Flood], rule: Mapping[str, Any]) -> list[Flood]:
    """Those that the rule puts before internal control: at least `least` questions, and more than `share_of_one` of
    all, or at least `share_repeated` of them repeated.
    """
    of_one, of_repeated = Fraction(rule["share_of_one"]), Fraction(rule["share_repeated"])
    return [
        one
        for one in counted
        if one.questions >= rule["least"]
        and (one.questions > of_one * one.of or one.repeated >= of_repeated * one.questions)
    ]
