# SPDX-License-Identifier: Apache-2.0
"""Geometry of the lines of a work: planned, done and paid, in percent, by the day of each report. Pure.

Across in percent of the width, down in pixels, so that one drawing fits a phone and a wide page without scaling text.
Series differ by shape first: square planned, circle done, triangle paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, NamedTuple

from .drawing import percent

HEIGHT, TOP, PLOT = 240, 12, 200  # pixels: of the drawing, above 100 %, from 100 % to 0 %
WIDTH: Final = Fraction(58, 100)  # of the drawing, for the days: a label fits right of the last mark on a phone
GAP = 18  # pixels between two labels
SHAPES = ("square", "circle", "triangle")


class Report(NamedTuple):
    """Shares of one, on a day."""

    on: date
    planned: Fraction
    actual: Fraction
    paid: Fraction


@dataclass(frozen=True)
class Mark:
    """A point of a series."""

    x: str
    y: int


@dataclass(frozen=True)
class Series:
    """A line with its marks; `label_y` is where its words stand at the right, clear of the others."""

    shape: str
    marks: Sequence[Mark]
    label_y: int
    last: Fraction

    @property
    def segments(self) -> list[tuple[Mark, Mark]]:
        return list(zip(self.marks, self.marks[1:], strict=False))


def down(share: Fraction) -> int:
    """Pixels from the top: 100 % stands at `TOP`.

    >>> down(Fraction(1)), down(Fraction(1, 2)), down(Fraction(0))
    (12, 112, 212)
    """
    return TOP + round(PLOT * (1 - min(max(share, Fraction(0)), Fraction(1))))


def lines(start: date, end: date, reports: Sequence[Report]) -> list[Series]:
    """The three lines from the beginning of a contract (nothing planned, done or paid) over its reports, in order."""
    span = max((max(end, *(r.on for r in reports)) - start).days, 1)
    nothing = Report(start, Fraction(0), Fraction(0), Fraction(0))
    points = [nothing, *reports]

    def across(on: date) -> str:
        return percent(WIDTH * Fraction(max((on - start).days, 0), span))

    drawn = [[Mark(across(report.on), down(report[n])) for report in points] for n in (1, 2, 3)]
    places = apart([marks[-1].y for marks in drawn])
    return [
        Series(shape, marks, places[n], points[-1][n + 1])
        for n, (shape, marks) in enumerate(zip(SHAPES, drawn, strict=True))
    ]


def apart(places: Sequence[int]) -> list[int]:
    """Places of labels, moved down as little as keeps them `GAP` pixels from each other.

    >>> apart([50, 52, 200])
    [50, 68, 200]
    """
    moved, former = dict.fromkeys(range(len(places)), 0), -GAP
    for n in sorted(moved, key=lambda i: places[i]):
        moved[n] = former = max(places[n], former + GAP)
    return [moved[n] for n in range(len(places))]
