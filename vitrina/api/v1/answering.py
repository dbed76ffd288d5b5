# SPDX-License-Identifier: Apache-2.0
"""How every operation of the API takes its parameters and frames its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Query

from vitrina.api.open_data import answer
from vitrina.kernel.money import Money

from . import cursors
from .shapes.common import Problem

MOST = 200  # rows of a page
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Cursor = Annotated[
    str, Query(max_length=cursors.MOST_LETTERS, description="`next_cursor` of the former page; all else as it was.")
]
Key = Annotated[str, Query(max_length=60, description="Key, as lists give it.")]
KeyInPath = Annotated[str, Path(max_length=60)]
Ocid = Annotated[str, Query(max_length=120, description="Id of a purchase.")]

LISTED: dict[int, Any] = {400: Problem}
FOUND: dict[int, Any] = {400: Problem, 404: Problem}
__all__ = [
    "FOUND",
    "LISTED",
    "MOST",
    "Cursor",
    "Key",
    "KeyInPath",
    "Limit",
    "Ocid",
    "answer",
    "listed",
    "money",
    "url",
]


def listed(
    request: HttpRequest, results: Sequence[Any], place: cursors.Place | None, *, of: str, **more: Any
) -> HttpResponse:
    """A page of a list: the rows, and how to go on (in the body and as a `Link`)."""
    cursor = cursors.made(place, of=of) if place is not None else None
    following = None
    if cursor:
        query = request.GET.copy()
        query["cursor"] = cursor
        following = f"{settings.PUBLIC_URL}{request.path}?{query.urlencode()}"
    response = answer(request, {**more, "results": results, "next": following, "next_cursor": cursor})
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def question(request: HttpRequest) -> str:
    """What a list was asked, in one spelling: its address without the cursor and how many."""
    pairs = sorted((n, v) for n, values in request.GET.lists() if n not in {"cursor", "limit"} for v in values)
    return f"{request.path}?{pairs}"


def money(centavos: int, currency: str = "MXN") -> dict[str, str]:
    """An amount as answers have it."""
    return {"amount": str(Money(centavos).decimal), "currency": currency}


def url(name: str, *args: object) -> str:
    """The whole address of a page, in Spanish as all permanent addresses are."""
    return settings.PUBLIC_URL + reverse(name, args=args)
