# SPDX-License-Identifier: Apache-2.0
"""What the public reads of the ledger, in commit order, and how anyone copies it whole."""

from __future__ import annotations

from typing import Any

from vitrina.kernel.canonical import parse

from .models import Entry, Position, Release
from .projections import placed_after

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000


def head() -> int:
    """The last position given, zero when there is none."""
    return Position.objects.order_by("-position").values_list("position", flat=True).first() or 0


def statement(position: int, entry: Entry) -> dict[str, Any]:
    """A placed entry as the public sees it: whole, or only place and digest while it is blinded.

    Of one whose content was withdrawn, the header with the digest of what went, and the act that withdrew it.
    """
    if not entry.is_public:
        return {"position": position, "visibility": str(entry.visibility), "digest": entry.digest}
    if entry.is_erased:
        return {"position": position, **entry.header(), "digest": entry.digest, "withdrawn": withdrawal(entry)}
    return {"position": position, **entry.header(), "body": parse(entry.body), "digest": entry.digest}


def withdrawal(entry: Entry) -> dict[str, Any]:
    """Which act withdrew the content of an entry, why, and on whose order."""
    erased: Any = entry.erasure.act.event
    return {"position": entry.erasure.position, "reason": erased.reason, "authority": erased.authority}


def page(after: int, limit: int = DEFAULT_LIMIT) -> dict[str, Any]:
    """`{entries, next}`: placed entries after a position; `next` is the cursor to ask with next time."""
    placed = placed_after(after, limit)
    entries = [statement(p.position, p.entry) for p in placed]
    return {"entries": entries, "next": placed[-1].position if placed else after}


def releases_after(after: int, limit: int = DEFAULT_LIMIT) -> list[Release]:
    """Releases whose entries stand after a position, in order."""
    return list(Release.objects.filter(position__gt=after).order_by("position")[:limit])
