# SPDX-License-Identifier: Apache-2.0
"""Computes indicators: one query for all that share a base, a grouping, a level and a currency rule.

Every row of the answer carries its value, numerator, denominator, how many facts entered (`n`), how many were left out
and why, currency, VAT basis, period and version. What cannot be computed is a state, with the missing paths, never 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from vitrina.insight import stats
from vitrina.insight.tables import Tables

from . import dims
from .bases import BASES, Base, as_of
from .declare import Indicator, Measure, Unit

FEW = 5
SHOWN = (*dims.ALL, dims.SUPPLIER)
COLUMNS: dict[str, pa.DataType] = {
    "code": pa.string(),
    "part": pa.string(),
    "version": pa.int32(),
    "grouping": pa.string(),
    **{name: pa.string() for name in SHOWN},
    "level": pa.string(),
    "currency": pa.string(),
    "vat_basis": pa.string(),
    "state": pa.string(),
    "value": pa.float64(),
    "measured_in": pa.string(),
    "numerator": pa.float64(),
    "denominator": pa.float64(),
    "n": pa.int64(),
    "excluded": pa.string(),
    "missing": pa.string(),
    "since": pa.date32(),
    "until": pa.date32(),
    "as_of": pa.timestamp("us"),
}
SCHEMA = pa.schema(list(COLUMNS.items()))
ORDER = [(name, "ascending", "at_start") for name in ("code", "part", "grouping", *SHOWN, "level", "currency")]
Row = dict[str, Any]


def run(t: Tables, indicators: Iterable[Indicator], by: Sequence[Sequence[str]] = ((),)) -> pa.Table:
    """The indicators for each grouping of `by`; `()` is the whole. Columns and order of `COLUMNS`, sorted."""
    wanted, cut, rows = list(indicators), as_of(t), list[Row]()
    for grouping in by:
        unknown = [name for name in grouping if name not in SHOWN]
        if unknown:
            raise dims.UnknownDimension(", ".join(unknown))
        here = [i for i in wanted if _is_answered(i, grouping)]
        mute = [i for i in here if i.absent or any(_is_empty(t, name) for name in i.tables)]
        if not grouping:
            rows += [_not_computable(i, i.absent or i.inputs) for i in mute]
        able = sorted((i for i in here if i not in mute), key=_batch)
        for _, batch in itertools.groupby(able, _batch):
            rows += _measured(t, list(batch), list(grouping))
    for row in rows:
        row["as_of"] = cut
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return table.take(pc.sort_indices(table, ORDER))


def _batch(i: Indicator) -> tuple[str, str, bool, bool]:
    return (i.base, i.level, i.money, i.of_level)


def _is_answered(i: Indicator, grouping: Sequence[str]) -> bool:
    """Whether the indicator says something by these dimensions: a supplier's numbers need a base of suppliers."""
    return not grouping or (bool(i.base) and BASES[i.base].answers(grouping))


def _is_empty(t: Tables, names: str) -> bool:
    """Whether a table (`amendment`) has no row, or a column (`release.plan_line`) no value; of several with `|`
    between them, whether all are so.
    """
    for name in names.split("|"):
        table, _, column = name.partition(".")
        rows = getattr(t, table)
        kept = rows.filter(rows[column].notnull()) if column else rows
        if kept.limit(1).count().to_pyarrow().as_py():
            return False
    return True


def _measured(t: Tables, batch: list[Indicator], grouping: list[str]) -> list[Row]:
    """The rows of indicators of one base, level and currency rule."""
    base, first = BASES[batch[0].base], batch[0]
    keys = list(
        dict.fromkeys([*grouping, *(["currency"] if first.money else []), *([first.level] if first.level else [])])
    )
    facts = base.rows(t, keys)
    measures = [i.measure(facts) for i in batch if i.measure]
    columns: dict[str, ir.Value] = {
        "since": (facts.since if "since" in facts.columns else facts.day).min(),
        "until": facts.day.max(),
    }
    if first.money and "vat_basis" in facts.columns:
        columns |= {"vat_low": facts.vat_basis.min(), "vat_high": facts.vat_basis.max()}
    for number, measure in enumerate(measures):
        columns |= _columns(f"m{number}", facts, base, measure)
    table = (facts.group_by(keys) if keys else facts).aggregate(**columns)
    if first.of_level:
        group = ibis.window(group_by=[key for key in keys if key != first.level])
        table = table.mutate(**{f"m{n}_of": table[f"m{n}_up"].sum().over(group) for n in range(len(batch))})
    wide = t.rows(table)
    if not wide:
        return [] if grouping else [_not_computable(i, ()) for i in batch]
    found = []
    for number, (indicator, measure) in enumerate(zip(batch, measures, strict=True)):
        values = _quantiles(t, facts, base, keys, measure)
        paths = list(_gate(facts, base, measure)[1])
        for row in wide:
            given = {key: row[key] for key in keys}
            quantile = values.get(tuple(given.values())) if values else None
            told = _told(indicator, measure, f"m{number}", row, paths, quantile)
            shown = {**given, "level": given.get(first.level) if first.level else None}
            found.append({"grouping": ",".join(grouping), **{k: v for k, v in shown.items() if k in COLUMNS}, **told})
    return [row for row in found if _is_said(row, first)]


def _is_said(row: Row, indicator: Indicator) -> bool:
    """Levels and currencies in which an indicator has nothing to count and nothing left out are not said."""
    return row["n"] > 0 or row["excluded"] != "{}" or not (indicator.level or indicator.money)


def _gate(facts: ir.Table, base: Base, measure: Measure) -> tuple[ir.BooleanValue, dict[str, ir.BooleanValue]]:
    """Which rows enter, and by path those that are left out because of it; a row is left out once, by the first."""
    inside: ir.BooleanValue = ibis.literal(True)
    if measure.where is not None:
        inside = measure.where.fill_null(False)
    out = {}
    for path, is_known in {**base.needs(facts), **measure.needs}.items():
        known = is_known.fill_null(False)
        out[path] = inside & ~known
        inside = inside & known
    return inside, out


def _columns(name: str, facts: ir.Table, base: Base, measure: Measure) -> dict[str, ir.Value]:
    inside, out = _gate(facts, base, measure)
    found = {f"{name}_n": _sum(facts, inside.cast("int64"))}
    if measure.distinct:
        found[f"{name}_up"] = measure.numerator.nunique(where=inside).cast("float64")
    elif measure.quantile is None:
        found[f"{name}_up"] = _sum(facts, inside.ifelse(measure.numerator, 0)).cast("float64")
    if measure.denominator is not None:
        found[f"{name}_of"] = _sum(facts, inside.ifelse(measure.denominator, 0)).cast("float64")
    for number, rows in enumerate(out.values()):
        found[f"{name}_x_{number}"] = _sum(facts, rows.cast("int64"))
    return found


def _sum(facts: ir.Table, x: ir.Value) -> ir.Value:
    """The sum of a column; of a constant, that constant for each row."""
    return facts.count() * x if isinstance(x, ir.Scalar) else x.sum().fill_null(0)


def _quantiles(
    t: Tables, facts: ir.Table, base: Base, keys: list[str], measure: Measure
) -> dict[tuple[Any, ...], float] | None:
    """Group -> quantile, for a measure that is one."""
    if measure.quantile is None:
        return None
    inside, _ = _gate(facts, base, measure)
    values = facts.mutate(_x=measure.numerator.cast("float64")).filter(inside)
    found = t.rows(stats.r8(values.select(*keys, "_x"), keys, "_x", {"q": measure.quantile}))
    return {tuple(row[key] for key in keys): row["q"] for row in found}


def _told(i: Indicator, measure: Measure, name: str, row: Row, paths: list[str], quantile: float | None) -> Row:
    """Value, numerator, denominator and state of one indicator in one group."""
    out = {path: row[f"{name}_x_{n}"] for n, path in enumerate(paths) if row[f"{name}_x_{n}"]}
    n, up, of = row[f"{name}_n"], row.get(f"{name}_up"), row.get(f"{name}_of")
    is_fraction = measure.denominator is not None or i.of_level
    if measure.quantile is not None:
        value = quantile
    elif is_fraction:
        value = up / of * measure.scale if n and of else None
    else:
        value = up if n or not out else None
    cents = i.money and not measure.plain
    if cents and value is not None and (not is_fraction or i.unit is Unit.MONEY):
        value /= 100
    state = "nc" if value is None else "few" if i.unit is Unit.SHARE and n < FEW else "ok"
    low, high = row.get("vat_low"), row.get("vat_high")
    return {
        **_named(i),
        "vat_basis": low if low == high else "mixed",
        "state": state,
        "value": value,
        "numerator": up if up is None or not cents else up / 100,
        "denominator": of if of is None or not cents or i.unit is Unit.MONEY else of / 100,
        "n": n,
        "excluded": msgspec.json.encode(out).decode() if out else "{}",
        "missing": "|".join(out) if state == "nc" else None,
        "since": row["since"],
        "until": row["until"],
    }


def _named(i: Indicator) -> Row:
    return {"code": i.code, "part": i.part, "version": i.version, "measured_in": i.unit.value}


def _not_computable(i: Indicator, paths: Sequence[str]) -> Row:
    """The one row of an indicator of which the whole store knows nothing."""
    told = {**_named(i), "grouping": "", "state": "nc", "n": 0, "excluded": "{}", "missing": "|".join(paths)}
    return dict.fromkeys(COLUMNS) | told


def public(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """The rows as a public view shows them: a share of fewer than `FEW` facts says only that they are few."""
    hidden = {"value": None, "numerator": None, "denominator": None, "n": None}
    return [dict(row) | (hidden if row["state"] == "few" else {}) for row in rows]
