# SPDX-License-Identifier: Apache-2.0
"""The two pictures of the report, as SVG with its own text: bars that lie, and columns by month. Numbers stand beside
each bar, so the picture is never the only place where they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDE, NARROW = 760, 288  # of a page, of a phone
BAR, TWO_LINES = 26, 46  # height of a bar with its air; of one under its label
LABEL = 290
COLUMNS = 180  # height of the columns
MONTH = 100  # what the label of a month takes
LETTERS, CAPITALS = 30, 24  # how many fit beside a bar


class Bar(NamedTuple):
    """A bar: what it is, how long, what is written at its end, whether it is the one that the sentence speaks of."""

    label: str
    value: float
    said: str
    strong: bool = False


def bars(rows: Sequence[Bar], title: str) -> str:
    """Bars that lie, the longest first as given: beside their label, on a phone under it."""
    most = max((row.value for row in rows), default=0) or 1
    room = WIDE - LABEL - 150
    wide, narrow = [], []
    for n, row in enumerate(rows):
        y, length, kind = n * BAR, max(row.value / most * room, 1), "s" if row.strong else "b"
        wide.append(
            f'<text class="l" x="{LABEL - 10}" y="{y + 17}" text-anchor="end">{escape(_short(row.label))}</text>'
            f'<rect class="{kind}" x="{LABEL}" y="{y + 5}" width="{length:.1f}" height="15"/>'
            f'<text class="v" x="{LABEL + length + 8:.1f}" y="{y + 17}">{escape(row.said)}</text>'
        )
        y, length = n * TWO_LINES, max(row.value / most * (NARROW - 110), 1)
        narrow.append(
            f'<text class="l" x="0" y="{y + 15}">{escape(_short(row.label))}</text>'
            f'<rect class="{kind}" x="0" y="{y + 22}" width="{length:.1f}" height="13"/>'
            f'<text class="v" x="{length + 8:.1f}" y="{y + 34}">{escape(row.said)}</text>'
        )
    return _svg(wide, WIDE, len(rows) * BAR, title) + _svg(narrow, NARROW, len(rows) * TWO_LINES, title)


def months(columns: Sequence[Bar], title: str) -> str:
    """Columns by month, with as many labels as fit."""
    return _months(columns, title, WIDE) + _months(columns, title, NARROW)


def _months(columns: Sequence[Bar], title: str, width: int) -> str:
    most = max((one.value for one in columns), default=0) or 1
    step = min(width / max(len(columns), 1), 48)
    every = max(1, math.ceil(MONTH / step))
    parts = [f'<line class="g" x1="0" y1="{COLUMNS}" x2="{width}" y2="{COLUMNS}"/>']
    for n, one in enumerate(columns):
        x, high = n * step, one.value / most * (COLUMNS - 10)
        parts.append(
            f'<rect class="b" x="{x + step * 0.12:.1f}" y="{COLUMNS - high:.1f}" width="{step * 0.76:.1f}" '
            f'height="{high:.1f}"><title>{escape(one.label)}: {escape(one.said)}</title></rect>'
        )
        if n % every == 0:
            x, anchor = (width, "end") if x > width - MONTH * 0.7 else (x + step * 0.12, "start")
            parts.append(
                f'<text class="t" x="{x:.1f}" y="{COLUMNS + 18}" text-anchor="{anchor}">{escape(one.label)}</text>'
            )
    return _svg(parts, width, COLUMNS + 24, title)


def _short(text: str) -> str:
    """What fits beside a bar: capitals are wider."""
    longest = CAPITALS if text.isupper() else LETTERS
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def _svg(parts: Sequence[str], width: int, height: int, title: str) -> str:
    kind = "narrow" if width == NARROW else "wide"
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
