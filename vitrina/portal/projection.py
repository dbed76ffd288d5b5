# SPDX-License-Identifier: Apache-2.0
"""Compiled release -> cards. Pure up to the last function, which writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from vitrina.kernel.text import fold, squeeze
from vitrina.ledger.models import Record
from vitrina.ledger.projections import Placed, Projection, register

from .models import PurchaseCard, SupplierCard

TEXT_LIMIT = 8000


def centavos(value: dict[str, Any] | None) -> int | None:
    """Centavos of an OCDS value; nothing when it has no amount."""
    if not value or value.get("amount") is None:
        return None
    return int((Decimal(str(value["amount"])) * 100).to_integral_value())


def _sum(blocks: list[dict[str, Any]]) -> int | None:
    amounts = [c for b in blocks if b.get("status") != "cancelled" and (c := centavos(b.get("value"))) is not None]
    return sum(amounts) if amounts else None


def amount_of(compiled: dict[str, Any]) -> tuple[int | None, str]:
    """(centavos, what they are): contracted, else awarded, else budgeted."""
    for kind, found in (
        ("contract", _sum(compiled.get("contracts", []))),
        ("award", _sum([a for a in compiled.get("awards", []) if a.get("status") == "active"])),
        ("budget", centavos(compiled.get("planning", {}).get("budget", {}).get("amount"))),
    ):
        if found is not None:
            return found, kind
    return None, ""


def _opening(tender: dict[str, Any]) -> datetime | None:
    given = tender.get("tenderPeriod", {}).get("endDate")
    return datetime.fromisoformat(given) if given else None


def _suppliers(compiled: dict[str, Any]) -> list[dict[str, Any]]:
    return [p for p in compiled.get("parties", []) if {"supplier", "tenderer"} & set(p.get("roles", []))]


def card(compiled: dict[str, Any], placed: Placed, stage: str) -> PurchaseCard:
    """The card of a purchase from its compiled release and its last act."""
    tender, buyer = compiled.get("tender", {}), compiled.get("buyer", {})
    unit = tender.get("procuringEntity") or buyer
    winners = {s["id"]: s.get("name", "") for a in compiled.get("awards", []) for s in a.get("suppliers", [])}
    parties = _suppliers(compiled)
    amount, kind = amount_of(compiled)
    number = tender.get("procedureNumber") or (tender.get("id") if tender.get("id") != "tender" else "") or ""
    names = [tender.get("title", ""), number, buyer.get("name", ""), unit.get("name", "")]
    names += [p.get("name", "") for p in parties] + [i.get("description", "") for i in tender.get("items", [])]
    contracts = [c.get("id", "") for c in compiled.get("contracts", [])]
    at = placed.entry.at
    dated = _opening(tender) or at
    return PurchaseCard(
        ocid=compiled["ocid"], title=tender.get("title", "") or compiled["ocid"], number=number[:80],
        buyer_key=buyer.get("id", ""), buyer_name=buyer.get("name", ""), unit_key=unit.get("id", ""),
        unit_name=unit.get("name", ""), stage=stage, status=tender.get("status", ""),
        method=tender.get("procurementMethod", ""), category=tender.get("mainProcurementCategory", ""),
        amount_centavos=amount, amount_kind=kind, year=dated.year, opening_at=_opening(tender),
        supplier_keys=sorted({p["id"] for p in parties} | set(winners)),
        supplier_names=", ".join(winners.values()), is_imported=placed.entry.event.stage == "history",
        last_position=placed.position, last_at=at, text=fold(" ".join(names))[:TEXT_LIMIT],
        squeezed=" ".join(squeeze(n) for n in [number, compiled["ocid"], *contracts] if n)[:TEXT_LIMIT],
    )


def _supplier_cards(keys: set[str]) -> list[SupplierCard]:
    """Recount the suppliers that these purchases touched, from the records they appear in."""
    found: dict[str, SupplierCard] = {}
    ocids = PurchaseCard.objects.filter(supplier_keys__overlap=list(keys)).order_by("ocid").values_list("ocid", flat=True)
    for compiled in Record.objects.filter(ocid__in=list(ocids)).order_by("ocid").values_list("compiled", flat=True).iterator():
        for party in _suppliers(compiled):
            if party["id"] not in keys:
                continue
            row = found.setdefault(party["id"], SupplierCard(key=party["id"], name=party.get("name", ""), text=""))
            row.name, row.text = party.get("name", "") or row.name, fold(party.get("name", ""))
            row.n_bids += "tenderer" in party.get("roles", [])
        awarded = {a["id"]: {s["id"] for s in a.get("suppliers", [])} for a in compiled.get("awards", [])}
        for contract in compiled.get("contracts", []):
            for key in awarded.get(contract.get("awardID"), set()) & set(found):
                found[key].n_contracts += 1
                found[key].total_centavos += centavos(contract.get("value")) or 0
    return list(found.values())


def _apply(batch: Sequence[Placed]) -> None:
    last = {p.entry.ocid: p for p in batch if p.entry.is_public and p.entry.ocid}
    stages: dict[str, str] = dict(PurchaseCard.objects.filter(ocid__in=last).values_list("ocid", "stage"))
    for placed in batch:
        if placed.entry.ocid in last and placed.entry.is_public:
            stages[placed.entry.ocid] = placed.entry.event.stage
    compiled = dict(Record.objects.filter(ocid__in=last).values_list("ocid", "compiled"))
    cards = [card(compiled[ocid], last[ocid], stages[ocid]) for ocid in compiled]
    fields = [f.name for f in PurchaseCard._meta.fields if not f.primary_key]  # noqa: SLF001 - documented API
    PurchaseCard.objects.bulk_create(cards, update_conflicts=True, unique_fields=["ocid"], update_fields=fields)
    touched = {key for c in cards for key in c.supplier_keys}
    if touched:
        SupplierCard.objects.bulk_create(
            _supplier_cards(touched), update_conflicts=True, unique_fields=["key"],
            update_fields=["name", "n_bids", "n_contracts", "total_centavos", "text"],
        )


def search(query: str) -> Q:
    """Cards that hold every word of a query; hyphens, accents and case do not matter, nor does a number's spelling."""
    condition = Q()
    for word in fold(query)[:200].split():
        condition &= Q(text__contains=word)
    squeezed = squeeze(query)[:80]
    has_digit = any(c.isdigit() for c in squeezed)
    return condition | Q(squeezed__contains=squeezed) if has_digit and len(squeezed) > 3 else condition  # noqa: PLR2004


register(Projection("portal", (PurchaseCard, SupplierCard), _apply))
