# SPDX-License-Identifier: Apache-2.0
"""Records as published -> a batch of tables, or of the quarantine. Runs in a process of its own where there are many.

The fast path decodes straight into `shape.Release`; a record that it refuses takes the slow path of `repairs`.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec
import pyarrow as pa

from vitrina.insight.store import schema

from . import merging, repairs
from .rows import Origin, Rows, add
from .shape import Release
from .shape_parts import UNREADABLE
from .times import Times

EXCERPT = 200
SHA_LENGTH = 24  # of a release's line: 96 bits; the quarantine tells it whole


class Record(NamedTuple):
    """A record as read: its source, line (or number within a document) from 1, byte offset and bytes. `fault` tells
    what kept it from being read whole. `again`: it was read, and counted, in an earlier run.
    """

    source: int
    line: int
    offset: int
    data: bytes
    fault: str = ""
    publisher: str | None = None
    again: bool = False


class Refusal(ValueError):
    """A record that goes to quarantine: reason, path and detail."""

    def __init__(self, reason: str, detail: str = "", path: str = "") -> None:
        super().__init__(f"{reason} {path} {detail}".strip())
        self.reason, self.detail, self.path = reason, detail, path


@dataclass(slots=True)
class Batch:
    """Tables with numbers of their own (`rid`, `oid` from 0), and how many records became what, by source."""

    tables: dict[str, pa.Table]
    n_releases: int
    read: dict[int, int] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)


class Line(Release):
    """A release, or a record around one."""

    compiled_release: msgspec.Raw | None = None
    releases: msgspec.Raw | None = None


_LINE = msgspec.json.Decoder(Line)


class Builder:
    """Builds a batch."""

    def __init__(self, zone: str) -> None:
        self.times = Times(zone)
        self._start()

    def _start(self) -> None:
        self.rows = Rows(self.times)
        self.published = Rows(self.times)
        self.read: dict[int, int] = {}
        self.merged: dict[int, int] = {}
        self.duplicates: dict[int, int] = {}

    def build(self, groups: Sequence[Sequence[Record]]) -> Batch:
        """The batch of these groups; a group holds one record, or all of one process."""
        with uncollected():
            return self._build(groups)

    def _build(self, groups: Sequence[Sequence[Record]]) -> Batch:
        self._start()
        for group in groups:
            new = [record for record in group if not record.again]
            for record in new:
                self.read[record.source] = self.read.get(record.source, 0) + 1
            if not new:
                continue
            if len(group) == 1:
                self._one(group[0])
            else:
                self._many(group)
        tables = {name: self.rows.table(name) for name in schema.COLUMNS if not name.startswith("published_")}
        for name, there in schema.PUBLISHED.items():
            tables[there] = _without_organisations(self.published.table(name))
        kept = {name: table for name, table in tables.items() if table.num_rows}
        return Batch(kept, self.rows.count, self.read, self.merged, self.duplicates)

    def _one(self, record: Record) -> None:
        try:
            check(record)
            if not self._fast(record):
                self._slow(record, merging.unwrapped(_object(record)))
        except Refusal as refusal:
            self.quarantine(record, refusal)

    def _fast(self, record: Record) -> bool:
        try:
            line = _LINE.decode(record.data)
        except UNREADABLE:
            return False
        if line.ocid is None or line.compiled_release is not None or line.releases is not None or _is_odd(line):
            return False
        add(self.rows, line, origin(record))
        return True

    def _many(self, group: Sequence[Record]) -> None:
        """All releases of one process: merged, or the newest of those that are whole already."""
        readable = self._readable(group)
        if not readable:
            return
        found = merging.merged([read for _, read in readable])
        for n in sorted(found.beaten):
            record, read = readable[n]
            if not record.again:
                self.quarantine(record, Refusal("duplicate_ocid", found.detail), read.value.get("ocid"))
        used = [readable[n][0] for n in sorted(found.used)]
        if all(record.again for record in used):
            return  # the store has it
        last = readable[found.last][0]
        for record in used:
            if record is not last and not record.again:
                self.merged[record.source] = self.merged.get(record.source, 0) + 1
        self._slow(last, found.read, used)

    def _readable(self, group: Sequence[Record]) -> list[tuple[Record, repairs.Read]]:
        """The records of a group that can be read, each once; the others go to quarantine."""
        found = []
        seen: set[bytes] = set()
        for record in group:
            if record.data in seen:
                if not record.again:
                    self.duplicates[record.source] = self.duplicates.get(record.source, 0) + 1
                continue
            seen.add(record.data)
            try:
                check(record)
                read = merging.unwrapped(_object(record))
                _ocid(read.value)
                found.append((record, read))
            except Refusal as refusal:
                if not record.again:
                    self.quarantine(record, refusal)
        return found

    def _slow(self, record: Record, read: repairs.Read, used: Sequence[Record] = ()) -> None:
        _ocid(read.value)
        lenient = repairs.Lenient(read.repairs).read(read.value)
        came_from = origin(record)
        if len(used) > 1:
            shas = [sha_of(each.data) for each in used]
            came_from = came_from._replace(sha=sha_of("".join(sorted(shas)).encode()))
            self.rows.rows["release_part"].extend(
                (self.rows.count, each.source, each.line, each.offset, sha)
                for each, sha in zip(used, shas, strict=True)
            )
        rid = add(self.rows, lenient, came_from)
        if not read.repairs:
            return
        for r in read.repairs:
            self.rows.rows["repair"].append((rid, record.source, record.line, r.path, r.rule, r.before, r.after))
        if read.is_strict:
            self.published.count = rid
            add(self.published, repairs.published(read.value), came_from)

    def quarantine(self, record: Record, refusal: Refusal, ocid: str | None = None) -> None:
        """A row of the quarantine."""
        self.rows.rows["quarantine"].append(
            (
                *(record.source, record.line, record.offset, hashlib.sha256(record.data).hexdigest(), ocid),
                *(refusal.reason, refusal.path, refusal.detail[:EXCERPT], excerpt(record.data)),
            )
        )


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Without looking for cycles: a million small rows hold none, and looking takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def check(record: Record) -> None:
    """Refuses bytes that are no record at all: cut off, too large, blank, not UTF-8."""
    if record.fault:
        raise Refusal(*record.fault.split("|", 1))
    if not record.data.strip():
        raise Refusal("blank")
    if not record.data.isascii():
        try:
            record.data.decode()
        except UnicodeDecodeError as error:
            raise Refusal("not_utf8", f"byte {error.start} of the record") from None


def origin(record: Record) -> Origin:
    """Where a release was read."""
    return Origin(record.source, record.line, sha_of(record.data), record.publisher)


def sha_of(data: bytes) -> str:
    """The hash by which a record is known."""
    return hashlib.sha256(data).hexdigest()[:SHA_LENGTH]


def excerpt(data: bytes) -> str:
    """The beginning of a record as text that every reader can take."""
    return data[: 4 * EXCERPT].decode("utf-8", "replace")[:EXCERPT]


def _object(record: Record) -> repairs.Read:
    try:
        read = repairs.decode(record.data)
    except repairs.NotReadable as error:
        raise Refusal("not_json", str(error)) from None
    if not isinstance(read.value, dict):
        raise Refusal("not_object", type(read.value).__name__)
    return read


def decoded(record: Record) -> repairs.Read:
    """A release as plain objects, with its ocid; refuses what has none."""
    read = _object(record)
    _ocid(read.value)
    return read


def _ocid(value: Any) -> None:
    if not isinstance(value, dict):
        raise Refusal("not_object", type(value).__name__)
    ocid = value.get("ocid")
    if not isinstance(ocid, str):
        detail = "absent" if ocid is None else f"is of type {type(ocid).__name__}"
        raise Refusal("no_ocid", detail, "ocid")


def _is_odd(release: Release) -> bool:
    """Whether some status is written in another way than its code."""
    status_of = repairs.status_of
    tender = release.tender
    return (
        (tender is not None and tender.status is not None and status_of("tender", tender.status) != tender.status)
        or any(b.status is not None and status_of("bid", b.status) != b.status for b in repairs.details(release))
        or any(a.status is not None and status_of("award", a.status) != a.status for a in release.awards or ())
        or any(c.status is not None and status_of("contract", c.status) != c.status for c in release.contracts or ())
    )


def _without_organisations(table: pa.Table) -> pa.Table:
    """The table with its numbers of organisations empty."""
    for n, name in enumerate(table.column_names):
        if name.endswith("oid") and table.num_rows:
            table = table.set_column(n, table.schema.field(n), pa.nulls(table.num_rows, table.schema.field(n).type))
    return table
