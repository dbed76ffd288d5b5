# SPDX-License-Identifier: Apache-2.0
"""A whole file: units first, then the looks of the bodies, then people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from . import Loaded, looks, people, units
from .files import Row


@transaction.atomic
def load(rows: Sequence[Row], *, at: datetime, folder: Path) -> dict[str, Loaded]:
    """Load every row that holds; kind -> what became of its rows, for the kinds that the file has."""
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    found = {}
    if "unit" in by_kind:
        found["unit"] = units.load(by_kind["unit"], at)
    if "identity" in by_kind:
        found["identity"] = looks.load(by_kind["identity"], at, folder)
    if "person" in by_kind:
        found["person"] = people.load(by_kind["person"], at)
    for kind in found.values():
        places = {id(row): n for n, row in enumerate(rows)}
        kind.rejected.sort(key=lambda pair: places[id(pair[0])])
    return found
