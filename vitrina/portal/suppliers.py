# SPDX-License-Identifier: Apache-2.0
"""Compiled release -> a supplier's part in the purchase -> the supplier's card, which is the sum of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Sum

from vitrina.kernel.text import fold
from vitrina.ledger import bulk

from .amounts import centavos
from .models import SupplierCard, SupplierShare

LONGEST_NAME = 300


def bidders(compiled: dict[str, Any]) -> list[dict[str, Any]]:
    """The parties that bid or supply."""
    return [p for p in compiled.get("parties", []) if {"supplier", "tenderer"} & set(p.get("roles", []))]


def shares(compiled: dict[str, Any], position: int) -> list[bulk.Row]:
    """What each bidder of a purchase did in it, as rows of `SupplierShare`."""
    ocid = compiled["ocid"]
    rows = {
        party["id"]: {
            "id": f"{ocid} {party['id']}",
            "ocid": ocid,
            "supplier_key": party["id"],
            "name": party.get("name", "")[:LONGEST_NAME],
            "n_bids": int("tenderer" in party.get("roles", [])),
            "n_contracts": 0,
            "centavos": 0,
            "position": position,
        }
        for party in bidders(compiled)
    }
    winners = {a["id"]: {s["id"] for s in a.get("suppliers", [])} for a in compiled.get("awards", [])}
    for contract in compiled.get("contracts", []):
        if contract.get("status") == "cancelled":
            continue
        value = contract.get("value", {})
        pesos = centavos(value) or 0 if value.get("currency", "MXN") == "MXN" else 0
        for key in winners.get(contract.get("awardID"), set()) & set(rows):
            rows[key]["n_contracts"] += 1
            rows[key]["centavos"] += pesos
    return list(rows.values())


def replace_shares(ocids: Iterable[str], fresh: list[bulk.Row]) -> None:
    """Put the new shares of these purchases in the place of the old ones and sum up the suppliers that they touch."""
    former = SupplierShare.objects.filter(ocid__in=list(ocids))
    touched = {row["supplier_key"] for row in fresh} | set(former.values_list("supplier_key", flat=True))
    former.delete()
    bulk.insert(SupplierShare, fresh)
    _recount(touched)


def _recount(keys: set[str]) -> None:
    parts = SupplierShare.objects.filter(supplier_key__in=keys)
    latest = parts.order_by("supplier_key", "-position", "id").distinct("supplier_key")
    names = dict(latest.values_list("supplier_key", "name"))
    sums = parts.values("supplier_key").annotate(bids=Sum("n_bids"), contracts=Sum("n_contracts"), sum=Sum("centavos"))
    cards = [
        {
            "key": row["supplier_key"],
            "name": names[row["supplier_key"]],
            "n_bids": row["bids"],
            "n_contracts": row["contracts"],
            "total_centavos": int(row["sum"]),
            "text": fold(names[row["supplier_key"]]),
        }
        for row in sums
    ]
    bulk.insert(SupplierCard, cards, replace=True)
    SupplierCard.objects.filter(key__in=keys - set(names)).delete()
