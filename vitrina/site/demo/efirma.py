# SPDX-License-Identifier: Apache-2.0
"""The files of one's own demonstration e.firma, to sign with as in real life; only in a demonstration."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from vitrina.desk.offices import seat_of
from vitrina.parties.models import Person, Supplier

from .authority import demo_efirma
from .page import demo_only

PARTS = ("cer", "key")


@demo_only
@require_GET
@login_required
def file(request: HttpRequest, part: str) -> HttpResponse:
    """The `cer` or the `key` of whoever is signed in: of their company when they sit in a supplier's office."""
    seat = seat_of(request)
    if part not in PARTS or seat is None:
        raise Http404
    actor = seat.actor
    rows, key = (Supplier, actor.supplier_key) if actor.supplier_key else (Person, actor.person_id)
    holder = get_object_or_404(rows, pk=key)
    if not holder.rfc:
        raise Http404
    content = demo_efirma(holder, seat.at)[PARTS.index(part)]
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{holder.rfc.lower()}.{part}"'
    response["Cache-Control"] = "no-store"
    return response
