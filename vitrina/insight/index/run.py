# SPDX-License-Identifier: Apache-2.0
"""The index of a store: cells, indicators, frozen reference, scores with intervals, units, agencies, comparisons."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from vitrina.insight.screens.cells import codes
from vitrina.insight.tables import Tables

from . import redraw
from .catalogue import INDICATORS
from .compat import ORIENTATION, compat_imco_v2
from .cri import cri
from .facts import Facts, Vector, read
from .measure import Groups, Measure
from .score import Cells, Reference, Scores, reference, score
from .weights import DEFAULT, Weights, load

INSUFFICIENT, SCORED = "insuficiente", "calculado"
DIMENSIONS = ("agency", "unit", "market", "procedure", "month")


@dataclass(frozen=True)
class Index:
    """What was computed, as tables: `index`, `indicators`, `weights_used`, `applicable`, `reference`, `units`,
    `agencies`, `compare`, `cri`; and the years of the reference.
    """

    tables: dict[str, pa.Table]
    weights: Weights
    years: tuple[int, int]
    cells: Cells
    scores: Scores
    frozen: Reference


def run(
    t: Tables,
    weights: Weights | None = None,
    *,
    years: tuple[int, int] | None = None,
    draws: int = redraw.DRAWS,
    tell: Callable[[str], None] | None = None,
) -> Index:
    """Compute everything. `years`: first and last of the reference period (all years but the last unless told)."""
    say, chosen = tell or (lambda _: None), weights or load()
    say("facts")
    facts = read(t)
    groups, cells = cells_of(facts)
    measure = Measure(facts, groups)
    say("indicators")
    values = measure.of(np.ones(facts.rows.num_rows))
    span = years or _span(cells)
    frozen = reference(cells, values, (cells.year >= span[0]) & (cells.year <= span[1]), chosen)
    applies = measure.applicable()
    scores = score(cells, values, frozen, chosen, applies)
    say("redraws")
    sure = redraw.intervals(measure, cells, frozen, chosen, scores.riesgo, draws) if draws else None
    say("tables")
    tables = {
        "index": _index(cells, chosen, scores, sure, compat_imco_v2(values | measure.literal())),
        "indicators": _wide(cells, values),
        "weights_used": _wide(cells, scores.used),
        "applicable": _wide(cells, {code: 1.0 * here for code, here in applies.items()}),
        "reference": frozen.table(),
        "units": _up(cells, scores.riesgo, ("agency", "unit", "year"), chosen.cap),
        "compare": _compare(facts),
        "cri": cri(facts),
    }
    units = tables["units"]
    tables["agencies"] = _up_again(units, chosen.cap)
    return Index(tables, chosen, span, cells, scores, frozen)


def cells_of(facts: Facts) -> tuple[Groups, Cells]:
    """Unit x type x year, in the order of their names. Purchases without unit or year are in none."""
    agency, unit, kind = (facts.words(name) for name in ("agency", "unit", "kind"))
    year = facts.column("year")
    known = np.flatnonzero((unit != "") & ~np.isnan(year))
    key = codes(agency[known], unit[known], kind[known], year[known].astype(np.int64))
    of = np.full(len(unit), -1, dtype=np.int64)
    of[known] = key
    many = int(key.max(initial=-1)) + 1
    first = np.full(many, 0, dtype=np.int64)
    first[key[::-1]] = known[::-1]
    value = np.bincount(key, np.nan_to_num(facts.column("value"))[known], many)
    cells = Cells(
        agency[first], unit[first], kind[first], year[first].astype(np.int64), np.bincount(key, minlength=many), value
    )
    series = codes(cells.agency, cells.unit, cells.kind) if many else np.zeros(0, dtype=np.int64)
    return Groups(of, many, series, cells.year), cells


def _span(cells: Cells) -> tuple[int, int]:
    if not len(cells.year):
        return (0, 0)
    first, last = int(cells.year.min()), int(cells.year.max())
    return first, max(first, last - 1)


def _keys(cells: Cells) -> dict[str, object]:
    return {"agency": cells.agency, "unit": cells.unit, "kind": cells.kind, "year": cells.year, "n": cells.n}


def _wide(cells: Cells, columns: dict[str, Vector]) -> pa.Table:
    order = [each.code for each in INDICATORS if each.code in columns]
    found = _keys(cells) | {code: pa.array(columns[code], pa.float64(), from_pandas=True) for code in order}
    return pa.table(found)


def _index(cells: Cells, weights: Weights, scores: Scores, sure: redraw.Intervals | None, compat: Vector) -> pa.Table:
    is_scored = ~np.isnan(scores.riesgo)
    panel = codes(cells.kind, cells.year) if len(cells.n) else cells.n
    columns = {
        "value": cells.value,
        "stratum": cells.stratum(weights),
        "riesgo": scores.riesgo,
        "raw": scores.raw,
        **scores.concept,
        "coverage": scores.coverage,
        "rank": redraw.rank(scores.riesgo, panel),
    }
    if sure:
        columns |= {"low": sure.low, "high": sure.high, "rank_low": sure.rank_low, "rank_high": sure.rank_high}
    columns["compat_imco_v2"] = compat if len(compat) else np.full(len(cells.n), np.nan)
    found = _keys(cells) | {name: pa.array(column, from_pandas=True) for name, column in columns.items()}
    found["state"] = np.where(is_scored, SCORED, INSUFFICIENT).tolist()
    return pa.table(found)


def _up(cells: Cells, riesgo: Vector, by: tuple[str, ...], cap: float) -> pa.Table:
    """Mean of the types of each unit by value, none above the cap; and the plain mean beside it."""
    known = ~np.isnan(riesgo)
    keys = {name: getattr(cells, name)[known] for name in by}
    return _weighted(keys, cells.value[known], riesgo[known], cap)


def _up_again(units: pa.Table, cap: float) -> pa.Table:
    keys = {name: units[name].to_numpy(zero_copy_only=False) for name in ("agency", "year")}
    return _weighted(keys, units["value"].to_numpy(), units["riesgo"].to_numpy(), cap)


def _weighted(keys: dict[str, NDArray[np.generic]], value: Vector, riesgo: Vector, cap: float) -> pa.Table:
    group = codes(*keys.values()) if len(riesgo) else np.zeros(0, dtype=np.int64)
    many = int(group.max(initial=-1)) + 1
    first = np.zeros(many, dtype=np.int64)
    first[group[::-1]] = np.arange(len(group))[::-1]
    whole = np.bincount(group, value, many)[group]
    n = np.bincount(group, minlength=many)
    share = np.where(whole > 0, value / np.where(whole > 0, whole, 1), 1 / n[group])
    capped = np.minimum(share, cap)
    mean = np.bincount(group, capped * riesgo, many) / np.bincount(group, capped, many)
    plain = np.bincount(group, riesgo, many) / np.maximum(n, 1)
    found = {name: column[first] for name, column in keys.items()}
    return pa.table(
        found | {"n_parts": n, "value": np.bincount(group, value, many), "riesgo": mean, "unweighted": plain}
    )


def _compare(facts: Facts) -> pa.Table:
    """The same indicators by agency, unit, market, procedure and month, each with its number of purchases."""
    parts = []
    for dimension in DIMENSIONS:
        key = facts.column("month").astype(str) if dimension == "month" else facts.words(dimension)
        known = np.flatnonzero((key != "") & (key != "nan"))
        names, at = np.unique(key[known].astype(str), return_inverse=True)
        of = np.full(len(key), -1, dtype=np.int64)
        of[known] = at
        values = Measure(facts, Groups(of, len(names))).of(np.ones(len(key)))
        order = [each.code for each in INDICATORS if each.code in values]
        columns = {code: pa.array(values[code], pa.float64(), from_pandas=True) for code in order}
        n = np.bincount(at, minlength=len(names))
        parts.append(pa.table({"dimension": [dimension] * len(names), "key": names.tolist(), "n": n, **columns}))
    return pa.concat_tables(parts, promote_options="default")


def write(found: Index, folder: Path, weights_file: Path | None = None) -> dict[str, int]:
    """Write the tables as Parquet, the weights, and what the columns mean; rows by name of file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in found.tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    shutil.copyfile(weights_file or DEFAULT, folder / "weights.json")
    about = {
        "riesgo": "0 = no sign of risk, 100 = most; a reason to look, never a finding",
        "compat_imco_v2": f"published construction, literally; {ORIENTATION}",
        "reference": list(found.years),
        "absent": {each.code: each.absent for each in INDICATORS if each.absent},
    }
    (folder / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return {f"{name}.parquet": table.num_rows for name, table in found.tables.items()}
