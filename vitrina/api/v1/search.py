# SPDX-License-Identifier: Apache-2.0
"""The search without an end, and the contracts of the national store."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Path, Query, Router

from vitrina.api.problems import Refused
from vitrina.portal.search import answers, files
from vitrina.portal.search.filters import Filters
from vitrina.search import finding
from vitrina.search.opened import Open
from vitrina.search.walking import walk

from . import cursors, scorecards
from .answering import FOUND, LISTED, Cursor, Limit, answer, listed, url
from .asked import Asked
from .shapes.finding import Contract, ContractRows, Found

router = Router(tags=["search"])
PLACES: dict[str, tuple[Any, ...]] = {"recent": (int,), "amount": (int | None, int), "best": (int,)}
Exact = Annotated[bool, Query(description="No synonyms, no mending of spelling.")]


@router.get("/search", response={200: Found, **LISTED}, operation_id="search", summary="Search over everything")
def search(
    request: HttpRequest,
    asked: Query[Asked],
    exact: Exact = False,
    cursor: Cursor = "",
    limit: Limit = 20,
) -> HttpResponse:
    """Purchases of this installation and contracts of the national store, with counts for every filter. Pages follow
    one another without an end and each costs the same (by `best` the cost grows with how far one has come).
    """
    filters = asked.filters(exact=exact)
    indexes = answers.indexes()
    hits, going_on, of = part(indexes, filters, "search", cursor, limit)
    told = files.told(filters, finding.find(indexes, filters.wanted, size=0))
    return listed(request, list(answers.plain(hits)), going_on, of=of, **told)


@router.get("/contracts", response={200: ContractRows, **LISTED}, operation_id="list_contracts",
            summary="Contracts of the national store")  # fmt: skip
def contracts(
    request: HttpRequest,
    asked: Query[Asked],
    cursor: Cursor = "",
    limit: Limit = 100,
) -> HttpResponse:
    """The same search over the contracts alone, without counts, for who copies them. Empty where none are loaded."""
    filters = asked.filters()
    indexes = [index for index in [answers.contracts()] if index]
    hits, going_on, of = part(indexes, filters, "contracts", cursor, limit)
    total = finding.find(indexes, filters.wanted, size=0).total
    return listed(request, list(answers.plain(hits)), going_on, of=of, total=total)


def part(
    indexes: list[Open], filters: Filters, of: str, cursor: str, limit: int
) -> tuple[list[finding.Hit], cursors.Place | None, str]:
    """The hits after a cursor, the place after them, and what its cursor is bound to."""
    sorting = filters.wanted.sorting
    bound = f"{of}?{filters.scope().query()}&{sorting}"
    after = cursors.read(cursor, PLACES[sorting], of=bound)
    if after is not None and sorting == "best" and after[0] < 0:
        raise cursors.strange()
    hits, going_on = walk(indexes, filters.wanted, after, limit)
    return hits, going_on, bound


ContractId = Annotated[str, Path(max_length=400, description="Its id, as lists give it; it may hold slashes.")]


@router.get("/contracts/{path:contract_id}", response={200: Contract, **FOUND}, operation_id="get_contract",
            summary="One contract of the national store")  # fmt: skip
def contract(request: HttpRequest, contract_id: ContractId) -> HttpResponse:
    """All that the source tells of a contract."""
    index = answers.contracts()
    body = finding.one(index, contract_id) if index else None
    if body is None:
        raise Refused(404, gettext_lazy("No contract has the id %(id)s."), "not_found", id=contract_id)
    return answer(request, told_contract(body))


def told_contract(body: dict[str, Any]) -> dict[str, Any]:
    """A contract of the index with what was flagged in its process, and the address of its page."""
    return {**body, "flags": scorecards.raised(body["ocid"]), "url": url("portal:contract", body["id"])}
