# SPDX-License-Identifier: Apache-2.0
"""The values of this room: a law, one row of its table, the rule that answers a question, the rulebook in force."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

UNITS = frozenset(
    [
        "natural_days",
        "working_days",
        "hours",
        "minutes",
        "calendar_months",
        "share",
        "points",
        "MXN",
        "MXN_net",
        "UMA_daily",
        "UMA_monthly",
        "count",
        "factor",
        "bool",
        "enum",
        "date",
        "month_day",
        "list",
        "table",
        "unknown",
    ]
)
CERTAINTIES = ("D", "R", "S", "M", "m", "P", "?")
SEVERITIES = ("block", "justify", "warn", "info")


@dataclass(frozen=True, slots=True)
class Law:
    """One statute: when it was chosen for new procedures (`until` excluded), by whom, for which categories.

    `kind` is `procurement` (one is chosen per question) or `general` (always heard: LGRA, budget decree, UMA).
    `complete` false: nobody has read its numbers, so any key another law has is unknown here, not absent.
    """

    id: str
    jurisdiction: str
    title: str
    start: date
    until: date | None
    kind: str
    categories: tuple[str, ...]
    certainty: str
    complete: bool = True
    nationwide: bool = False
    note: str = ""

    def chosen_at(self, at: date) -> bool:
        """Whether a procedure that begins on `at` begins under this law."""
        return self.start <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table, as written. `applies` maps a dimension to the codes for which the row holds."""

    key: str
    value: Any
    unit: str
    law: str
    article: str
    start: date
    until: date | None
    certainty: str
    severity: str
    note: str
    applies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    budget: tuple[int, int | None] | None = None
    article_law: str = ""
    question: int = 0
    unknown: bool = False
    responsible: str = ""
    where: str = ""

    @property
    def weight(self) -> int:
        """How many distinctions the row makes: more is more specific."""
        return len(self.applies) + (self.budget is not None)

    def live_at(self, at: date) -> bool:
        """Whether the row is in force on `at`."""
        return self.start <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Rule:
    """The answer to a question. `value` is int, Decimal, str, bool, date, list or dict, as `unit` says.

    `valid_until` is the first day on which it no longer holds for new procedures (None: open). `article_law` names
    another law when the article of `law` itself has not been read. `open_question` numbers docs/law/open-questions.md.
    """

    key: str
    value: Any
    unit: str
    law: str
    article: str
    valid_from: date
    valid_until: date | None
    certainty: str
    severity: str
    note: str
    applies: dict[str, Any]
    article_law: str = ""
    open_question: int = 0
    responsible: str = ""

    @classmethod
    def of(cls, row: Entry, law: Law) -> Rule:
        """The rule that a row states, bounded by the life of its law."""
        ends = [day for day in (row.until, law.until) if day]
        applies: dict[str, Any] = {k: v[0] if len(v) == 1 else list(v) for k, v in row.applies.items()}
        if row.budget:
            applies["budget_from"], applies["budget_to"] = row.budget
        return cls(
            row.key,
            copy.deepcopy(row.value),
            row.unit,
            row.law,
            row.article,
            max(row.start, law.start),
            min(ends) if ends else None,
            row.certainty,
            row.severity,
            row.note,
            applies,
            row.article_law,
            row.question,
            row.responsible,
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; decimals and dates as text."""
        return {name: plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What a procedure stores when it begins: the law chosen, the day, and a digest of the rows then in force."""

    id: str
    law: str
    jurisdiction: str
    begun: date
    digest: str
    rows: int


def plain(value: Any) -> Any:
    """`value` in JSON's own types: decimals and dates become text, tuples lists."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
