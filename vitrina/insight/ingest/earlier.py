# SPDX-License-Identifier: Apache-2.0
"""Partial releases of a process that the store holds from an earlier run: what was read then is read again.

OCDS publishes a process as a row of releases that are to be merged, and each row of an official file tells one
contract of a purchase. The store keeps their merged rows, not their text; it keeps where each record stood and its
hash (`release`, `release_part`). So a later run reads those records again from their files, by their hash, and merges
them with the new ones: the result is that of one run. Where a file is gone or is another by now, a partial release
that would take the place of what it does not tell goes to quarantine (`partial_release`): no award is lost unsaid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vitrina.insight.store import Store

from .batch import Record, sha_of
from .merging import is_compiled
from .shape_parts import UNREADABLE

Reader = Callable[[Path, int], Iterable[Record]]  # the records of a source, told by its number
COMPILED = b'"compiled"'
AWARD = "award "  # a mark: the record tells the award of that id
_COLUMNS = ["ocid", "rid", "source", "line", "sha"]


class _Peek(msgspec.Struct, rename="camel"):
    ocid: Any = None
    date: Any = None
    tag: Any = None
    compiled_release: msgspec.Raw | None = None


_PEEK = msgspec.json.Decoder(_Peek)


class Earlier:
    """For the reader of one format: `see` what is new; then `find`; then `records` of old, and `told` for each new."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._is_empty = not store.manifest.parts.get("release")
        self._files: list[dict[str, set[str]]] = []
        self._marks: dict[str, set[str]] = {}  # ocid -> hashes of its new records, and the awards that they tell
        self._needed: dict[int, dict[str, str]] = {}  # source -> hash of a record that is wanted -> ocid
        self._gone: dict[str, str] = {}  # ocid -> the source that cannot be read again

    def begin(self) -> None:
        """A file begins."""
        self._files.append({})

    def forget(self) -> None:
        """The file that began last does not count."""
        self._files.pop()

    def see(self, data: bytes, awards: Iterable[str] = ()) -> None:
        """Look at a new record. `awards`: ids that it tells, of a source whose every record tells its awards whole."""
        if self._is_empty:
            return
        ocid = _partial(data)
        if ocid is not None:
            self._files[-1].setdefault(ocid, set()).update((sha_of(data), *(AWARD + a for a in awards)))

    def find(self) -> list[str]:
        """The processes of which older records will come."""
        for file in self._files:
            for ocid, marks in file.items():
                self._marks.setdefault(ocid, set()).update(marks)
        self._files = []
        standing = self._standing()
        if not standing:
            return []
        for rid, places in self._places(standing).items():
            ocid = standing[rid]["ocid"]
            for source, sha in places:
                if sha not in self._marks[ocid]:
                    self._needed.setdefault(source, {})[sha] = ocid
        return sorted({ocid for wanted in self._needed.values() for ocid in wanted.values()})

    def records(self, name: str, read: Reader) -> Iterator[Record]:
        """The older records, from the sources of that format; then it is known which of them are gone."""
        for number in sorted(self._needed):
            source = next(s for s in self._store.manifest.sources if s.number == number)
            wanted = self._needed[number]
            path = Path(source.name)
            if source.format == name and path.is_file():
                for record in read(path, number):
                    if wanted.pop(sha_of(record.data), None) is not None:
                        yield record._replace(again=True)
                    if not wanted:
                        break
            for ocid in wanted.values():
                self._gone.setdefault(ocid, source.name)
        self._forgive()

    def told(self, record: Record) -> Record:
        """A new record as it is to be taken: a partial one of a process whose older records are gone is refused."""
        if not self._gone or record.fault:
            return record
        source = self._gone.get(_partial(record.data) or "")
        if source is None:
            return record
        return record._replace(fault=f"partial_release|earlier releases of the process are no more in {source}")

    def _standing(self) -> dict[int, dict[str, Any]]:
        """Rid -> the release that the store shows of a process that is told anew."""
        wanted = pa.array(self._marks, type=pa.string())
        hidden = set(self._store.manifest.hidden)
        found = {}
        for file in self._store.files("release") if self._marks else ():
            known = pq.read_table(file, columns=_COLUMNS)
            rows = known.filter(pc.is_in(known["ocid"], value_set=wanted)).to_pylist()
            found |= {row["rid"]: row for row in rows if row["rid"] not in hidden}
        return found

    def _places(self, standing: dict[int, dict[str, Any]]) -> dict[int, list[tuple[int, str]]]:
        """Rid -> (source, hash) of the records that it was put together from."""
        parts: dict[int, list[tuple[int, str]]] = {}
        for row in self._rows("release_part", standing, ["rid", "source", "sha"]):
            parts.setdefault(row["rid"], []).append((row["source"], row["sha"]))
        return {rid: parts.get(rid) or [(row["source"], row["sha"])] for rid, row in standing.items()}

    def _forgive(self) -> None:
        """Processes whose new records tell every award that the store has: nothing is lost with the older ones."""
        if not self._gone:
            return
        standing = {rid: row["ocid"] for rid, row in self._standing().items() if row["ocid"] in self._gone}
        short = {ocid for ocid in self._gone if not any(mark.startswith(AWARD) for mark in self._marks[ocid])}
        for row in self._rows("award", standing, ["rid", "award_id"]):
            ocid = standing[row["rid"]]
            if f"{AWARD}{row['award_id']}" not in self._marks[ocid]:
                short.add(ocid)
        self._gone = {ocid: source for ocid, source in self._gone.items() if ocid in short}

    def _rows(self, name: str, rids: Iterable[int], columns: list[str]) -> Iterator[dict[str, Any]]:
        wanted = pa.array(rids, type=pa.int64())
        for file in self._store.files(name) if len(wanted) else ():
            table = pq.read_table(file, columns=columns)
            yield from table.filter(pc.is_in(table["rid"], value_set=wanted)).to_pylist()


def _partial(data: bytes) -> str | None:
    """The ocid of a record that tells a part of its process; None for others, and for what cannot be read."""
    if COMPILED in data:
        return None
    try:
        peek = _PEEK.decode(data)
    except UNREADABLE:
        return None
    if not isinstance(peek.ocid, str) or peek.compiled_release is not None:
        return None
    return None if is_compiled({"tag": peek.tag, "date": peek.date}) else peek.ocid
