# SPDX-License-Identifier: Apache-2.0
"""The prices that each bidder asked for each line of a lot, beside the lowest of the line: a grid in which one sheet
that was scaled, or lines that are shared out, can be seen at once. Source: design page of the screens, 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as e

import msgspec
import numpy as np

from .lots import Lots

MOST_LINES, MOST_BIDDERS = 40, 20
STEPS = (0.0, 0.02, 0.05, 0.10, 0.25)  # shares above the lowest price, up to which a cell has the same shade
WIDE, ROW, HEAD, SIDE = 640, 26, 22, 130


class Lines(msgspec.Struct, frozen=True):
    """`lines`: their numbers, from 0; `bidders`: as on the card, those that did not price its line after; `prices`: by
    bidder, then by line, null where it did not price it; `n_lines`: of the lot, of which the first are told.
    """

    lines: list[int]
    bidders: list[str]
    prices: list[list[float | None]]
    n_lines: int


def lines_of(lots: Lots, at: int, names: Sequence[str]) -> Lines | None:
    """The lines of the lot to which a group of bids belongs; null where its prices are of the whole, or of one line.
    `names`: of the bidders of this group, in the order of its bids.
    """
    of, lot, line = (lots.column(name) for name in ("rid", "lot", "line"))
    if line[at] < 0:
        return None
    first = last = at
    while first and (of[first - 1], lot[first - 1]) == (of[at], lot[at]):
        first -= 1
    while last + 1 < len(of) and (of[last + 1], lot[last + 1]) == (of[at], lot[at]):
        last += 1
    if first == last:
        return None
    told = {_who(lots, place): name for place, name in zip(_places(lots, at), names, strict=True)}
    shown = sorted({at, *range(first, min(last + 1, first + MOST_LINES))})[-MOST_LINES:]
    prices: dict[int, dict[int, float]] = {who: {} for who in told}
    for group in shown:
        for place in _places(lots, group):
            who = _who(lots, place)
            prices.setdefault(who, {})[group] = float(lots.price[place])
            told.setdefault(who, f"Proponente {len(told) + 1}")
    kept = list(prices)[:MOST_BIDDERS]
    return Lines(
        [int(line[group]) for group in shown],
        [told[who] for who in kept],
        [[prices[who].get(group) for group in shown] for who in kept],
        last - first + 1,
    )


def _places(lots: Lots, group: int) -> range:
    return range(*lots.of(group).indices(len(lots.price)))


def _who(lots: Lots, place: int) -> int:
    """A bidder across lines: its number, else that of its bid."""
    oid = int(lots.oid[place])
    return oid if oid >= 0 else -1 - int(lots.bid_no[place])


def above(found: Lines) -> list[list[float | None]]:
    """By bidder and line, by which share the price is above the lowest of the line."""
    prices = np.array([[np.nan if x is None else x for x in row] for row in found.prices])
    shares = prices / np.fmin.reduce(prices) - 1
    return [[None if np.isnan(x) else float(x) for x in row] for row in shares]


def svg(found: Lines, names: Sequence[str], title: str, own: int | None) -> str:
    """The grid as a picture. `names`: of the rows; `own`: the line of the card, whose number is set off."""
    cell = (WIDE - SIDE) / max(len(found.lines), 12)
    height = HEAD + ROW * len(names)
    parts = []
    for column, line in enumerate(found.lines):
        if line == own or len(found.lines) <= MOST_LINES // 2 or not column % 5:
            kind = "o" if line == own else "v"
            x = SIDE + (column + 0.5) * cell
            parts.append(f'<text class="{kind}" x="{x:.1f}" y="15" text-anchor="middle">{line + 1}</text>')
    for row, (name, shares) in enumerate(zip(names, above(found), strict=True)):
        y = HEAD + row * ROW
        parts.append(f'<text class="v" x="0" y="{y + 18}">{e(name)}</text>')
        parts += [
            f'<rect class="h{_step(share)}" x="{SIDE + column * cell:.1f}" y="{y + 1}" width="{cell - 2:.1f}" '
            f'height="{ROW - 2}"/>'
            for column, share in enumerate(shares)
            if share is not None
        ]
    return f'<svg viewBox="0 0 {WIDE} {height}" role="img"><title>{e(title)}</title>{"".join(parts)}</svg>'


def _step(share: float) -> int:
    return sum(share > step for step in STEPS)
