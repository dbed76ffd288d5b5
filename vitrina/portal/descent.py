# SPDX-License-Identifier: Apache-2.0
"""Geometry of the descent of an auction: a step line of the best offer, in whole numbers. Pure; markup beside it.

`web/static/js/auction-chart.js` draws the same from the same numbers while offers come: what differs is a fault. Text
is drawn in its own size, so there is a wide and a narrow drawing, never one scaled down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60_000
PACES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 10080)  # minutes between two hours on the axis
SHAPES: Final = ("circle", "square", "triangle", "diamond")
MOST_MARKS: Final = 40  # more marks than these are a smear: the line alone is drawn
CHAR: Final = 7  # pixels of a figure


@dataclass(frozen=True, slots=True)
class Size:
    """A drawing: width and height in pixels, what is left free around the plot, how many hours fit the axis."""

    name: str
    width: int
    height: int
    top: int
    right: int
    hours: int


WIDE: Final = Size("wide", 760, 340, 18, 96, 7)
NARROW: Final = Size("narrow", 340, 300, 30, 18, 3)
BOTTOM: Final = 34


@dataclass(frozen=True, slots=True)
class Point:
    """From an instant on (milliseconds) the best offer was so much (centavos), of an alias; none for the best bid."""

    at: int
    centavos: int
    alias: str


@dataclass(frozen=True, slots=True)
class Label:
    """A mark of an axis: where, in tenths of a pixel, and its value (centavos, or milliseconds)."""

    place: int
    value: int


@dataclass(frozen=True, slots=True)
class Mark:
    """An offer on the line: tenths of a pixel, shape, alias."""

    x: int
    y: int
    shape: str
    alias: str


@dataclass(frozen=True, slots=True)
class Descent:
    """The drawing, all places in tenths of a pixel. `zone`: from where an offer moves the end; None when none does.

    `best`: the height of the last point.
    """

    size: Size
    left: int
    path: str
    prices: tuple[Label, ...]
    hours: tuple[Label, ...]
    marks: tuple[Mark, ...]
    now: int
    zone: int | None
    best: int

    @property
    def bottom(self) -> int:
        """Where the plot ends, pixels."""
        return self.size.height - BOTTOM

    @property
    def end(self) -> int:
        """Where the plot ends at the right, pixels."""
        return self.size.width - self.size.right


def px(tenths: int) -> str:
    """Tenths of a pixel as an attribute."""
    return f"{tenths // 10}.{tenths % 10}"


def nice(least: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50... that is not below `least`."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= least:
                return factor * power
        power *= 10


def scale(points: Sequence[Point]) -> tuple[int, int, int]:
    """(lowest, highest, step) of the price axis, centavos: about five lines that hold every point."""
    low, high = min(p.centavos for p in points), max(p.centavos for p in points)
    step = nice(max(-(-(high - low) // 4), 1))
    bottom, top = low // step * step, -(-high // step) * step
    return (
        (bottom - step if bottom == low and bottom >= step else bottom),
        (top + step if top == bottom else top),
        step,
    )


def figures(centavos: int, step: int) -> str:
    """A price on the axis, without currency: centavos only where lines lie closer than a peso."""
    pesos = f"{centavos // 100:,}"
    return pesos if step % 100 == 0 else f"{pesos}.{centavos % 100:02d}"


def draw(points: Sequence[Point], *, ends: int, now: int, zone_ms: int, size: Size) -> Descent:
    """The drawing of a descent. `points` in order, at least one; instants in milliseconds; `zone_ms`: 0 for none."""
    low, high, step = scale(points)
    begins = points[0].at
    last = max(ends, points[-1].at, begins + MINUTE)
    now = min(max(now, points[-1].at), last)
    left = 20 + CHAR * max(len(figures(low, step)), len(figures(high, step)))
    width, height = size.width - size.right - left, size.height - BOTTOM - size.top

    def x(at: int) -> int:
        return left * 10 + (at - begins) * width * 10 // (last - begins)

    def y(centavos: int) -> int:
        return size.top * 10 + (high - centavos) * height * 10 // (high - low)

    path = f"M{px(x(begins))} {px(y(points[0].centavos))}"
    for p in points[1:]:
        path += f"H{px(x(p.at))}V{px(y(p.centavos))}"
    shapes = {a: SHAPES[n % len(SHAPES)] for n, a in enumerate(aliases(points))}
    shown = points if len(points) <= MOST_MARKS else points[-1:]
    pace = next((m for m in PACES if (last - begins) // (m * MINUTE) <= size.hours - 1), PACES[-1]) * MINUTE
    return Descent(
        size=size,
        left=left,
        path=f"{path}H{px(x(now))}",
        prices=tuple(Label(y(v), v) for v in range(low, high + 1, step)),
        hours=tuple(Label(x(at), at) for at in range(begins, last + 1, pace)),
        marks=tuple(Mark(x(p.at), y(p.centavos), shapes[p.alias], p.alias) for p in shown if p.alias),
        now=x(now),
        zone=x(max(last - zone_ms, begins)) if zone_ms and now < last else None,
        best=y(points[-1].centavos),
    )


def aliases(points: Sequence[Point]) -> list[str]:
    """Who has led, in the order in which they first did."""
    return list(dict.fromkeys(p.alias for p in points if p.alias))


def shape(kind: str, x: int, y: int) -> str:
    """The markup of a mark at a place (tenths of a pixel): shape first, then tone: black and white is enough."""
    cx, cy = px(x), px(y)
    if kind == "circle":
        return f'<circle class="m1" cx="{cx}" cy="{cy}" r="5.5"/>'
    if kind == "square":
        return f'<rect class="m2" x="{px(x - 50)}" y="{px(y - 50)}" width="10" height="10"/>'
    if kind == "triangle":
        return f'<path class="m3" d="M{cx} {px(y - 60)}L{px(x + 60)} {px(y + 50)}H{px(x - 60)}z"/>'
    return f'<path class="m4" d="M{cx} {px(y - 65)}L{px(x + 65)} {cy}L{cx} {px(y + 65)}L{px(x - 65)} {cy}z"/>'
