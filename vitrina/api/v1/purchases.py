# SPDX-License-Identifier: Apache-2.0
"""Purchases of this installation, by their last change; and the public acts that the calendar has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Path, Query, Router

from vitrina.api.open_data import MAX_POSITION
from vitrina.api.problems import Refused
from vitrina.kernel import formats
from vitrina.portal.agenda import queries as agenda
from vitrina.portal.agenda.pages import plain
from vitrina.portal.models import PurchaseCard, SupplierCard

from . import cursors
from .answering import FOUND, LISTED, Cursor, Key, Limit, Ocid, answer, listed, money, question, url
from .shapes.purchases import PublicActs, Purchase, Purchases

router = Router(tags=["purchases"])
Since = Annotated[int, Query(ge=0, le=MAX_POSITION, description="Only what has an act after this position.")]
OcidInPath = Annotated[str, Path(max_length=120, examples=["ocds-vt0001-2020-000014"])]
BY_CHANGE = ("last_position", "ocid")
BY_HOUR = ("starts_at", "id")


@router.get("/purchases", response={200: Purchases, **LISTED}, operation_id="list_purchases",
            summary="Purchases by their last change")  # fmt: skip
def purchases(
    request: HttpRequest,
    since: Since = 0,
    buyer: Key = "",
    unit: Key = "",
    supplier: Key = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> HttpResponse:
    """The one that was changed longest ago first. To stay current keep the largest `position`, ask again `since` it:
    a purchase that changes meanwhile comes once more, none is missed.
    """
    rows = PurchaseCard.objects.filter(last_position__gt=since)
    rows = rows.filter(buyer_key=buyer) if buyer else rows
    rows = rows.filter(unit_key=unit) if unit else rows
    rows = rows.filter(supplier_keys__contains=[supplier]) if supplier else rows
    of = question(request)
    found, place = cursors.page(rows, BY_CHANGE, cursors.read(cursor, (int, str), of=of), limit)
    return listed(request, told(found), place, of=of)


@router.get("/purchases/{ocid}", response={200: Purchase, **FOUND}, operation_id="get_purchase",
            summary="One purchase")  # fmt: skip
def purchase(request: HttpRequest, ocid: OcidInPath) -> HttpResponse:
    """A purchase as it stands; `links.record` leads to all that was ever said of it."""
    card = PurchaseCard.objects.filter(ocid=ocid).first()
    if card is None:
        raise Refused(404, gettext_lazy("No purchase has the ocid %(ocid)s."), "not_found", ocid=ocid)
    return answer(request, told([card])[0])


def told(cards: Iterable[PurchaseCard]) -> list[dict[str, Any]]:
    """Cards as answers have them."""
    cards = list(cards)
    keys = {key for card in cards for key in card.supplier_keys}
    names = dict(SupplierCard.objects.filter(key__in=keys).values_list("key", "name"))
    return [_told(card, names) for card in cards]


def _told(card: PurchaseCard, names: dict[str, str]) -> dict[str, Any]:
    amount = None
    if card.amount_centavos is not None:
        amount = {**money(card.amount_centavos, card.currency), "kind": card.amount_kind}
    return {
        "ocid": card.ocid, "number": card.number, "title": card.title,
        "buyer": {"key": card.buyer_key, "name": card.buyer_name},
        "unit": {"key": card.unit_key, "name": card.unit_name},
        "stage": card.stage, "status": card.status, "method": card.method, "category": card.category,
        "year": card.year, "amount": amount,
        "suppliers": [{"key": key, "name": names.get(key, "")} for key in card.supplier_keys],
        "opening_at": formats.iso(card.opening_at) if card.opening_at else None,
        "is_imported": card.is_imported, "position": card.last_position, "changed_at": formats.iso(card.last_at),
        "links": {
            "page": url("portal:purchase", card.ocid), "record": url("v1:record", card.ocid),
            "release": url("purchase_json", card.ocid), "atom": url("purchase_atom", card.ocid),
            "calendar": url("purchase_ics", card.ocid),
        },
    }  # fmt: skip


@router.get("/calendar", response={200: PublicActs, **LISTED}, operation_id="list_acts",
            summary="Public acts, by the hour at which they begin")  # fmt: skip
def calendar(
    request: HttpRequest,
    first: Annotated[date | None, Query(alias="from", description="First day, UTC.")] = None,
    last: Annotated[date | None, Query(alias="until", description="Last day, UTC.")] = None,
    unit: Key = "",
    ocid: Ocid = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> HttpResponse:
    """Openings, clarification meetings, rulings, auctions, last days, as they are foreseen, moved, begun, ended."""
    rows = agenda.Scope(unit=unit, ocid=ocid).acts()
    if first:
        rows = rows.filter(starts_at__gte=_midnight(first))
    if last:
        rows = rows.filter(starts_at__lt=_midnight(last) + timedelta(days=1))
    of = question(request)
    after = cursors.read(cursor, (str, str), of=of)
    found, place = cursors.page(rows, BY_HOUR, _instant(after), limit)
    if place is not None:
        place = (place[0].isoformat(), place[1])
    shown = [{**plain(one), "url": url("portal:room", one.act.ocid)} for one in agenda.shown(found)]
    return listed(request, shown, place, of=of)


def _midnight(day: date) -> datetime:
    """The beginning of a day; the last day that there is counts as the one before, whose end can still be told."""
    return datetime.combine(min(day, date(9999, 12, 30)), time(), UTC)


def _instant(place: cursors.Place | None) -> cursors.Place | None:
    """The place of an act: its hour was written as text."""
    if place is None:
        return None
    try:
        at = datetime.fromisoformat(place[0])
    except ValueError:
        raise cursors.strange() from None
    if at.tzinfo is None:
        raise cursors.strange()
    return at, place[1]
