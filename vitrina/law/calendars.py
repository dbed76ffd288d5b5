# SPDX-License-Identifier: Apache-2.0
"""Calendars from the law data, and the days on which a rule's term ends or must have begun."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from vitrina.kernel.workdays import Calendar, Deadline, Holiday, Label, deadline, latest_start
from vitrina.law import names
from vitrina.law.errors import BadQuestion, BadRulebook
from vitrina.law.loader import DATA
from vitrina.law.model import Rule


def _parse(document: dict[str, Any], place: str) -> Calendar:
    try:
        holidays = tuple(
            Holiday(
                Label(raw["es"], raw["en"]),
                **{name: value for name, value in raw.items() if name not in ("es", "en")},
            )
            for raw in document["holiday"]
        )
        extra: dict[date, Label] = {}
        suspended: dict[date, Label] = {}
        for raw in document.get("calendar_day", []):
            if raw["jurisdiction"] in (place, "*"):
                into = suspended if raw.get("suspends") else extra
                into[raw["date"]] = Label(raw["es"], raw["en"])
        return Calendar(holidays, extra, suspended, zone=document["zones"][place])
    except (KeyError, TypeError) as error:
        raise BadRulebook("mx/calendar.toml", f"{error}") from None


@lru_cache(maxsize=8)
def _of(place: str) -> Calendar:
    return _parse(tomllib.loads((DATA / "mx" / "calendar.toml").read_text("utf-8")), place)


def calendar(
    jurisdiction: str = "mx",
    *,
    extra: dict[date, Label | str] | None = None,
    suspended: dict[date, Label | str] | None = None,
    zone: str | None = None,
) -> Calendar:
    """The working calendar of a buyer: Monday to Friday, the rest days of LFT art. 74, and the buyer's own lists.

    `extra` closes days for working-day terms; `suspended` stops natural days too (force majeure). `zone` overrides the
    jurisdiction's time zone (border municipalities).
    """
    base = _of(names.jurisdiction(jurisdiction))
    whole = base.with_days(_labels(extra), _labels(suspended)) if extra or suspended else base
    if zone is None or zone == whole.zone:
        return whole
    return Calendar(whole.holidays, whole.extra, whole.suspended, whole.rest, zone)


def _labels(days: dict[date, Label | str] | None) -> dict[date, Label]:
    return {day: Label(text, text) if isinstance(text, str) else text for day, text in (days or {}).items()}


def count_of(rule: Rule) -> int:
    """The number of days of a rule in natural or working days; else `BadQuestion`."""
    if rule.unit not in ("natural_days", "working_days"):
        raise BadQuestion(f"{rule.key} is in {rule.unit}, not days.", f"{rule.key} no está en días.")
    return int(rule.value)


def due(rule: Rule, start: date | datetime, cal: Calendar | None = None) -> Deadline:
    """The term of `rule` counted from `start`: its last day, its last instant, and each day counted or not."""
    cal = cal or calendar()
    return deadline(cal.local_day(start), count_of(rule), rule.unit, cal)  # type: ignore[arg-type]


def latest(rule: Rule, end: date | datetime, cal: Calendar | None = None) -> date | datetime:
    """The last day (for a rule in hours: the last instant) on which an act may fall to leave `rule` before `end`."""
    cal = cal or calendar()
    if rule.unit == "hours":
        if not isinstance(end, datetime) or end.tzinfo is None:
            raise BadQuestion(f"{rule.key} counts hours: pass an aware datetime.", f"{rule.key} cuenta horas.")
        return end - timedelta(hours=float(Decimal(rule.value)))
    return latest_start(cal.local_day(end), count_of(rule), rule.unit, cal)  # type: ignore[arg-type]
