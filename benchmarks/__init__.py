# SPDX-License-Identifier: Apache-2.0
"""Figures, measured: each module has `run() -> list[Figure]`. `make bench` runs them over a database of their own.

A figure always stands beside a named limit or peer measured in the same run: machines are shared, ratios last.
"""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """One measurement: what, how much, in which unit, and against what."""

    name: str
    value: float
    unit: str
    note: str = ""
