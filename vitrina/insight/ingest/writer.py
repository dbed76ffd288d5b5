# SPDX-License-Identifier: Apache-2.0
"""Batches into the parts of a store: numbers of the store, one release of a process, organisations known once."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vitrina.insight.store import Store, schema

from .batch import Batch
from .directory import Directory
from .known import COLUMNS, Known, Scan

PART = 100_000  # releases
MOST_HIDDEN = 512  # replaced releases that readers step over; beyond, their parts are written anew


class Writer:
    """Takes batches; `close` writes what is left and makes it the state of the store. `known`, `directory`: which
    releases the store shows and its organisations, of who keeps them from one run to the next.
    """

    def __init__(self, store: Store, *, known: Known | None = None, directory: Directory | None = None) -> None:
        self.store = store
        self.directory = directory or Directory(store)
        self.known = known or Scan(store)
        self.counts: dict[str, Counter[int]] = {
            name: Counter() for name in ("read", "stored", "quarantined", "duplicates", "merged")
        }
        self._waiting: dict[str, list[pa.Table]] = {}
        self._n_waiting = 0
        self._rid = store.manifest.next_rid
        self._hidden = set(store.manifest.hidden)

    def add(self, batch: Batch) -> None:
        """Take a batch. Its numbers become those of the store."""
        oids = self.directory.oids(batch.tables["org"]) if "org" in batch.tables else None
        for name, table in batch.tables.items():
            if name != "org":
                self._waiting.setdefault(name, []).append(_numbered(table, self._rid, oids))
        self._rid += batch.n_releases
        self._n_waiting += batch.n_releases
        for name in ("read", "merged", "duplicates"):
            self.counts[name].update(getattr(batch, name))
        if self._n_waiting >= PART:
            self.flush()

    def flush(self) -> None:
        """Write the waiting batches as parts."""
        tables = {name: pa.concat_tables(parts) for name, parts in self._waiting.items()}
        self._waiting, self._n_waiting = {}, 0
        if "release" in tables:
            tables = self._settled(tables)
            self.counts["stored"].update(_by_source(tables["release"]))
            self.known.add(tables["release"])
        if "quarantine" in tables:
            self.counts["quarantined"].update(_by_source(tables["quarantine"]))
        self.store.write(tables)

    def close(self) -> None:
        """Write what is left. The caller adds the sources and saves."""
        self.flush()
        self.directory.write()
        manifest = self.store.manifest
        manifest.next_rid, manifest.hidden = self._rid, sorted(self._hidden)

    def _settled(self, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """The tables without releases that lose to one of the same process; older ones in the store are hidden."""
        new = tables["release"]
        lost: dict[int, str] = {}  # rid -> duplicate or older
        standing = {row["ocid"]: row for row in self.known.of(new["ocid"]) if row["rid"] not in self._hidden}
        if not standing and pc.count_distinct(new["ocid"]).as_py() == new.num_rows:
            return tables
        mine: set[int] = set()
        for row in new.select(COLUMNS).to_pylist():
            other = standing.get(row["ocid"])
            if other is None:
                standing[row["ocid"]] = row
            elif other["sha"] == row["sha"]:
                lost[row["rid"]] = "duplicate"
                continue
            elif _instant(row) < _instant(other):
                lost[row["rid"]] = "older"
                continue
            elif other["rid"] in mine:
                lost[other["rid"]] = "older"
            else:
                self._hidden.add(other["rid"])
            standing[row["ocid"]] = row
            mine.add(row["rid"])
        return self._without(tables, lost) if lost else tables

    def _without(self, tables: dict[str, pa.Table], lost: dict[int, str]) -> dict[str, pa.Table]:
        gone = pa.array(sorted(lost), type=pa.int64())
        release = tables["release"]
        for row in release.filter(pc.is_in(release["rid"], value_set=gone)).to_pylist():
            if lost[row["rid"]] == "duplicate":
                self.counts["duplicates"][row["source"]] += 1
        older = pa.array(sorted(r for r, why in lost.items() if why == "older"), type=pa.int64())
        beaten = release.filter(pc.is_in(release["rid"], value_set=older))
        kept = {
            name: t.filter(pc.invert(pc.is_in(t["rid"], value_set=gone))) if "rid" in t.column_names else t
            for name, t in tables.items()
        }
        if beaten.num_rows:
            rows = [
                (
                    r["source"],
                    r["line"],
                    None,
                    r["sha"],
                    r["ocid"],
                    "duplicate_ocid",
                    None,
                    "older than the one kept",
                    "",
                )
                for r in beaten.to_pylist()
            ]
            columns = schema.SCHEMAS["quarantine"]
            told = pa.Table.from_arrays(
                [pa.array(v, type=f.type) for v, f in zip(zip(*rows, strict=True), columns, strict=True)],
                schema=columns,
            )
            kept["quarantine"] = pa.concat_tables([kept["quarantine"], told]) if "quarantine" in kept else told
        return kept


def _numbered(table: pa.Table, rid: int, oids: pa.Array | None) -> pa.Table:
    """The table with numbers of the store in place of those of the batch."""
    for n, name in enumerate(table.column_names):
        if name == "rid":
            table = table.set_column(n, table.schema.field(n), pc.add(table[name], rid))
        elif oids is not None and (name == "oid" or name.endswith("_oid")):
            table = table.set_column(n, table.schema.field(n), oids.take(table[name].combine_chunks()))
    return table


def _instant(row: dict[str, Any]) -> datetime:
    return row["date"] or datetime.min  # noqa: DTZ901 - instants here are UTC without zone


def _by_source(table: pa.Table) -> dict[int, int]:
    counts = pc.value_counts(table["source"].combine_chunks())
    return dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))


def compact(store: Store) -> None:
    """Where many releases are replaced, write the parts that hold them anew, without them. The old files go when the
    store is saved.
    """
    if len(store.manifest.hidden) <= MOST_HIDDEN:
        return
    hidden = pa.array(store.manifest.hidden, type=pa.int64())
    for name, columns in schema.SCHEMAS.items():
        if "rid" not in columns.names:
            continue
        for part, file in zip(list(store.manifest.parts.get(name, [])), store.files(name), strict=True):
            rids = pq.read_table(file, columns=["rid"])["rid"]
            gone = pc.is_in(rids, value_set=hidden)
            if pc.any(gone).as_py():
                store.manifest.parts[name].remove(part)
                store.write({name: pq.read_table(file).filter(pc.invert(gone))})
    store.manifest.hidden = []
