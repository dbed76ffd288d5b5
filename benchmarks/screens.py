# SPDX-License-Identifier: Apache-2.0
"""The screens: how fast over six million bids, and what they find in the reference cartel over twenty seeds.

`python -m benchmarks screens`. The second half is no speed: it is what `docs/explanation/screens.md` tells. Its worlds
are invented; nothing follows for any real market.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import pyarrow as pa

from benchmarks import Figure
from vitrina.insight.engines import DuckDB
from vitrina.insight.screens import lots, tenders
from vitrina.insight.screens.tests import golden
from vitrina.insight.store import schema
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables

TENDERS, SEEDS = 1_200_000, 20
TWINS = ("exact", "common-cost", "public-reserve")
CARTELS = ("exact", "noisy", "suppression", "allocation", "two")


def _table(name: str, **columns: np.ndarray) -> pa.Table:
    kinds = schema.SCHEMAS[name]
    n = len(next(iter(columns.values())))
    made = [
        pa.array(columns[c]).cast(kinds.field(c).type) if c in columns else pa.nulls(n, kinds.field(c).type)
        for c in kinds.names
    ]
    return pa.table(made, schema=kinds)


def _many(engine: DuckDB, n_tenders: int) -> Tables:
    """Tenders of 2 to 8 bids in 300 markets."""
    rng = np.random.default_rng(1)
    n = rng.integers(2, 9, n_tenders)
    rid = np.repeat(np.arange(n_tenders), n)
    market = rng.integers(0, 300, n_tenders)
    base = np.exp(rng.normal(12, 1.5, n_tenders))
    amount = np.round(base[rid] * np.exp(rng.normal(0, 0.08, len(rid))), 2)
    bid_no = np.arange(len(rid)) - np.repeat(np.cumsum(n) - n, n)
    day = np.datetime64("2019-01-01") + rng.integers(0, 2190, n_tenders).astype("timedelta64[D]")
    found = Tables(engine, {}, Manifest())
    for table in (
        ("release", {
            "rid": np.arange(n_tenders), "ocid": np.char.add("x-", np.char.zfill(np.arange(n_tenders).astype(str), 8)),
            "method": np.array(["open", "selective"])[rng.integers(0, 2, n_tenders)], "value": base * 1.1,
            "main_class": np.char.add((2000 + market).astype(str), "0001"), "tender_end_day": day,
        }),
        ("bid", {
            "rid": rid, "bid_no": bid_no, "status": np.full(len(rid), "valid"), "amount": amount,
            "currency": np.full(len(rid), "MXN"),
        }),
        ("bid_tenderer", {
            "rid": rid, "bid_no": bid_no, "pos": np.zeros(len(rid), int),
            "oid": market[rid] * 200 + rng.integers(0, 180, len(rid)),
        }),
    ):  # fmt: skip
        found._read[table[0]] = engine.hold(table[0], _table(table[0], **table[1]))  # noqa: SLF001
    return found


def _speed() -> list[Figure]:
    with DuckDB() as engine:
        t = _many(engine, TENDERS)
        wall, cpu = time.perf_counter(), time.process_time()
        read = lots.read(t)
        tenders.screen(read)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    note = f"{len(read.price):,} bids, 22 screens with ranks; {peak:.1f} GB at the peak"
    return [Figure("price screens, wall", wall, "s", note), Figure("price screens, processor", cpu, "s", note)]


def _found(kind: str, variant: str) -> list[Figure]:
    tops, first, high, kinds = [], [], {"rotation_rank": 0, "pro_rata_rank": 0, "CV": 0, "IDENT": 0}, 0
    for seed in range(SEEDS):
        found = golden.seen(kind, seed, variant)
        golden.seen.cache_clear()
        tops.append(golden.top_share(found))
        rows = golden.leading(found)
        first.append({row["item"] for row in rows[:2]} == set(golden.ITEMS))
        mine = [row for row in rows if row["item"] in golden.ITEMS]
        kinds += sum(row["n_kinds"] > 1 for row in (mine if kind == "cartel" else rows))
        for name in ("rotation_rank", "pro_rata_rank"):
            high[name] += sum((row[name] or 0) > 0.95 for row in mine)
        for code in ("CV", "IDENT"):
            high[code] += sum(rank > 0.95 for rank in golden.middles(found, code))
    told = f"min {min(tops):.2f}, max {max(tops):.2f}; two kinds {kinds}; first two {sum(first)}/{SEEDS}; "
    told += f"above .95 of {2 * SEEDS}: {high}"
    return [Figure(f"{kind} {variant}: in the top tenth", 100 * float(np.mean(tops)), "%", told)]


def _apart(variant: str) -> Figure:
    each = []
    for seed in range(SEEDS):
        pair = []
        for kind, how in (("cartel", variant), ("twin", "exact")):
            found = golden.seen(kind, seed, how)
            golden.seen.cache_clear()
            pair.append(golden.against_background(found.tenders).composite[golden.of_products(found)])
        each.append(golden.auc(*pair))
    return Figure(f"AUC cartel {variant} against twin", 100 * float(np.mean(each)), "%", f"min {100 * min(each):.1f}")


def run() -> list[Figure]:
    """The figures."""
    found = _speed()
    for kind, variants in (("cartel", CARTELS), ("twin", TWINS)):
        for variant in variants:
            found += _found(kind, variant)
    return [*found, *(_apart(variant) for variant in ("exact", "noisy"))]
