# SPDX-License-Identifier: Apache-2.0
"""The search's engine beside PostgreSQL, over the same contracts and the same questions (decision 0030).

PostgreSQL has what it has for this: `tsvector` of the same stems under GIN, keys of numbers in a table with a B-tree
for prefixes, the words of all texts under trigrams for typing errors, filters counted with grouping sets.
BENCH_STORE names a store that is there already; BENCH_CONTRACTS how many contracts, here by default
a million.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import psycopg

from benchmarks import Figure, search
from benchmarks.readers import READERS
from vitrina.insight.store import Store, views
from vitrina.search import finding, national, wanted, words
from vitrina.search.entry import FACETS, Entry, band, document
from vitrina.search.finding import Wanted, find
from vitrina.search.folder import LARGE_HEAP, Folder

Ask = Callable[[Wanted], None]
CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "1000000"))
EACH = 12  # questions of a kind; PostgreSQL takes seconds for some
TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE found (n int, id text, stems tsvector, status text, buyer text, method text, category text, band text,
  place text, year text, at bigint, amount bigint, contracted bigint);
CREATE TABLE code (code text, n int);
"""
INDEXES = """
ALTER TABLE found ADD PRIMARY KEY (n);
CREATE INDEX ON found USING gin (stems);
CREATE INDEX ON code (code text_pattern_ops);
CREATE INDEX ON found (at);
CREATE INDEX ON found (year);
CREATE INDEX ON found (buyer);
CREATE TABLE word AS SELECT word, ndoc FROM ts_stat('SELECT stems FROM found');
CREATE INDEX ON word USING gin (word gin_trgm_ops);
CREATE UNIQUE INDEX ON word (word);
ANALYZE;
"""
NEAR = "SELECT word FROM word WHERE word %% %s ORDER BY similarity(word, %s) DESC, ndoc DESC LIMIT 1"
ANSWER = """
WITH hit AS MATERIALIZED (SELECT * FROM found WHERE {condition}),
page AS (SELECT array_agg(id) FROM (SELECT id FROM hit ORDER BY {order} DESC NULLS LAST LIMIT 20) p)
SELECT status, buyer, method, category, band, place, year, count(*), sum(contracted), (SELECT * FROM page) FROM hit
GROUP BY GROUPING SETS ((), (status), (buyer), (method), (category), (band), (place), (year))
"""


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as place, search.a_store(Path(place)) as path:
        asked = {kind: many[:EACH] for kind, many in search.questions(path).items()}
        figures = list(_ours(path, Path(place) / "search", asked))
        return figures + list(_theirs(path, asked))


def _entries(path: Path) -> Iterator[Entry]:
    store = Store(path)
    with views.connected(store) as engine:
        yield from islice(national.entries(engine, store.manifest.next_rid), CONTRACTS)


def _ours(path: Path, root: Path, asked: dict[str, list[Wanted]]) -> Iterator[Figure]:
    folder, began = Folder(root), time.perf_counter()
    with folder.writing(LARGE_HEAP, threads=2) as writer:
        for entry in _entries(path):
            writer.add_document(document(entry))
    size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file()) / 1e6
    yield Figure("Tantivy: built in", time.perf_counter() - began, "s", f"{size:.0f} MB on disk")
    index = folder.open()

    def answer(question: Wanted) -> None:
        finding.forget_counts()
        find([index], question)

    yield from _times("Tantivy", asked, lambda: answer)


def _theirs(path: Path, asked: dict[str, list[Wanted]]) -> Iterator[Figure]:
    address = os.environ["DATABASE_URL"]
    began = time.perf_counter()
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("SET maintenance_work_mem = '512MB'; SET max_parallel_maintenance_workers = 1")
        db.execute(TABLES)
        _fill(db, path)
        db.execute(INDEXES)
        size = db.execute("SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest('{found,code,word}'::text[]) t")
        yield Figure(
            "PostgreSQL: built in",
            time.perf_counter() - began,
            "s",
            f"{float(size.fetchone()[0]) / 1e6:.0f} MB on disk",
        )

    def reader() -> Callable[[Wanted], None]:
        db = psycopg.connect(address, autocommit=True)
        db.execute("SET work_mem = '64MB'; SET pg_trgm.similarity_threshold = 0.4; SET statement_timeout = '60s'")
        return lambda question: _ask(db, question)

    yield from _times("PostgreSQL", asked, reader)


def _fill(db: psycopg.Connection, path: Path) -> None:
    """Rows and the keys of their numbers, in batches: one connection copies into one table at a time."""
    entries = enumerate(_entries(path))
    while batch := list(islice(entries, 20_000)):
        with db.cursor().copy("COPY found FROM STDIN") as copy:
            for n, one in batch:
                stems = sorted({s for text in (one.title, *one.texts) for s in words.stems(text)})
                tsv = " ".join("'" + s + "'" for s in stems)
                copy.write_row((
                    n, one.id, tsv, one.status, one.buyer_key, one.method, one.category, band(one.centavos),
                    one.place, str(one.year), one.order, one.centavos, one.contracted,
                ))  # fmt: skip
        with db.cursor().copy("COPY code FROM STDIN") as copy:
            for n, one in batch:
                keys = {key for number in one.numbers for key in words.number_keys(number)}
                for key in keys | {wanted.squeeze(code) for code in one.codes}:
                    copy.write_row((key, n))


def _ask(db: psycopg.Connection, question: Wanted) -> None:
    """The same question: every clause, the near words of one that no text holds, filters, counts, the first twenty."""
    conditions, values = ["true"], []
    terms = []
    for clause in wanted.read(question.text):
        if clause.keys:
            conditions.append(
                "n IN (SELECT n FROM code WHERE " + " OR ".join("code LIKE %s" for _ in clause.keys) + ")"
            )
            values += [f"{key}%" for key in clause.keys]
            continue
        choices = []
        for stems in (clause.stems, *clause.others):
            kept = [s if s and _known(db, s) else _near(db, s) for s in stems]
            choices.append("(" + " & ".join(f"'{s}'" for s in kept) + ")")
        terms.append("(" + " | ".join(choices) + ")")
    if terms:
        conditions.append("stems @@ %s::tsquery")
        values.append(" & ".join(terms))
    for name, chosen in question.filters.items():
        conditions.append(f"{name} = ANY(%s)")
        values.append(list(chosen))
    order = {"recent": "at", "amount": "amount"}.get(question.sorting, "at")
    if question.sorting == "best" and terms:
        order = "ts_rank(stems, %s::tsquery)"
        values.append(" & ".join(terms))
    db.execute(ANSWER.format(condition=" AND ".join(conditions), order=order), values).fetchall()


def _known(db: psycopg.Connection, stem: str) -> bool:
    return db.execute("SELECT 1 FROM word WHERE word = %s", [stem]).fetchone() is not None


def _near(db: psycopg.Connection, stem: str) -> str:
    found = db.execute(NEAR, [stem, stem]).fetchone()
    return found[0] if found else stem


def _times(
    engine: str, asked: dict[str, list[Wanted]], reader: Callable[[], Callable[[Wanted], None]]
) -> Iterator[Figure]:
    alone = reader()
    for kind, many in asked.items():
        yield _figure(f"{engine}, one reader: {kind}", [_timed(alone, one) for one in many])
    everything = [one for many in asked.values() for one in many]
    found: list[float] = []

    def read(part: list[Wanted]) -> None:
        ask = reader()
        found.extend(_timed(ask, one) for one in part)

    threads = [threading.Thread(target=read, args=(everything[n::READERS],)) for n in range(READERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    yield _figure(f"{engine}, {READERS} readers at once: all kinds", found)


def _timed(ask: Callable[[Wanted], None], question: Wanted) -> float:
    began = time.perf_counter()
    ask(question)
    return 1e3 * (time.perf_counter() - began)


def _figure(name: str, milliseconds: list[float]) -> Figure:
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    return Figure(f"{name}, 95 of 100", p95, "ms", f"half of them {statistics.median(milliseconds):.0f} ms")


assert set(FACETS) == {"status", "buyer", "method", "category", "band", "place", "year"}  # those of ANSWER
