# SPDX-License-Identifier: Apache-2.0
"""What machines and archives take from the public site: feeds, JSON twins, papers, documents."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    JsonResponse,
)
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from vitrina.cycle.core.files import path_of
from vitrina.cycle.core.models import StoredFile
from vitrina.kernel import clock
from vitrina.ledger import feed
from vitrina.ledger.models import Position, Record
from vitrina.parties.models import Unit

from .models import PurchaseCard
from .papers.acts import pdf_of


@require_safe
def purchase_json(request: HttpRequest, ocid: str) -> HttpResponse:
    """The compiled release that the page of a purchase shows."""
    row = get_object_or_404(Record, ocid=ocid)
    etag = f'"{ocid}-{row.position}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    response = JsonResponse(row.compiled, json_dumps_params={"ensure_ascii": False})
    response["ETag"], response["Access-Control-Allow-Origin"] = etag, "*"
    return response


@require_safe
def act_json(request: HttpRequest, position: int) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """One placed entry as the public feed serves it; 410 with its header and who withdrew it, once it is withdrawn."""
    row = get_object_or_404(Position.objects.select_related("entry"), position=position)
    told, status = feed.statement(row.position, row.entry), 410 if row.entry.is_erased else 200
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False}, status=status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


class LargeFile(FileResponse):
    """A file that may have gigabytes: in pieces of 64 KB, since each one passes between two threads."""

    block_size = 1 << 16


@require_safe
def act_pdf(request: HttpRequest, position: int) -> HttpResponse:  # noqa: ARG001
    """The paper of a public act, made from its ledger entry."""
    row = get_object_or_404(Position.objects.select_related("entry"), position=position)
    if not row.entry.is_public:
        raise Http404
    if row.entry.is_erased:
        return redirect("portal:act", position=position)
    card = PurchaseCard.objects.filter(ocid=row.entry.ocid).first()
    unit = Unit.objects.filter(key=card.unit_key).first() if card else None
    zone = unit.zone if unit else settings.TIME_ZONE
    content = pdf_of(row.entry, position, card.title if card else "", card.number if card else "", zone)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="acto-{position}.pdf"'
    return response


@require_safe
def document(request: HttpRequest, sha256: str) -> HttpResponse:  # noqa: ARG001
    """A document that an act has published; any other answers 404, whether or not it exists."""
    row = get_object_or_404(StoredFile, sha256=sha256, is_public=True)
    response = LargeFile(path_of(row.sha256).open("rb"), content_type=row.media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Where to tell of a weakness (RFC 9116)."""
    expires = clock.system().replace(microsecond=0, month=12, day=31, hour=0, minute=0, second=0)
    lines = [
        f"Contact: mailto:{settings.SECURITY_CONTACT}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: es, en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
