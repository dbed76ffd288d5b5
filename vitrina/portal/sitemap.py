# SPDX-License-Identifier: Apache-2.0
"""`/sitemap.xml` and its parts, and `/robots.txt`: every public page, for search engines."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from vitrina.ledger.releases import iso
from vitrina.parties.models import Unit

from .models import PurchaseCard, SupplierCard

MOST = 50_000  # addresses in one part, as the protocol limits them
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
FIXED = (
    "/",
    "/buscar",
    "/compradores/",
    "/recursos/",
    "/obras/",
    "/adjudicaciones-directas/",
    "/calendario/",
    "/actos/",
    "/registro/",
    "/datos/",
    "/federacion/",
)
# Pages that only answer what somebody asks or belong to one person; everything else may be read by any program.
CLOSED = (
    "/cuenta/", "/mi-espacio/", "/avisos/", "/contacto/respuesta/", "/demo/", "/live/",
    "/en/cuenta/", "/en/mi-espacio/", "/en/avisos/", "/en/contacto/respuesta/",
)  # fmt: skip


def _kinds() -> dict[str, tuple[QuerySet[PurchaseCard] | QuerySet[SupplierCard] | QuerySet[Unit], str]]:
    """What has pages: rows in the order of their key, and where a page begins."""
    return {
        "compras": (PurchaseCard.objects.order_by("ocid"), "/p/"),
        "compradores": (Unit.objects.order_by("key"), "/u/"),
        "proveedores": (SupplierCard.objects.order_by("key"), "/s/"),
    }


@require_safe
def index(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """The list of the parts."""
    parts = ["sitemap-portal-1.xml"]
    for kind, (rows, _) in _kinds().items():
        parts += [f"sitemap-{kind}-{n}.xml" for n in range(1, -(-rows.count() // MOST) + 1)]
    listed = "".join(f"<sitemap><loc>{settings.PUBLIC_URL}/{part}</loc></sitemap>\n" for part in parts)
    return HttpResponse(f"{HEAD}<sitemapindex {SPACE}>\n{listed}</sitemapindex>\n", content_type="application/xml")


@require_safe
def part(request: HttpRequest, kind: str, number: int) -> HttpResponse:  # noqa: ARG001
    """One part; 404 for one that the list does not have."""
    if kind == "portal" and number == 1:
        return _sent(_url(path) for path in FIXED)
    if kind not in _kinds() or not 1 <= number <= 10_000:  # noqa: PLR2004 - far above any number of parts
        raise Http404
    rows, prefix = _kinds()[kind]
    start = (number - 1) * MOST
    fields = ("pk", "last_at") if kind == "compras" else ("pk",)
    found = list(rows.values_list(*fields)[start : start + MOST])
    if not found:
        raise Http404
    return _sent(_url(f"{prefix}{quote(str(key), safe='')}/", *(iso(at) for at in when)) for key, *when in found)


def _url(path: str, changed: str = "") -> str:
    changed = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{settings.PUBLIC_URL}{path}</loc>{changed}</url>\n"


def _sent(urls: Iterator[str]) -> HttpResponse:
    def pieces() -> Iterator[str]:
        yield f"{HEAD}<urlset {SPACE}>\n"
        yield from urls
        yield "</urlset>\n"

    response: HttpResponse = StreamingHttpResponse(pieces(), content_type="application/xml")  # type: ignore[assignment]
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Which pages programs need not ask for, and where the list of the others is."""
    closed = "".join(f"Disallow: {path}\n" for path in CLOSED)
    text = f"User-agent: *\n{closed}\nSitemap: {settings.PUBLIC_URL}/sitemap.xml\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
