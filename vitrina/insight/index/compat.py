# SPDX-License-Identifier: Apache-2.0
"""`compat_imco_v2`: the published construction followed literally, with its faults, for comparison only.

Higher is SAFER here: the published column is called risk and runs the other way. Min-max of each indicator over the
whole panel (nan and infinities ignored; a column of zeros left as it is), 100 - x for the inverted ones, mean of each
concept of what there is, min-max again, mean of the three. One outlier moves every score, scores of different panels
do not compare, and missing data are rewarded. Which four indicators besides the three known ones are not inverted was
not read; we take the number of participants, of winners, of distinct participants, and the participation index.
Source: design page of the indicators, 4.1 and 4.2.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .catalogue import BY_CODE, CONCEPTS
from .facts import Vector

ORIENTATION = "higher is safer"


def compat_imco_v2(values: Mapping[str, Vector]) -> Vector:
    """One score for each row of the panel, 0 to 100; nan where no concept has a value."""
    found = []
    for concept in CONCEPTS:
        parts = []
        for code, x in values.items():
            if BY_CODE[code].concept == concept:
                scaled = _stretch(x)
                parts.append(100 - scaled if BY_CODE[code].inverted else scaled)
        if parts:
            found.append(_stretch(_mean(parts)))
    return _mean(found) if found else np.zeros(0)


def _stretch(x: Vector) -> Vector:
    finite = x[np.isfinite(x)]
    if not len(finite) or not finite.any():
        return x
    low, high = finite.min(), finite.max()
    with np.errstate(invalid="ignore", divide="ignore"):
        return 100 * (x - low) / (high - low)


def _mean(parts: list[Vector]) -> Vector:
    stacked = np.stack(parts)
    known = np.isfinite(stacked)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(n > 0, np.where(known, stacked, 0.0).sum(axis=0) / n, np.nan)
