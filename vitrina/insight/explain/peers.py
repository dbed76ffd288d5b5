# SPDX-License-Identifier: Apache-2.0
"""What a unit was compared with: the members of its cell, else the other units that the rule judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec

from vitrina.insight import stats
from vitrina.insight.flags.declare import Flag, Params
from vitrina.insight.flags.market import CELL_MIN, Cell, cell_of, grain_parts
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

FIVE = {"least": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "most": 1.0}
NEAREST = 5
DIGITS = (4, 3, 2, 0)  # of the class, by every second step from narrow to wide cells; an odd step is of three years
UNITS = Text("unidades que la regla juzgó", "units that the rule judged")


class Peer(msgspec.Struct, frozen=True):
    """A peer and its value."""

    id: str
    value: float


class Peers(msgspec.Struct, frozen=True):
    """`cell`: what its members share; empty where the peers are `of`, all units judged. `percentile` from 0 to 1."""

    of: str
    cell: dict[str, str]
    measure: str
    n: int
    least: float
    q1: float
    median: float
    q3: float
    most: float
    value: float | None
    percentile: float | None
    nearest: list[Peer]


def compared(
    t: Tables, flag: Flag, params: Params, judged: ir.Table, row: Mapping[str, Any], lang: str
) -> Peers | None:
    """The peers of a unit; null where the rule compares with none."""
    return _of_cell(t, flag, params, row, lang) or _of_rule(t, judged, row, lang)


def _of_cell(t: Tables, flag: Flag, params: Params, row: Mapping[str, Any], lang: str) -> Peers | None:
    if row["rid"] is None:
        return None
    cell = cell_of(t, flag.code, getattr(params, "cell_min", CELL_MIN), row["rid"])
    if cell is None:
        return None
    named = cell.members.join(t.release.select("rid", id="ocid"), "rid").filter(lambda m: m.rid != row["rid"])
    of = Text("compras de la misma celda", "purchases of the same cell").say(lang)
    return _summed(t, cell.members, named, cell.value, (of, _shared(t, cell), cell.column), row["percentile"])


def _of_rule(t: Tables, judged: ir.Table, row: Mapping[str, Any], lang: str) -> Peers | None:
    if row["peer_n"] is None or row["value"] is None:
        return None
    same = judged.filter((judged.group == row["group"]) & judged.missing.isnull() & judged.value.notnull())
    inside = same.select("id", x=same.value.cast("float64"))
    others = inside.filter(inside.id != row["id"])
    return _summed(t, inside, others, row["value"], (UNITS.say(lang), {}, "value"), row["percentile"])


def _summed(
    t: Tables, inside: ir.Table, others: ir.Table, value: float, about: tuple[str, dict[str, str], str], rank: Any
) -> Peers | None:
    of, cell, measure = about
    found = t.rows(stats.r8(inside, [], "x", FIVE))
    if not found:
        return None
    apart = others.mutate(apart=(others.x - ibis.literal(value)).abs())
    near = t.rows(apart.order_by(["apart", "id"]).limit(NEAREST).select("id", value="x"))
    return Peers(
        of=of,
        cell=cell,
        measure=measure,
        n=found[0]["n"],
        **{name: found[0][name] for name in FIVE},
        value=value,
        percentile=rank,
        nearest=[Peer(**one) for one in near],
    )


def _shared(t: Tables, cell: Cell) -> dict[str, str]:
    """What the members of a cell share, by its step: class, method, category, region, year, and what the rule adds."""
    grain = t.rows(grain_parts(t).filter(lambda g: g.grain == cell.grain))[0]
    digits, is_wide, year = DIGITS[cell.step // 2], cell.step % 2, grain["year"]
    told = {
        "scheme": grain["scheme"] if digits else "",
        "class": grain["code"][:digits],
        "method": grain["method"],
        "category": grain["category"],
        "region": grain["place"],
        "year": f"{year - 2}-{year}" if year and is_wide else str(year or ""),
    }
    more = {name: str(value) for name, value in cell.by.items() if value is not None}
    return {name: value for name, value in (told | more).items() if value}
