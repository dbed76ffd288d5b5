# SPDX-License-Identifier: Apache-2.0
"""Geometry of the two drawings that pages share: the ruler of days and the bars of prices. Pure; no markup here.

Text is drawn in its own size, so there is a wide and a narrow drawing, never one scaled down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from vitrina.kernel import formats
from vitrina.kernel.money import Money

PITCH: Final = 32  # pixels between two days
WIDE: Final = 23  # days in one row of the wide drawing (736 px)
NARROW: Final = 9  # days in one row on a phone (288 px)
SATURDAY: Final = 5
RIGHT_OF: Final = 60  # percent: from here a label stands left of its line
MAX_DAYS: Final = 400
ROOM: Final = Fraction(106, 100)  # space right of the largest mark


def get(thing: Any, *names: str, default: Any = None) -> Any:
    """First of `names` found in a mapping or on an object; else `default`."""
    for name in names:
        value = thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
        if value is not None:
            return value
    return default


@dataclass(frozen=True)
class Tick:
    """One day of the ruler: where it stands, how it is drawn, what is written at it."""

    x: int
    top: int
    kind: str  # start | on | off | last
    count: str
    day: str
    month: str
    holiday: bool


@dataclass(frozen=True)
class Row:
    """One line of the ruler: `width` x 88 pixels."""

    width: int
    ticks: Sequence[Tick]


def _ticks(days: Sequence[Any], lang: str) -> list[Tick]:
    ticks, counted = [], 0
    for i, one in enumerate(days):
        when: date = get(one, "date")
        counts = bool(get(one, "counts", "counted", default=False)) and i > 0
        counted = get(one, "n", "number", default=counted + counts) if counts else counted
        last = i == len(days) - 1
        kind = "start" if i == 0 else "last" if last else "on" if counts else "off"
        named = bool(get(one, "name", "reason", default="")) and when.weekday() < SATURDAY
        month = formats.day(when, lang, form="shortday").split(formats.NBSP)[-1]
        ticks.append(
            Tick(0, {"start": 12, "last": 12, "on": 22, "off": 34}[kind], kind, str(counted) if counts else "",
                 str(when.day), month if when.day == 1 or i == 0 or last else "", named and not counts and i > 0)
        )  # fmt: skip
    return ticks


def _rows(ticks: Sequence[Tick], per_row: int) -> list[Row]:
    rows = []
    for start in range(0, len(ticks), per_row):
        line = [
            Tick(PITCH // 2 + PITCH * i, t.top, t.kind, t.count, t.day, t.month, t.holiday)
            for i, t in enumerate(ticks[start : start + per_row])
        ]
        rows.append(Row(PITCH * per_row, line))
    return rows


def ruler(days: Iterable[Any], lang: str = "es", start: date | None = None) -> dict[str, list[Row]]:
    """Wide and narrow rows of a term. First day = start (never counted), last = due day.

    `start` is put before `days` when they begin the day after it, as those of a `kernel.workdays.Deadline` do. A day
    is a dict or object with `date`, `counts` or `counted`, optionally `n` and `name` or `reason` (why it does
    not count; drawn as "festivo" on a weekday). Refuses more than 400 days: that is no ruler.
    """
    all_days = [*([{"date": start}] if start else []), *days]
    if len(all_days) > MAX_DAYS:
        raise ValueError(f"a ruler of {len(all_days)} days cannot be read; the limit is {MAX_DAYS}")
    ticks = _ticks(all_days, lang)
    return {"wide": _rows(ticks, WIDE), "narrow": _rows(ticks, NARROW)}


@dataclass(frozen=True)
class Bar:
    """One offer: ends in percent of the drawing's width, as text ready for an SVG attribute."""

    name: str
    kind: str
    word: str
    price: Money
    end: str
    sealed: str


def _centavos(value: Money | int | None) -> int | None:
    return value.centavos if isinstance(value, Money) else value


def bars(offers: Iterable[Any], reference: Money | int | None = None) -> dict[str, Any]:
    """Bars from zero, in the order given. `reference_at` is percent text or "" when there is no reference.

    An offer has `name`, `price` (Money or centavos), optionally `sealed` (the earlier price of the envelope), `kind`
    ("first", "out" or "") and `word`. The largest figure stands at 100/106 of the width.
    """
    rows = list(offers)
    figures = [_centavos(get(o, "price")) or 0 for o in rows] + [_centavos(get(o, "sealed")) or 0 for o in rows]
    top = Fraction(max([*figures, _centavos(reference) or 0, 1])) * ROOM

    def at(value: Money | int | None) -> str:
        amount = _centavos(value)
        if amount is None:
            return ""
        tenths = round(Fraction(amount) / top * 1000)
        return f"{tenths // 10}.{tenths % 10}%"

    drawn = []
    for o in rows:
        price = get(o, "price")
        sealed = at(get(o, "sealed"))
        end = at(price)
        money = price if isinstance(price, Money) else Money(price)
        name, kind, word = (str(get(o, field, default="")) for field in ("name", "kind", "word"))
        drawn.append(Bar(name, kind, word, money, end, sealed))
    place = at(reference)
    return {"rows": drawn, "reference_at": place, "reference_right": bool(place) and float(place[:-1]) > RIGHT_OF}
