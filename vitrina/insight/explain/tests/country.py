# SPDX-License-Identifier: Apache-2.0
"""An invented file of forty purchases, its store, and what explanations are checked against: the file itself."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from vitrina.insight.tests.ingest.stores import lines

N = 40
SLOW, SINGLE, OVERPAID, GROWN, CHANGED, DIRECT = 5, 7, 9, 11, 13, range(30, 33)


def when(day: date, hour: int = 9) -> str:
    return f"{day.isoformat()}T{hour:02}:00:00-06:00"


def release(n: int) -> dict[str, Any]:
    """Purchase `n`: usual in all, save for the few that are named above."""
    day = date(2026, 3, 2) + timedelta(days=n % 20)
    signed = day + timedelta(days=30 + n % 4 + (40 if n == SLOW else 0))
    price = 400_000 if n in DIRECT else 900 + n
    contract: dict[str, Any] = {
        "id": "c1",
        "awardID": "a1",
        "dateSigned": when(signed),
        "value": {"amount": price * (1.3 if n == GROWN else 1), "currency": "MXN"},
        "implementation": {"transactions": [paid(1, price / 2), paid(2, price / 2 + (90 if n == OVERPAID else 0))]},
    }
    if n == CHANGED:
        contract["amendments"] = [{"id": "m1", "date": when(signed), "rationale": "Otra sede"}, {"id": "m2"}]
    return {
        "ocid": f"ocds-x-{n}",
        "id": str(n),
        "date": "2026-06-01T12:00:00-06:00",
        "buyer": {"id": "B1" if n % 2 else "B2", "name": "Hospital Inventado"},
        "parties": [
            {"id": "S1", "name": "Uno SA", "roles": ["supplier"]},
            {"id": "S2", "name": "Dos SA", "roles": ["tenderer"]},
        ],
        "tender": {
            "procurementMethod": "direct" if n in DIRECT else "open",
            "mainProcurementCategory": "goods",
            "numberOfTenderers": 1 if n == SINGLE else 3,
            "value": {"amount": price, "currency": "MXN"},
            "tenderPeriod": {"startDate": when(day), "endDate": when(day + timedelta(days=16))},
            "items": [{"id": "1", "classification": {"scheme": "CUCOP", "id": "25301001"}, "quantity": 10}],
        },
        "awards": [
            {
                "id": "a1",
                "status": "active",
                "date": when(day + timedelta(days=20)),
                "value": {"amount": price, "currency": "MXN"},
                "suppliers": [{"id": "S1", "name": "Uno SA"}],
            }
        ],
        "contracts": [contract],
    }


def paid(n: int, amount: float) -> dict[str, Any]:
    return {"id": f"t{n}", "value": {"amount": amount, "currency": "MXN"}}


def written(folder: Path) -> Path:
    """The file."""
    path = folder / "compras.jsonl"
    path.write_bytes(lines(*(release(n) for n in range(N))))
    return path


def found(row: dict[str, Any], pointer: str | None = None) -> Any:
    """What stands in the published file where a row says that it was read."""
    line = Path(row["file"]).read_text().splitlines()[row["line"] - 1]
    value = json.loads(line)
    assert value["ocid"] == row["ocid"]
    for part in (pointer or row["pointer"]).split("/")[1:]:
        value = value[int(part) if isinstance(value, list) else part]
    return value


def told(explanation: dict[str, Any], table: str, column: str) -> list[Any]:
    """The values of a column in the rows shown of a table."""
    rows = [row for shown in explanation["rows"] if shown["table"] == table for row in shown["rows"]]
    return [v["value"] for row in rows for v in row["values"] if v["column"] == column]
