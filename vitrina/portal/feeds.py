# SPDX-License-Identifier: Apache-2.0
"""The newest acts as Atom, RSS 2.0 and JSON Feed 1.1: one list, three writings."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.kernel import clock
from vitrina.kernel.text import for_xml
from vitrina.ledger.models import Position
from vitrina.ledger.releases import iso

from . import queries
from .models import PurchaseCard
from .search import answers
from .search.filters import Filters, pairs_of, read_filters

MOST_FOLLOWED = 500  # purchases whose acts are in a feed
Feed = dict[str, Any]


@require_safe
def everything(request: HttpRequest, form: str) -> HttpResponse:
    """The newest acts; with `q` and the filters of the search, of the acts of what it finds."""
    filters = read_filters(pairs_of(request.GET)).scope()
    condition = None
    title = _("Vitrina: every act")
    if filters != Filters():
        newest = answers.purchases(filters).order_by("-last_position").values_list("ocid", flat=True)[:MOST_FOLLOWED]
        condition = Q(entry__stream__in=[f"ocid:{ocid}" for ocid in newest])
        title = _("Vitrina: acts of “%(q)s”") % {"q": filters.q or filters.query()}
    return _answer(request, form, title, "/", queries.latest_acts(50, condition=condition))


@require_safe
def of_purchase(request: HttpRequest, ocid: str, form: str) -> HttpResponse:
    """The acts of one purchase."""
    card = get_object_or_404(PurchaseCard, ocid=ocid)
    rows = queries.latest_acts(100, condition=Q(entry__stream=f"ocid:{ocid}"))
    return _answer(request, form, card.title, f"/p/{ocid}/", rows)


def _answer(request: HttpRequest, form: str, title: str, home: str, rows: list[Position]) -> HttpResponse:
    etag = f'"{rows[0].position if rows else 0}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    feed = {
        "title": title,
        "acts": queries.acts_page(rows),
        "base": settings.PUBLIC_URL,
        "home": home,
        "path": request.get_full_path(),
        "updated": rows[0].entry.at if rows else clock.now(),
    }
    write, media_type = FORMS[form]
    response = HttpResponse(write(feed, request), content_type=f"{media_type}; charset=utf-8")
    response["ETag"], response["Access-Control-Allow-Origin"] = etag, "*"
    return response


def _xml(template: str) -> Callable[[Feed, HttpRequest], str]:
    def write(feed: Feed, request: HttpRequest) -> str:
        for act in feed["acts"]:
            act["rfc_822"] = format_datetime(act["at"])
        return for_xml(render_to_string(template, {**feed, "rfc_822": format_datetime(feed["updated"])}, request))

    return write


def _json(feed: Feed, _request: HttpRequest) -> bytes:
    base = feed["base"]
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed["title"],
            "home_page_url": base + feed["home"],
            "feed_url": base + feed["path"],
            "language": "es-MX",
            "authors": [{"name": settings.PUBLISHER_NAME, "url": base}],
            "items": [
                {
                    "id": f"{base}/actos/{act['number']}/",
                    "url": f"{base}/actos/{act['number']}/",
                    "title": act["sentence"],
                    "content_text": ". ".join(filter(None, (act["who"], act["detail"]))) or act["sentence"],
                    "date_published": iso(act["at"]),
                    "tags": [act["stage"]],
                    "attachments": [{"url": base + act["paper_url"], "mime_type": "application/pdf"}],
                }
                for act in feed["acts"]
            ],
        }
    )


FORMS: dict[str, tuple[Callable[[Feed, HttpRequest], str | bytes], str]] = {
    "atom": (_xml("portal/atom.xml"), "application/atom+xml"),
    "rss": (_xml("portal/rss.xml"), "application/rss+xml"),
    "json": (_json, "application/feed+json"),
}
