# SPDX-License-Identifier: Apache-2.0
"""Does a pair of dates keep the law? `check("term.publication_to_opening", start=..., end=..., procedure=...)`.

A term is a family of keys: `.min` with an optional `.reduced_min` (shorter with a recorded reason), or `.max` with an
optional `.extension` (longer, once). Pure: it reads no clock and writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from vitrina.kernel.workdays import Calendar, days_between
from vitrina.law.calendars import calendar
from vitrina.law.errors import BadQuestion, LawNotFound, UnknownValue
from vitrina.law.explain import amount, phrase
from vitrina.law.explain import explain as explain_rule
from vitrina.law.loader import Tables, tables
from vitrina.law.model import Rule, Rulebook
from vitrina.law.query import as_day, rule

HOLDS, REDUCED, EXTENDED, BREACH, UNKNOWN = "holds", "reduced", "extended", "breach", "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the law says of one term. `days` and `limit` are in `unit`; negative days: the end comes first.

    `state`: holds; reduced or extended (lawful with a recorded reason); breach; unknown (nobody recorded the limit).
    `severity` is what to do: None when it holds, else block, justify, warn or info. `edge` is the outermost limit with
    a reason (the reduced minimum, or maximum plus extension), None when the law gives none.
    """

    key: str
    state: str
    days: int
    limit: int | None
    edge: int | None
    unit: str
    severity: str | None
    rule: Rule | None
    start: date
    end: date

    @property
    def holds(self) -> bool:
        """Whether nothing more is needed."""
        return self.state == HOLDS

    @property
    def needs_reason(self) -> bool:
        """Whether the act may go on with a recorded reason."""
        return self.severity == "justify"

    @property
    def blocks(self) -> bool:
        """Whether the act must not go on."""
        return self.severity == "block"

    def sentence(self, lang: str = "es") -> str:
        """The sentence a page shows: what was counted, the limit, the article, and how sure we are."""
        if self.rule is None or self.limit is None:
            return phrase("outcome", UNKNOWN, lang)
        counted = phrase("outcome", self.state, lang).format(
            days=amount(self.days, self.unit, lang),
            limit=amount(self.limit, self.unit, lang),
            edge=amount(self.edge, self.unit, lang) if self.edge is not None else "",
        )
        return f"{counted} {explain_rule(self.rule, lang)}."

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "key": self.key,
            "state": self.state,
            "days": self.days,
            "limit": self.limit,
            "edge": self.edge,
            "unit": self.unit,
            "severity": self.severity,
            "article": self.rule.article if self.rule else None,
            "law": self.rule.law if self.rule else None,
            "certainty": self.rule.certainty if self.rule else "?",
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }


def check(
    term: str,
    *,
    start: date | datetime,
    end: date | datetime,
    cal: Calendar | None = None,
    rulebook: Rulebook | str | None = None,
    law: str | None = None,
    jurisdiction: str = "mx",
    data: Tables | None = None,
    at: date | datetime | None = None,
    **applies: Any,
) -> Outcome:
    """The outcome of `term` (a key without `.min` or `.max`) between two acts; `at` defaults to `start`.

    Days are counted date to date in the buyer's zone, from the day after `start` to `end` included.
    Errors: as `rule`, except that an unknown value is an outcome of state `unknown` with severity `block`.
    """
    data, cal = data or tables(), cal or calendar(jurisdiction)
    first, last = cal.local_day(start), cal.local_day(end)
    question = dict(rulebook=rulebook, law=law, jurisdiction=jurisdiction, data=data, **applies)
    day = first if at is None else as_day(at, cal.zone)
    kind = _kind(term, data)
    try:
        main = rule(f"{term}.{kind}", at=day, **question)
    except UnknownValue:
        days = days_between(first, last, "natural_days", cal)
        return Outcome(term, UNKNOWN, days, None, None, "natural_days", "block", None, first, last)
    if main.unit not in ("natural_days", "working_days"):
        raise BadQuestion(f"{main.key} is in {main.unit}, not days.", f"{main.key} no está en días.")
    days = days_between(first, last, main.unit, cal)  # type: ignore[arg-type]
    other = _other(f"{term}.{'reduced_min' if kind == 'min' else 'extension'}", day, question, data)
    state, edge = _judge(kind, days, int(main.value), other)
    severity = {HOLDS: None, BREACH: other.severity if other else main.severity}.get(state, "justify")
    return Outcome(term, state, days, int(main.value), edge, main.unit, severity, main, first, last)


def _kind(term: str, data: Tables) -> str:
    for kind in ("min", "max"):
        if f"{term}.{kind}" in data.rows:
            return kind
    raise LawNotFound(f"No term has the key {term!r}.", f"Ningún plazo lleva la clave {term!r}.")


def _other(key: str, day: date, question: dict[str, Any], data: Tables) -> Rule | None:
    """The reduced minimum or the extension, when the law has one."""
    if key not in data.rows:
        return None
    try:
        return rule(key, at=day, **question)
    except (LawNotFound, UnknownValue):
        return None


def _judge(kind: str, days: int, limit: int, other: Rule | None) -> tuple[str, int | None]:
    if kind == "min":
        edge = int(other.value) if other else None
        if days >= limit:
            return HOLDS, edge
        return (REDUCED if edge is not None and days >= edge else BREACH), edge
    edge = limit + int(other.value) if other else None
    if 0 <= days <= limit:
        return HOLDS, edge
    return (EXTENDED if edge is not None and limit < days <= edge else BREACH), edge
