# SPDX-License-Identifier: Apache-2.0
"""Screens of reverse auctions, from a file of their steps: `ocid,lot,bidder,at,amount,decrement`.

The store has no steps, so an auction room or an operator hands them over as CSV. The first row of a bidder is its
opening posture, the others are its steps, each lower than its own before. `at` is an instant with offset; `decrement`
(may be empty) the least step that the rules allow. What is told of an auction, and which side is worth a look:

OPENING: (highest - lowest) / lowest of the postures, low. STEPS a bidder, low. AT-MINIMUM: share of the steps that
are lower than what they had to beat (the leader, or the own last) by exactly the decrement, high. STILL: bidders that
never improve, high. FIRST-FINAL: the lowest posture is the final price. LAST-STEP: seconds from the first step to the
last, low. CLOSE: share of the steps within ten seconds of one by another firm, high. ORDER: share of the steps whose
author is the one who most often follows the author before, of at least three authors, high. ENTRY: largest fall of
the leading price at the first step of a bidder, high. SAVING: 1 - final / lowest posture, low, with its rank among
the auctions of as many bidders and, where the store knows it, of the same market. Source: design page of the screens,
3.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from . import cells

NEAR_SECONDS = 10
AUTHORS = 3
COLUMNS = ("ocid", "bidder", "at", "amount")
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("ocid", "lot", "market")),
        *((name, pa.int64()) for name in ("n_bidders", "n_steps", "n_still")),
        *((name, pa.float64()) for name in ("opening", "steps_a_bidder", "at_minimum", "last_step", "close", "order")),
        ("first_final", pa.bool_()),
        *((name, pa.float64()) for name in ("entry", "saving", "saving_rank")),
        ("saving_peers", pa.int64()),
    ]
)


class BadAuctions(ValueError):
    """The file is none of steps; the text says where and why."""


class Step(NamedTuple):
    """An offer of a bidder, exact."""

    bidder: str
    at: datetime
    amount: Decimal
    decrement: Decimal | None


Steps = Mapping[tuple[str, str], Sequence[Step]]


def read(path: Path) -> Steps:
    """(ocid, lot) -> steps in their order of time, those of one instant as in the file. Errors: `BadAuctions`."""
    found: dict[tuple[str, str], list[Step]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        absent = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if absent:
            raise BadAuctions(f"{path} has no column {', '.join(absent)}")
        for row in rows:
            try:
                found[row["ocid"], row.get("lot") or ""].append(_step(row))
            except (ValueError, InvalidOperation) as error:
                raise BadAuctions(f"{path}, line {rows.line_num}: {error}") from error
    for steps in found.values():
        steps.sort(key=lambda step: step.at)
    return dict(found)


def _step(row: Mapping[str, str]) -> Step:
    at, amount = datetime.fromisoformat(row["at"]), Decimal(row["amount"])
    if at.tzinfo is None:
        raise ValueError(f"{row['at']} has no offset")
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"{row['amount']} is no price")
    least = (row.get("decrement") or "").strip()
    return Step(row["bidder"], at, amount, Decimal(least) if least else None)


def screened(found: Steps, markets: Mapping[str, str]) -> pa.Table:
    """One row for each auction, by ocid and lot. `markets`: ocid -> market, where it is known."""
    rows = [
        {"ocid": ocid, "lot": lot, "market": markets.get(ocid)} | measured(found[ocid, lot])
        for ocid, lot in sorted(found)
    ]
    saving = np.array([row["saving"] for row in rows], dtype=float)
    size = cells.size_class(np.array([row["n_bidders"] for row in rows], dtype=np.int64))
    market = cells.codes(np.array([row["market"] or "" for row in rows], dtype=object)) if rows else size
    rank = cells.among_cells(saving, [cells.codes(market, size), size])
    for row, share, peers in zip(rows, rank.share.tolist(), rank.peers.tolist(), strict=True):
        row |= {"saving_rank": None if np.isnan(share) else share, "saving_peers": peers}
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def measured(steps: Sequence[Step]) -> dict[str, Any]:
    """The screens of one auction; null where it cannot be computed."""
    opening, later = _split(steps)
    lowest = min(opening.values())
    final = min([lowest, *(step.amount for step in later)])
    n, many = len(later), len(opening)
    beaten = [_is_least(step, own, leader) for step, own, leader in _before(opening, later) if step.decrement]
    return {
        "n_bidders": many,
        "n_steps": n,
        "n_still": many - len({step.bidder for step in later}),
        "opening": float((max(opening.values()) - lowest) / lowest) if many > 1 else None,
        "steps_a_bidder": n / many,
        "at_minimum": sum(beaten) / len(beaten) if beaten else None,
        "last_step": (later[-1].at - later[0].at).total_seconds() if n else None,
        "close": _close(later) if n else None,
        "order": _order(later),
        "first_final": final == lowest,
        "entry": _entry(opening, later),
        "saving": float(1 - final / lowest),
    }


def _split(steps: Iterable[Step]) -> tuple[dict[str, Decimal], list[Step]]:
    """The posture of each bidder, and the steps after it."""
    opening: dict[str, Decimal] = {}
    later = []
    for step in steps:
        if step.bidder in opening:
            later.append(step)
        else:
            opening[step.bidder] = step.amount
    return opening, later


def _before(opening: Mapping[str, Decimal], later: Iterable[Step]) -> Iterator[tuple[Step, Decimal, Decimal]]:
    """Each step with the price of its author and the leading price before it."""
    own, leader = dict(opening), min(opening.values())
    for step in later:
        yield step, own[step.bidder], leader
        own[step.bidder] = step.amount
        leader = min(leader, step.amount)


def _is_least(step: Step, own: Decimal, leader: Decimal) -> bool:
    return step.decrement in (own - step.amount, leader - step.amount)


def _close(later: Sequence[Step]) -> float:
    """Share of the steps with one of another firm within ten seconds, before or after."""
    near = {
        place
        for at, (a, b) in enumerate(pairwise(later))
        if a.bidder != b.bidder and (b.at - a.at).total_seconds() <= NEAR_SECONDS
        for place in (at, at + 1)
    }
    return len(near) / len(later)


def _order(later: Sequence[Step]) -> float | None:
    """Share of the steps after the first whose author is the usual one after the author before."""
    turns = [a.bidder for a in later]
    if len(set(turns)) < AUTHORS:
        return None
    follows: dict[str, Counter[str]] = defaultdict(Counter)
    for a, b in pairwise(turns):
        follows[a][b] += 1
    return sum(max(counts.values()) for counts in follows.values()) / (len(turns) - 1)


def _entry(opening: Mapping[str, Decimal], later: Iterable[Step]) -> float | None:
    """Largest fall of the leading price at the first step of a bidder."""
    seen: set[str] = set()
    falls = []
    for step, _, leader in _before(opening, later):
        if step.bidder not in seen:
            seen.add(step.bidder)
            falls.append(max(Decimal(0), (leader - step.amount) / leader))
    return float(max(falls)) if falls else None
