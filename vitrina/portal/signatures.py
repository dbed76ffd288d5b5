# SPDX-License-Identifier: Apache-2.0
"""Signatures on the public site: beside their acts, and the evidence that anyone takes away. Read from the ledger.

Source: efirma, section 4 (public view of a record).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from vitrina.cycle.core import signed
from vitrina.ledger.models import Entry, Position
from vitrina.parties.signing import short


def apart(rows: Sequence[Position]) -> tuple[list[Position], dict[str, str]]:
    """(acts, way of signing in two words by digest of the act): on a timeline a signature stands with its act."""
    tell = [r.entry.event for r in rows if r.entry.kind in signed.KINDS and not r.entry.is_erased]
    ways = {event.act: short(event.signature) for event in tell}
    return [r for r in rows if r.entry.kind not in signed.KINDS], ways


def act_signed(entry: Entry) -> dict[str, Any] | None:
    """Of an entry that tells of a signature, the act that was signed: `sentence` and `url`; else nothing."""
    act = signed.act_of(entry) if entry.kind in signed.KINDS and not entry.is_erased else None
    placed = Position.objects.filter(entry=act).first() if act else None
    if placed is None:
        return None
    return {"sentence": act.event.sentence(), "url": reverse("portal:act", args=[placed.position])}


def _public(position: int) -> tuple[Position, Entry]:
    """A public act and the entry that says who signed it, or 404."""
    row = get_object_or_404(Position.objects.select_related("entry"), position=position)
    entry = signed.entry_of(row.entry) if row.entry.is_public else None
    if entry is None:
        raise Http404
    return row, entry


@require_safe
def evidence(request: HttpRequest, position: int) -> HttpResponse:  # noqa: ARG001
    """The public view of a signature, with what it signs and where that is: enough to check it without us."""
    row, entry = _public(position)
    record = entry.event.signature
    is_open = signed.is_open(entry)
    content = {
        "v": 1,
        "act": {"position": position, "kind": row.entry.kind, "digest": row.entry.digest, "ocid": row.entry.ocid},
        "signature": record,
        "signed_text": reverse("act_signed_text", args=[position]) if is_open else None,
        "ledger": {"stream": entry.stream, "seq": entry.seq, "digest": entry.digest},
        "how": "value signs DSSEv1(payload_type, signed_text) with public_key; see docs/reference/signatures.md",
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return _downloadable(response, f"firma-acto-{position}.json")


@require_safe
def signed_text(request: HttpRequest, position: int) -> HttpResponse:  # noqa: ARG001
    """The exact bytes that were signed; 404 until they are public."""
    row, entry = _public(position)
    content = signed.payload_of(entry.event) if signed.is_open(entry) and not row.entry.is_erased else None
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/json")
    return _downloadable(response, f"firmado-acto-{position}.json")


def _downloadable(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
