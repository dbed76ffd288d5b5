# SPDX-License-Identifier: Apache-2.0
"""Instants as published -> UTC. A text without offset is in the publisher's zone; a date is its local midnight."""

from __future__ import annotations

import functools
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_LEAP = re.compile(r":60(?=[.,Zz+-]|$)")


class Times:
    """Reads texts as instants, in one zone."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.read = functools.lru_cache(maxsize=200_000)(self._read)

    def instant(self, text: str | None) -> datetime | None:
        """UTC without zone; None for what is no instant."""
        return self.read(text)[0] if text else None

    def day(self, text: str | None) -> date | None:
        """The day in the publisher's zone."""
        return self.read(text)[1] if text else None

    def _read(self, text: str) -> tuple[datetime | None, date | None]:
        try:
            return self._split(datetime.fromisoformat(text))
        except (ValueError, OverflowError):
            pass
        try:
            tidy = text.strip().upper()
            found = datetime.fromisoformat(_LEAP.sub(":59", tidy))
            return self._split(found + timedelta(seconds=1) if _LEAP.search(tidy) else found)
        except (ValueError, OverflowError):
            return None, None

    def _split(self, found: datetime) -> tuple[datetime, date]:
        local = found.replace(tzinfo=self.zone) if found.tzinfo is None else found
        return local.astimezone(UTC).replace(tzinfo=None), local.astimezone(self.zone).date()
