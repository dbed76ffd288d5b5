# SPDX-License-Identifier: Apache-2.0
"""The calendar for calendar programs (RFC 5545, 7986): `/calendario.ics` and one for each unit, purchase and search.

An act keeps its UID for ever. Its SEQUENCE rises with each entry that moves it or calls it off, and one that was
called off stays, as CANCELLED, so that programs that took it in take it out. Hours are those of the unit's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event, Timezone

from vitrina import __version__
from vitrina.kernel import clock
from vitrina.kernel.canonical import digest
from vitrina.portal.models import PurchaseCard
from vitrina.portal.search.filters import pairs_of

from . import words
from .queries import Scope, Shown, read_scope, shown
from .schedule import DEADLINES

BACK = timedelta(days=400)  # older acts are in the record, no longer in the calendar of everything
MOST = 3000  # acts of one calendar, the latest hours first: of more than that, take a unit's or a search's
USUAL = timedelta(hours=1)  # nobody knows how long an act will take: this much is kept free for it
REFRESH = "PT1H"
END = b"END:VCALENDAR"
KEPT = 8192  # events that a process keeps as they were written
_events: dict[tuple[Any, ...], bytes] = {}


def uid(act_id: str) -> str:
    """The UID of an act: its key and the ocid, which no other publisher can have. It names no host: hosts change."""
    return f"{act_id}@vitrina"


def event(one: Shown) -> Event:
    """One act as a VEVENT."""
    act, zone = one.act, ZoneInfo(one.zone)
    found = Event()
    found.add("uid", uid(act.id))
    found.add("dtstamp", act.changed_at)
    found.add("created", act.announced_at)
    found.add("last-modified", act.changed_at)
    found.add("sequence", act.sequence)
    found.add("status", act.status.upper())
    found.add("dtstart", act.starts_at.astimezone(zone))
    if act.kind in DEADLINES:
        found.add("transp", "TRANSPARENT")  # a last day to do it by: it takes nobody's time
    else:
        found.add("duration", USUAL)
    found.add("summary", f"{words.name(act)}: {one.card.title}")
    found.add("description", "\n".join(_description(one)))
    found.add("url", settings.PUBLIC_URL + one.room_url)
    found.add("location", _("The room on the internet: %(url)s") % {"url": settings.PUBLIC_URL + one.room_url})
    found.add("categories", [act.kind])
    return found


def _description(one: Shown) -> Iterable[str]:
    yield ", ".join(part for part in (one.card.unit_name or one.card.buyer_name, one.card.number) if part)
    if said := words.change(one.act, one.zone):
        yield said
    yield _("Follow it live, anybody may: %(url)s") % {"url": settings.PUBLIC_URL + one.room_url}
    yield _("Ledger number of the last word on this act: %(n)s.") % {"n": f"{one.act.position:,}"}


def calendar(name: str, acts: Sequence[Shown], address: str) -> bytes:
    """Acts as one iCalendar object, with the definition of every zone that they use."""
    found = Calendar()
    found.add("prodid", f"-//Vitrina//Vitrina {__version__}//ES")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("name", name)
    found.add("x-wr-calname", name)
    found.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", REFRESH)
    found.add("source", address, parameters={"VALUE": "URI"})
    head, end, _nothing = found.to_ical().partition(END)
    zones = sorted({one.zone for one in acts})
    return b"".join([head, *(_zone(zone) for zone in zones), *(_written(one) for one in acts), end])


@lru_cache(maxsize=64)
def _zone(name: str) -> bytes:
    """A zone as a VTIMEZONE."""
    return Timezone.from_tzid(name).to_ical()


def _state(one: Shown) -> tuple[Any, ...]:
    """Everything on which the event of an act depends: the same state, the same bytes."""
    act, card = one.act, one.card
    return (act.id, act.position, act.sequence, act.status, act.starts_at, card.title, card.number,
            card.unit_name or card.buyer_name, one.zone, get_language(), settings.PUBLIC_URL)  # fmt: skip


def _written(one: Shown) -> bytes:
    """The event of an act, written once for each of its states: calendars are asked for every hour."""
    state = _state(one)
    found = _events.get(state)
    if found is None:
        if len(_events) >= KEPT:
            _events.clear()
        found = _events[state] = event(one).to_ical()
    return found


def _answer(request: HttpRequest, scope: Scope, name: str, filename: str) -> HttpResponse:
    acts = scope.acts()
    if not scope.ocid:
        acts = acts.filter(starts_at__gte=clock.now() - BACK)
    found = shown(acts.order_by("-starts_at", "id")[:MOST])[::-1]
    address = settings.PUBLIC_URL + request.get_full_path()
    told = [name, address, __version__, *(str(_state(one)) for one in found)]
    etag = f'"{digest(repr(told).encode())[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        data = calendar(name, found, address)
        response = HttpResponse(data, content_type="text/calendar; charset=utf-8; method=PUBLISH")
        response["Content-Disposition"] = f'inline; filename="{filename}.ics"'
    response["ETag"], response["Access-Control-Allow-Origin"] = etag, "*"
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """`/calendario.ics`: every act, or those of a saved search or a unit (the filters of the address)."""
    with _language(request):
        scope = read_scope(pairs_of(request.GET))
        name = _("Vitrina: public acts")
        if not scope.is_all:
            name = f"{name}, {scope.filters.q or unit_name(scope.unit) or _('a saved search')}"
        return _answer(request, scope, name, "calendario")


@require_safe
def of_unit(request: HttpRequest, key: str) -> HttpResponse:
    """`/u/<key>.ics`: the acts of a unit, or of an institution with all its units."""
    with _language(request):
        name = _("Vitrina: %(who)s") % {"who": unit_name(key) or key}
        return _answer(request, Scope(unit=key), name, f"unidad-{key}")


@require_safe
def of_purchase(request: HttpRequest, ocid: str) -> HttpResponse:
    """`/p/<ocid>.ics`: the acts of one purchase, all of them."""
    card = get_object_or_404(PurchaseCard, ocid=ocid)
    with _language(request):
        return _answer(request, Scope(ocid=ocid), _("Vitrina: %(who)s") % {"who": card.title}, f"compra-{ocid}")


def _language(request: HttpRequest) -> translation.override:
    """Spanish, or English with `lang=en`: a calendar program sends no language of its own that could be trusted."""
    return translation.override("en" if request.GET.get("lang") == "en" else settings.LANGUAGE_CODE)


def unit_name(key: str) -> str:
    """The name under which the public record knows a unit or an institution; empty for one that it does not know."""
    card = PurchaseCard.objects.filter(unit_key=key).first() or PurchaseCard.objects.filter(buyer_key=key).first()
    if card is None:
        return ""
    return card.unit_name if card.unit_key == key else card.buyer_name
