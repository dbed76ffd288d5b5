# SPDX-License-Identifier: Apache-2.0
"""The file of weights: concepts, indicators with weight and sign, strata, minimums. Unknown or impossible ones are
refused.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from .catalogue import BY_CODE, CONCEPTS, INDICATORS

DEFAULT = Path(__file__).with_name("weights.json")


class BadWeights(ValueError):
    """The file of weights does not fit."""


class Weight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one indicator. `sign` +1: higher is riskier, -1: higher is safer. `scale`: `percentile`."""

    concept: str
    weight: float
    sign: int
    scale: str = "percentile"


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it. `strata`: least number of purchases of each stratum, ascending from 0; `cap`: most that one type
    weighs in its unit, or one unit in its agency.
    """

    version: int
    concepts: dict[str, float]
    indicators: dict[str, Weight]
    strata: list[int]
    least_procedures: int = 20
    shrink_k: float = 20
    least_reference: int = 100
    least_coverage: float = 0.6
    cap: float = 0.5
    note: str = ""


def load(path: Path | None = None) -> Weights:
    """The weights of a file, those of the package unless told."""
    file = path or DEFAULT
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Weights)
    except (OSError, msgspec.DecodeError) as error:
        raise BadWeights(f"{file}: {error}") from error
    for code, weight in found.indicators.items():
        if code not in BY_CODE:
            raise BadWeights(f"{file}: there is no indicator {code}")
        if weight.concept not in CONCEPTS or weight.concept not in found.concepts:
            raise BadWeights(f"{file}: {code} is of an unknown concept {weight.concept}")
        if weight.weight < 0 or (weight.weight > 0 and weight.sign not in (1, -1)) or weight.scale != "percentile":
            raise BadWeights(f"{file}: {code} needs a weight of 0 or more, a sign of 1 or -1, and scale percentile")
    if not found.strata or found.strata[0] != 0 or sorted(set(found.strata)) != found.strata:
        raise BadWeights(f"{file}: strata ascend from 0")
    if not any(_total(found).values()) or min(found.concepts.values()) < 0:
        raise BadWeights(f"{file}: nothing weighs")
    return found


def _total(weights: Weights) -> dict[str, float]:
    """Weight of each concept's indicators."""
    return {
        concept: weights.concepts[concept] * sum(w.weight for w in weights.indicators.values() if w.concept == concept)
        for concept in weights.concepts
    }


def nominal(weights: Weights) -> dict[str, float]:
    """Code -> its share of the whole score when everything is available; they add up to 1."""
    whole = sum(w for concept, w in weights.concepts.items() if _total(weights)[concept] > 0)
    found = {}
    for each in INDICATORS:
        own = weights.indicators.get(each.code)
        if own is None or own.weight == 0 or not weights.concepts[own.concept]:
            continue
        inside = sum(w.weight for w in weights.indicators.values() if w.concept == own.concept)
        found[each.code] = weights.concepts[own.concept] / whole * own.weight / inside
    return found
