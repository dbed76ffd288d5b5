# SPDX-License-Identifier: Apache-2.0
"""Processes with their bidders and winner as short words, for tests of rules on pairs and groups of bidders."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

FIRST = date(2026, 1, 5)
Rows = dict[str, list[dict[str, Any]]]


def bids(*told: str, **orgs: dict[str, Any]) -> Rows:
    """Processes a day apart told as `"ABC A"`: firms A, B and C bid (one letter each) and A won; without a winner no
    award. What is named of a firm goes into its row of `org`.
    """
    names = sorted({letter for one in told for letter in one.split()[0]})
    oid = {name: n for n, name in enumerate(names)}
    rows: Rows = {name: [] for name in ("release", "bid", "bid_tenderer", "award", "award_supplier")}
    for rid, one in enumerate(told, start=1):
        who, *won = one.split()
        day = FIRST + timedelta(days=rid)
        rows["release"].append({"rid": rid, "ocid": f"ocds-x-{rid:03}", "method": "open", "tender_start_day": day})
        for n, name in enumerate(who):
            rows["bid"].append({"rid": rid, "bid_no": n, "bid_id": f"b{n}", "status": "valid", "amount": 100.0 + n})
            rows["bid_tenderer"].append({"rid": rid, "bid_no": n, "pos": 0, "oid": oid[name], "id": name})
        for name in won:
            rows["award"].append({"rid": rid, "award_no": 0, "status": "active", "amount": 100.0})
            rows["award_supplier"].append({"rid": rid, "award_no": 0, "pos": 0, "oid": oid[name], "id": name})
    return {**rows, "org": [{"oid": n, "id": name, **orgs.get(name, {})} for name, n in oid.items()]}
