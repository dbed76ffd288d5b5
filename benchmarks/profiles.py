# SPDX-License-Identifier: Apache-2.0
"""Pages of a nation's buyers, units, suppliers, markets, places and contracts, through the real views, with their
build.

Limit: 150 ms for 95 of 100 pages over 3.1 million contracts, by one reader and by 32 at once. BENCH_STORE names a
store that is there already; BENCH_FLAGS what `vitrina insight flags` wrote for it; BENCH_CONTRACTS how many to
generate else.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from benchmarks import Figure
from benchmarks.readers import READERS, at_once, figure, load, memory
from benchmarks.search import a_store
from vitrina.profiles import Book, current, making
from vitrina.search import national

EACH = 60
LIMIT = "limit: 150 ms"
PAGES = {"buyer": "portal:unit", "unit": "portal:unit", "supplier": "portal:supplier", "market": "portal:market",
         "place": "portal:place", "contract": "portal:contract"}  # fmt: skip


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as place, a_store(Path(place)) as path:
        root = Path(place) / "search"
        figures = list(_built(path, root))
        settings.SEARCH_DIR = root
        book = current(root)
        assert book
        return [*figures, *_times(_addresses(book))]


def _built(path: Path, root: Path) -> Iterator[Figure]:
    """The index first, by itself; then the book alone, in a process whose memory is its own."""
    flags = ["--flags", os.environ["BENCH_FLAGS"]] if os.environ.get("BENCH_FLAGS") else []
    for what in ("index and profiles", "profiles alone"):
        cost = load(path, root, *flags)
        note = f"{cost.cpu:.0f} s of processor, {cost.memory:.0f} MB of memory"
        yield Figure(f"built: {what}", cost.wall, "s", note)
        folder = national.current(root)
        assert folder
        book = folder / making.FILE
        if what == "index and profiles":
            size = book.stat().st_size / 1e6
            book.unlink()
    yield Figure("profiles on disk", size, "MB", "beside the index")


def _addresses(book: Book) -> dict[str, list[str]]:
    """Kind -> pages as people open them: the larger the likelier, and some of any size."""
    chance = random.Random(1)
    found: dict[str, list[str]] = {}
    for kind, name in PAGES.items():
        if kind == "contract":
            statement = "SELECT contract, 1 FROM largest WHERE eid % 97 = 0 LIMIT 5000"
        else:
            statement = f"SELECT key, n FROM entity WHERE kind = '{kind}'"
        rows = book._rows(statement)  # noqa: SLF001 - drawn from all there is
        keys = [key for key, _n in rows]
        often = chance.choices(keys, [n for _key, n in rows], k=EACH) + chance.choices(keys, k=EACH)
        found[kind] = [reverse(name, args=[key]) for key in dict.fromkeys(often)][:EACH]
    lists = [{"order": order, "kind": kind} for order in ("amount", "n", "name") for kind in ("buyer", "unit")]
    found["list"] = [
        f"{reverse('portal:buyers')}?kind={x['kind']}&order={x['order']}&q={q}"
        for x in lists
        for q in ("", "salud", "unidad 0")
    ]
    return found


def _times(addresses: dict[str, list[str]]) -> Iterator[Figure]:
    """Each page the first time it is asked for, and again; then 32 readers who never pause."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(reverse("data"))  # templates and catalogues are read once by every process
    for kind, pages in addresses.items():
        yield figure(f"one reader, cold: {kind}", [_timed(client, page) for page in pages], LIMIT)
        yield figure(f"one reader, warm: {kind}", [_timed(client, page) for page in pages], LIMIT)
    everything = [page for pages in addresses.values() for page in pages]
    random.Random(2).shuffle(everything)
    yield figure("one reader: all pages", [_timed(client, page) for page in everything], LIMIT)
    yield figure(f"{READERS} readers at once: all pages", at_once(everything, _reader), LIMIT)
    yield memory()


def _timed(client: Client, page: str) -> float:
    began = time.perf_counter()
    answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    return 1e3 * (time.perf_counter() - began)


def _reader() -> Callable[[str], float]:
    client = Client(SERVER_NAME="127.0.0.1")
    return lambda page: _timed(client, page)
