# SPDX-License-Identifier: Apache-2.0
"""`/log/`: the files of the public log, and receipts made from them. Any web server may serve the folder in our place.

Paths and what may be kept how long: public log, section 4 (C2SP tlog-tiles).
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from vitrina.ledger import log, published
from vitrina.ledger.models import Head, Timestamp
from vitrina.ledger.tile_reader import WIDTH, TileError, place_of

TEXT = "text/plain; charset=utf-8"
FOR_EVER = "public, max-age=31536000, immutable"
SECONDS = "public, max-age=2"
MOST_INDEX = 2**63 - 2
_LEVEL_BITS = 8


def _answer(data: bytes | str, content_type: str, cache: str, name: str = "") -> HttpResponse:
    """A file for any origin; with a name, one to keep."""
    response = HttpResponse(data, content_type=content_type)
    response["Cache-Control"] = cache
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["X-Content-Type-Options"] = "nosniff"
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """The newest signed note. 404 before the log has begun."""
    found = published.note()
    if found is None:
        raise Http404
    return _answer(found, TEXT, SECONDS)


@require_safe
def checkpoint_of(request: HttpRequest, size: int) -> HttpResponse:  # noqa: ARG001
    """The signed note of exactly so many leaves, with every cosignature that it got: a deadline's, for instance."""
    found = log.checkpoint_at(size) if size <= published.size() else None
    if found is None:
        raise Http404
    return _answer(found, TEXT, SECONDS, f"checkpoint-{size}.txt")


@require_safe
def signed(request: HttpRequest, size: int) -> HttpResponse:  # noqa: ARG001
    """The note of so many leaves with the log's signature alone: the bytes that a time stamp covers."""
    row = get_object_or_404(Head, size=min(size, MOST_INDEX))
    return _answer(row.note, TEXT, FOR_EVER, f"checkpoint-{size}.txt")


@require_safe
def tile(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """A tile or bundle of the published log; nothing that no checkpoint covers, no other file."""
    name = f"tile/{name}"
    place = place_of(name)
    if place is None:
        raise Http404
    level, n, width = place
    is_whole = 0 < width <= WIDTH and name.endswith(f".p/{width}") == (width < WIDTH)
    if not is_whole or (n * WIDTH + width) << _LEVEL_BITS * (level or 0) > published.size():
        raise Http404
    try:
        data = published.tile(name)
    except (FileNotFoundError, NotADirectoryError, TileError):
        raise Http404 from None
    return _answer(data, "application/octet-stream", FOR_EVER)


@require_safe
def policy(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Keys and quorum, as a verifier wants them."""
    found = log.policy_text()
    if not found:
        raise Http404
    return _answer(found, TEXT, "public, max-age=60", "vitrina.policy")


@require_safe
def proof(request: HttpRequest, index: int) -> HttpResponse:  # noqa: ARG001
    """The receipt of a leaf (`.tlog-proof`): for ever valid, better when more witnesses have cosigned."""
    found = log.proof_of(index) if index <= MOST_INDEX else None
    if found is None:
        raise Http404
    return _answer(found, TEXT, SECONDS, f"acto-{index + 1}.tlog-proof")


@require_safe
def statement(request: HttpRequest, index: int) -> HttpResponse:  # noqa: ARG001
    """The exact bytes of a leaf that a published checkpoint covers."""
    found = log.statement_at(index) if index < published.size() else None
    if found is None:
        raise Http404
    return _answer(found, "application/json", FOR_EVER, f"acto-{index + 1}.json")


@require_safe
def timestamp(request: HttpRequest, size: int) -> HttpResponse:  # noqa: ARG001
    """The RFC 3161 answer over the signed note of so many leaves, for `openssl ts -verify`."""
    row = get_object_or_404(Timestamp, head=min(size, MOST_INDEX))
    return _answer(bytes(row.token), "application/timestamp-reply", FOR_EVER, f"checkpoint-{size}.tsr")
