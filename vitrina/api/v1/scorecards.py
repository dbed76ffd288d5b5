# SPDX-License-Identifier: Apache-2.0
"""Scorecards: figures of buyers, units, suppliers, markets, places and the country, over the loaded history."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Path, Query, Router

from vitrina.api.problems import Refused
from vitrina.portal.profiles import reading, shown
from vitrina.profiles import Profile
from vitrina.profiles.shapes import Raised

from . import cursors
from .answering import FOUND, Cursor, Limit, answer, listed, money, question, url
from .shapes import scorecards as shapes

router = Router(tags=["scorecards"])
Kind = Annotated[Literal["buyer", "unit", "supplier", "market", "place"], Path()]
Listed = Annotated[Literal["buyer", "unit", "market", "place"], Path(description="Suppliers are found by the search.")]
Key = Annotated[str, Path(max_length=200, description="Key, as lists and contracts have it; it may hold slashes.")]
Text = Annotated[str, Query(max_length=200, description="Words that its name or key holds.")]
Order = Annotated[Literal["amount", "n", "name"], Query(description="The most money or contracts first, or by name.")]
NOTHING = gettext_lazy("No history was loaded here: there are no scorecards.")


@router.get("/scorecards/{kind}", response={200: shapes.ScorecardRows, **FOUND}, operation_id="list_scorecards",
            summary="Who has a scorecard")  # fmt: skip
def scorecards(
    request: HttpRequest,
    kind: Listed,
    q: Text = "",
    order: Order = "amount",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> HttpResponse:
    """Institutions, units, markets or states of the loaded history. It changes only when another is loaded."""
    book = reading.book()
    if book is None:
        raise Refused(404, NOTHING, "not_found")
    of = question(request)
    after = cursors.read(cursor, (int,), of=of)
    first = after[0] if after else 0
    if first < 0:
        raise cursors.strange()
    page = book.listed(kind, text=q, order=order, first=first, size=limit)
    rows = [
        {"kind": row.kind, "key": row.key, "name": row.name, "contracts": row.n, "contracted": money(row.centavos),
         "page": _page(row.kind, row.key)}
        for row in page.rows
    ]  # fmt: skip
    place = (first + limit,) if first + limit < page.total else None
    return listed(request, rows, place, of=of, total=page.total)


@router.get("/scorecards/{kind}/{path:key}", response={200: shapes.Profile, **FOUND}, operation_id="get_scorecard",
            summary="One scorecard")  # fmt: skip
def scorecard(request: HttpRequest, kind: Kind, key: Key) -> HttpResponse:
    """Its figures beside those of the country, by year and method, with whom, what was flagged and how often that is
    raised everywhere. Figures to compare and to ask about, no verdict.
    """
    profile = reading.of_unit(key) if kind in {"buyer", "unit"} else reading.of(kind, key)
    if profile is None:
        raise Refused(404, gettext_lazy("No scorecard has the key %(key)s."), "not_found", key=key)
    return answer(request, told(profile))


@router.get("/country", response={200: shapes.Profile, **FOUND}, operation_id="get_country",
            summary="The scorecard of all contracts")  # fmt: skip
def country(request: HttpRequest) -> HttpResponse:
    """The whole loaded history, with its largest buyers, suppliers, markets and states."""
    profile = reading.of("country", "")
    if profile is None:
        raise Refused(404, NOTHING, "not_found")
    return answer(request, told(profile))


def told(profile: Profile) -> dict[str, Any]:
    """A profile as its page gives it as JSON."""
    return shown.as_json(profile)


def raised(ocid: str) -> list[dict[str, Any]]:
    """The flags of one process; none where no history, or no rules over it, are there."""
    book = reading.book()
    found: list[Raised] = book.raised(ocid) if book else []
    return [msgspec.to_builtins(one) for one in found]


def rate(code: str) -> dict[str, Any] | None:
    """How often a rule was raised in the loaded history."""
    book = reading.book()
    rule = book.rule(code) if book else None
    if rule is None:
        return None
    share = round(rule.flagged / rule.judged, 6) if rule.judged else None
    return {"flagged": rule.flagged, "judged": rule.judged, "share": share, "contracts": rule.n}


def _page(kind: str, key: str) -> str:
    return url(reading.PAGES[kind], key)
