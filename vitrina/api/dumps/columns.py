# SPDX-License-Identifier: Apache-2.0
"""The columns of every set that is a table."""

from __future__ import annotations

from .flags import COLUMNS as FLAGS
from .national import COLUMNS as NATIONAL
from .national import SET as NATIONAL_SET
from .tables import BY_NAME, Column


def columns_of(name: str) -> tuple[Column, ...]:
    """Columns of a set, in their order. Errors: `KeyError` for what is no table."""
    if name in BY_NAME:
        return BY_NAME[name].columns
    return {"flags": FLAGS, "national-flags": FLAGS, NATIONAL_SET: NATIONAL}[name]
