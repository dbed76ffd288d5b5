# SPDX-License-Identifier: Apache-2.0
"""Geometry of the picture of a flow: a bar for each step, a dashed line for what it lacks of the one before. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

ROOM = Fraction(102, 100)  # a little air right of the longest bar


def percent(part: Fraction) -> str:
    """A share of the width as an attribute of SVG, to a tenth of a percent.

    >>> percent(Fraction(1, 3))
    '33.3%'
    """
    tenths = round(part * 1000)
    return f"{tenths // 10}.{tenths % 10}%"


def steps(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of `name, centavos, late` with `end`, the end of the bar, and `before`, that of the longer bar before it.

    >>> [(r["end"], r["before"]) for r in steps([{"centavos": 200}, {"centavos": 51}])]
    [('98.0%', ''), ('25.0%', '98.0%')]
    """
    given = list(rows)
    top = Fraction(max([row["centavos"] for row in given] + [1])) * ROOM
    found, former = [], 0
    for row in given:
        size = max(row["centavos"], 0)
        before = percent(Fraction(former) / top) if former > size else ""
        found.append({**row, "end": percent(Fraction(size) / top), "before": before})
        former = size
    return found
