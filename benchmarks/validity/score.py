# SPDX-License-Identifier: Apache-2.0
"""A rule against the labels of a kind: recall, precision, what shuffled labels give, intervals over cases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from .judge import Units

BOOTSTRAPS, SHUFFLES = 1_000, 24


@dataclass
class Score:
    """A rule against the labels of a kind, over several histories. By cluster: a case, or one unlabelled unit."""

    truth: list[int] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)
    raised: list[int] = field(default_factory=list)
    any_case: list[int] = field(default_factory=list)
    unjudged: int = 0
    by_chance: list[tuple[float, float]] = field(default_factory=list)

    def add(
        self, units: Units, group: str, cases: dict[str, str], planted: set[str], rng: np.random.Generator
    ) -> None:
        """Add a history. `cases`: id -> case of this kind; `planted`: ids of any planted kind."""
        judged, raised = units.judged[group], units.raised[group]
        self.unjudged += len(set(cases) - judged)
        mine: dict[str, list[str]] = defaultdict(list)
        for unit, case in cases.items():
            if unit in judged:
                mine[case].append(unit)
        for members in mine.values():
            self.truth.append(len(members))
            self.hits.append(len(raised.intersection(members)))
            self.raised.append(self.hits[-1])
            self.any_case.append(self.hits[-1])
        others = raised - set(cases)
        n_planted = len(others & planted)
        self.truth += [0] * len(others)
        self.hits += [0] * len(others)
        self.raised += [1] * len(others)
        self.any_case += [1] * n_planted + [0] * (len(others) - n_planted)
        n = sum(len(members) for members in mine.values())
        # As many labels dealt among the judged units at random: how many fall on raised ones is hypergeometric.
        drawn = rng.hypergeometric(len(raised), len(judged) - len(raised), n, SHUFFLES) if n else np.zeros(SHUFFLES)
        self.by_chance += [(float(k) / max(1, n), float(k) / max(1, len(raised))) for k in drawn]

    def _kinds(self) -> tuple[np.ndarray, np.ndarray]:
        """Clusters that are alike, one row each (hits, truth, raised, any case), and how many there are."""
        rows = np.array([self.hits, self.truth, self.raised, self.any_case], float).reshape(4, -1).T
        return np.unique(rows, axis=0, return_counts=True)

    def rates(self) -> tuple[float, float, float]:
        """Recall, precision for the kind, precision for any planted kind."""
        rows, counts = self._kinds()
        return _rates(counts @ rows)

    def intervals(self, rng: np.random.Generator) -> np.ndarray:
        """2.5 and 97.5 per cent of the three rates, over clusters drawn again (2 x 3)."""
        rows, counts = self._kinds()
        n = int(counts.sum())
        if not n:
            return np.zeros((2, 3))
        drawn = rng.multinomial(n, counts / n, size=BOOTSTRAPS) @ rows
        return np.quantile(np.array([_rates(each) for each in drawn]), [0.025, 0.975], axis=0)

    def chance(self) -> np.ndarray:
        """Mean recall and precision of shuffled labels, and the greatest recall of any shuffle."""
        drawn = np.array(self.by_chance)
        return np.append(drawn.mean(axis=0), drawn[:, 0].max())


def _rates(sums: np.ndarray) -> tuple[float, float, float]:
    hits, truth, raised, any_case = (float(x) for x in sums)
    return hits / max(truth, 1e-9), hits / max(raised, 1e-9), any_case / max(raised, 1e-9)
