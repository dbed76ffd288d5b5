# SPDX-License-Identifier: Apache-2.0
"""Awards of buyers to suppliers, told as one line each, for tests of rules on suppliers."""

from __future__ import annotations

from datetime import date
from typing import Any

FIRST = date(2026, 1, 5)
Told = tuple[str, str, float | None] | tuple[str, str, float | None, date]


def awards(*told: Told, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Tables for purchases told as (buyer, supplier, amount[, day]), one award each; `more` goes into each release."""
    names = sorted({name for one in told for name in one[:2]})
    oid = {name: n for n, name in enumerate(names)}
    rows: dict[str, list[dict[str, Any]]] = {"release": [], "award": [], "award_supplier": []}
    for rid, (buyer, supplier, amount, *day) in enumerate(told, start=1):
        when = day[0] if day else FIRST
        rows["release"].append({
            "rid": rid,
            "ocid": f"ocds-x-{rid}",
            "buyer_id": buyer,
            "buyer_oid": oid[buyer],
            "currency": "MXN",
            "category": "goods",
            "method": "direct",
            "main_class": "25301001",
            "tender_start_day": when,
            **more,
        })  # fmt: skip
        rows["award"].append({
            "rid": rid,
            "award_no": 0,
            "status": "active",
            "amount": amount,
            "currency": "MXN",
            "date_day": when,
        })  # fmt: skip
        rows["award_supplier"].append({"rid": rid, "award_no": 0, "pos": 0, "oid": oid[supplier], "id": supplier})
    return {**rows, "org": [{"oid": n, "id": name} for name, n in oid.items()]}
