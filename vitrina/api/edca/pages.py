# SPDX-License-Identifier: Apache-2.0
"""`/edca/`: fiscal years, and the release packages of a year, a method or a category, streamed whole.

The field `year` is a number and the list of packages is called `arrayReleasePackage`: harvesters rely on both.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from vitrina.api.models import HarvestedProcess
from vitrina.api.open_data import answer, package
from vitrina.api.problems import problem
from vitrina.ledger.models import Release
from vitrina.ledger.releases import iso

from .classify import CATEGORIES, METHODS

CHUNK = 200  # processes read at once
PUBLISHED = "published"


@require_safe
def fiscal_years(request: HttpRequest) -> HttpResponse:
    """The years that have purchases, the first one first."""
    spans = HarvestedProcess.objects.values("year").annotate(first=Min("first_at"), last=Max("last_at"))
    years = [
        {
            "id": str(span["year"]),
            "year": span["year"],
            "status": PUBLISHED,
            "createdAt": iso(span["first"]),
            "updatedAt": iso(span["last"]),
        }
        for span in spans.order_by("year")
    ]
    return answer(request, {"fiscalYears": years})


@require_safe
def of_year(request: HttpRequest, year: str) -> HttpResponse:
    """Every purchase of a fiscal year; 400 for what is no year."""
    if not (year.isascii() and year.isdecimal() and len(year) == 4):  # noqa: PLR2004
        return problem(400, "A parameter is not right", "year: four digits, such as 2026. See /edca/fiscalYears.")
    return _streamed(request, HarvestedProcess.objects.filter(year=int(year)), year)


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Every purchase of every year."""
    return _streamed(request, HarvestedProcess.objects.all(), "all")


@require_safe
def of_method(request: HttpRequest, procedure: str) -> HttpResponse:
    """Every purchase of a kind of procedure, by its Spanish name."""
    if procedure not in METHODS:
        return _unknown("procurementmethod", METHODS)
    return _streamed(request, HarvestedProcess.objects.filter(method=METHODS[procedure]), METHODS[procedure])


@require_safe
def of_category(request: HttpRequest, category: str) -> HttpResponse:
    """Every purchase of a category, by its Spanish name."""
    if category not in CATEGORIES:
        return _unknown("additionalprocurementcategories", CATEGORIES)
    return _streamed(request, HarvestedProcess.objects.filter(category=CATEGORIES[category]), CATEGORIES[category])


@require_safe
def release_package(request: HttpRequest, ocid: str) -> HttpResponse:
    """The release package of one purchase: what `uri` of each package names."""
    row = HarvestedProcess.objects.filter(ocid=ocid).first()
    if row is None:
        return problem(404, "Not found", f"No purchase has the ocid {ocid}.")
    bodies = list(Release.objects.filter(ocid=ocid).order_by("position").values_list("body", flat=True))
    return answer(request, orjson.Fragment(_package(row, bodies)), etag=f"{ocid}-{row.position}")


def _unknown(parameter: str, known: dict[str, str]) -> HttpResponse:
    return problem(400, "A parameter is not right", f"{parameter}: one of {', '.join(known)}.")


def _streamed(request: HttpRequest, found: QuerySet[HarvestedProcess], name: str) -> HttpResponse:
    """The packages of what was found, in pieces, compressed for whoever takes gzip; 304 when nothing is new."""
    state = found.aggregate(n=Count("ocid"), last=Max("position"))
    etag = f"{name}-{state['n']}-{state['last'] or 0}"
    if request.headers.get("If-None-Match") == f'W/"{etag}"':
        response: Any = HttpResponse(status=304)
    else:
        body: Iterable[bytes] = _written(found)
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = StreamingHttpResponse(_packed(body) if is_packed else body, content_type="application/json")
        if is_packed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = f'W/"{etag}"'
    response["Vary"] = "Accept-Encoding"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def _written(found: QuerySet[HarvestedProcess]) -> Iterator[bytes]:
    yield b'{"arrayReleasePackage":['
    after, comma = "", b""
    while rows := list(found.filter(ocid__gt=after).order_by("ocid")[:CHUNK]):
        bodies: dict[str, list[str]] = {row.ocid: [] for row in rows}
        for ocid, body in Release.objects.filter(ocid__in=bodies).order_by("position").values_list("ocid", "body"):
            bodies[ocid].append(body)
        for row in rows:
            yield comma + _package(row, bodies[row.ocid])
            comma = b","
        after = rows[-1].ocid
    yield b"]}"


def _package(row: HarvestedProcess, bodies: list[str]) -> bytes:
    """One release package; the releases are the very bytes that were published."""
    frame = package(f"/edca/releasepackage/{row.ocid}", iso(row.last_at))
    frame["publicationPolicy"] = f"{settings.PUBLIC_URL}/datos/"
    return b'%s,"releases":[%s]}' % (orjson.dumps(frame)[:-1], ",".join(bodies).encode())


def _packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=31)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
