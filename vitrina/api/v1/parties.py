# SPDX-License-Identifier: Apache-2.0
"""Buyers, units, suppliers, sanctions: those of this installation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Router

from vitrina.api.problems import Refused
from vitrina.kernel import formats
from vitrina.parties.models import Unit
from vitrina.parties.places import STATES
from vitrina.portal.models import PurchaseCard, SupplierCard
from vitrina.portal.queries import sums
from vitrina.redress.events import SanctionRef
from vitrina.redress.queries import standing

from . import cursors
from .answering import FOUND, LISTED, Cursor, Key, KeyInPath, Limit, answer, listed, money, question, url
from .shapes import parties as shapes

router = Router(tags=["parties"])
BY_KEY = ("key",)


@router.get("/buyers", response={200: shapes.Buyers, **LISTED}, operation_id="list_buyers",
            summary="Institutions that buy here")  # fmt: skip
def buyers(request: HttpRequest, cursor: Cursor = "", limit: Limit = 100) -> HttpResponse:
    """By key, with how many purchases they have here and for how much their contracts in pesos are."""
    of = question(request)
    rows = _buyers(PurchaseCard.objects.exclude(buyer_key=""))
    found, place = cursors.page(rows, ("buyer_key",), cursors.read(cursor, (str,), of=of), limit)
    return listed(request, [_buyer(row) for row in found], place, of=of)


@router.get("/buyers/{key}", response={200: shapes.Buyer, **FOUND}, operation_id="get_buyer",
            summary="One institution")  # fmt: skip
def buyer(request: HttpRequest, key: KeyInPath) -> HttpResponse:
    """An institution that has purchases here."""
    row = _buyers(PurchaseCard.objects.filter(buyer_key=key)).first()
    if row is None:
        raise Refused(404, gettext_lazy("No buyer has the key %(key)s."), "not_found", key=key)
    return answer(request, _buyer(row))


def _buyers(cards: QuerySet[PurchaseCard]) -> Any:
    contracted = Sum("amount_centavos", filter=Q(amount_kind="contract", currency="MXN"))
    rows = cards.values("buyer_key").annotate(name=Max("buyer_name"), n=Count("ocid"), contracted=contracted)
    return rows.order_by("buyer_key")


def _buyer(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["buyer_key"], "name": row["name"], "purchases": row["n"],
        "contracted": money(row["contracted"] or 0), "page": url("portal:unit", row["buyer_key"]),
    }  # fmt: skip


@router.get("/units", response={200: shapes.Units, **LISTED}, operation_id="list_units",
            summary="Registered units")  # fmt: skip
def units(request: HttpRequest, parent: Key = "", cursor: Cursor = "", limit: Limit = 100) -> HttpResponse:
    """Institutes, delegations, hospitals, clinics; `parent` asks for those right below a unit."""
    of = question(request)
    rows = Unit.objects.filter(parent=parent) if parent else Unit.objects.all()
    found, place = cursors.page(rows, BY_KEY, cursors.read(cursor, (str,), of=of), limit)
    return listed(request, [_unit(one) for one in found], place, of=of)


@router.get("/units/{key}", response={200: shapes.UnitTotals, **FOUND}, operation_id="get_unit",
            summary="One unit, what it buys, and the units below it")  # fmt: skip
def unit(request: HttpRequest, key: KeyInPath) -> HttpResponse:
    """A registered unit with the number and the sum of its purchases."""
    one = Unit.objects.filter(key=key).first()
    if one is None:
        raise Refused(404, gettext_lazy("No unit has the key %(key)s."), "not_found", key=key)
    totals = sums(PurchaseCard.objects.filter(Q(buyer_key=key) | Q(unit_key=key)))
    below = [{"key": u.key, "name": u.name} for u in one.children.order_by("key")]
    body = {"purchases": totals["n"], "contracted": money(totals["contracted"] or 0), "units": below}
    return answer(request, {**_unit(one), **body})


def _unit(one: Unit) -> dict[str, Any]:
    return {
        "key": one.key, "name": one.name, "acronym": one.acronym, "kind": one.kind, "parent": one.parent_id,
        "buyer": one.root_id or one.key, "state": STATES.get(one.state, ""), "may_contract": one.can_contract,
        "page": url("portal:unit", one.key), "calendar": url("unit_ics", one.key),
    }  # fmt: skip


@router.get("/suppliers", response={200: shapes.Suppliers, **LISTED}, operation_id="list_suppliers",
            summary="Suppliers by key")  # fmt: skip
def suppliers(request: HttpRequest, cursor: Cursor = "", limit: Limit = 100) -> HttpResponse:
    """Whoever bid or won here: how often, and for how much."""
    of = question(request)
    found, place = cursors.page(SupplierCard.objects.all(), BY_KEY, cursors.read(cursor, (str,), of=of), limit)
    return listed(request, [_supplier(one) for one in found], place, of=of)


@router.get("/suppliers/{key}", response={200: shapes.Supplier, **FOUND}, operation_id="get_supplier",
            summary="One supplier")  # fmt: skip
def supplier(request: HttpRequest, key: KeyInPath) -> HttpResponse:
    """A supplier that bid or won here; its purchases are those of `/purchases?supplier=`."""
    one = SupplierCard.objects.filter(key=key).first()
    if one is None:
        raise Refused(404, gettext_lazy("No supplier has the key %(key)s."), "not_found", key=key)
    return answer(request, _supplier(one))


def _supplier(one: SupplierCard) -> dict[str, Any]:
    return {
        "key": one.key, "name": one.name, "bids": one.n_bids, "contracts": one.n_contracts,
        "contracted": money(one.total_centavos), "page": url("portal:supplier", one.key),
    }  # fmt: skip


@router.get("/sanctions", response={200: shapes.Sanctions, **LISTED}, operation_id="list_sanctions",
            summary="Firm sanctions of suppliers that stand")  # fmt: skip
def sanctions(request: HttpRequest, cursor: Cursor = "", limit: Limit = 100) -> HttpResponse:
    """Those that this installation has published and that were not withdrawn."""
    of = question(request)
    after = cursors.read(cursor, (str,), of=of)
    rows = [(s, at) for s, at in standing() if after is None or s.id > after[0]]
    rows.sort(key=lambda row: row[0].id)
    place = (rows[limit - 1][0].id,) if len(rows) > limit else None
    return listed(request, [_sanction(s, at) for s, at in rows[:limit]], place, of=of)


def _sanction(s: SanctionRef, at: datetime) -> dict[str, Any]:
    return {
        "id": s.id, "name": s.name, "rfc": s.rfc, "person": s.person,
        "institution": {"key": s.institution, "name": s.institution_name}, "authority": s.authority,
        "file": s.file, "fault": s.fault, "cause": s.cause, "kinds": list(s.kinds),
        "resolved_on": _day(s.resolved_on), "firm_on": _day(s.firm_on), "notified_on": _day(s.notified_on),
        "debarred_from": _day(s.debarred_from), "debarred_until": _day(s.debarred_until),
        "fine": money(s.fine.centavos, s.fine.currency) if s.fine else None, "contract": s.contract,
        "url": s.url, "published_at": formats.iso(at),
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
