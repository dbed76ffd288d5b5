# SPDX-License-Identifier: Apache-2.0
"""Firms that won or bid, told as rows of `org`, and lists about them, for tests of rules on parties."""

from __future__ import annotations

from datetime import date
from typing import Any

DAY = date(2026, 3, 2)
CUT = date(2026, 3, 1)
SOUND = ("AVI010101AA9", "BEA020202BBA", "CAL030303CC8")


def won(*firms: dict[str, Any], day: date = DAY, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Tables in which each firm won a purchase of the buyer B on a day; `more` goes into each release."""
    rows: dict[str, list[dict[str, Any]]] = {"release": [], "award": [], "award_supplier": []}
    for rid, firm in enumerate(firms, start=1):
        rows["release"].append({
            "rid": rid, "ocid": f"ocds-x-{rid}", "buyer_id": "B", "buyer_oid": 0, "currency": "MXN",
            "method": "open", "tender_start_day": day, "tender_end_day": day, **more,
        })  # fmt: skip
        rows["award"].append({"rid": rid, "award_no": 0, "status": "active", "amount": 100.0, "date_day": day})
        rows["award_supplier"].append({"rid": rid, "award_no": 0, "pos": 0, "oid": rid, "id": firm["id"]})
    orgs = [{"oid": 0, "id": "B", "name_norm": "HOSPITAL DEL MAR"}]
    return {**rows, "org": orgs + [{"oid": n, **firm} for n, firm in enumerate(firms, start=1)]}


def listed(kind: str, rows: list[dict[str, Any]], cut: date = CUT) -> dict[str, list[dict[str, Any]]]:
    """A list of a kind, made on `cut`."""
    table = "tax_list" if kind == "tax" else kind
    source = {"source": 9, "kind": kind, "cut": cut, "is_told": True}
    return {
        table: [{"source": 9, "line": n, "cut": cut, **row} for n, row in enumerate(rows)],
        "list_source": [source],
    }


def together(*parts: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The tables of several parts as one store."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        for name, rows in part.items():
            found.setdefault(name, []).extend(rows)
    return found
