# SPDX-License-Identifier: Apache-2.0
"""Geometry: a chart as shapes, in two widths. Pure; places are whole pixels, or tenths of one where lines need it.

Text is drawn in its own size, so there is a wide and a narrow drawing, never one scaled down. Bars begin at zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

from .chart import Chart, Form, Mark, Row, Unit, Value

WIDE, NARROW = 736, 288
CHAR = 7  # pixels of a letter, with room to spare
LINE = 18  # pixels of a line of text
UPRIGHT = 210  # height of upright bars
MOST_ROWS = 40  # that are drawn; the table has them all
MOST_UPRIGHT = {WIDE: 24, NARROW: 6}  # bars that stand beside each other; more of them lie
SCALES = ((10**11, 10**9), (10**8, 10**6), (10**6, 10**3))  # centavos from which -> pesos of the unit that is written
SHAPES = ("circle", "square", "triangle")


class Shape(NamedTuple):
    """A shape of SVG: its tag, its class, its attributes, its text."""

    tag: str
    kind: str
    attributes: tuple[tuple[str, str], ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in a field of `width` x `height` pixels."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


class Axis(NamedTuple):
    """From `low` to `high` by `step`, in the unit of the values."""

    low: Fraction
    high: Fraction
    step: Fraction

    @property
    def is_cut(self) -> bool:
        """Whether it does not begin at zero."""
        return self.low > 0


def scale(chart: Chart) -> int:
    """Pesos of the unit in which amounts are written on a drawing: 1, a thousand, a million, a thousand million."""
    if chart.unit is not Unit.MONEY:
        return 1
    top = max((abs(int(v)) for row in chart.rows for v in row.values[: chart.drawn] if v), default=0)
    return next((pesos for least, pesos in SCALES if top >= least), 1)


def figure(value: Value, unit: Unit, pesos: int = 1) -> str:
    """A value as it is written on a drawing: three figures are enough, the table has the exact one.

    >>> figure(123_456_789_00, Unit.MONEY, 1_000_000), figure(Fraction(1, 3), Unit.PERCENT), figure(1234, Unit.COUNT)
    ('123', '0.3', '1,234')
    """
    if value is None:
        return ""
    number = Fraction(value) / (100 * pesos) if unit is Unit.MONEY else Fraction(value)
    is_rough = unit is not Unit.COUNT and abs(number) < 100 and number.denominator != 1  # noqa: PLR2004 - three figures
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{exact.quantize(Decimal('0.1') if is_rough else Decimal(1), rounding=ROUND_HALF_UP):,}"


def draw(chart: Chart, width: int) -> Drawing:
    """The drawing of a chart, `WIDE` or `NARROW`; of an empty one a field without shapes."""
    if chart.is_empty:
        return Drawing(width, 0, ())
    if chart.form is Form.LINE:
        return _line(chart, width)
    if chart.form is Form.HISTOGRAM or (chart.form is Form.BARS and len(chart.rows) <= MOST_UPRIGHT[width]):
        return _upright(chart, width)
    return _lying(chart, width)


def _shape(tag: str, kind: str, /, *, text: str = "", **attributes: object) -> Shape:
    return Shape(tag, kind, tuple((name.replace("_", "-"), str(value)) for name, value in attributes.items()), text)


def _say(text: str, x: int, y: int, *, kind: str = "", anchor: str = "start") -> Shape:
    return _shape("text", kind, text=text, x=x, y=y, text_anchor=anchor)


def _top(chart: Chart) -> Fraction:
    return Fraction(max((v for row in chart.rows for v in row.values[:1] if v is not None), default=0)) or Fraction(1)


def short(text: str, width: int) -> str:
    """Text that fits into so many pixels, with an ellipsis where it is cut."""
    most = width // CHAR
    return text if len(text) <= most else f"{text[: max(most - 1, 1)].rstrip()}…"


def _bar(row: Row, x: int, y: int, width: int, height: int) -> Shape:
    return _shape("rect", f"bar {row.mark}".strip(), x=x, y=y, width=max(width, 1), height=max(height, 1))


def _upright(chart: Chart, width: int) -> Drawing:
    """Bars that stand: of a histogram they touch, and what is marked has its word above it."""
    rows, top, pesos = chart.rows, _top(chart), scale(chart)
    head = LINE * (2 + any(row.word for row in rows))
    pitch, foot = Fraction(width, len(rows)), head + UPRIGHT
    body = int(pitch) - 1 if chart.form is Form.HISTOGRAM else min(int(pitch * Fraction(2, 3)), 72)
    widest = max(len(figure(row.values[0], chart.unit, pesos)) for row in rows) * CHAR
    each = max(1, -(-max(len(row.label) for row in rows) * CHAR // int(pitch)))
    shapes = [_shape("path", "axis", d=f"M0 {foot}.5H{width}")]
    for i, row in enumerate(rows):
        value, middle = row.values[0], int(pitch * i + pitch / 2)
        height = int(Fraction(value or 0) / top * UPRIGHT)
        if value:
            shapes.append(_bar(row, middle - body // 2, foot - height, body, height))
        is_told = value is None or widest <= pitch or row.mark in {Mark.FIRST, Mark.CASE} or value == top
        if is_told:
            kind = "strong" if row.mark in {Mark.FIRST, Mark.CASE} else ""
            text = "?" if value is None else figure(value, chart.unit, pesos)
            shapes.append(_at(text, middle, foot - height - 6, width, kind))
        if row.word:
            shapes.append(_at(row.word, middle, foot - height - 6 - LINE, width))
        if i % each == 0 or row.mark is Mark.CASE:
            shapes.append(_at(row.label, middle, foot + LINE, width, "strong" if row.mark else ""))
    return Drawing(width, foot + LINE + 8, tuple(shapes))


def _at(word: str, middle: int, y: int, width: int, kind: str = "strong") -> Shape:
    """A word around a place, turned inwards near an edge."""
    half = len(word) * CHAR // 2
    if middle - half < 0:
        return _say(word, 0, y, kind=kind)
    if middle + half > width:
        return _say(word, width, y, kind=kind, anchor="end")
    return _say(word, middle, y, kind=kind, anchor="middle")


def _most(chart: Chart) -> Sequence[Row]:
    """The rows that there is room for: of years the newest, else the first."""
    return chart.rows[-MOST_ROWS:] if chart.form is Form.BARS else chart.rows[:MOST_ROWS]


def _lying(chart: Chart, width: int) -> Drawing:
    """Bars that lie, one below the other: names beside them where there is room, else above."""
    rows, top, pesos = _most(chart), _top(chart), scale(chart)
    longest = max(len(row.label) for row in rows) * CHAR
    most = 250 if width == WIDE else 64
    is_beside = width == WIDE or longest <= most
    name = min(longest, most) + 12 if is_beside else 0
    value = max(len(figure(row.values[0], chart.unit, pesos)) for row in rows) * CHAR + 12
    room = width - name - (value if is_beside else 0)
    pitch = 28 if is_beside else 46
    shapes = []
    for i, row in enumerate(rows):
        amount, y = row.values[0], i * pitch
        kind = "strong" if row.mark in {Mark.FIRST, Mark.CASE} else ""
        length, bar_y = int(Fraction(amount or 0) / top * room), y + (6 if is_beside else LINE + 6)
        label = short(row.label, name - 12 if is_beside else width - value)
        shapes.append(_say(label, 0, y + (17 if is_beside else 14), kind=kind))
        shapes.append(_shape("path", "grid", d=f"M{name} {bar_y + 7}.5H{name + room}"))
        if amount:
            shapes.append(_bar(row, name, bar_y, length, 14))
        text = "?" if amount is None else figure(amount, chart.unit, pesos)
        shapes.append(_say(text, width, y + (17 if is_beside else 14), kind=kind, anchor="end"))
    return Drawing(width, pitch * len(rows), tuple(shapes))


def axis(chart: Chart) -> Axis:
    """The axis of a line: from zero, unless every value lies in the upper part of it."""
    values = [Fraction(v) for row in chart.rows for v in row.values[: chart.drawn] if v is not None]
    low, high = min(values), max(values)
    is_cut = low > high * Fraction(3, 5)
    step = _nice((high - low if is_cut else high) / 4)
    bottom = Fraction(low // step * step) if is_cut else min(Fraction(0), Fraction(low // step * step))
    above = Fraction(-(-high // step) * step)
    return Axis(bottom, above if above > bottom else bottom + step, step)


def _nice(least: Fraction) -> Fraction:
    """The least of 1, 2, 5, 10, 20 ... (and of their tenths) that is not below."""
    power = Fraction(1, 100)
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10


def _line(chart: Chart, width: int) -> Drawing:
    """A line for each drawn column, broken where there is no datum; shape first, then tone; named at its end."""
    rows, found, pesos = chart.rows, axis(chart), scale(chart)
    ticks = [found.low + found.step * i for i in range(int((found.high - found.low) / found.step) + 1)]
    left = max(len(figure(t, chart.unit, pesos)) for t in ticks) * CHAR + 8
    names = [column.label for column in chart.columns[: chart.drawn]] if chart.drawn > 1 else []
    right = 16 if width == NARROW or not names else min(max(map(len, names)) * CHAR + 14, 170)
    head = LINE * (1 + len(names)) if width == NARROW and names else LINE
    pitch = Fraction(width - left - right, max(len(rows) - 1, 1))

    def x(i: int) -> int:
        return left + int(pitch * i)

    def y(value: Value) -> int:
        return head + int((found.high - Fraction(value or 0)) / (found.high - found.low) * UPRIGHT)

    shapes = []
    for tick in ticks:
        kind = "axis" if tick == found.low else "grid"
        shapes.append(_shape("path", kind, d=f"M{left} {y(tick)}.5H{width - right}"))
        shapes.append(_say(figure(tick, chart.unit, pesos), left - 8, y(tick) + 4, anchor="end"))
    each = max(1, -(-(max(len(row.label) for row in rows) + 2) * CHAR // max(int(pitch), 1)))
    for i, row in enumerate(rows):
        if i % each == 0:
            shapes.append(_at(row.label, x(i), head + UPRIGHT + LINE + 2, width, ""))
    for n in range(chart.drawn):
        shapes += _series(rows, n, x, y)
    if names and width == NARROW:
        for n, name in enumerate(names):
            shapes.append(_mark(n, left + 4, LINE * n + 8))
            shapes.append(_say(short(name, width - left - 14), left + 14, LINE * n + 12, kind="strong"))
    elif names:
        lasts = [
            max(i for i, row in enumerate(rows) if row.values[n] is not None or not i) for n in range(chart.drawn)
        ]
        places = _apart([y(rows[last].values[n]) + 4 for n, last in enumerate(lasts)])
        shapes += [_say(short(name, right - 12), x(last) + 12, place, kind="strong")
                   for name, last, place in zip(names, lasts, places, strict=True)]  # fmt: skip
    return Drawing(width, head + UPRIGHT + LINE + 10, tuple(shapes))


def _apart(places: Sequence[int]) -> list[int]:
    """Places moved down until no two lines of text lie on each other; in the order given."""
    found, last = list(places), -LINE
    for n in sorted(range(len(found)), key=lambda n: found[n]):
        last = found[n] = max(found[n], last + LINE - 2)
    return found


def _series(rows: Sequence[Row], n: int, x: Callable[[int], int], y: Callable[[Value], int]) -> list[Shape]:
    path, is_open, marks = "", False, []
    for i, row in enumerate(rows):
        value = row.values[n]
        if value is not None:
            path += f"{'L' if is_open else 'M'}{x(i)} {y(value)}"
            marks.append(_mark(n, x(i), y(value)))
        is_open = value is not None
    return [_shape("path", f"line l{n % len(SHAPES) + 1}", d=path), *marks]


def _mark(n: int, x: int, y: int) -> Shape:
    shape = SHAPES[n % len(SHAPES)]
    if shape == "circle":
        return _shape("circle", "m1", cx=x, cy=y, r=4)
    if shape == "square":
        return _shape("rect", "m2", x=x - 4, y=y - 4, width=8, height=8)
    return _shape("path", "m3", d=f"M{x} {y - 5}L{x + 5} {y + 4}H{x - 5}z")
