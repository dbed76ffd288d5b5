# SPDX-License-Identifier: Apache-2.0
"""Bodies and their units: each row checked by itself, then against the tree; all that hold are written at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from vitrina.kernel.text import fold, has_unsafe_characters
from vitrina.law.names import JURISDICTIONS
from vitrina.parties import commands, rfc
from vitrina.parties.models import Unit
from vitrina.parties.places import STATES, UNIT_KINDS, ZONES

from . import Bad, Loaded
from .files import COLUMNS, Row

_KEY = re.compile(r"[0-9A-Z][0-9A-Z-]{2,19}", re.ASCII)
_YES, _NO = {"si", "yes", "true", "1", "x"}, {"", "no", "false", "0"}
_STATES = {fold(name): key for key, name in STATES.items()} | {key: key for key in STATES}
_STATES |= {str(int(key)): key for key in STATES}  # a spreadsheet takes the zero away
_LONGEST = {"name": 200, "acronym": 40}
MENDABLE = ("name", "acronym", "kind", "state", "zone", "rfc", "can_contract")  # what a later file may change
KEEPS = {
    "parent": "a unit does not move in the tree: what people may do there hangs on its place",
    "jurisdiction": "the law under which a body buys does not change: its purchases keep it",
}
Columns = dict[str, Any]


def load(rows: Sequence[Row], at: datetime) -> Loaded:
    """Register new units, parents first; change those of which a row says something else."""
    found = Loaded()
    there = {u.key: u for u in Unit.objects.filter(key__in=[r.text("key").upper() for r in rows])}
    read = _each(rows, found)
    tree = _Tree(read, there)
    new, changed = [], []
    for key, (row, columns) in read.items():
        try:
            whole = tree.whole(key)
            if key in there:
                given = {name for name in columns if row.text(name)}
                after = _changes(there[key], {name: whole[name] for name in given})
                changed += [(there[key], after)] if after else []
                found.unchanged += not after
            else:
                new.append(whole)
        except Bad as bad:
            found.rejected.append((row, bad.fault))
    commands.register_units(new, at=at)
    commands.change_units(changed, at=at)
    found.registered, found.changed = len(new), len(changed)
    return found


def _each(rows: Sequence[Row], found: Loaded) -> dict[str, tuple[Row, Columns]]:
    """The rows that hold by themselves, by key."""
    read: dict[str, tuple[Row, Columns]] = {}
    for row in rows:
        try:
            columns = _columns(row)
            _require_new(columns["key"], read)
            read[columns["key"]] = (row, columns)
        except Bad as bad:
            found.rejected.append((row, bad.fault))
    return read


def _require_new(key: str, read: Mapping[str, tuple[Row, Columns]]) -> None:
    if key in read:
        raise Bad("key", f"{key} stands in {read[key][0].place} already", "keep one of the two rows")


def _columns(row: Row) -> Columns:
    """A row read by itself; `zone`, `jurisdiction` may be empty still. Errors: `Bad`."""
    if strange := sorted(set(row.values) - set(COLUMNS["unit"])):
        raise Bad(strange[0], "there is no such column", "take it out; compare the names of the columns")
    key, parent = (row.text(name).upper() for name in ("key", "parent"))
    for name, value in (("key", key), *([("parent", parent)] if parent else [])):
        if not _KEY.fullmatch(value):
            raise Bad(name, f"«{value[:40]}» is no key", "write 3 to 20 capitals, digits and hyphens: 050GYR047")
    for name in ("name", "acronym"):
        text = row.text(name)
        if (name == "name" and not text) or len(text) > _LONGEST[name] or has_unsafe_characters(text):
            raise Bad(name, "it is empty, too long, or has characters that no page shows",
                      f"write 1 to {_LONGEST[name]} letters")  # fmt: skip
    rfc_text = rfc.clean(row.text("rfc"))
    if rfc_text and rfc.fault(rfc_text):
        raise Bad("rfc", f"«{rfc_text[:20]}» is no RFC of one's own", "write it as the tax office gives it")
    return {
        "key": key, "name": row.text("name"), "acronym": row.text("acronym"), "parent": parent, "rfc": rfc_text,
        "kind": _one_of(row, "kind", {fold(k): k for k in UNIT_KINDS}, "office" if parent else "institute"),
        "state": _one_of(row, "state", _STATES, ""), "zone": _one_of(row, "zone", {fold(z): z for z in ZONES}, ""),
        "jurisdiction": _one_of(row, "jurisdiction", {k: k for k in JURISDICTIONS} | _ALSO_LAWS, ""),
        "can_contract": _is_yes(row),
    }  # fmt: skip


_ALSO_LAWS = {fold(also): key for key, others in JURISDICTIONS.items() for also in others}


def _one_of(row: Row, column: str, choices: Mapping[str, str], default: str) -> str:
    text = fold(row.text(column))
    if not text:
        return default
    if text not in choices:
        shown = ", ".join(dict.fromkeys(choices.values()))
        raise Bad(column, f"«{row.text(column)[:40]}» is none that there is", f"write one of: {shown}")
    return choices[text]


def _is_yes(row: Row) -> bool:
    text = fold(row.text("can_contract"))
    if text not in _YES | _NO:
        raise Bad("can_contract", f"«{text[:20]}» is neither yes nor no", "write sí or no")
    return text in _YES


def _changes(unit: Unit, columns: Columns) -> Columns:
    """What a row says of a unit that is there and the register does not. Errors: `Bad` for what never changes."""
    if columns.get("jurisdiction", unit.jurisdiction) != unit.jurisdiction:
        raise _kept("jurisdiction", unit.jurisdiction)
    return {name: columns[name] for name in MENDABLE if name in columns and columns[name] != getattr(unit, name)}


def _kept(name: str, now: str) -> Bad:
    return Bad(name, f"it is «{now}» in the register: {KEEPS[name]}", "leave the column as it was")


class _Tree:
    """The units of a file under those of the register."""

    def __init__(self, read: Mapping[str, tuple[Row, Columns]], there: Mapping[str, Unit]) -> None:
        self.read = read
        above = {columns["parent"] for _row, columns in read.values()} - set(there)
        self.there = {**there, **{u.key: u for u in Unit.objects.filter(key__in=above)}}
        self.done: dict[str, Columns | Bad] = {}

    def whole(self, key: str) -> Columns:
        """A row with what it takes from the unit above it. Errors: `Bad`."""
        way = [key]
        while (above := self._above(way[-1])) and above in self.read and above not in self.done and above not in way:
            way.append(above)
        for one in reversed(way):
            if one not in self.done:
                try:
                    self.done[one] = self._whole(one, is_ring=above in way)
                except Bad as bad:
                    self.done[one] = bad
        found = self.done[key]
        if isinstance(found, Bad):
            raise found
        return found

    def _above(self, key: str) -> str:
        parent: str = self.read[key][1]["parent"]
        if not parent and key in self.there:
            return self.there[key].parent_id or ""
        return parent

    def _whole(self, key: str, *, is_ring: bool) -> Columns:
        _row, columns = self.read[key]
        parent = self._above(key)
        if is_ring:
            raise Bad("parent", "it stands above itself", "one of these units has nobody above it")
        if key in self.there and parent != (self.there[key].parent_id or ""):
            raise _kept("parent", self.there[key].parent_id or "")
        above = self._of(parent) if parent else {"zone": ZONES[0], "jurisdiction": "mx"}
        law, zone = columns["jurisdiction"], columns["zone"]
        if key in self.there:
            law, zone = law or self.there[key].jurisdiction, zone or self.there[key].zone
        if parent and law and law != above["jurisdiction"]:
            raise Bad("jurisdiction", f"the body of this unit buys under «{above['jurisdiction']}»",
                      "leave it empty: a unit buys under the law of its body")  # fmt: skip
        return columns | {
            "parent": parent, "zone": zone or above["zone"], "jurisdiction": law or above["jurisdiction"]
        }  # fmt: skip

    def _of(self, key: str) -> Columns:
        """Zone and law of a unit above."""
        found = self.done.get(key)
        if isinstance(found, Bad):
            raise Bad("parent", f"the unit above it, {key}, was refused ({self.read[key][0].place})", "mend that row")
        if found is not None:
            return found
        if key not in self.there:
            raise Bad("parent", f"no unit has the key {key}", "give the unit above it a row, or correct the key")
        return {"zone": self.there[key].zone, "jurisdiction": self.there[key].jurisdiction}
