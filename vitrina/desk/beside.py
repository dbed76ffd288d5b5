# SPDX-License-Identifier: Apache-2.0
"""What the inbox says beside purchases: rooms above the desk add a line for the office that it concerns."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .offices import Seat


class Beside(NamedTuple):
    """A line of the inbox and where it leads."""

    title: str
    url: str


NOTES: list[Callable[[Seat], Beside | None]] = []


def beside(seat: Seat) -> list[Beside]:
    """The lines for a seat."""
    return [found for note in NOTES if (found := note(seat))]
