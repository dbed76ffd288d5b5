# SPDX-License-Identifier: Apache-2.0
"""All the screens of a store: tables in memory, the queue, the cards, and the files that are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from vitrina.insight.tables import Tables

from . import auctions, cards, firms
from .communities import communities
from .field import Field, fields
from .groups import groups, histories
from .lots import read
from .page import MOST, page
from .pairs import pairs
from .tenders import Tenders, screen
from .triples import triples

TOP = 0.9
MOST_CARDS = 1_000


@dataclass(frozen=True)
class Found:
    """What the screens found. `tables` by name: tenders, groups, pairs, triples, losers, withdrawals, subcontracts,
    errors, queue, auctions where their steps are given; `queue`: groups of bids in the order to read them;
    `community_of`: group of bids -> row of `groups`.
    """

    tenders: Tenders
    tables: dict[str, pa.Table]
    queue: np.ndarray
    community_of: dict[int, int]
    n_processes: int
    is_synthetic: bool


def run(
    t: Tables,
    *,
    merged: bool = True,
    until: dt.date | None = None,
    steps: auctions.Steps | None = None,
    tell: Callable[[str], None] | None = None,
) -> Found:
    """Compute everything. `until`: the last day of the latest window of 36 months (the last day known unless told);
    `steps`: those of reverse auctions, which the store does not have.
    """
    say = tell or (lambda _: None)
    say("bids")
    lots = read(t, merged=merged)
    say("tenders")
    tenders = screen(lots)
    tables: dict[str, list[pa.Table]] = {name: [] for name in ("groups", "pairs", "triples", "losers", "withdrawals")}
    met: list[tuple[Field, dict[int, list[int]]]] = []
    for field in fields(t, lots, until=until):
        say(f"groups {len(met) + 1}")
        found, two = communities(field), pairs(field)
        tables["groups"].append(groups(tenders, found, two))
        tables["pairs"].append(two.table())
        tables["triples"].append(triples(found, two))
        tables["losers"].append(firms.losers(field))
        tables["withdrawals"].append(firms.withdrawals(t, two))
        met.append((field, {h.number: h.lots.tolist() for h in histories(found)}))
    whole = {name: pa.concat_tables(parts) for name, parts in tables.items() if parts}
    if "withdrawals" in whole:
        whole["withdrawals"] = whole["withdrawals"].group_by(whole["withdrawals"].column_names).aggregate([])
    whole |= {"subcontracts": firms.subcontracts(t), "errors": firms.common_errors(t), "tenders": tenders.table()}
    if steps is not None:
        market = dict(zip(*(lots.rows.column(name).to_pylist() for name in ("ocid", "market")), strict=True))
        whole["auctions"] = auctions.screened(steps, market)
    community_of = _community_of(whole.get("groups"), met)
    order, kinds, priority = _queue(tenders, whole.get("groups"), community_of)
    whole["queue"] = pa.table({
        "ocid": lots.rows.column("ocid").take(pa.array(order)),
        "lot": lots.rows.column("lot").take(pa.array(order)),
        "line": lots.rows.column("line").take(pa.array(order)),
        "raised": pa.array(tenders.raised[order]),
        "n_kinds": pa.array(kinds[order]),
        "priority": pa.array(priority[order]),
        "false_alarms": pa.array(1 - tenders.raised[order]),
    })  # fmt: skip
    n_processes = t.rows(t.release.aggregate(n=t.release.count()))[0]["n"]
    return Found(tenders, whole, order, community_of, n_processes, t.manifest.is_synthetic)


def _community_of(rows: pa.Table | None, met: list[tuple[Field, dict[int, list[int]]]]) -> dict[int, int]:
    """Group of bids -> place in `groups` of the most urgent community that met there."""
    found: dict[int, int] = {}
    if rows is None:
        return found
    at = 0
    for _, lots_of in met:
        size = len(lots_of)
        part = rows.slice(at, size)
        for place, number in enumerate(part.column("community").to_pylist()):
            for lot in lots_of[number]:
                found.setdefault(lot, at + place)
        at += size
    return found


def _queue(tenders: Tenders, rows: pa.Table | None, community_of: dict[int, int]) -> tuple[np.ndarray, ...]:
    """(order, kinds, priority): composite rank x log(amount) x number of kinds of signal that stand out; a tender
    whose composite could not be ranked is not in the queue.
    """
    lots = tenders.lots
    kinds = (tenders.raised > cards.HIGH).astype(np.int32)
    if rows is not None:
        more = [
            sum((row[kind] or 0) > cards.HIGH for kind in ("group", "documents"))
            for row in rows.select(["group", "documents"]).to_pylist()
        ]
        for lot, place in community_of.items():
            kinds[lot] += more[place]
    amount = lots.price[lots.start[:-1]] if len(lots.n) else np.zeros(0)
    priority = tenders.raised * np.log1p(amount) * np.maximum(kinds, 1)
    known = np.flatnonzero(~np.isnan(priority))
    return known[np.lexsort((known, -np.round(priority[known], 9)))], kinds, priority


def write(
    found: Found, folder: Path, *, csv: bool = False, run_on: dt.date | None = None, lang: str = "es"
) -> dict[str, int]:
    """Write each table as Parquet (and CSV), the cards of the queue as JSON Lines, the first of them as a page; rows
    by name of file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wrote = {}
    for name, table in sorted(found.tables.items()):
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
        wrote[f"{name}.parquet"] = table.num_rows
        if csv:
            plain = table.drop_columns(["members"]) if "members" in table.column_names else table
            pc.write_csv(plain, folder / f"{name}.csv")
            wrote[f"{name}.csv"] = table.num_rows
    chosen = [int(at) for at in found.queue[:MOST_CARDS] if found.tenders.raised[at] >= TOP]
    made = [cards.card(found.tenders, at, group=group_of(found, at), run_on=run_on) for at in chosen]
    (folder / "cards.jsonl").write_bytes(b"".join(cards.encode(one) + b"\n" for one in made))
    read = page(
        made,
        n_tenders=compared(found),
        n_processes=found.n_processes,
        lang=lang,
        is_synthetic=found.is_synthetic,
    )
    (folder / "cards.html").write_text(read, encoding="utf-8")
    return wrote | {"cards.jsonl": len(made), "cards.html": min(len(made), MOST)}


def compared(found: Found) -> int:
    """Groups with two bids or more, without which there is nothing to compare."""
    return int((found.tenders.lots.n > 1).sum())


def group_of(found: Found, at: int) -> dict[str, object] | None:
    """The community that met at a group of bids, without the names of its members."""
    place = found.community_of.get(at)
    if place is None:
        return None
    row = found.tables["groups"].slice(place, 1).to_pylist()[0]
    hidden = ("members", "entrant")
    return {name: value for name, value in row.items() if name not in hidden and value is not None}
