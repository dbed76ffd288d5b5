# SPDX-License-Identifier: Apache-2.0
"""Invented purchases of buying units, for the tests of the index: shares are exact, so that a reader can check them."""

from __future__ import annotations

import datetime as dt
from typing import Any

TABLES = ("release", "award", "award_supplier", "contract", "amendment", "document", "tenderer")
DOCUMENTS = ("tenderNotice", "clarifications", "openingRecord", "awardNotice", "contractSigned")


def unit(
    name: str,
    first: int,
    *,
    n: int = 40,
    year: int = 2024,
    direct: float = 0.0,
    single: float = 0.0,
    firms: int = 8,
    documents: tuple[str, ...] = DOCUMENTS,
    amended: float = 0.0,
    witness: float = 0.0,
    amount: float = 1000.0,
    days: int = 30,
    currency: str | None = "MXN",
    agency: str = "A",
) -> dict[str, list[dict[str, Any]]]:
    """`n` purchases numbered from `first`; the first `direct` share are direct awards, and so on."""
    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for i in range(n):
        rid, share = first + i, i / n
        is_direct = share < direct
        day = dt.date(year, 1 + i % 12, 1 + i % 27)
        start = dt.datetime.combine(day, dt.time(15))
        alone = is_direct or (share - direct) < single * (1 - direct)
        rows["release"].append({
            "rid": rid, "ocid": f"x-{rid:06d}", "title": "t", "method": "direct" if is_direct else "open", "category": "goods",
            "buyer_id": agency, "unit_id": name, "tender_start": start, "tender_start_day": day, "character": "N",
            "tender_end": start + dt.timedelta(days=days), "tender_end_day": day + dt.timedelta(days=days),
            "status": "complete", "currency": currency, "date": start,
        })  # fmt: skip
        key = {"rid": rid, "award_no": 0}
        rows["award"].append(key | {"status": "active", "amount": amount, "currency": currency, "date_day": day})
        rows["award_supplier"].append(key | {"pos": 0, "oid": i % firms, "id": f"F{i % firms}"})
        rows["contract"].append(
            {"rid": rid, "contract_no": 0, "award_no": 0, "status": "active", "amount": amount, "date_signed_day": day}
        )
        rows["tenderer"] += [{"rid": rid, "pos": k, "oid": (i + k) % firms} for k in range(1 if alone else 3)]
        if share < amended:
            rows["amendment"].append({"rid": rid, "section": "contract", "contract_no": 0, "pos": 0})
        types = (*documents, *(("socialWitness",) if share >= 1 - witness else ()))
        rows["document"] += [{"rid": rid, "section": "tender", "pos": k, "type": x} for k, x in enumerate(types)]
    return rows


def together(*units: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of several units."""
    return {name: [row for each in units for row in each[name]] for name in TABLES}


def toys() -> dict[str, list[dict[str, Any]]]:
    """The worst, the middle and the best unit."""
    return together(
        unit("worst", 0, direct=0.9, single=1.0, firms=2, documents=("tenderNotice",), amended=0.8, days=3),
        unit("middle", 1000, direct=0.4, single=0.4, firms=6, documents=DOCUMENTS[:3], amended=0.3, days=12),
        unit("best", 2000, single=0.0, firms=20, amended=0.0, witness=0.5),
    )
