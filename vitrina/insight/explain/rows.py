# SPDX-License-Identifier: Apache-2.0
"""The rows that a rule read of a unit, each with the file, the line and the pointer under which anybody finds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import ibis.expr.types as ir
import msgspec

from vitrina.insight.flags.declare import Flag, Group
from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

from .places import OF_ORGS, PRIVATE, Kind, of_release, of_tables, pointer
from .units import line_of


class Value(msgspec.Struct, frozen=True):
    """A column and what it holds."""

    column: str
    value: Any
    pointer: str | None = None


class Row(msgspec.Struct, frozen=True):
    """A row that was read. `line` from 1, as an editor counts; `pointer` within the release on that line. Where the
    release was put together from several records, `line` is that of the newest and `pointer` that of the merged one.
    """

    ocid: str | None
    file: str | None
    line: int | None
    pointer: str | None
    values: list[Value]
    records: int = 1


class Shown(msgspec.Struct, frozen=True):
    """Rows of one table: `n` there are for this unit, of which these are shown."""

    table: str
    section: str | None
    n: int
    rows: list[Row]


def used(t: Tables, flag: Flag, row: Mapping[str, Any], chosen: ir.Table, most: int) -> list[Shown]:
    """The rows of the tables that the flag's inputs name, of these releases (rid, day), newest process first."""
    base = _base(t, row, chosen, most)
    rids = [one["rid"] for one in base]
    n = t.rows(chosen.aggregate(n=chosen.count()))[0]["n"]
    fields = _release(flag, base, t, n)
    found = [fields] if fields else []
    near = {one["rid"]: one for one in base}
    only = line_of(row["id"]) if row["group"] == Group.ITEM else None
    for kind in _kinds(flag):
        by_org = kind.table in OF_ORGS
        shown = _of_orgs(t, kind, row["id"], most) if by_org else _rows(t, kind, rids, near, most, only)
        if shown.n and n > len(base) and not by_org:
            shown = msgspec.structs.replace(shown, n=_count(t, kind, chosen))
        if shown.n:
            found.append(shown)
    return found


def missing_inputs(flag: Flag, shown: Iterable[Shown]) -> list[str]:
    """The inputs of the flag of which the unit has nothing at all."""
    told = {(one.table, one.section) for one in shown}
    columns = {v.column for one in shown if one.table == "release" for r in one.rows for v in r.values}
    empty = []
    for path in flag.inputs:
        has_column = bool(columns & set(of_release(path)))
        has_row = any((kind.table, kind.section) in told for kind in of_tables(path))
        if not (has_column or has_row or path in PRIVATE):
            empty.append(path)
    return empty


def _kinds(flag: Flag) -> list[Kind]:
    return list(dict.fromkeys(kind for path in flag.inputs for kind in of_tables(path)))


def _columns_of(flag: Flag) -> dict[str, str]:
    return {column: where for path in flag.inputs for column, where in of_release(path).items()}


def _base(t: Tables, row: Mapping[str, Any], chosen: ir.Table, most: int) -> list[dict[str, Any]]:
    """The releases that are shown: the one that the verdict names first, then the newest."""
    r = t.release
    p = t.release_part
    records = p.group_by("rid").aggregate(records=p.count())
    named = attach(r.join(chosen, "rid"), records, "rid")
    first = (named.rid == row["rid"]).fill_null(False) if row["rid"] is not None else named.rid.isnull()
    ordered = named.mutate(first=first.ifelse(0, 1)).order_by(
        ["first", named.day.isnull().ifelse(1, 0), named.day.desc(), "rid"]
    )
    return t.rows(ordered.limit(most).drop("first"))


def _release(flag: Flag, base: list[dict[str, Any]], t: Tables, n: int) -> Shown | None:
    columns = _columns_of(flag)
    rows = []
    for one in base:
        values = [Value(name, plain(one[name]), where) for name, where in columns.items() if one.get(name) is not None]
        if values:
            rows.append(Row(one["ocid"], _file(t, one), one["line"], "", values, one["records"] or 1))
    return Shown("release", None, n if n > len(base) else len(rows), rows) if rows else None


def _count(t: Tables, kind: Kind, chosen: ir.Table) -> int:
    """How many rows of a table there are in all the releases of a unit."""
    mine = getattr(t, kind.table).semi_join(chosen, "rid")
    if kind.section is not None:
        mine = mine.filter(mine.section == kind.section)
    found: int = t.rows(mine.aggregate(n=mine.count()))[0]["n"]
    return found


def _rows(t: Tables, kind: Kind, rids: list[int], near: Mapping[int, Any], most: int, only: str | None) -> Shown:
    table = getattr(t, kind.table)
    mine = table.filter(table.rid.isin(rids))
    if kind.section is not None:
        mine = mine.filter(mine.section == kind.section)
    if "oid" in table.columns:
        mine = attach(mine, t.org.select("oid", name="name"), "oid")
    keys = [c for c in ("rid", "award_no", "bid_no", "contract_no", "parent_no", "pos", "line") if c in table.columns]
    found = t.rows(mine.order_by(keys))
    order = {rid: n for n, rid in enumerate(rids)}
    found.sort(key=lambda one: order[one["rid"]])
    rows = []
    newest: dict[tuple[Any, Any], int] = {}
    for one in found if kind.table == "contract_item" else ():
        key = (one["rid"], one["contract_no"])
        newest[key] = max(newest.get(key, 0), one["version"] or 0)
    for one in found:
        # The release that is stored holds the last state of a contract's lines; earlier ones are in earlier releases.
        is_old = bool(newest) and (one["version"] or 0) < newest[one["rid"], one["contract_no"]]
        where = None if is_old else pointer(kind, one)
        if only and where and kind.table.endswith("_item") and where != only:
            continue
        columns = [c for c in kind.columns if c != "oid"]
        values = [Value(c, plain(one[c])) for c in columns if one.get(c) is not None]
        if one.get("name"):
            values.append(Value("name", one["name"]))
        release = near[one["rid"]]
        records = release["records"] or 1
        rows.append(Row(release["ocid"], _file(t, release), release["line"], where, values, records))
    return Shown(kind.table, kind.section, len(rows), rows[:most])


def _of_orgs(t: Tables, kind: Kind, unit: str, most: int) -> Shown:
    """What is known of the firms that a unit names, and their rows in an outside list, by RFC or by name."""
    orgs = t.rows(t.org.filter(t.org.id.isin(unit.split(" | "))).order_by("oid"))
    found = orgs
    if kind.table != "org":
        table = getattr(t, kind.table)
        rfcs = sorted({one["rfc"] for one in orgs if one["rfc"]})
        names = sorted({one["name_norm"] for one in orgs if one["name_norm"]})
        found = t.rows(table.filter(table.rfc.isin(rfcs) | table.name_norm.isin(names)).order_by(["source", "line"]))
    rows = [
        Row(
            None,
            _file(t, one) if "source" in one else None,
            one.get("line"),
            None,
            [Value(c, plain(one[c])) for c in kind.columns if one.get(c) is not None],
        )
        for one in found
    ]
    return Shown(kind.table, None, len(rows), rows[:most])


def _file(t: Tables, release: Mapping[str, Any]) -> str | None:
    names = {source.number: source.name for source in t.manifest.sources}
    return names.get(release["source"])


def plain(value: Any) -> Any:
    """A value as JSON tells it: instants in UTC."""
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value
