# SPDX-License-Identifier: Apache-2.0
"""Releases, records and tables by fiscal year, and whole. A year is written anew when one of its purchases changed.

A purchase is in one year, whole: that of the budget that pays it (`vitrina.api.edca`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import orjson
from django.conf import settings
from django.db.models import OuterRef, Subquery

from vitrina import __version__
from vitrina.api.edca.classify import year_of
from vitrina.api.models import HarvestedProcess
from vitrina.kernel.canonical import digest_of
from vitrina.ledger.models import Record, Release
from vitrina.ledger.releases import iso

from .folder import File
from .run import Run
from .tables import TABLES, Table
from .writing import Both, Lines, head_of, join_packed, join_parquet, schema_of

CHUNK = 200  # purchases that are read at once
RELEASES, RECORDS = "releases", "records"
# Whatever this software writes otherwise than a former one makes every file anew.
_SHAPE = digest_of([__version__, 1, [[t.name, [[c.name, c.type, c.path] for c in t.columns]] for t in TABLES]])


@dataclass(slots=True)
class Year:
    """A fiscal year: a digest that changes with any of its purchases, and the last act of any of them."""

    number: int
    digest: Any = field(default_factory=lambda: hashlib.sha256(_SHAPE.encode()))
    position: int = 0
    unknown: list[str] = field(default_factory=list)  # purchases whose year no projection tells yet

    @property
    def mark(self) -> str:
        found: str = self.digest.hexdigest()
        return found


@dataclass(slots=True)
class Purchase:
    """A purchase with its releases in the order of the ledger: id, date, tags, exact text of each."""

    ocid: str
    compiled: dict[str, Any]
    releases: list[tuple[str, str, list[str], str]] = field(default_factory=list)

    def record(self) -> bytes:
        """The OCDS record as a line: the compiled release, and where each of its releases is."""
        base = f"{settings.PUBLIC_URL}/api/ocds/releases/"
        linked = [{"url": f"{base}{key}", "date": date, "tag": tag} for key, date, tag, _body in self.releases]
        told = {"ocid": self.ocid, "releases": linked, "compiledRelease": self.compiled}
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def years() -> list[Year]:
    """The years that have purchases, in order. Reads one short row of each purchase."""
    found: dict[int, Year] = {}
    told = HarvestedProcess.objects.filter(ocid=OuterRef("ocid")).values("year")
    rows = Record.objects.annotate(year=Subquery(told)).order_by("ocid").values_list("ocid", "position", "year")
    for ocid, position, known in rows.iterator(chunk_size=5000):
        number = known or year_of(Record.objects.values_list("compiled", flat=True).get(ocid=ocid))
        year = found.setdefault(number, Year(number))
        year.digest.update(f"{ocid} {position}\n".encode())
        year.position = max(year.position, position)
        if known is None:
            year.unknown.append(ocid)
    return [found[number] for number in sorted(found)]


def purchases(year: Year) -> Iterator[Purchase]:
    """The purchases of a year with their releases."""
    known = HarvestedProcess.objects.filter(year=year.number).order_by("ocid").values_list("ocid", flat=True)
    after = ""
    while ocids := list(known.filter(ocid__gt=after)[:CHUNK]):
        yield from _read(ocids)
        after = ocids[-1]
    unknown = iter(year.unknown)
    while ocids := list(islice(unknown, CHUNK)):
        yield from _read(ocids)


def _read(ocids: list[str]) -> Iterator[Purchase]:
    records = Record.objects.filter(ocid__in=ocids).order_by("ocid").values_list("ocid", "compiled")
    found = {ocid: Purchase(ocid, compiled) for ocid, compiled in records}
    rows = Release.objects.filter(ocid__in=found).order_by("position")
    for ocid, key, date, tag, body in rows.values_list("ocid", "release_id", "date", "tag", "body"):
        found[ocid].releases.append((key, iso(date), tag, body))
    yield from found.values()


def write(run: Run) -> list[File]:
    """The files of every year, and the whole ones."""
    found = [file for year in years() for file in _year(run, year)]
    return [*found, *_wholes(run, found)]


def _year(run: Run, year: Year) -> list[File]:
    """The files of a year. A table without rows has none."""
    former = [f for f in run.former.values() if f.year == year.number and f.set in _SETS]
    if former and all(run.kept(file.name, year.mark) for file in former):
        return former
    releases, records = (Lines(run.folder.part(f"{name}-{year.number}.jsonl.gz")) for name in (RELEASES, RECORDS))
    tables = [(table, _both(run, table, year.number)) for table in TABLES]
    for purchase in purchases(year):
        records.write(purchase.record())
        for _key, _date, _tag, body in purchase.releases:
            releases.write(body.encode() + b"\n")
        for table, writer in tables:
            for row in table.rows(purchase.compiled, year.number):
                writer.write(row)
        run.tell(1)
    told = {"year": year.number, "position": year.position, "mark": year.mark}
    found = []
    for name, lines in ((RELEASES, releases), (RECORDS, records)):
        lines.close()
        about = {"set": name, "format": "jsonl", "rows": lines.n, **told}
        found.append(run.folder.add(f"{name}-{year.number}.jsonl.gz", **about))
    for table, writer in tables:
        if n := writer.close():
            for kind, ending in _ENDINGS.items():
                about = {"set": table.name, "format": kind, "rows": n, **told}
                found.append(run.folder.add(f"{table.name}-{year.number}.{ending}", **about))
    return found


_ENDINGS = {"csv": "csv.gz", "parquet": "parquet"}
_SETS = frozenset({RELEASES, RECORDS, *(table.name for table in TABLES)})


def _both(run: Run, table: Table, year: int) -> Both:
    csv_path, parquet_path = (run.folder.part(f"{table.name}-{year}.{ending}") for ending in _ENDINGS.values())
    return Both(csv_path, parquet_path, table.columns)


def _wholes(run: Run, found: list[File]) -> list[File]:
    """Each set whole, from the files of its years."""
    made = [_whole(run, name, "jsonl", "jsonl.gz", found) for name in (RELEASES, RECORDS)]
    return made + [
        _whole(run, table.name, kind, ending, found, table) for table in TABLES for kind, ending in _ENDINGS.items()
    ]


def _whole(run: Run, name: str, kind: str, ending: str, found: list[File], table: Table | None = None) -> File:
    parts = [file for file in found if (file.set, file.format) == (name, kind)]
    mark = digest_of([_SHAPE, [file.sha256 for file in parts]])
    if kept := run.kept(f"{name}.{ending}", mark):
        return kept
    paths, out = [run.folder.root / file.path for file in parts], run.folder.part(f"{name}.{ending}")
    if table and kind == "parquet":
        join_parquet(paths, out, schema_of(table.columns))
    else:
        join_packed(paths, out, head_of(table.columns) if table else b"")
    told = {"rows": sum(file.rows for file in parts), "position": max((f.position for f in parts), default=0)}
    return run.folder.add(f"{name}.{ending}", set=name, format=kind, mark=mark, **told)
