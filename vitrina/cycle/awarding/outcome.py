# SPDX-License-Identifier: Apache-2.0
"""From the ranked results of a lot to what the ruling decides on it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vitrina.cycle.evaluation.assessment import ResultView
from vitrina.kernel.ties import TieBreak, Tied, decide


@dataclass(frozen=True, slots=True)
class LotOutcome:
    """What becomes of a lot: its results in ranking order, the winner (None: deserted), the tie if there was one."""

    lot: int
    results: tuple[ResultView, ...]
    winner: ResultView | None
    tie: TieBreak | None = None


def outcome(
    lot: int, results: Sequence[ResultView], *, sizes: Mapping[str, str], order: Sequence[str], seed: str
) -> LotOutcome:
    """The outcome of a lot. `sizes`: bid -> size of company; `order`: that of the tie rule; `seed`: that of a draw."""
    first = [r for r in results if r.place == 1]
    if len(first) <= 1:
        return LotOutcome(lot, tuple(results), first[0] if first else None)
    tie = decide([Tied(r.bid_id, sizes[r.bid_id]) for r in first], order, seed=seed, lot=lot)
    winner = next(r for r in first if r.bid_id == tie.winner)
    return LotOutcome(lot, tuple(results), winner, tie)
