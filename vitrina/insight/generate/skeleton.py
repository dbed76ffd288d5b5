# SPDX-License-Identifier: Apache-2.0
"""The history in outline, one small row a procedure: when, how large, by which procedure, with what outcome, how many
lots. It is drawn whole, so that the number of contracts is exact; the batches are filled from it one by one.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import profile
from .amounts import DIRECT, INVITATION, OPEN, procedures, rank
from .dates import CUT, DAY, day_weights
from .frame import AWARDED, CANCELLED, DESERTED

Array = npt.NDArray[Any]


@dataclass
class Skeleton:
    """Columns by procedure, in order of publication. `pending`: not decided on the day of the extract."""

    day: Array
    deviate: Array
    kind: Array
    outcome: Array
    lots: Array
    pending: Array

    def __len__(self) -> int:
        return len(self.day)

    def contracts(self) -> Array:
        """How many contracts each procedure gives."""
        found: Array = np.where((self.outcome == AWARDED) & ~self.pending, self.lots, 0).astype(np.int64)
        return found

    def slices(self, size: int) -> list[slice]:
        """Batches of about `size` lots."""
        total = np.cumsum(self.lots.astype(np.int64))
        ends = np.searchsorted(total, np.arange(size, total[-1] + size, size), side="left") + 1
        edges = [0, *sorted({int(min(e, len(self))) for e in ends}), len(self)]
        return [slice(a, b) for a, b in itertools.pairwise(edges) if b > a]


def draw(n_contracts: int, rng: np.random.Generator) -> Skeleton:
    """The outline of a history of exactly so many contracts."""
    mean = sum((a + b) / 2 * share for a, b, share in profile.PER_PROCEDURE)
    n = int(n_contracts / mean * (1.25 + 20 / np.sqrt(n_contracts))) + 100
    found = _draw(n, rng)
    total = np.cumsum(found.contracts()[order := rng.permutation(n)])
    last = int(np.searchsorted(total, n_contracts))
    assert last < n, "the outline is too short"
    keep = np.sort(order[: last + 1])
    surplus = int(total[last]) - n_contracts
    cut = _cut(found, keep)
    _trim(cut, surplus)
    return cut


def _cut(found: Skeleton, keep: Array) -> Skeleton:
    return Skeleton(
        **{name: getattr(found, name)[keep] for name in ("day", "deviate", "kind", "outcome", "lots", "pending")}
    )


def _trim(found: Skeleton, surplus: int) -> None:
    """Take lots away until the number is exact."""
    while surplus > 0:
        many = np.flatnonzero(found.contracts() > 1)[:surplus]
        if not len(many):
            found.outcome[np.flatnonzero(found.contracts() == 1)[:surplus]] = DESERTED
            return
        found.lots[many] -= 1
        surplus -= len(many)


def _draw(n: int, rng: np.random.Generator) -> Skeleton:
    days, weights = day_weights()
    day = np.sort(days[rng.choice(len(days), n, p=weights)])
    deviate = rng.normal(size=n)
    kind = procedures(rank(deviate), rng)
    lots = _lots(n, rng)
    kind, outcome = _unsuccessful(kind, rng)
    lots[outcome != AWARDED] = 1
    wait = np.where(kind == OPEN, rng.integers(14, 40, n), np.where(kind == INVITATION, rng.integers(8, 25, n), 3))
    wait = np.where(kind == DIRECT, rng.integers(0, 8, n), wait)
    pending = day + wait.astype("timedelta64[D]") > (CUT - DAY).astype("datetime64[D]")
    return Skeleton(day, deviate, kind, outcome, lots, pending)


def _unsuccessful(kind: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Some become tenders and invitations that come to nothing, as many as the profile tells, whatever they were: so
    the shares of contracts stay those of the profile.
    """
    shares = profile.PROCEDURE_SHARES
    lost = {
        OPEN: profile.DESERTED[0] + profile.CANCELLED[0],
        INVITATION: profile.DESERTED[1] + profile.CANCELLED[1],
    }
    # Procedures that come to nothing, for one of the profile: share / (1 - lost) * lost.
    extra = {code: shares[code] / (1 - q) * q for code, q in lost.items()}
    total = 1 + sum(extra.values())
    n = len(kind)
    outcome = np.full(n, AWARDED, np.int8)
    u, v = rng.random(n), rng.random(n)
    edge = 0.0
    for at, code in enumerate((OPEN, INVITATION)):
        mine = (u >= edge) & (u < edge + extra[code] / total)
        kind[mine] = code
        is_deserted = v < profile.DESERTED[at] / lost[code]
        outcome[mine] = np.where(is_deserted[mine], DESERTED, CANCELLED)
        edge += extra[code] / total
    return kind, outcome


def _lots(n: int, rng: np.random.Generator) -> Array:
    """How many lots each procedure has; above ten with a falling tail."""
    shares = np.array([share for *_, share in profile.PER_PROCEDURE])
    group = rng.choice(len(shares), n, p=shares / shares.sum())
    low = np.array([a for a, *_ in profile.PER_PROCEDURE])[group]
    high = np.array([b for _, b, _ in profile.PER_PROCEDURE])[group]
    u = rng.random(n)
    return np.exp(np.log(low) + u * np.log((high + 1) / low)).astype(np.int16)
