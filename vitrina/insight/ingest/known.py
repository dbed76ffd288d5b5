# SPDX-License-Identifier: Apache-2.0
"""Which releases a store shows for a process: by reading through its parts, or by an index of who updates often."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vitrina.insight.store import Store

COLUMNS = ["ocid", "rid", "date", "sha"]
Row = dict[str, Any]


class Known(Protocol):
    """Finds the standing releases of processes: rows of `COLUMNS`."""

    def of(self, ocids: pa.ChunkedArray) -> Iterable[Row]:
        """The releases of these processes, hidden ones too."""

    def add(self, rows: pa.Table) -> None:
        """These releases are written now."""


class Scan:
    """Reads the parts each time: for many processes at once."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def of(self, ocids: pa.ChunkedArray) -> Iterable[Row]:
        wanted = ocids.combine_chunks()
        for file in self.store.files("release"):
            known = pq.read_table(file, columns=COLUMNS)
            yield from known.filter(pc.is_in(known["ocid"], value_set=wanted)).to_pylist()

    def add(self, rows: pa.Table) -> None:
        """The parts tell."""


class Index:
    """Keeps a digest of each process in memory (16 bytes), and the row itself of those written since."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._new: dict[str, list[Row]] = {}
        digests, rids = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
        self._parts: list[tuple[int, int, int]] = []  # first rid, last rid, place among the files
        for place, file in enumerate(store.files("release")):
            read = pq.read_table(file, columns=["ocid", "rid"])
            if read.num_rows:
                rid = read["rid"].to_numpy()
                self._parts.append((int(rid.min()), int(rid.max()), place))
                digests.append(_digests(read["ocid"].to_pylist()))
                rids.append(rid)
        found = np.concatenate(digests)
        order = np.argsort(found, kind="stable")
        self._digests, self._rids = found[order], np.concatenate(rids)[order]
        self._files = store.files("release")

    def of(self, ocids: pa.ChunkedArray) -> Iterable[Row]:
        asked = ocids.to_pylist()
        digests = _digests(asked)
        left = np.searchsorted(self._digests, digests, "left")
        right = np.searchsorted(self._digests, digests, "right")
        for ocid, first, last in zip(asked, left, right, strict=True):
            for rid in self._rids[first:last]:
                yield from (row for row in self._read(int(rid)) if row["ocid"] == ocid)
            yield from self._new.get(ocid, ())

    def add(self, rows: pa.Table) -> None:
        for row in rows.select(COLUMNS).to_pylist():
            self._new.setdefault(row["ocid"], []).append(row)

    def _read(self, rid: int) -> list[Row]:
        for first, last, place in self._parts:
            if first <= rid <= last:
                found = pq.read_table(self._files[place], columns=COLUMNS, filters=[("rid", "=", rid)])
                if found.num_rows:
                    return found.to_pylist()
        return []


def _digests(ocids: list[str]) -> np.ndarray:
    made = b"".join(hashlib.blake2b(ocid.encode("utf-8", "replace"), digest_size=8).digest() for ocid in ocids)
    return np.frombuffer(made, dtype=">u8").astype(np.uint64)
