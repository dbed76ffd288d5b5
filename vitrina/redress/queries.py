# SPDX-License-Identifier: Apache-2.0
"""Sanctions that stand, as their entries tell them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .events import SanctionRef
from .models import Sanction


def standing() -> list[tuple[SanctionRef, datetime]]:
    """`(sanction, when it was published)` of every one that was neither withdrawn nor erased, by id."""
    rows = Sanction.objects.filter(withdrawn_at__isnull=True).select_related("entry__erasure").order_by("id")
    found = []
    for row in rows:
        if not row.entry.is_erased:
            event: Any = row.entry.event
            found.append((event.sanction, row.entry.at))
    return found
