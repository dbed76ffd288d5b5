# SPDX-License-Identifier: Apache-2.0
"""The organisations of a store: one number for each, whoever names it and when."""

from __future__ import annotations

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
            self.store.write({"org": _table(list(self._new.values()))})
        has_names = bool(self._names) and same.add_names(self.store, _names(self._names))
        if self._new or has_names or has_filled:
            new = {str(row[NAME]) for row in self._new.values() if row[NAME]}
            same.settle(self.store, new | {name for _, name in self._names})
        self._new, self._told, self._names = {}, {}, set()

    def _fill(self) -> bool:
        """Write the parts anew where something that was not known is told; whether anything was."""
        has_filled = False
        told = _table([[number, *row[1:]] for number, row in self._told.items()])
        for part, file in zip(list(self.store.manifest.parts["org"]), self.store.files("org"), strict=True):
            held = pq.read_table(file)
            place = pc.index_in(held["oid"], value_set=told["oid"].combine_chunks()).combine_chunks()
            filled = pa.Table.from_arrays(
                [pc.coalesce(held[c], told[c].take(place)) for c in COLUMNS], schema=schema.SCHEMAS["org"]
            )
            if not filled.equals(held):
                self.store.manifest.parts["org"].remove(part)
                self.store.write({"org": filled})
                has_filled = True
        return has_filled


def _names(pairs: set[tuple[int, str]]) -> pa.Table:
    oids, names = zip(*pairs, strict=True)
    return pa.table({"oid": pa.array(oids, pa.int32()), "name_norm": pa.array(names, pa.string())})


def _table(rows: list[list[object]]) -> pa.Table:
    columns = schema.SCHEMAS["org"]
    arrays = [pa.array(v, type=f.type) for v, f in zip(zip(*rows, strict=True), columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=columns)
