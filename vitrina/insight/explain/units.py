# SPDX-License-Identifier: Apache-2.0
"""The unit that is asked about: what the rule says of it, its processes, and what else may be meant."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec

from vitrina.insight.flags.declare import VERDICT, Flag, Group, Params
from vitrina.insight.flags.market import dated, markets
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.shared import bidders, processes, releases, winners
from vitrina.insight.tables import Tables

NEAREST = 5
LOOK_AT = 2_000
YEAR = re.compile(r"^(\d{4})(?:\||$)")
LINE = re.compile(r"^(.*?)(/(?:tender|awards|contracts)/.*)$")


class NotFound(LookupError):
    """No such flag or unit. `near`: what else may have been meant."""

    def __init__(self, text: str, near: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.near = tuple(near)


def flag_of(code: str) -> Flag:
    """The flag of a code, in any case."""
    known = flags()
    if code.upper() not in known:
        raise NotFound(code, difflib.get_close_matches(code.upper(), list(known), NEAREST, 0.5))
    return known[code.upper()]


def judge(t: Tables, flag: Flag, params: Params) -> ir.Table:
    """What the rule says of every unit."""
    settings = hashlib.sha256(msgspec.json.encode(params)).hexdigest()[:8]
    return t.once(f"explained_{flag.code.lower()}_{settings}", lambda t: flag.rule(t, params)).cast(VERDICT)


def verdict_of(t: Tables, judged: ir.Table, unit: str, group: str | None) -> dict[str, Any]:
    """The row of a unit. Errors: `NotFound`, with units of like names, or those that belong to the process named."""
    mine = judged.filter(judged.id == unit)
    if group:
        mine = mine.filter(mine.group == group)
    found = t.rows(mine.order_by(["group", "rid"]))
    if len(found) > 1 and len({row["group"] for row in found}) > 1:
        raise NotFound(unit, [f"--group {row['group']}" for row in found])
    if found:
        return found[0]
    raise NotFound(unit, _related(t, judged, unit) or _like(t, judged, unit))


def _related(t: Tables, judged: ir.Table, unit: str) -> list[str]:
    """The units of this rule to which the process of that ocid belongs: its buyer, its firms, its lines."""
    rids = processes(t).filter(lambda r: r.ocid == unit).select("rid")
    if not t.rows(rids.limit(1)):
        return []
    p = releases(t).semi_join(rids, "rid")
    names = {row[name] for row in t.rows(p.select("buyer", "pe_id")) for name in ("buyer", "pe_id") if row[name]}
    firms = _took_part(t).semi_join(rids, "rid")
    names |= {row["id"] for row in t.rows(t.org.semi_join(firms, "oid").select("id")) if row["id"]}
    own = {row["market"] for row in t.rows(markets(t).semi_join(rids, "rid").select("market")) if row["market"]}
    fits = ibis.literal(False)
    for name in sorted(names | own):
        fits = fits | (judged.id == name) | judged.id.contains(f"{name} |") | judged.id.contains(f"| {name}")
    fits = fits | judged.id.startswith(f"{unit}/")
    return [row["id"] for row in t.rows(judged.filter(fits).select("id").order_by("id").limit(NEAREST))]


def _like(t: Tables, judged: ir.Table, unit: str) -> list[str]:
    """Ids that look like it: those that contain it, or begin or end as it does."""
    low = judged.id.lower()
    half = max(3, len(unit) // 2)
    text = unit.lower()
    near = low.contains(text) | low.startswith(text[:half]) | low.endswith(text[-half:])
    ids = [row["id"] for row in t.rows(judged.filter(near).select("id").distinct().order_by("id").limit(LOOK_AT))]
    return difflib.get_close_matches(unit, ids, NEAREST, 0.4)


def releases_of(t: Tables, flag: Flag, params: Params, row: dict[str, Any]) -> ir.Table:
    """(rid, day) of the processes that a unit's verdict is about."""
    if flag.evidence is not None:
        found = flag.evidence(t, params, row).select("rid").distinct()
    else:
        found = _by_name(t, row, getattr(params, "cell_min", 30))
    days = dated(t).join(found.select("rid").distinct(), "rid")
    year = YEAR.match(row["basis"] or "")
    if year and row["group"] not in {Group.OCID, Group.ITEM}:
        narrow = days.filter(days.year == int(year[1]))
        days = narrow if t.rows(narrow.limit(1)) else days
    return days.select("rid", "day")


def _by_name(t: Tables, row: dict[str, Any], cell_min: int) -> ir.Table:
    group, unit, p = row["group"], row["id"], releases(t)
    if group in {Group.OCID, Group.ITEM}:
        return p.filter(p.ocid == unit if row["rid"] is None else p.rid == row["rid"])
    if group == Group.BUYER:
        return p.filter(p.buyer == unit)
    if group == Group.PROCURING_ENTITY:
        return p.filter(p.pe_id == unit)
    names = unit.split(" | ")
    if group == Group.BUYER_SUPPLIER:
        theirs = p.filter(p.buyer == names[0])
        won = theirs.semi_join(_firm(t, names[-1], winners(t)), "rid")
        has_won = row["rid"] is None or t.rows(won.filter(won.rid == row["rid"]).select("rid"))
        return won if has_won else theirs.semi_join(_firm(t, names[-1], _took_part(t)), "rid")
    if group == Group.MARKET:
        m = markets(t, cell_min)
        inside = p.semi_join(m.filter(m.market == names[0]), "rid")
        return inside.semi_join(_firm(t, names[1], winners(t)), "rid") if len(names) > 1 else inside
    found = p
    for name in names:  # a tenderer alone, a pair, a group: where all of them took part
        found = found.semi_join(_firm(t, name, _took_part(t)), "rid")
    return found


def _took_part(t: Tables) -> ir.Table:
    """(rid, oid) of bidders and suppliers."""
    return bidders(t).select("rid", "oid").union(winners(t).select("rid", "oid"))


def _firm(t: Tables, name: str, took_part: ir.Table) -> ir.Table:
    """(rid) where the organisation of that id took part, also under the id of one that is taken as it."""
    own, others = t.org.filter(t.org.id == name), t.same_as.filter(t.same_as.id == name)
    firms = own.select("oid").union(others.select(oid="to_oid"))
    return took_part.semi_join(firms, "oid").select("rid").distinct()


def line_of(unit: str) -> str | None:
    """The pointer of a line, which is part of its id."""
    found = LINE.match(unit)
    return found[2] if found else None
