# SPDX-License-Identifier: Apache-2.0
"""A supplier as this ledger tells it: its entry in the register, how it delivered, its guarantees, its sanctions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.contracting.words import guarantee_kind
from vitrina.cycle.core.words import day, lang, money
from vitrina.kernel import formats
from vitrina.ledger.models import Position, Record
from vitrina.parties.models import Supplier
from vitrina.parties.places import SIZES
from vitrina.portal import story
from vitrina.portal.projection import centavos
from vitrina.redress import queries as redress

from . import postings as p
from .models import Arrival, Due, FundedContract, Posting
from .words import points

COMPANY = 12  # signs in the RFC of a company; that of a person is personal data and is not shown
MOST = 100  # guarantees on the page


def history(supplier: Supplier | None, key: str, now: datetime) -> dict[str, Any]:
    """What the page of a supplier shows of this ledger; each part is empty where the ledger has nothing."""
    contracts = list(FundedContract.objects.filter(supplier_key=key).select_related("purchase").order_by("id"))
    ids = [one.id for one in contracts]
    return {
        "registry": _registry(supplier) if supplier else [],
        "performance": _performance(ids, now) if ids else {},
        "contract_rows": [_contract(one, figures) for one, figures in _figures(contracts)],
        "contract_columns": [
            {"label": _("Contract")},
            {"label": _("Ends on")},
            *(
                {"label": label, "num": True}
                for label in (_("Worth"), _("Received"), _("Penalties"), _("Paid, with VAT"))
            ),
        ],
        "guarantees": _guarantees(contracts),
        "guarantee_columns": [
            {"label": _("Guarantee")},
            {"label": _("Contract")},
            {"label": _("Valid")},
            {"label": _("Amount"), "num": True},
        ],
        "sanctions": _sanctions(supplier, now) if supplier else [],
        "is_registered": supplier is not None,
    }


def _registry(supplier: Supplier) -> list[dict[str, Any]]:
    """What the register says of it, with the act that registered it."""
    row = Position.objects.filter(entry__stream=f"supplier:{supplier.key}").select_related("entry")
    first = row.order_by("position").first()
    found: list[dict[str, Any]] = [{"term": _("Key in the register"), "value": supplier.key, "mono": True}]
    if len(supplier.rfc) == COMPANY:
        found.append({"term": "RFC", "value": supplier.rfc, "mono": True})
    found.append({"term": _("Size"), "value": str(SIZES.get(supplier.size, _("no data")))})
    if first:
        url = reverse("portal:act", args=[first.position])
        found.append({"term": _("Registered on"), "value": day(first.entry.at, "America/Mexico_City"), "url": url})
    return found


def _performance(ids: list[str], now: datetime) -> dict[str, Any]:
    """How it delivered, in one sentence and four figures, each with what it is of."""
    accepted = Q(state=p.ACCEPTED)
    arrivals = Arrival.objects.filter(contract__in=ids).aggregate(
        accepted=Count("id", filter=accepted), in_time=Count("id", filter=accepted & Q(late_days=0)),
        rejected=Count("id", filter=Q(state=p.REJECTED)), worst=Max("late_days", filter=accepted),
        penalties=Sum("penalty_centavos"),
    )  # fmt: skip
    late = Due.objects.filter(contract__in=ids, kind=p.GOODS, closes_at__lt=now).aggregate(
        n=Count("id"), sum=Sum("centavos")
    )
    return {"sentence": _delivered(arrivals), "terms": list(_terms(arrivals, late))}


def _delivered(found: dict[str, Any]) -> str:
    n = found["accepted"]
    if not n:
        return _("Nothing of what it contracted was accepted yet.")
    text = ngettext(
        "Of the one delivery that was accepted, %(in_time)s came in time (%(share)s).",
        "Of %(n)s deliveries that were accepted, %(in_time)s came in time (%(share)s).",
        n,
    )
    share = points(Fraction(found["in_time"], n), 0)
    return text % {"n": f"{n:,}", "in_time": f"{found['in_time']:,}", "share": share}


def _terms(found: dict[str, Any], late: dict[str, Any]) -> Iterator[dict[str, str]]:
    if worst := found["worst"]:
        value = ngettext("%(n)s natural day", "%(n)s natural days", worst) % {"n": worst}
        yield {"term": _("Longest delay"), "value": value}
    yield {"term": _("Deliveries rejected"), "value": f"{found['rejected']:,}"}
    yield {"term": _("Penalties for delay"), "value": money(found["penalties"] or 0)}
    text = ngettext("one delivery for %(amount)s", "%(n)s deliveries for %(amount)s", late["n"])
    values = {"n": f"{late['n']:,}", "amount": money(late["sum"] or 0)}
    yield {"term": _("Overdue today"), "value": text % values if late["n"] else _("nothing")}


def _figures(contracts: list[FundedContract]) -> Iterator[tuple[FundedContract, dict[str, int]]]:
    sums: dict[str, dict[str, int]] = {}
    moved = Posting.objects.filter(contract__in=[one.id for one in contracts]).values("contract", "account").order_by()
    for row in moved.annotate(sum=Sum("centavos")):
        sums.setdefault(row["contract"], {})[row["account"]] = int(row["sum"])
    yield from ((one, sums.get(one.id, {})) for one in contracts)


def _contract(one: FundedContract, sums: dict[str, int]) -> dict[str, Any]:
    name = {"text": one.title, "url": f"{reverse('portal:funds')}?contrato={one.id}",
            "sub": f"{one.id}, {one.purchase.unit_name}"}  # fmt: skip
    ended = _("ended early") if one.is_ended else day(one.ends_on)
    amounts = (money(sums.get(account, 0)) for account in (p.COMMITTED, p.ACCEPTED, p.PENALTY, p.PAID))
    return {"cells": [name, ended, *amounts]}


def _guarantees(contracts: list[FundedContract]) -> list[dict[str, Any]]:
    """The guarantees of its contracts, as the purchases' records have them."""
    mine = {one.id for one in contracts}
    records = Record.objects.filter(ocid__in={one.purchase_id for one in contracts}).order_by("ocid")
    rows = []
    for compiled in records.values_list("compiled", flat=True):
        for contract in compiled.get("contracts", []):
            if contract.get("id") in mine:
                rows += [_guarantee(contract["id"], one) for one in contract.get("guarantees", [])]
    return rows[:MOST]


def _guarantee(contract: str, one: dict[str, Any]) -> dict[str, Any]:
    period = one.get("period", {})
    days = [story.instant(period.get(name)) for name in ("startDate", "endDate")]
    valid = _("%(first)s to %(last)s") % {"first": _numday(days[0]), "last": _numday(days[1])}
    who = {"text": guarantee_kind(one.get("type", "")), "sub": one.get("guarantor", {}).get("name", "")}
    amount = centavos(one.get("value"))
    return {"cells": [who, contract, valid, money(amount) if amount is not None else ""]}


def _numday(at: datetime | None) -> str:
    return formats.day(at, lang(), form="numday", zone="UTC") if at else _("no data")


def _sanctions(supplier: Supplier, now: datetime) -> list[dict[str, Any]]:
    """Every sanction that was published of it here, with its dates; what no longer stands says so."""
    found = redress.of_rfc(supplier.rfc)
    positions = dict(Position.objects.filter(entry__in=[t.entry_id for t in found]).values_list("entry", "position"))
    return [_sanction(told, positions.get(told.entry_id), now) for told in found]


def _sanction(told: redress.Told, position: int | None, now: datetime) -> dict[str, Any]:
    one = told.sanction
    terms = [
        {"term": _("Authority"), "value": one.authority},
        {"term": _("Case file"), "value": one.file, "mono": True},
        {"term": _("Resolution"), "value": day(one.resolved_on)},
        {"term": _("Firm since"), "value": day(one.firm_on)},
    ]
    if one.debarred_from and one.debarred_until:
        values = {"first": day(one.debarred_from), "last": day(one.debarred_until)}
        terms.append({"term": _("Debarred"), "value": _("%(first)s to %(last)s") % values})
    if one.fine:
        terms.append({"term": _("Fine"), "value": money(one.fine)})
    if one.url:
        terms.append({"term": _("Its text"), "value": one.url, "url": one.url})
    return {"cause": one.cause, "terms": terms, "state": _standing(told, now), "position": position,
            "url": reverse("portal:act", args=[position]) if position else ""}  # fmt: skip


def _standing(told: redress.Told, now: datetime) -> tuple[str, str]:
    """(kind of `parts/state.html`, words) of a sanction today."""
    if told.withdrawn_at:
        when = day(told.withdrawn_at, "America/Mexico_City")
        return "wait", _("It no longer stands since %(day)s") % {"day": when}
    until = told.sanction.debarred_until
    if until and until < now.date():
        return "wait", _("Its term is over")
    return "alert", _("In force")
