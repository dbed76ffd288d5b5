# SPDX-License-Identifier: Apache-2.0
"""What can be taken away whole, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from ninja import Router

from vitrina.api.dumps import pages as dumps
from vitrina.api.dumps.sets import SETS
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
    """Every file and feed, with what it is for: whole files first, each with its checksum."""
    return [*_files(), *(_told(*row) for row in _addresses())]


def _files() -> Iterator[dict[str, Any]]:
    """The files of the generation in force, and what describes them; nothing before the first was made."""
    manifest = dumps.generation()
    if manifest is None:
        return
    yield _told("files", "json", f"{DATA}datapackage.json", Text("Data Package de los archivos", "Their Data Package"))
    yield _told("files", "ttl", f"{DATA}catalog.ttl", Text("Catálogo DCAT", "DCAT catalogue"))
    for file in manifest.files:
        told = {"rows": file.rows, "bytes": file.bytes, "sha256": file.sha256, "year": file.year or None}
        yield {**_told(file.set, file.format, DATA + file.path, _words(file.set)), **told,
               "position": file.position or None}  # fmt: skip


def _words(name: str) -> Text:
    """What a set of files is, in both languages."""
    told = []
    for lang in Text._fields:
        with translation.override(lang):
            told.append(str(SETS[name].about))
    return Text(*told)


def _told(what: str, form: str, path: str, about: Text) -> dict[str, Any]:
    return {"what": what, "format": form, "url": settings.PUBLIC_URL + path, "about": {"es": about.es, "en": about.en}}


def _addresses() -> Iterator[tuple[str, str, str, Text]]:
    """What is made when it is asked for."""
    yield "page", "html", DATA, Text("Todo lo que se puede llevar", "All that can be taken")
    yield ("feed", "json", f"{reverse('v1:entries')}?after=0&limit=1000",
           Text("Todos los actos en orden; siga `next`", "Every act in order; follow `next`"))  # fmt: skip
    yield ("releases", "json", f"{reverse('v1:releases')}?after=0&limit=1000",
           Text("Todos los releases de OCDS en orden", "Every OCDS release in order"))  # fmt: skip
    yield "years", "json", reverse("edca_years"), Text("Releases por ejercicio", "Releases by fiscal year")
    found = Text("Lo que encuentra una búsqueda: agregue q y filtros", "What a search finds: add q and filters")
    yield "search", "csv", f"{reverse('portal:search')}?format=csv", found
    yield "newest", "atom", reverse("atom"), Text("Los actos más recientes", "The newest acts")
    yield "calendar", "ics", reverse("calendar_ics"), Text("Todos los actos públicos", "Every public act")
    yield "calendar", "csv", reverse("calendar_csv"), Text("Lo mismo, como tabla", "The same, as a table")
