# SPDX-License-Identifier: Apache-2.0
"""One row for each community: how tight, how its members behave, what their prices, hours and files look like.

Three kinds of signal, each a rank 0 to 1: `price`, the middle rank of its tenders' composite among other items;
`group`, the highest rank of ROTATION (by value and by runs) and PRO-RATA, to the power of how many there are, as the
best of several independent ones would be; `documents`, joint receipts and shared authors or devices. Two kinds above
.95 raise a group; one alone does not. That a community is tight (COHESION, EXCLUSIVITY) is told and is no kind: firms
of one trade meet each other. Source: design page of the screens, 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from . import behaviour, cells
from .communities import Communities
from .entry import Entry, entry
from .field import NOBODY, Ints
from .pairs import Pairs
from .tenders import Tenders

Vector = NDArray[np.float64]
HIGH = 0.95
LEAST_MEMBERS = 2
SHARED_FILES = 2
EPOCH = date(1970, 1, 1)
KINDS = ("price", "group", "documents")
COLUMNS = {
    "window_since": pa.date32(),
    "window_until": pa.date32(),
    "community": pa.int32(),
    "k": pa.int32(),
    "members": pa.list_(pa.int64()),
    "market": pa.string(),
    "item": pa.string(),
    "n_tenders": pa.int64(),
    "value": pa.float64(),
    "cohesion": pa.float64(),
    "cohesion_z": pa.float64(),
    "exclusivity": pa.float64(),
    "entropy": pa.float64(),
    "runs": pa.int64(),
    "max_wait": pa.int64(),
    "runs_rank": pa.float64(),
    "drift": pa.float64(),
    "rotation_rank": pa.float64(),
    "pro_rata": pa.float64(),
    "pro_rata_rank": pa.float64(),
    "order_share": pa.float64(),
    "order_z": pa.float64(),
    "allocation": pa.float64(),
    "composite_rank": pa.float64(),
    "cv_rank": pa.float64(),
    "ident_rank": pa.float64(),
    "pair_sd": pa.float64(),
    "close_p": pa.float64(),
    "n_author": pa.int64(),
    "n_device": pa.int64(),
    "entrant": pa.int64(),
    "entry_at": pa.int64(),
    "entry_rid": pa.int64(),
    "entry_fall": pa.float64(),
    "price": pa.float64(),
    "group": pa.float64(),
    "documents": pa.float64(),
    "n_kinds": pa.int32(),
    "priority": pa.float64(),
}


@dataclass(frozen=True, slots=True)
class History:
    """The tenders of one community in time: groups of `Lots` where at least two members bid, and who won (0..k - 1, k
    for somebody else).
    """

    number: int
    members: Ints
    lots: Ints
    winner: Ints


def histories(found: Communities) -> Iterator[History]:
    """The history of each community, in order of day, then of the groups."""
    field = found.field
    label = found.label[field.firm]
    many = len(field.lots.n)
    key, met = np.unique((label * many + field.lot)[label >= 0], return_counts=True)
    key = key[met >= LEAST_MEMBERS]
    of, lot = key // many, key % many
    order = np.lexsort((lot, field.day[lot], of))
    of, lot = of[order], lot[order]
    number_of = np.full(field.n_firms + 1, NOBODY, dtype=np.int64)  # place -1 is nobody
    for number in range(len(found.size)):
        members = found.members(number)
        here = lot[slice(*np.searchsorted(of, [number, number + 1]))]
        number_of[members] = np.arange(len(members))
        winner = number_of[field.winner[here]]
        winner = np.where(winner < 0, len(members), winner)
        number_of[members] = NOBODY
        yield History(number, members, here, winner)


def groups(tenders: Tenders, found: Communities, pairs: Pairs) -> pa.Table:
    """One row for each community with tenders, most urgent first."""
    inside = found.label[pairs.i] == found.label[pairs.j]
    of_pair = np.where(inside, found.label[pairs.i], NOBODY)
    order = np.argsort(of_pair, kind="stable")
    start = np.searchsorted(of_pair[order], np.arange(len(found.size) + 1))
    rows = [
        _row(tenders, found, history) | _documents(pairs, order[start[history.number] : start[history.number + 1]])
        for history in histories(found)
    ]
    for row in rows:
        _judge(row)
    rows.sort(key=lambda row: (-row["priority"], -row["n_tenders"], row["community"]))
    return pa.Table.from_pylist([{name: row.get(name) for name in COLUMNS} for row in rows], schema=pa.schema(COLUMNS))


def _row(tenders: Tenders, found: Communities, history: History) -> dict[str, Any]:
    field, lots, k = found.field, found.field.lots, len(history.members)
    at = history.lots
    lowest = lots.price[lots.start[at]]
    # Redraws depend on the history alone, so that the number of a community changes nothing.
    rng = np.random.default_rng([behaviour.SEED, k, len(at)])
    year = (field.day[at] - field.since) // 366
    turns = behaviour.rotation(history.winner, k, rng, lowest)
    shares = behaviour.pro_rata(history.winner, lowest, year, k, rng)
    ordered = behaviour.order([_by_price(found, lot, history.number) for lot in at[: behaviour.MOST]], rng)
    units = (
        cells.codes(np.array([str(u) for u in lots.rows.column("unit_id").take(pa.array(at)).to_pylist()]))
        if len(at)
        else at
    )
    came: Entry | None = entry(found, history, tenders)
    return {
        "window_since": EPOCH + timedelta(days=field.since),
        "window_until": EPOCH + timedelta(days=field.until),
        "community": history.number,
        "k": k,
        "members": field.oid[history.members].tolist(),
        "item": _most(lots.rows.column("item").take(pa.array(at)).to_pylist()),
        "market": _most(lots.rows.column("market").take(pa.array(at)).to_pylist()),
        "n_tenders": len(at),
        "value": float(lowest.sum()),
        "cohesion": found.cohesion[history.number],
        "cohesion_z": _plain(found.z[history.number]),
        "exclusivity": _plain(found.exclusivity[history.number]),
        "entropy": turns and turns.entropy,
        "runs": turns and turns.runs,
        "max_wait": turns and turns.max_wait,
        "runs_rank": turns and turns.runs_rank,
        "drift": turns and turns.drift,
        "rotation_rank": turns and turns.rank,
        "pro_rata": shares and shares[0],
        "pro_rata_rank": shares and shares[1],
        "order_share": ordered and ordered[0],
        "order_z": ordered and _plain(ordered[1]),
        "allocation": behaviour.allocation(history.winner, units, k),
        "composite_rank": _middle(tenders.outside_rank[at]),
        "cv_rank": _middle(tenders.suspicion_outside("CV")[at]),
        "ident_rank": _middle(tenders.suspicion_outside("IDENT")[at]),
        "entrant": came and came.oid,
        "entry_at": came and came.at,
        "entry_rid": came and came.rid,
        "entry_fall": came and came.fall,
    }


def _by_price(found: Communities, lot: int, number: int) -> list[int]:
    """The members that bid in a group, cheapest first."""
    field = found.field
    rows = slice(*np.searchsorted(field.lot, [lot, lot + 1]))
    return [int(firm) for firm in field.firm[rows] if found.label[firm] == number]


def _documents(pairs: Pairs, inside: Ints) -> dict[str, Any]:
    """What the pairs within a community share."""
    if not len(inside):
        return {}
    p = pairs.close_p[inside]
    timed = bool((pairs.n_timed[inside] >= 1).any())
    close = float(min(1.0, np.nanmin(p) * len(inside))) if (~np.isnan(p)).any() else None
    sd = pairs.sd[inside]
    return {
        "pair_sd": float(np.nanmin(sd)) if (~np.isnan(sd)).any() else None,
        "close_p": close if close is not None else (1.0 if timed else None),
        "n_author": int(pairs.n_author[inside].max()),
        "n_device": int(pairs.n_device[inside].max()),
    }


def _judge(row: dict[str, Any]) -> None:
    """Rank of each kind, how many are high, and the place in the queue."""
    taken = [row[name] for name in ("rotation_rank", "pro_rata_rank", "runs_rank") if row[name] is not None]
    seen = [] if row.get("close_p") is None else [1 - row["close_p"]]
    if max(row.get("n_author") or 0, row.get("n_device") or 0) >= SHARED_FILES:
        seen.append(1.0)
    row["price"] = row["composite_rank"]
    row["group"] = max(taken) ** len(taken) if taken else None  # the best of several, told as of several
    row["documents"] = max(seen) if seen else None
    known = [row[kind] for kind in KINDS if row[kind] is not None]
    row["n_kinds"] = sum(rank > HIGH for rank in known)
    row["priority"] = (sum(known) / len(known) if known else 0.0) * np.log1p(row["value"]) * (1 + row["n_kinds"])


def _middle(ranks: Vector) -> float | None:
    known = ranks[~np.isnan(ranks)]
    return float(np.median(known)) if len(known) else None


def _plain(x: float) -> float | None:
    return None if np.isnan(x) else float(x)


def _most(names: list[str]) -> str | None:
    return min(set(names), key=lambda name: (-names.count(name), name)) if names else None
