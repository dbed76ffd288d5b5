# SPDX-License-Identifier: Apache-2.0
"""What browsers take of a broadcast. In production a file server gives the same addresses (`nginx/http.conf`)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.views.decorators.http import require_safe

from vitrina.cycle.core.files import path_of
from vitrina.cycle.core.models import Process
from vitrina.kernel import clock

from . import chapters, places, ranges, webvtt
from .models import Recording
from .shown import state

PLAYLIST, FRAGMENT = "application/vnd.apple.mpegurl", "video/mp2t"
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def on_air(request: HttpRequest, stream: str, file: str) -> HttpResponseBase:
    """`/emision/<stream>/<file>`: the playlist and the pieces of what is on air, and of its sound alone."""
    path = places.on_air(stream, file)
    if path is None:
        raise Http404
    is_playlist = file.endswith(".m3u8")
    try:
        response = ranges.serve(request, path, media_type=PLAYLIST if is_playlist else FRAGMENT, etag=file)
    except FileNotFoundError as error:
        raise Http404 from error
    if is_playlist:
        del response["ETag"]
    response["Cache-Control"] = "no-cache" if is_playlist else "public, max-age=3600, immutable"
    return response


@require_safe
def broadcast_json(request: HttpRequest, ocid: str) -> JsonResponse:
    """`/p/<ocid>/emision.json`: what is on air, by whose clock, and the last lines of captions."""
    process = get_object_or_404(Process, ocid=ocid)
    after = request.GET.get("after", "0")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0  # noqa: PLR2004 - below 2^63
    told = {"v": 1, "ocid": ocid, "now": round(clock.system().timestamp() * 1000), **state(process, number)}
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, max-age=1"
    return response


def _kept(sha256: str) -> Recording:
    rows = Recording.objects.select_related("broadcast__key__process", "captions")
    found = rows.filter(sha256=sha256, state=Recording.KEPT).first()
    if found is None:
        raise Http404
    return found


@require_safe
def recording(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """`/grabaciones/<sha256>.mp4`: a recording, whole or in part."""
    _kept(sha256)
    try:
        response = ranges.serve(request, places.archived(sha256), media_type="video/mp4", etag=sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    response["Cache-Control"] = FOR_EVER
    return response


@require_safe
def chapters_vtt(request: HttpRequest, sha256: str, language: str) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """`/grabaciones/<sha256>.capitulos.<language>.vtt`: its moments, from the acts of the ledger."""
    if language not in {"es", "en"}:
        raise Http404
    with translation.override(language):
        return _vtt(chapters.chapters(_kept(sha256)))


@require_safe
def captions_vtt(request: HttpRequest, sha256: str) -> HttpResponse:  # noqa: ARG001
    """`/grabaciones/<sha256>.subtitulos.vtt`: the captions that were published, else those typed live; 404 without."""
    found = _kept(sha256)
    if found.captions:
        return _vtt(webvtt.parse(path_of(found.captions.sha256).read_bytes()))
    cues = chapters.typed(found)
    if not cues:
        raise Http404
    return _vtt(cues)


def _vtt(cues: list[webvtt.Cue]) -> HttpResponse:
    response = HttpResponse(webvtt.write(cues), content_type="text/vtt; charset=utf-8")
    response["Cache-Control"] = "public, max-age=60"
    return response
