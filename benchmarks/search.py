# SPDX-License-Identifier: Apache-2.0
"""The search over a nation's contracts: the index, the times of an answer with all its counts, and how good it is.

Limit: 100 ms for 95 of 100 searches over 3.1 million contracts, by one reader and by 32 at once. BENCH_STORE
names a store that is there already; BENCH_CONTRACTS how many to generate otherwise.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from benchmarks import Figure
from benchmarks.readers import PROGRAM, READERS, at_once, figure, load, memory
from vitrina.insight.store import Store, views
from vitrina.search import finding, national
from vitrina.search.finding import Wanted, find
from vitrina.search.folder import Folder
from vitrina.search.opened import Open
from vitrina.search.tests import labelled
from vitrina.search.walking import Place, walk

CONTRACTS = int(os.environ.get("BENCH_CONTRACTS", "3100000"))
EACH = 60
LIMIT = "limit: 100 ms"
YEARS = [str(year) for year in range(2012, 2025)]


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as place, a_store(Path(place)) as path:
        root = Path(place) / "search"
        cost = load(path, root)
        folder = Folder(national.current(root))
        size = sum(file.stat().st_size for file in folder.path.rglob("*") if file.is_file()) / 1e6
        n = folder.searcher().num_docs
        note = f"{n:,} in {cost.wall:.0f} s, {cost.cpu:.0f} CPU s, {cost.memory:.0f} MB"
        figures = [
            Figure("contracts put behind the search", n / cost.wall, "a second", note),
            Figure("index on disk", size, "MB", f"{1e6 * size / n:.0f} bytes a contract"),
        ]  # fmt: skip
        asked = questions(path)
        return [*figures, *times(folder.open(), asked), *walks(folder.open()), *quality(folder.open(), path)]


@contextmanager
def a_store(place: Path) -> Iterator[Path]:
    """The store that is named, or a synthetic one of its own."""
    if named := os.environ.get("BENCH_STORE"):
        yield Path(named)
        return
    arguments = ["--contracts", str(CONTRACTS), "--seed", "7", "--format", "store", "--out", str(place / "store")]
    subprocess.run([PROGRAM, "insight", "generate", *arguments], check=True, stdout=subprocess.DEVNULL)
    yield place / "store"


def rows(path: Path, sql: str) -> list[tuple]:
    with views.connected(Store(path)) as engine:
        return engine.execute(sql).fetchall()


def questions(path: Path) -> dict[str, list[Wanted]]:
    """Kind -> questions as people ask them, drawn from what there is."""
    chance = random.Random(1)
    titles = [t for (t,) in rows(path, "SELECT DISTINCT title FROM release WHERE title IS NOT NULL ORDER BY 1")]
    sample = "FROM release WHERE hash(rid) % 997 = 0 ORDER BY rid LIMIT 400"
    numbers = [n for (n,) in rows(path, f"SELECT tender_id {sample}")]
    buyers = [b for (b,) in rows(path, f"SELECT DISTINCT buyer_id {sample.replace('ORDER BY rid', '')}")]
    firms = [n for (n,) in rows(path, "SELECT coalesce(rfc, name) FROM org WHERE hash(oid) % 997 = 0 LIMIT 400")]

    def text() -> str:
        words = [w for w in chance.choice(titles).split() if len(w) > 3]
        return " ".join(chance.sample(words, min(len(words), chance.randint(1, 2))))

    def filters() -> dict[str, tuple[str, ...]]:
        return chance.choice((
            {"year": (chance.choice(YEARS),)}, {"method": ("direct",)}, {"buyer": (chance.choice(buyers),)},
            {"status": ("complete",), "band": (chance.choice("0123"),)},
            {"year": tuple(YEARS[:3]), "category": ("goods",)},
        ))  # fmt: skip

    made: dict[str, Callable[[], Wanted]] = {
        "words": lambda: Wanted(text()),
        "words and filters": lambda: Wanted(text(), filters()),
        "misspelt words": lambda: Wanted(mistyped(text(), chance)),
        "numbers": lambda: Wanted(respelt(chance.choice(numbers), chance)),
        "suppliers, by RFC or name": lambda: Wanted(chance.choice(firms)),
        "filters alone, the newest": lambda: Wanted(filters=filters()),
        "words, by amount": lambda: Wanted(text(), order="amount"),
    }
    return {kind: [build() for _ in range(EACH)] for kind, build in made.items()}


def mistyped(text: str, chance: random.Random) -> str:
    """One sign of the longest word left out, doubled, changed or swapped."""
    word = max(text.split(), key=len)
    at = chance.randrange(1, len(word) - 1)
    wrong = chance.choice((
        word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        word[:at] + chance.choice("aeilnorst") + word[at + 1 :],
    ))  # fmt: skip
    return text.replace(word, wrong)


def respelt(number: str, chance: random.Random) -> str:
    """A number as somebody may type it."""
    others = [number.replace("-", sign) for sign in (" ", "", "/", ".")]
    return chance.choice([number, number.lower(), number.split("-", 1)[1], *others])


def walks(index: Open) -> Iterator[Figure]:
    """A page of 200 at the beginning of a walk through everything, and after nine tenths of it; by amount too."""
    for order in ("recent", "amount"):
        far = _far(index, order)
        for where, start in (("first", None), ("after nine tenths", far)):
            place, took = start, []
            for _ in range(20):
                began = time.perf_counter()
                place = walk([index], Wanted(order=order), place, 200).place
                took.append((time.perf_counter() - began) * 1000)
            yield figure(f"a page of 200 by {order}, {where}", took, LIMIT)


def _far(index: Open, order: str) -> Place:
    """The place after nine tenths of everything."""
    n = index.searcher.num_docs * 9 // 10
    _, address = index.searcher.search(finding.Query.all_query(), n, order_by_field=finding.ORDERS[order]).hits[-1]
    amount, at = (index.searcher.fast_field_values(name, [address])[0] for name in ("amount", "order"))
    return (at,) if order == "recent" else (amount, at)


def times(index: Open, asked: dict[str, list[Wanted]]) -> Iterator[Figure]:
    """Each answer is the first twenty with the counts of all seven facets, none of it kept from before."""
    everything = [one for many in asked.values() for one in many]
    random.Random(2).shuffle(everything)
    for kind, many in asked.items():
        yield figure(f"one reader: {kind}", [_timed(index, one) for one in many], LIMIT)
    yield figure("one reader: all kinds", [_timed(index, one) for one in everything], LIMIT)
    finding.forget_counts()
    ask = partial(_timed, index, cold=False)
    yield figure(f"{READERS} readers at once: all kinds", at_once(everything, lambda: ask), LIMIT)
    yield figure(f"{READERS} readers at once, asked before", at_once(everything, lambda: ask), LIMIT)
    yield memory()


def _timed(index: Open, question: Wanted, *, cold: bool = True) -> float:
    if cold:
        finding.forget_counts()
    began = time.perf_counter()
    find([index], question)
    return 1e3 * (time.perf_counter() - began)


def quality(index: Open, path: Path) -> Iterator[Figure]:
    """Recall and precision at 10: of the labelled set, and of questions whose answers SQL knows."""
    with tempfile.TemporaryDirectory() as place:
        ask = labelled.first_ten(labelled.index(Path(place)))
        for kind, answers in labelled.queries().items():
            yield from _score(f"labelled, {kind}", labelled.score(answers, ask))
    for kind, made in _made(path).items():
        yield from _score(f"of the store, {kind}", labelled.score(made, lambda query: _ids(index, query)))


def _ids(index: Open, query: str) -> list[str]:
    return [hit.body["id"] for hit in find([index], Wanted(query), size=labelled.AT).hits]


def _score(name: str, score: labelled.Score) -> Iterator[Figure]:
    yield Figure(f"recall at 10, {name}", 100 * score.recall, "%", f"{score.n} queries")
    yield Figure(f"precision at 10, {name}", 100 * score.precision, "%")


_KNOWN = """
CREATE TEMP TABLE known AS SELECT r.ocid || '/' || c.contract_id AS id, r.tender_id AS number,
  lower(concat_ws(' ', r.title, c.title, c.description)) AS text FROM contract c JOIN release r USING (rid)
"""
_NUMBERS = "SELECT DISTINCT number FROM known WHERE hash(number) % 4999 = 0 ORDER BY 1 LIMIT 60"


def _made(path: Path) -> dict[str, dict[str, set[str]]]:
    """Kind -> query -> ids of the contracts that answer it. Words: those whose text holds the word as it should be."""
    chance = random.Random(3)
    with views.connected(Store(path)) as engine:
        engine.execute(_KNOWN)
        numbers = [n for (n,) in engine.execute(_NUMBERS).fetchall()]
        titles = [t for (t,) in engine.execute("SELECT DISTINCT title FROM release").fetchall() if t]
        words = sorted({w.strip(",") for t in titles for w in t.lower().split() if len(w) > 6})
        nouns = [w for w in words if w[-1] in "aos" and w[-2:] != "es"]
        text = "contains(text, ?)"
        return {
            "numbers": {respelt(n, chance): _holding(engine, "number = ?", n) for n in numbers},
            "typing errors": {mistyped(w, chance): _holding(engine, text, w) for w in words},
            "other number of a noun": {
                (w[:-1] if w.endswith("s") else f"{w}s"): _holding(engine, text, w.rstrip("s")) for w in nouns
            },
        }


def _holding(engine: duckdb.DuckDBPyConnection, condition: str, value: str) -> set[str]:
    found = engine.execute(f"SELECT id FROM known WHERE {condition}", [value]).fetchall()
    return {key for (key,) in found}


if __name__ == "__main__":
    print(json.dumps([list(figure) for figure in run()], indent=1))
