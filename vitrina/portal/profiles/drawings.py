# SPDX-License-Identifier: Apache-2.0
"""Columns: geometry for years and for peers of a price. Pure; the markup is `portal/parts/columns.html`. The exact
figure stands over each column where it fits, and in the table beside the drawing always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDE, NARROW, HIGH = 736, 288, 150  # pixels
TOP = 34  # room for two lines of text over the highest column
LETTER = 7.2  # pixels of a figure


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands under it, how high it is, what stands over it; whether it is the one that is spoken of."""

    label: str
    value: int
    said: str
    marked: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn column, in pixels."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    label: str
    said: str
    said_y: str
    marked: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One size of a drawing."""

    width: int
    height: int
    base: int
    columns: list[Drawn]


def columns(rows: Sequence[Column]) -> dict[str, Drawing]:
    """The wide and the narrow drawing."""
    return {"wide": _drawn(rows, WIDE), "narrow": _drawn(rows, NARROW)}


def _drawn(rows: Sequence[Column], width: int) -> Drawing:
    step = min(width / max(len(rows), 1), 92)
    most = max((row.value for row in rows), default=0) or 1
    base = TOP + HIGH
    each = max(1, -(-int(max((len(row.label) for row in rows), default=1) * LETTER + 6) // int(step)))
    fits = max((len(row.said) for row in rows), default=1) * LETTER + 4 <= step
    drawn = []
    for n, row in enumerate(rows):
        height = HIGH * row.value / most
        if row.value:
            height = max(height, 1.0)
        x, middle = n * step + step * 0.1, n * step + step / 2
        anchor = "start" if middle < width * 0.2 else "end" if middle > width * 0.8 else "middle"
        drawn.append(Drawn(
            f"{x:.1f}", f"{base - height:.1f}", f"{step * 0.8:.1f}", f"{height:.1f}", f"{middle:.1f}",
            row.label if n % each == 0 or row.marked else "", row.said if fits else "",
            f"{base - height - 6:.1f}", row.marked, anchor,
        ))  # fmt: skip
    return Drawing(width, base + 24, base, drawn)
