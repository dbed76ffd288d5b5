# SPDX-License-Identifier: Apache-2.0
"""A book that is open: looks up a profile, a list, the flags of a process, peers of a price. Threads may share it."""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from vitrina.insight.text import Text
from vitrina.kernel.text import fold
from vitrina.search import national

from .kinds import above
from .making import FILE
from .schema import FIGURES
from .shapes import (
    Figures,
    Mention,
    Page,
    Paid,
    Part,
    Prices,
    Profile,
    Quartiles,
    Raised,
    Rule,
    Top,
    Year,
)
from .sums import LISTED

ORDERS: Final = {"amount": "centavos DESC, key", "n": "n DESC, key", "name": "text, key"}
COUNTRY: Final = 1
BELOW: Final = 12
_open: dict[Path, Book] = {}


def current(root: Path) -> Book | None:
    """The book of the store that is behind the search, the newest; nothing where none was made."""
    folder = national.current(root)
    try:
        found = (folder / FILE).stat() if folder else None
    except FileNotFoundError:
        found = None
    if folder is None or found is None:
        return None
    book, stamp = _open.get(folder), (found.st_ino, found.st_mtime_ns)
    if book is None or book.stamp != stamp:
        _open.clear()  # of a former store
        book = _open[folder] = Book(folder / FILE, stamp)
    return book


class Book:
    """A file of profiles, `made` then and never written again. Each thread has a connection of its own."""

    def __init__(self, path: Path, stamp: tuple[int, int] = (0, 0)) -> None:
        self.path, self.stamp, self._local = path, stamp, threading.local()
        self.made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        told = dict(self._rows("SELECT name, value FROM fact"))
        self.is_synthetic, self.last_year = bool(int(told["is_synthetic"])), int(told["last"])
        direct = "SELECT coalesce(sum(n), 0) FROM share WHERE eid = ? AND method = 'direct'"
        self.n_direct: int = self._rows(direct, COUNTRY)[0][0]
        self.has_flags = bool(int(told["has_flags"]))
        self.lists = {name: _day(cut) for name, cut in json.loads(told["lists"]).items()}

    def _rows(self, statement: str, *given: Any) -> list[tuple[Any, ...]]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True)
        found: list[tuple[Any, ...]] = connection.execute(statement, given).fetchall()
        return found

    # entities

    def profile(self, kind: str, key: str) -> Profile | None:
        """All that is known of an entity."""
        columns = f"eid, name, rfc, parent, {', '.join(FIGURES)}"
        rows = self._rows(f"SELECT {columns} FROM entity WHERE kind = ? AND key = ?", kind, key)  # noqa: S608 - ours
        if not rows:
            return None
        eid, name, rfc, parent, *figures = rows[0]
        told = dict(zip(FIGURES, figures, strict=True))
        country = self._rows(f"SELECT {', '.join(FIGURES)} FROM entity WHERE eid = ?", COUNTRY)[0]  # noqa: S608
        return Profile(
            kind=kind, key=key, name=name, rfc=rfc, first_year=told["first_year"], last_year=told["last_year"],
            figures=_figures(told), country=_figures(dict(zip(FIGURES, country, strict=True))), years=self._years(eid),
            tops={other: self._top(eid, other) for other in LISTED[kind]},  # type: ignore[index]  # a kind that is there
            above=self._above(kind, key, parent), below=self._below(eid),
            largest=[row[0] for row in self._rows("SELECT contract FROM largest WHERE eid = ? ORDER BY place", eid)],
            paid=self._paid(eid), flags=self._flags(eid, told["n"]), mentions=self._mentions(eid), lists=self.lists,
            n_direct_country=self.n_direct, has_flags=self.has_flags, is_synthetic=self.is_synthetic,
            is_registered=bool(self._rows("SELECT 1 FROM registered WHERE eid = ?", eid)),
        )  # fmt: skip

    def part(self, kind: str, key: str) -> Part | None:
        """The entity with this key as a list shows it."""
        rows = self._rows("SELECT kind, key, name, n, centavos FROM entity WHERE kind = ? AND key = ?", kind, key)
        return Part(*rows[0]) if rows else None

    def listed(self, kind: str, *, text: str = "", order: str = "amount", first: int = 0, size: int = 20) -> Page:
        """Entities of a kind whose name or key holds every word of `text`. Suppliers are found by the search."""
        words = fold(text).split()[:8]
        where = "kind = ?" + " AND instr(text, ?) > 0" * len(words)
        total = self._rows(f"SELECT count(*) FROM entity WHERE {where}", kind, *words)[0][0]  # noqa: S608
        rows = self._rows(
            f"SELECT kind, key, name, n, centavos FROM entity WHERE {where} "  # noqa: S608 - conditions of ours
            f"ORDER BY {ORDERS.get(order, ORDERS['amount'])} LIMIT ? OFFSET ?", kind, *words, size, first,
        )  # fmt: skip
        return Page(total, [Part(*row) for row in rows])

    def _years(self, eid: int) -> list[Year]:
        found: dict[int, dict[str, tuple[int, int]]] = {}
        for year, method, n, centavos in self._rows("SELECT year, method, n, centavos FROM share WHERE eid = ?", eid):
            found.setdefault(year, {})[method] = (n, centavos)
        return [
            Year(year, sum(n for n, _ in by.values()), sum(c for _, c in by.values()), by)
            for year, by in sorted(found.items())
        ]

    def _top(self, eid: int, other: str) -> Top:
        total = self._rows("SELECT n FROM n_of WHERE kind = ? AND eid = ?", other, eid)
        rows = self._rows(
            "SELECT e.kind, e.key, e.name, t.n, t.centavos FROM top t JOIN entity e ON e.eid = t.other "
            "WHERE t.kind = ? AND t.eid = ? ORDER BY t.place", other, eid,
        )  # fmt: skip
        return Top(total[0][0] if total else 0, [Part(*row) for row in rows])

    def _above(self, kind: str, key: str, parent: int | None) -> list[Part]:
        if kind == "market":
            return [found for step in above(key) if (found := self.part("market", step))]
        rows = self._rows("SELECT kind, key, name, n, centavos FROM entity WHERE eid = ?", parent) if parent else []
        return [Part(*row) for row in rows]

    def _below(self, eid: int) -> Top:
        total = self._rows("SELECT count(*) FROM entity WHERE parent = ?", eid)[0][0]
        rows = self._rows(
            "SELECT kind, key, name, n, centavos FROM entity WHERE parent = ? ORDER BY centavos DESC LIMIT ?",
            eid,
            BELOW,
        )
        return Top(total, [Part(*row) for row in rows])

    def _mentions(self, eid: int) -> list[Mention]:
        rows = self._rows(
            "SELECT list, kind, authority, file, start, until, cut FROM mention WHERE eid = ? ORDER BY place", eid
        )
        return [Mention(*(text or "" for text in row[:4]), *map(_day, row[4:])) for row in rows]

    # prices

    def prices(self, item: str, unit: str, year: int) -> Prices | None:
        """The peers of a unit price: of a class in a unit of measure, in the three years that end with one."""
        rows = self._rows(
            "SELECT * FROM price WHERE item = ? AND unit = ? AND year = ?", item, unit.strip().upper(), year
        )
        return Prices(*rows[0][:-1], json.loads(rows[0][-1])) if rows else None

    def _paid(self, eid: int) -> list[Paid]:
        found = []
        rows = self._rows("SELECT item, unit, n, median FROM paid WHERE eid = ? ORDER BY place", eid)
        for item, unit, n, median in rows:
            peers, market = self.prices(item, unit, self.last_year), self.part("market", item)
            if peers:
                found.append(Paid(item, market.name if market else item, unit, n, median, peers))
        return found

    # flags

    def rule(self, code: str) -> Rule | None:
        """A rule in words, and how often it was raised."""
        rows = self._rows(
            "SELECT r.code, r.words, r.flagged, r.judged, coalesce(f.n, 0) FROM rule r "
            "LEFT JOIN flag f ON f.eid = ? AND f.code = r.code AND f.is_own = 0 WHERE r.code = ?", COUNTRY, code,
        )  # fmt: skip
        return _rule(*rows[0]) if rows else None

    def raised(self, ocid: str) -> list[Raised]:
        """The flags of a process, each with its rule; a rule counts once for each line in which it was raised."""
        total = self._rows("SELECT n FROM entity WHERE eid = ?", COUNTRY)[0][0]
        rows = self._rows(
            "SELECT code, item, value, threshold, peer_n, percentile, coalesce(basis, '') FROM raised WHERE ocid = ?",
            ocid,
        )
        found = []
        for code, item, *values in rows:
            if rule := self.rule(code):
                found.append(Raised(rule, 1, 1, 100 * rule.n / total if total else None, False, item, *values))
        return found

    def _flags(self, eid: int, n_contracts: int) -> list[Raised]:
        total = self._rows("SELECT n FROM entity WHERE eid = ?", COUNTRY)[0][0]
        rows = self._rows(
            "SELECT code, is_own, n, value, threshold, peer_n, percentile, coalesce(basis, '') FROM flag "
            "WHERE eid = ? ORDER BY is_own DESC, n DESC, code", eid,
        )  # fmt: skip
        found = []
        for code, is_own, n, *values in rows:
            if rule := self.rule(code):
                national = None if is_own or not total else 100 * rule.n / total
                found.append(Raised(rule, n, n_contracts, national, bool(is_own), "", *values))
        return found


def _figures(told: dict[str, Any]) -> Figures:
    days = Quartiles(told["n_days"], told["days_q1"], told["days_median"], told["days_q3"]) if told["n_days"] else None
    return Figures(**{name: told[name] for name in Figures.__struct_fields__ if name != "days"}, days=days)


def _rule(code: str, words: bytes, flagged: int, judged: int | None, n: int) -> Rule:
    told = msgspec.json.decode(words)
    return Rule(
        code=code, group=told["group"], title=Text(*told["title"]), explanation=Text(*told["explanation"]),
        innocent=[Text(*one) for one in told["innocent"]], flagged=flagged, judged=judged, n=n,
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
