# SPDX-License-Identifier: Apache-2.0
"""Acquisitions and public works: the two halves of the performance indicators, told apart by the main category.

A purchase whose category is not told counts as an acquisition.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import ibis.expr.types as ir


class Sector(NamedTuple):
    """A half: its words, and which rows of a base belong to it."""

    es: str
    en: str
    of: Callable[[ir.Table], ir.BooleanValue]


ACQUISITIONS = Sector(
    "adquisiciones, arrendamientos y servicios",
    "acquisitions, leases and services",
    lambda f: ~f.works.fill_null(False),
)
WORKS = Sector("obra pública", "public works", lambda f: f.works.fill_null(False))
