# SPDX-License-Identifier: Apache-2.0
"""The organisations of a store: one number for each, whoever names it and when."""

from __future__ import annotations

import functools

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vitrina.insight.store import Store, schema

from . import same
from .orgs import AT, COLUMNS

OID, KEY, NAME = AT["oid"], AT["key"], AT["name_norm"]


class Directory:
    """Key -> number. New organisations wait in memory for `write`; what is newly told of known ones is filled in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._next = store.manifest.next_oid
        self._numbers: dict[str, int] = {}
        self._new: dict[int, list[object]] = {}
        self._told: dict[int, list[object]] = {}
        self._names: set[tuple[int, str]] = set()
        for file in store.files("org"):
            known = pq.read_table(file, columns=["key", "oid"])
            self._numbers |= zip(known["key"].to_pylist(), known["oid"].to_pylist(), strict=True)
        self._numbers.pop(None, None)  # type: ignore[call-overload]  # of readers that write no key

    def oids(self, orgs: pa.Table) -> pa.Array:
        """The numbers of the organisations of a batch, in its order."""
        found = []
        rows = zip(*(column.to_pylist() for column in orgs.columns), strict=True)
        for row in map(list, rows):
            key = str(row[KEY])
            number = self._numbers.get(key)
            if number is None:
                number = self._numbers[key] = self._next
                self._next += 1
                row[OID] = number
                self._new[number] = row
            else:
                held = self._new[number] if number in self._new else self._told.setdefault(number, [None] * len(row))
                for n, value in enumerate(row):
                    if held[n] is None:
                        held[n] = value
                if row[NAME] and (held[NAME] != row[NAME] or number in self._told):
                    self._names.add((number, str(row[NAME])))
            found.append(number)
        return pa.array(found, type=pa.int32())

    def write(self) -> None:
        """Add the new organisations to the store, what was told of the others, and which of them are one."""
        self.store.manifest.next_oid = self._next
        has_filled = bool(self._told) and self._fill()
        if self._new:
            self._keep(_table(list(self._new.values())))
        new = {(number, str(row[NAME])) for number, row in self._new.items() if row[NAME]}
        further = self._known.further(self._names) if self._names else set()
        if further:
            self.store.write({"org_name": _names(further)})
        if self._known.is_shared(new | further) or has_filled:
            same.settle(self.store, {name for _, name in new | self._names})
        self._new, self._told, self._names = {}, {}, set()

    @functools.cached_property
    def _held(self) -> dict[str, pa.Table]:
        """The parts of organisations by their name, read once."""
        files = self.store.files("org")
        return {file.name: pq.read_table(file, schema=schema.SCHEMAS["org"]) for file in files}

    @functools.cached_property
    def _known(self) -> same.Names:
        """The names that were told before this run."""
        found = same.Names()
        for table in (*self._held.values(), *(pq.read_table(file) for file in self.store.files("org_name"))):
            found.is_shared(zip(table["oid"].to_pylist(), table["name_norm"].to_pylist(), strict=True))
        return found

    def _keep(self, orgs: pa.Table) -> None:
        _ = self._known, self._held  # as they were
        self.store.write({"org": orgs})
        self._held[self.store.manifest.parts["org"][-1]] = orgs

    def _fill(self) -> bool:
        """Write the parts anew where something that was not known is told; whether anything was."""
        told, has_filled = _table([[number, *row[1:]] for number, row in self._told.items()]), False
        for part, held in list(self._held.items()):
            there = pc.index_in(told["oid"], value_set=held["oid"].combine_chunks())
            mine = told.filter(there.is_valid())
            if not _filled(held.take(there.drop_null()), mine).equals(held.take(there.drop_null())):
                place = pc.index_in(held["oid"], value_set=mine["oid"].combine_chunks()).combine_chunks()
                self._keep(_filled(held, mine.take(place)))
                self.store.manifest.parts["org"].remove(part)
                del self._held[part]
                has_filled = True
        return has_filled


def _filled(held: pa.Table, told: pa.Table) -> pa.Table:
    """What is held, with what is told where nothing was."""
    return pa.Table.from_arrays([pc.coalesce(held[c], told[c]) for c in COLUMNS], schema=schema.SCHEMAS["org"])


def _names(pairs: set[tuple[int, str]]) -> pa.Table:
    oids, names = zip(*sorted(pairs), strict=True)
    return pa.table({"oid": pa.array(oids, pa.int32()), "name_norm": pa.array(names, pa.string())})


def _table(rows: list[list[object]]) -> pa.Table:
    columns = schema.SCHEMAS["org"]
    arrays = [pa.array(v, type=f.type) for v, f in zip(zip(*rows, strict=True), columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=columns)
