# SPDX-License-Identifier: Apache-2.0
"""Makes the book of a store: a file of SQLite in the folder of its index, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import duckdb

from vitrina.insight.store import Store, views
from vitrina.kernel.text import fold
from vitrina.search import national

from . import facts, flags, lists, prices, schema, sums
from .kinds import KINDS, above

FILE: Final = "profiles.sqlite"
CHUNK: Final = 50_000
Tell = Callable[[str], None]


def load(
    store: Store,
    root: Path,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
    step: Tell = lambda _step: None,
    findings: Path | None = None,
) -> tuple[national.Loaded, bool]:
    """Put a store behind the search with its book: what the index did, and whether a book was made. `tell`: releases
    read, of how many; `step` hears each step of the book. Errors: as `make`, and `search.folder.Busy`.
    """
    made: list[bool] = []
    done = national.load(store, root, tell, lambda folder: made.append(make(store, folder, findings, step)))
    return done, any(made)


def mark(store: Store, findings: Path | None = None) -> str:
    """Changes with what the store holds, with the flags, and with the tables of a book."""
    told = [schema.VERSION, national.digest(store)]
    if findings:
        told.append(hashlib.sha256(findings.read_bytes()).hexdigest())
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def make(store: Store, folder: Path, findings: Path | None = None, tell: Tell = lambda _step: None) -> bool:
    """Put the book of a store into a folder; returns whether there was something to do. `findings`: a file of `vitrina
    insight flags`, else the results that the store keeps; `tell` hears each step. Errors: `flags.BadFlags`, `OSError`.
    """
    path, wanted = folder / FILE, mark(store, findings)
    if marked(path) == wanted:
        return False
    part = path.with_name(f"{FILE}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with views.connected(store) as engine:
            book = sqlite3.connect(part, isolation_level=None)
            try:
                _Making(engine, book, tell).all(store, findings, wanted)
            finally:
                book.close()
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return True


def marked(path: Path) -> str:
    """The mark of a book; empty where there is none that can be read."""
    if not path.is_file():
        return ""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as book:
            row = book.execute("SELECT value FROM fact WHERE name = 'mark'").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


class _Making:
    """Steps from one engine into one book."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, book: sqlite3.Connection, tell: Tell) -> None:
        self.engine, self.book, self.tell = engine, book, tell
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -100000", "page_size = 8192"):
            book.execute(f"PRAGMA {pragma}")
        for name in schema.TABLES:
            book.execute(schema.create(name))
        book.execute("BEGIN")

    def all(self, store: Store, findings: Path | None, wanted: str) -> None:
        """Everything, in an order in which each step has what it needs."""
        self.tell("contracts")
        facts.build(self.engine)
        sums.prepare(self.engine)
        self.tell("prices")
        last = prices.last_year(self.engine)
        prices.build(self.engine, last)
        self.copy("price", prices.PRICE)
        self.tell("flags")
        flags.build(self.engine, findings)
        self.rows("rule", flags.rules(self.engine, store, findings))
        self.copy("raised", flags.RAISED)
        self.copy("flag", flags.OWN)
        self.tell("lists")
        lists.build(self.engine)
        self.copy("mention", lists.MENTION)
        self.copy("registered", "SELECT eid FROM registered ORDER BY eid")
        for kind in KINDS:
            self.tell(kind)
            self.kind(kind, last)
        told = {
            "mark": wanted, "last": last, "is_synthetic": int(store.manifest.is_synthetic),
            "has_flags": int(bool(findings or store.manifest.judged)), "lists": lists.cuts(self.engine),
        }  # fmt: skip
        self.rows("fact", ((name, str(value)) for name, value in told.items()))
        self.book.execute("COMMIT")
        for statement in (*schema.AFTER, "ANALYZE"):
            self.book.execute(statement)

    def kind(self, kind: Any, last: int) -> None:
        """All that is told of the entities of one kind."""
        engine = self.engine
        sums.held(engine, kind)
        self.entities(kind)
        self.copy("share", sums.SHARE)
        most = sums.OF_SUPPLIER if kind == "supplier" else sums.LARGEST
        self.copy("largest", sums.LARGEST_OF.format(most=most))
        for other in sums.tops(engine, kind):
            self.copy("top", sums.TOP.format(other=other, most=sums.PLACES if other == "place" else sums.MOST))
            self.copy("n_of", sums.N_OF.format(other=other))
        self.copy("flag", flags.TOUCHING)
        if kind in prices.OF:
            eid, join = prices.OF[kind]
            self.copy("paid", prices.PAID_BY.format(eid=eid, join=join), {"last": last})

    def entities(self, kind: str) -> None:
        """The entities of a kind with their figures; those of no contract are left out."""
        names = {row[0]: row[1:] for row in self.ask(f"SELECT eid, key, name, rfc FROM entity WHERE kind = '{kind}'")}  # noqa: S608
        parents: dict[int, int] = {}
        if kind == "unit":
            parents = dict(self.ask(sums.PARENT))
        elif kind == "market":
            eid_of = {key: eid for eid, (key, *_rest) in names.items()}
            parents = {eid: eid_of[up[-1]] for eid, (key, *_rest) in names.items() if (up := above(key))}

        def rows() -> Iterable[tuple[Any, ...]]:
            for eid, *figures in self.stream(sums.FIGURES):
                key, name, rfc = names[eid]
                text = "" if kind == "supplier" else fold(f"{name} {key}")
                yield eid, kind, key, name, rfc, text, parents.get(eid), *figures

        self.rows("entity", rows())

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        return self.engine.execute(statement).fetchall()

    def stream(self, statement: str, given: dict[str, Any] | None = None) -> Iterable[tuple[Any, ...]]:
        found = self.engine.execute(statement, given) if given else self.engine.execute(statement)
        while batch := found.fetchmany(CHUNK):
            yield from batch

    def copy(self, table: str, statement: str, given: dict[str, Any] | None = None) -> None:
        """The rows of a statement into a table of the book, in order."""
        self.rows(table, self.stream(statement, given))

    def rows(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        width = len(self.book.execute(f"SELECT * FROM {table} LIMIT 0").description)  # noqa: S608 - names of ours
        self.book.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)  # noqa: S608
