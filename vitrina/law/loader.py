# SPDX-License-Identifier: Apache-2.0
"""TOML to tables: reads `data/<jurisdiction>/*.toml`, checks every row, refuses rows that contradict each other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from vitrina.law import names
from vitrina.law.errors import BadQuestion, BadRulebook
from vitrina.law.model import CERTAINTIES, SEVERITIES, UNITS, Entry, Law

DATA = Path(__file__).parent / "data"
FIELDS = frozenset(
    [
        "key",
        "value",
        "unit",
        "applies",
        "law",
        "article",
        "article_law",
        "from",
        "until",
        "certainty",
        "severity",
        "source_note",
        "open_question",
        "unknown",
        "responsible",
    ]
)


@dataclass(frozen=True)
class Tables:
    """Everything loaded: laws by id, rows by key (in file order)."""

    laws: dict[str, Law]
    rows: dict[str, tuple[Entry, ...]]

    def of_law(self, law: str) -> list[Entry]:
        """All rows of one law, by key."""
        return [row for key in sorted(self.rows) for row in self.rows[key] if row.law == law]


def _need(row: dict[str, Any], name: str, kind: type, where: str) -> Any:
    value = row.get(name)
    if not isinstance(value, kind) or value == "":
        raise BadRulebook(where, f"{name} is missing or is not {kind.__name__}")
    return value


def _applies(raw: dict[str, Any], where: str) -> tuple[dict[str, tuple[str, ...]], tuple[int, int | None] | None]:
    raw = dict(raw)
    low, high = raw.pop("budget_from", None), raw.pop("budget_to", None)
    budget = None
    if low is not None or high is not None:
        budget = (low or 0, high)
        if high is not None and high <= budget[0]:
            raise BadRulebook(where, "an empty budget bracket")
    applies = {}
    for name, value in raw.items():
        if name not in names.DIMENSIONS:
            raise BadRulebook(where, f"applies.{name} is not a dimension")
        try:
            applies[name] = tuple(names.word(name, v) for v in (value if isinstance(value, list) else [value]))
        except BadQuestion as error:
            raise BadRulebook(where, str(error)) from None
    return applies, budget


def _dates(row: dict[str, Any], where: str) -> tuple[date, date | None]:
    start, until = row.get("from"), row.get("until")
    if isinstance(start, str):
        start = date.fromisoformat(start)
    if isinstance(until, str):
        until = date.fromisoformat(until)
    if type(start) is not date or (until is not None and type(until) is not date):
        raise BadRulebook(where, "from (and until, if any) must be dates")
    if until is not None and until <= start:
        raise BadRulebook(where, "until is not after from (until is the first day on which the row no longer holds)")
    return start, until


def parse_row(row: dict[str, Any], laws: dict[str, Law], where: str) -> Entry:
    """One checked row; `BadRulebook` names the place and the field."""
    key = _need(row, "key", str, where)
    where = f"{where} {key}"
    if strange := sorted(set(row) - FIELDS):
        raise BadRulebook(where, f"unknown fields {', '.join(strange)}")
    law, unknown = _need(row, "law", str, where), bool(row.get("unknown", False))
    if law not in laws:
        raise BadRulebook(where, f"law {law} is not in laws.toml")
    start, until = _dates(row, where)
    if unknown == ("value" in row):
        raise BadRulebook(where, "a row has a value or says unknown = true, one of the two")
    value = row.get("value")
    if isinstance(value, float):
        value = Decimal(str(value))
    if not unknown:
        _need(row, "article", str, where)
    if row.get("unit") not in UNITS or row.get("severity", "info") not in SEVERITIES:
        raise BadRulebook(
            where, f"unit or severity is not one of: {', '.join(sorted(UNITS))}; {', '.join(SEVERITIES)}"
        )
    if row["unit"] == "unknown" and not unknown:
        raise BadRulebook(where, "a value needs its unit")
    certainty = row.get("certainty", "")
    if certainty not in CERTAINTIES or (certainty == "?") != unknown:
        raise BadRulebook(where, "certainty must be D, R, S, M, m or P; '?' only where the value is unknown")
    applies, budget = _applies(row.get("applies", {}), where)
    return Entry(
        key,
        value,
        row["unit"],
        law,
        row.get("article", ""),
        start,
        until,
        certainty,
        row.get("severity", "info"),
        _need(row, "source_note", str, where),
        applies,
        budget,
        row.get("article_law", ""),
        row.get("open_question", 0),
        unknown,
        row.get("responsible", ""),
        where,
    )


def _brackets_meet(a: Entry, b: Entry) -> bool:
    if a.budget is None or b.budget is None:
        return True
    (low_a, high_a), (low_b, high_b) = a.budget, b.budget
    return (high_b is None or low_a < high_b) and (high_a is None or low_b < high_a)


def _could_meet(a: Entry, b: Entry) -> bool:
    """Whether one full question could be answered by both rows."""
    both = set(a.applies) & set(b.applies)
    return all(set(a.applies[d]) & set(b.applies[d]) for d in both) and _brackets_meet(a, b)


def _contradict(a: Entry, b: Entry) -> bool:
    """Two rows of one key and law that no order can settle.

    The same distinctions with a later `from` is how the law changes: the later row wins, and an open row ends there.
    A row that states its own end may not be overlapped.
    """
    if a.weight != b.weight or not _could_meet(a, b):
        return False
    first, second = (a, b) if a.start <= b.start else (b, a)
    if first.until is not None and first.until <= second.start:
        return False
    same = a.applies == b.applies and a.budget == b.budget
    return not same or a.start == b.start or first.until is not None


def refuse_contradictions(rows: dict[str, tuple[Entry, ...]]) -> None:
    """`BadRulebook` naming the first two live rows of one law that are equally specific and overlap."""
    for group in rows.values():
        for i, a in enumerate(group):
            for b in group[i + 1 :]:
                if a.law == b.law and _contradict(a, b):
                    raise BadRulebook(a.where, f"overlaps an equally specific row, {b.where}")


def _law(raw: dict[str, Any], jurisdiction: str, where: str) -> Law:
    start, until = _dates(raw, where)
    return Law(
        _need(raw, "id", str, where),
        jurisdiction,
        _need(raw, "title", str, where),
        start,
        until,
        raw.get("kind", "procurement"),
        tuple(names.word("category", c) for c in raw.get("categories", [])),
        raw.get("certainty", "S"),
        raw.get("complete", True),
        raw.get("nationwide", False),
        raw.get("source_note", ""),
    )


def load(folder: Path) -> Tables:
    """All laws and rows under `folder`, checked. Numbers with a point are exact decimals, never floats."""
    documents: list[tuple[str, str, dict[str, Any]]] = []
    for path in sorted(folder.glob("*/*.toml")):
        try:
            document = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            raise BadRulebook(f"{path.parent.name}/{path.name}", str(error)) from None
        documents.append((path.parent.name, f"{path.parent.name}/{path.name}", document))
    laws: dict[str, Law] = {}
    for jurisdiction, where, document in documents:
        for raw in document.get("law", []):
            law = _law(raw, jurisdiction, where)
            if laws.setdefault(law.id, law) is not law:
                raise BadRulebook(where, f"law {law.id} appears twice")
    rows: dict[str, list[Entry]] = {}
    for _, where, document in documents:
        for number, raw in enumerate(document.get("rules", []), 1):
            row = parse_row(raw, laws, f"{where} row {number}")
            rows.setdefault(row.key, []).append(row)
    tables = Tables(laws, {key: tuple(group) for key, group in rows.items()})
    refuse_contradictions(tables.rows)
    return tables


@lru_cache(maxsize=1)
def tables() -> Tables:
    """The tables shipped with the package, loaded once."""
    return load(DATA)


def overlay(recorded: Iterable[dict[str, Any]], base: Tables | None = None) -> Tables:
    """The tables with values that a buyer recorded where the law is unknown to us.

    Each row is as in the TOML and names `responsible` (who took responsibility). It fills unknowns only: a known value
    changes by a new row in the data, with its own `from`. Errors: `BadRulebook`.
    """
    base = base or tables()
    rows = dict(base.rows)
    for number, raw in enumerate(recorded, 1):
        where = f"recorded value {number}"
        row = parse_row({"source_note": "recorded by the buyer", **raw}, base.laws, where)
        if row.unknown or not row.responsible:
            raise BadRulebook(row.where, "a recorded value needs a value, its article and who took responsibility")
        open_ = [old for old in base.rows.get(row.key, ()) if old.unknown and old.law == row.law]
        if base.laws[row.law].complete and not any(_could_meet(row, old) for old in open_):
            raise BadRulebook(row.where, f"{row.law} already has a value; a correction is a new row of the law data")
        rows[row.key] = (*(old for old in rows.get(row.key, ()) if not _fills(row, old)), row)
    filled = Tables(base.laws, rows)
    refuse_contradictions(rows)
    return filled


def _fills(row: Entry, old: Entry) -> bool:
    """Whether a recorded row takes the place of an unknown one: same law, and at least as wide."""
    wide = all(d in old.applies and set(old.applies[d]) <= set(v) for d, v in row.applies.items())
    return old.unknown and old.law == row.law and wide
