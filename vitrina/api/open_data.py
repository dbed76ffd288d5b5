# SPDX-License-Identifier: Apache-2.0
"""`/api/`: records, releases, feed. No key, no cookies, any origin; ETag on what does not change.

The same functions answer under `/api/v1/`, whose description has their types (`v1.ledger`).
"""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Path, Query

from vitrina import __version__
from vitrina.ledger import feed
from vitrina.ledger.models import Erasure, Record, Release
from vitrina.ledger.releases import EXTENSIONS

from .problems import Refused, install

api = NinjaAPI(
    title="Vitrina",
    version=__version__,
    description="Public purchases as OCDS 1.1 (EDCA-MX extensions) and as a feed of acts in commit order.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
install(api)
MAX_POSITION = 2**63 - 1
After = Annotated[int, Query(ge=0, le=MAX_POSITION, description="Cursor: the last position already read.")]
Limit = Annotated[int, Query(ge=1, le=feed.MAX_LIMIT, description="How many at most.")]
Ocid = Annotated[str, Path(max_length=120)]


def answer(request: HttpRequest, body: Any, *, etag: str = "", status: int = 200) -> HttpResponse:
    """JSON for any origin; 304 when the reader has this very version."""
    if etag and request.headers.get("If-None-Match") == f'"{etag}"':
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(orjson.dumps(body), content_type="application/json", status=status)
    if etag:
        response["ETag"] = f'"{etag}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def package(uri: str, published: str, **content: Any) -> dict[str, Any]:
    """The frame of an OCDS 1.1 release or record package."""
    return {
        "uri": f"{settings.PUBLIC_URL}{uri}",
        "version": "1.1",
        "extensions": list(EXTENSIONS),
        "publishedDate": published,
        "publisher": {"name": settings.PUBLISHER_NAME, "uri": settings.PUBLIC_URL},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        **content,
    }


@api.get("/ocds/records/{ocid}", summary="Record package of a process: its releases and the compiled release")
def record(request: HttpRequest, ocid: Ocid) -> HttpResponse:
    """One process, whole. 404 when no release carries that ocid."""
    row = Record.objects.filter(ocid=ocid).first()
    if row is None:
        text = gettext_lazy("No process has the ocid %(ocid)s. Look it up in /api/ocds/releases.")
        raise Refused(404, text, "not_found", ocid=ocid)
    releases = [
        orjson.loads(r) for r in Release.objects.filter(ocid=ocid).order_by("position").values_list("body", flat=True)
    ]
    content = {"ocid": ocid, "releases": releases, "compiledRelease": row.compiled}
    body = package(request.path, row.compiled["date"], records=[content])
    return answer(request, body, etag=f"{ocid}-{row.position}")


@api.get("/ocds/releases/{release_id}", summary="One release, exactly the bytes that were published")
def release(request: HttpRequest, release_id: Annotated[str, Path(max_length=26)]) -> HttpResponse:
    """The release by its id, with the number of its entry in the header `Vitrina-Log-Index`."""
    row = Release.objects.filter(release_id=release_id).first()
    if row is None:
        _refuse_withdrawn(release_id)
        raise Refused(404, gettext_lazy("No release has the id %(id)s."), "not_found", id=release_id)
    response = answer(request, orjson.loads(row.body), etag=row.sha256)
    if response.status_code == 200:  # noqa: PLR2004
        response.content = row.body.encode()
    response["Vitrina-Log-Index"] = str(row.position)
    return response


def _refuse_withdrawn(release_id: str) -> None:
    """410 for the release of an act whose content was withdrawn, with the act that withdrew it."""
    erasure = Erasure.objects.filter(entry__release_id=release_id).first()
    if erasure is not None:
        text = gettext_lazy("The content of this release was withdrawn by act %(act)s: see /actos/.")
        raise Refused(410, text, "withdrawn", act=erasure.position)


@api.get("/ocds/releases", summary="Release package: releases in the order in which their acts were committed")
def releases(request: HttpRequest, after: After = 0, limit: Limit = feed.DEFAULT_LIMIT) -> HttpResponse:
    """Releases after a position; follow `links.next` until it brings no release."""
    rows = feed.releases_after(after, limit)
    following = rows[-1].position if rows else after
    body = package(
        request.get_full_path(),
        rows[-1].date.isoformat().replace("+00:00", "Z") if rows else "1970-01-01T00:00:00Z",
        releases=[orjson.loads(r.body) for r in rows],
        links={"next": f"{settings.PUBLIC_URL}{request.path}?after={following}&limit={limit}"},
    )
    return answer(request, body)


@api.get("/feed", summary="The ledger's public entries in commit order")
def entries(request: HttpRequest, after: After = 0, limit: Limit = feed.DEFAULT_LIMIT) -> HttpResponse:
    """Entries after a position, without gap; `next` is the cursor for the next call, equal to `after` at the end."""
    return answer(request, feed.page(after, limit))
