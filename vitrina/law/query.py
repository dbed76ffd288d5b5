# SPDX-License-Identifier: Apache-2.0
"""One question, one rule: `rule(key, at=..., procedure=..., character=..., category=...)`.

Order: the law of the procedure -> rows in force at the date -> the most specific -> the latest `from`. A question that
leaves out a distinction is answered only when the answer does not depend on it.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from vitrina.kernel.canonical import digest_of
from vitrina.kernel.workdays import CalendarError, local_day
from vitrina.law import names
from vitrina.law.calendars import calendar
from vitrina.law.errors import Ambiguous, BadQuestion, LawNotFound, UnknownValue
from vitrina.law.loader import Tables, tables
from vitrina.law.model import Entry, Law, Rule, Rulebook, plain

_BOOK = re.compile(r"([a-z]+)/([A-Za-z0-9-]+)@(\d{4}-\d{2}-\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The laws heard for a question, each with the day on which its rows must be in force; `main` is chosen."""

    main: Law
    days: dict[str, date]


def as_day(at: date | datetime, zone: str = "America/Mexico_City") -> date:
    """The local day of `at`; a naive datetime or anything else is a `BadQuestion`."""
    if not isinstance(at, date):
        raise BadQuestion(f"at={at!r} is not a date.", f"at={at!r} no es una fecha.")
    try:
        return local_day(at, zone)
    except CalendarError as error:
        raise BadQuestion(f"at={at!r}: {error}.", f"at={at!r}: falta la zona horaria.") from None


def law_at(at: date, jurisdiction: str = "mx", category: str = "goods", data: Tables | None = None) -> Law:
    """The procurement law under which a procedure begins on `at`. Errors: `LawNotFound`, or `UnknownValue` in a state
    whose law for that category nobody has recorded.
    """
    data, place = data or tables(), names.jurisdiction(jurisdiction)
    category = names.word("category", category)
    for law in data.laws.values():
        here = law.kind == "procurement" and law.jurisdiction == place
        if here and category in law.categories and law.chosen_at(at):
            return law
    if place != "mx":
        raise UnknownValue(f"law.{category}", place, f"no law for it is recorded on {at}")
    raise LawNotFound(f"No law for {category} is recorded on {at}.", f"No hay ley registrada para {category} al {at}.")


def rulebook(
    at: date | datetime, jurisdiction: str = "mx", *, category: str = "goods", data: Tables | None = None
) -> Rulebook:
    """The rulebook in force on `at`: its `id` (`mx/LAASSP-2025@2026-01-05`) pins a procedure for its whole life.

    `digest` covers every row of that law that had begun by then: later rows do not change it, an edited row does.
    """
    day = as_day(at, calendar(jurisdiction).zone)
    return _book(law_at(day, jurisdiction, category, data), day, data or tables())


def _book(law: Law, day: date, data: Tables) -> Rulebook:
    rows = [row for row in data.of_law(law.id) if row.start <= day]
    content = [
        [
            r.key,
            plain(r.value),
            r.unit,
            r.article,
            r.start.isoformat(),
            plain(r.until),
            r.certainty,
            r.severity,
            plain(r.applies),
            plain(r.budget),
            r.unknown,
        ]
        for r in rows
    ]
    digest = "sha256:" + digest_of(sorted(content, key=repr))
    return Rulebook(f"{law.jurisdiction}/{law.id}@{day}", law.id, law.jurisdiction, day, digest, len(rows))


def open_rulebook(book_id: str, data: Tables | None = None) -> Rulebook:
    """The rulebook behind a stored id, its digest recomputed from the rows of today. Error: `BadQuestion`."""
    data, match = data or tables(), _BOOK.fullmatch(book_id)
    law = data.laws.get(match[2]) if match else None
    if match is None or law is None or law.jurisdiction != match[1]:
        raise BadQuestion(f"{book_id!r} is not a rulebook id.", f"{book_id!r} no es un reglamento registrado.")
    return _book(law, date.fromisoformat(match[3]), data)


def _hear(law: Law, day: date, at: date, data: Tables) -> _Scope:
    days = {
        other.id: at
        for other in data.laws.values()
        if other.kind == "general" and (other.nationwide or other.jurisdiction == law.jurisdiction)
    }
    return _Scope(law, {**days, law.id: day})


def _scope(
    at: date, book: Rulebook | str | None, law: str | None, place: str, asked: dict[str, Any], data: Tables
) -> _Scope:
    if book is not None:
        book_id = book.id if isinstance(book, Rulebook) else book
        match = _BOOK.fullmatch(book_id)
        chosen = data.laws.get(match[2]) if match else None
        if match is None or chosen is None:
            raise BadQuestion(f"{book_id!r} is not a rulebook id.", f"{book_id!r} no es un reglamento registrado.")
        if law not in (None, chosen.id):
            raise BadQuestion(f"law={law!r} is not that of {book_id}.", f"law={law!r} no es la de {book_id}.")
        return _hear(chosen, date.fromisoformat(match[3]), at, data)
    if law is None:
        return _hear(law_at(at, place, asked.get("category", "goods"), data), at, at, data)
    if law not in data.laws:
        known = ", ".join(data.laws)
        raise BadQuestion(f"law={law!r} is not one of: {known}.", f"law={law!r} no es una de: {known}.")
    named, category = data.laws[law], asked.get("category")
    if category and named.categories and category not in named.categories:
        raise BadQuestion(f"{law} does not govern {category}.", f"{law} no rige {category}.")
    return _hear(named, at, at, data)


def _relation(row: Entry, asked: dict[str, Any]) -> set[str] | None:
    """The distinctions of the row that the question leaves out; None when the row does not answer it."""
    missing = set()
    for name, codes in row.applies.items():
        if name not in asked:
            missing.add(name)
        elif asked[name] not in codes:
            return None
    if row.budget is not None:
        if "budget" not in asked:
            missing.add("budget")
        elif not (row.budget[0] <= asked["budget"] and (row.budget[1] is None or asked["budget"] < row.budget[1])):
            return None
    return missing


def _superseded(row: Entry, among: list[Entry]) -> bool:
    return any(
        other.start > row.start and (other.law, other.applies, other.budget) == (row.law, row.applies, row.budget)
        for other in among
    )


def _answers(key: str, scope: _Scope, asked: dict[str, Any], data: Tables) -> tuple[list[Entry], list[Entry]]:
    """Rows that answer the question as put (most specific first), and rows that would if it said more."""
    heard = [row for row in data.rows.get(key, ()) if row.law in scope.days and row.live_at(scope.days[row.law])]
    heard = [row for row in heard if not _superseded(row, heard)]
    related = [(row, _relation(row, asked)) for row in heard]
    full = sorted((row for row, missing in related if missing == set()), key=lambda row: (-row.weight, row.start))
    return full, [row for row, missing in related if missing]


def rule(
    key: str,
    *,
    at: date | datetime,
    rulebook: Rulebook | str | None = None,
    law: str | None = None,
    jurisdiction: str = "mx",
    data: Tables | None = None,
    **applies: Any,
) -> Rule:
    """The rule for `key` on the day of the act, `at` (a date, or an aware datetime read in the zone of
    the jurisdiction).

    `applies`: any of procedure, character, category, modality, level, budget. Without `rulebook` or `law` the law is
    the one in force at `at` for that category (goods if not said). `data` takes `loader.overlay(...)`.
    Errors: `LawNotFound`, `UnknownValue`, `Ambiguous`, `BadQuestion`.
    """
    data, asked, day = data or tables(), names.question(applies), as_day(at, calendar(jurisdiction).zone)
    scope = _scope(day, rulebook, law, jurisdiction, asked, data)
    full, open_ = _answers(key, scope, asked, data)
    candidates = full[:1] + open_
    if not candidates:
        raise _absent(key, scope, day, asked, data)
    if len({(repr(row.value), row.unit, row.unknown) for row in candidates}) > 1:
        missing = sorted({name for row in open_ for name in _relation(row, asked) or ()})
        raise Ambiguous(key, tuple(missing), "; ".join(_describe(row) for row in candidates))
    found = candidates[0]
    if found.unknown:
        raise UnknownValue(key, found.law, found.note)
    return Rule.of(found, data.laws[found.law])


def rules(
    key: str,
    *,
    at: date | datetime,
    rulebook: Rulebook | str | None = None,
    law: str | None = None,
    jurisdiction: str = "mx",
    data: Tables | None = None,
    **applies: Any,
) -> list[Rule]:
    """Every rule that the question may mean, unknown ones with value None and certainty `?`. Errors as `rule`."""
    data, asked, day = data or tables(), names.question(applies), as_day(at, calendar(jurisdiction).zone)
    scope = _scope(day, rulebook, law, jurisdiction, asked, data)
    full, open_ = _answers(key, scope, asked, data)
    if not full and not open_:
        raise _absent(key, scope, day, asked, data)
    return [Rule.of(row, data.laws[row.law]) for row in full[:1] + open_]


def _describe(row: Entry) -> str:
    parts = [f"{name}={'|'.join(codes)}" for name, codes in row.applies.items()]
    if row.budget:
        parts.append(f"budget from {row.budget[0]}")
    return " ".join(parts) or "otherwise"


def _absent(key: str, scope: _Scope, day: date, asked: dict[str, Any], data: Tables) -> Exception:
    """Why there is no answer: unknown here, there under another law or date, or no such key."""
    if key not in data.rows:
        near = tuple(difflib.get_close_matches(key, data.rows, 5, 0.5))
        hint_en = f" Nearest keys: {', '.join(near)}." if near else ""
        hint_es = f" Claves parecidas: {', '.join(near)}." if near else ""
        return LawNotFound(
            f"No rule has the key {key!r}.{hint_en}", f"Ninguna regla lleva la clave {key!r}.{hint_es}", near
        )
    here = [row for row in data.rows[key] if row.law in scope.days]
    if not here and not scope.main.complete:
        return UnknownValue(key, scope.main.id, scope.main.note)
    rows = here or list(data.rows[key])
    places = "; ".join(dict.fromkeys(f"{row.law} {row.start} {_describe(row)}" for row in rows[:6]))
    said = ", ".join(f"{name}={value}" for name, value in asked.items()) or "-"
    return LawNotFound(
        f"{key}: no rule of {scope.main.id} on {day} for {said}. Recorded: {places}.",
        f"{key}: sin regla en {scope.main.id} al {day} para {said}. Registradas: {places}.",
        (key,),
    )
