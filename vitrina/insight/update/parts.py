# SPDX-License-Identifier: Apache-2.0
"""The parts of a store as an updater sees them: what came since, the rows of a release, what organisations are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vitrina.insight.store import Store, schema

SMALL = 256 << 10  # bytes of a part that an update wrote, or a few
MOST_SMALL = 64  # of a table, before they are made one


class Parts:
    """The parts of one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._ranges: dict[tuple[str, str], tuple[int, int]] = {}
        self._releases = set(store.manifest.parts.get("release", []))
        self._read_organisations()

    def _read_organisations(self) -> None:
        self._orgs = self.whole("org").combine_chunks()
        oids = self._orgs["oid"].to_numpy()
        self._places = np.argsort(oids, kind="stable")
        self._oids = oids[self._places]
        self._told: dict[int, pa.Table] = {}  # organisations written since
        self._read_same()

    def _read_same(self) -> None:
        same = self.whole("same_as")
        self._same = dict(zip(same["oid"].to_pylist(), same["to_oid"].to_pylist(), strict=True))

    @contextmanager
    def listening(self) -> Iterator[dict[str, pa.Table]]:
        """The rows that are written within the block; filled when it ends, as readers see them."""
        told: dict[str, list[pa.Table]] = {}
        found: dict[str, pa.Table] = {}
        self.store.heard = lambda name, table: told.setdefault(name, []).append(table)
        parts = self.store.manifest.parts
        orgs, same = set(parts.get("org", [])), list(parts.get("same_as", []))
        try:
            yield found
        finally:
            self.store.heard = None
        parts = self.store.manifest.parts
        if orgs - set(parts.get("org", [])):
            self._read_organisations()  # more was told of known ones, so their parts were written anew
        elif "org" in told:
            new = pa.concat_tables(told["org"])
            self._told |= {oid: new.slice(place, 1) for place, oid in enumerate(new["oid"].to_pylist())}
        if same != parts.get("same_as", []):
            self._read_same()
        for name, tables in told.items():
            found[name] = self._under_one_number(name, pa.concat_tables(tables))

    def _under_one_number(self, name: str, table: pa.Table) -> pa.Table:
        """The table with organisations that are one under one number, as readers see it."""
        for column in schema.of_organisations(name) if self._same and name != "org" else ():
            oids = [self._same.get(oid, oid) for oid in table[column].to_pylist()]
            place = table.column_names.index(column)
            table = table.set_column(place, table.schema.field(place), pa.array(oids, table.schema.field(place).type))
        return table

    def whole(self, name: str) -> pa.Table:
        """All rows of a table."""
        return pa.concat_tables([schema.SCHEMAS[name].empty_table(), *map(pq.read_table, self.store.files(name))])

    def organisations(self, oids: Iterable[int]) -> pa.Table:
        """What the store tells of these organisations."""
        asked = set(oids)
        told = [self._told[oid] for oid in asked if oid in self._told]
        rest = np.array(sorted(asked - self._told.keys()), dtype=self._oids.dtype)
        places = np.searchsorted(self._oids, rest)
        is_there = (places < len(self._oids)) & (self._oids[np.minimum(places, len(self._oids) - 1)] == rest)
        return pa.concat_tables([self._orgs.take(pa.array(self._places[places[is_there]])), *told])

    def rows_of(self, rids: Iterable[int], names: Iterable[str]) -> dict[str, pa.Table]:
        """All rows of releases in these tables."""
        asked = sorted(rids)
        found = {}
        for name in names if asked else ():
            rows = [row for part in self.store.manifest.parts.get(name, []) for row in self._rows(name, part, asked)]
            if rows:
                found[name] = self._under_one_number(name, pa.concat_tables(rows))
        return found

    def still_there(self) -> bool:
        """Whether the store still has every part of releases that was there in the beginning."""
        return self._releases <= set(self.store.manifest.parts.get("release", []))

    def _rows(self, name: str, part: str, rids: list[int]) -> list[pa.Table]:
        first, last = self._ranges.get((name, part)) or self._range(name, part)
        inside = [rid for rid in rids if first <= rid <= last]
        return [pq.read_table(self.store.file(name, part), filters=pc.field("rid").isin(inside))] if inside else []

    def _range(self, name: str, part: str) -> tuple[int, int]:
        """The first and last release of a part."""
        told = pq.read_metadata(self.store.file(name, part))
        column = told.schema.names.index("rid")
        groups = [told.row_group(n).column(column).statistics for n in range(told.num_row_groups)]
        found = self._ranges[name, part] = (min(g.min for g in groups), max(g.max for g in groups))
        return found


def merge_small(store: Store) -> None:
    """Make one part of the small ones that updates leave at the end of a table, where they are many."""
    for name, parts in store.manifest.parts.items():
        tail = len(parts)
        while tail and store.file(name, parts[tail - 1]).stat().st_size < SMALL:
            tail -= 1
        if len(parts) - tail > MOST_SMALL:
            merged = pa.concat_tables([pq.read_table(store.file(name, part)) for part in parts[tail:]])
            del parts[tail:]
            store.write({name: merged})
