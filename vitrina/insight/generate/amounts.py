# SPDX-License-Identifier: Apache-2.0
"""Amounts, and what goes with their size: the procedure and the category. All vectorised; amounts in centavos."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from . import profile

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
OPEN, INVITATION, DIRECT, OTHER = range(4)
NONE = -1  # an amount that is not told
PART_OF_LAST = 0.2  # of the last year, before the day of the extract
PRESSED = 0.02  # amounts that are whole because they lie at a ceiling or were planted
_ROUND_FROM = 1_000_000  # centavos; below ten thousand pesos nobody rounds to thousands


def rank(z: Floats) -> Floats:
    """The percentile (0 to 1) of a standard normal deviate; logistic approximation, error below 2e-4."""
    return 1 / (1 + np.exp(-1.5976 * z - 0.07056 * z**3))


def pesos(z: Floats, year: Ints, rng: np.random.Generator) -> Floats:
    """Amounts of deviates `z`: split log-normal, above its p99 Pareto, the median growing by the year."""
    sigma = np.where(z < 0, profile.SIGMA_LOW, profile.SIGMA_HIGH)
    found = profile.MEDIAN * np.exp(sigma * np.minimum(z, profile.TAIL_Z))
    tail = z > profile.TAIL_Z
    found[tail] *= rng.random(tail.sum()) ** (-1 / profile.ALPHA)
    return found * (1 + profile.GROWTH) ** (year - _middle())


@functools.cache
def _middle() -> float:
    """The mean year of a contract: there the level is that of the published profile of all years (about 2018)."""
    weights = dict(profile.YEARS) | {profile.LAST_YEAR: profile.YEARS[profile.LAST_YEAR] * PART_OF_LAST}
    return sum(y * w for y, w in weights.items()) / sum(weights.values())


def rounded(amount: Floats, rng: np.random.Generator) -> Ints:
    """Centavos: some whole thousands, some whole pesos, the others to the centavo."""
    centavos = np.rint(amount * 100).astype(np.int64)
    u = rng.random(len(amount))
    can = centavos >= _ROUND_FROM
    share = profile.WHOLE_THOUSANDS / 0.935  # of those that can
    thousands = can & (u < share)
    whole = ~thousands & (u < profile.WHOLE_PESOS - PRESSED)
    centavos[thousands] = (centavos[thousands] + 50_000) // 100_000 * 100_000
    centavos[whole] = (centavos[whole] + 50) // 100 * 100
    return np.maximum(centavos, 100)


def procedures(u: Floats, rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """The procedure of contracts at percentile `u`: direct awards among the small, tenders among the large. The shares
    over all percentiles are those of the profile: each curve below integrates to its share.
    """
    other, direct, tender = profile.PROCEDURE_SHARES[3], profile.PROCEDURE_SHARES[2], profile.PROCEDURE_SHARES[0]
    fall = np.maximum(0, (u - 0.5) / 0.5) ** 1.5  # integrates to 0.2
    rise = np.maximum(0, (u - 0.4) / 0.6) ** 2  # integrates to 0.2
    p_direct = direct + 0.6 * (0.2 - fall)
    p_open = tender + 0.45 * (rise - 0.2)
    draw = rng.random(len(u))
    found = np.full(len(u), INVITATION, np.int8)
    found[draw < p_direct + p_open + other] = OTHER
    found[draw < p_direct + p_open] = OPEN
    found[draw < p_direct] = DIRECT
    return found


def categories(u: Floats, rng: np.random.Generator) -> npt.NDArray[np.int8]:
    """The category of contracts at percentile `u`: works among the large. Shares as `procedures`."""
    services, goods, works, related, lease = profile.CATEGORY_SHARES
    tilt = 0.4 + 1.2 * u  # integrates to 1
    rest = (1 - (works + related) * tilt) / (services + goods + lease)
    edges = np.cumsum([services * rest, goods * rest, works * tilt, related * tilt], axis=0)
    return (rng.random(len(u)) > edges).sum(axis=0).astype(np.int8)
