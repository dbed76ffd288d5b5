# SPDX-License-Identifier: Apache-2.0
"""What a body put on its pages: its colours, as a stylesheet of accents after the house's, and its logo."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from vitrina.parties.identity import stylesheet
from vitrina.parties.models import Identity

AN_HOUR, A_YEAR = 3600, 365 * 24 * 3600


def identity_of(body: str) -> dict[str, Any]:
    """`{identity: {css, logo, name}}` for the pages of a body; empty where it chose nothing."""
    found = Identity.objects.filter(unit=body).values("digest", "unit__name", "logo").first() if body else None
    if found is None:
        return {}
    version = f"?v={found['digest'][:12]}"
    logo = reverse("unit_logo", args=[body]) + version if found["logo"] else ""
    return {"identity": {"css": reverse("unit_css", args=[body]) + version, "logo": logo, "name": found["unit__name"]}}


@require_safe
def css(request: HttpRequest, key: str) -> HttpResponse:
    """The accents of a body."""
    found = get_object_or_404(Identity, unit=key)
    return _kept(request, found, HttpResponse(stylesheet(found.palette), content_type="text/css; charset=utf-8"))


@require_safe
def logo(request: HttpRequest, key: str) -> HttpResponse:
    """The logo of a body, a PNG."""
    found = get_object_or_404(Identity.objects.exclude(logo=b""), unit=key)
    return _kept(request, found, HttpResponse(bytes(found.logo), content_type="image/png"))


def _kept(request: HttpRequest, found: Identity, response: HttpResponse) -> HttpResponse:
    """An answer that lasts where its address names its content."""
    is_fixed = request.GET.get("v") == found.digest[:12]
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_fixed else f"public, max-age={AN_HOUR}"
    return response
