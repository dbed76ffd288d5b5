# SPDX-License-Identifier: Apache-2.0
"""The addresses of a chart: the page for frames, its files, what `/oembed` answers. They are kept for ever."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote, urlsplit

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.http import parse_etags
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from . import shown
from .chart import Chart
from .sources import find

FRESH = 300  # seconds for which a copy may be kept without asking
DAY = 86_400
FRAMED = (
    "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
MOST = 4000  # pixels of a frame, and letters of an address
TYPES = {"csv": "text/csv", "json": "application/json", "svg": "image/svg+xml"}


@require_safe
@xframe_options_exempt
def chart(request: HttpRequest, page: str, key: str, figure: str) -> HttpResponse:
    """The chart alone, for a frame in anybody's page. Nothing but our style sheets loads; no script runs."""
    found = find(page, key, figure)
    response = render(request, "portal/chart.html", {"embedded": True, **shown.shown(found)})
    response["Content-Security-Policy"] = FRAMED
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return _lasting(request, response)


@require_safe
def chart_file(request: HttpRequest, page: str, key: str, figure: str, form: str) -> HttpResponse:
    """The chart as CSV, JSON or SVG (`ancho=288`: the narrow drawing); `lang=en` for English. Anybody may read it."""
    with translation.override("en" if request.GET.get("lang") == "en" else "es"):
        found = find(page, key, figure)
        response = HttpResponse(_written(found, form, request), content_type=f"{TYPES[form]}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    kind = "inline" if form == "json" else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{figure}.{form}"'
    return _lasting(request, response)


def _written(found: Chart, form: str, request: HttpRequest) -> bytes:
    if form == "csv":
        return shown.as_csv(found).encode()
    if form == "json":
        return orjson.dumps(shown.as_json(found))
    return shown.as_svg(found, is_narrow=request.GET.get("ancho") == "288")


def _lasting(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with its digest, so that whoever has it need not take it again."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if {etag, f"W/{etag}", "*"} & set(parse_etags(request.headers.get("If-None-Match", ""))):
        return HttpResponseNotModified()
    response["ETag"], response["Cache-Control"] = etag, f"public, max-age={FRESH}"
    return response


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Answer oEmbed 1.0 (https://oembed.com): `url` of a chart -> the code of its frame.

    JSON only: 501 for XML, 404 for an address that is not a chart's.
    """
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only format=json.", status=501, content_type="text/plain; charset=utf-8")
    found, language = _asked(request.GET.get("url", ""))
    with translation.override(language):
        width, height = _limit(request.GET.get("maxwidth")), _limit(request.GET.get("maxheight"))
        height = min(height or MOST, shown.frame_height(found))
        body = {
            "version": "1.0",
            "type": "rich",
            "title": found.title,
            "provider_name": settings.PUBLISHER_NAME,
            "provider_url": settings.PUBLIC_URL,
            "cache_age": DAY,
            "html": shown.frame(found, width, height),
            "width": width or 736,
            "height": height,
        }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _asked(url: str) -> tuple[Chart, str]:
    """(chart, language) of the address of a page for frames. Errors: `Http404`."""
    try:
        path = unquote(urlsplit(url[:MOST]).path)
        language = "en" if path.startswith("/en/") else "es"
        with translation.override(language):
            match = resolve(path)
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    if match.view_name != "portal:chart" or not url.startswith(f"{settings.PUBLIC_URL}/"):
        raise Http404
    with translation.override(language):
        return find(*match.kwargs.values()), language


def _limit(text: str | None) -> int | None:
    is_number = text and text.isascii() and text.isdigit() and len(text) < 5  # noqa: PLR2004 - no frame is wider
    return max(int(text or 0), 1) if is_number else None
