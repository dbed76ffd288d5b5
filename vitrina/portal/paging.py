# SPDX-License-Identifier: Apache-2.0
"""Pages of a list: which is asked for, and the links between them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from . import queries


def page_of(request: HttpRequest) -> int:
    """The page asked for, from 1; nonsense is the first page."""
    given = request.GET.get("page", "1")
    return max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 7 else 1  # noqa: PLR2004


def pagination(request: HttpRequest, page: int, total: int, size: int = queries.PAGE) -> dict[str, Any]:
    """What `parts/pagination.html` needs."""

    def url(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    last_page = max(1, -(-total // size))
    return {
        "first": (page - 1) * size + 1 if total else 0,
        "last": min(page * size, total),
        "total": total,
        "size": size,
        "previous_url": url(page - 1) if page > 1 else "",
        "next_url": url(page + 1) if page < last_page else "",
    }
