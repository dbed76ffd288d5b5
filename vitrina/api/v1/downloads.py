# SPDX-License-Identifier: Apache-2.0
"""What can be taken away whole, and where."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router

from vitrina.insight.text import Text

from .answering import LISTED, answer
from .shapes.flags import Downloads

router = Router(tags=["downloads"])
DATA = "/datos/"  # the page of all that can be taken


@router.get("/downloads", response={200: Downloads, **LISTED}, operation_id="list_downloads",
            summary="What can be taken away whole")  # fmt: skip
def downloads(request: HttpRequest) -> HttpResponse:
    """Files and feeds with their addresses."""
    return answer(request, {"results": everything()})


def everything() -> list[dict[str, Any]]:
    """Every file and feed, with what it is for."""
    first = f"{reverse('v1:entries')}?after=0&limit=1000"
    rows = (
        ("catalogue", "html", DATA, Text("Todo lo que se puede llevar", "All that can be taken")),
        ("feed", "json", first, Text("Todos los actos en orden; siga `next`", "Every act in order; follow `next`")),
        ("releases", "json", f"{reverse('v1:releases')}?after=0&limit=1000",
         Text("Todos los releases de OCDS en orden", "Every OCDS release in order")),
        ("years", "json", reverse("edca_years"), Text("Releases por ejercicio", "Releases by fiscal year")),
        ("search", "csv", f"{reverse('portal:search')}?format=csv",
         Text("Lo que encuentra una búsqueda: agregue q y filtros", "What a search finds: add q and filters")),
        ("acts", "atom", reverse("atom"), Text("Los actos más recientes", "The newest acts")),
        ("calendar", "ics", reverse("calendar_ics"), Text("Todos los actos públicos", "Every public act")),
        ("calendar", "csv", reverse("calendar_csv"), Text("Lo mismo, como tabla", "The same, as a table")),
    )  # fmt: skip
    return [
        {"what": what, "format": form, "url": settings.PUBLIC_URL + path, "about": {"es": about.es, "en": about.en}}
        for what, form, path, about in rows
    ]
