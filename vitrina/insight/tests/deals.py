# SPDX-License-Identifier: Apache-2.0
"""Contracts for tests of the flags of signature and execution: one process, its award and its contract a call."""

from __future__ import annotations

from typing import Any

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import at


def release(*rids: int, **more: Any) -> list[dict[str, Any]]:
    """Processes of these numbers, published on 1 June 2026."""
    return [row for n in rids for row in processes([at("2026-06-01 12:00")], "date", n, **more)]


def award(rid: int, **more: Any) -> dict[str, Any]:
    """An active award of 100 pesos."""
    return {
        "rid": rid,
        "award_no": 0,
        "award_id": "a",
        "status": "active",
        "amount": 100.0,
        "centavos": 10_000,
        "currency": "MXN",
        **more,
    }


def contract(rid: int, amount: float | None = 100.0, **more: Any) -> dict[str, Any]:
    """A contract of that award."""
    centavos = None if amount is None else round(amount * 100)
    return {
        "rid": rid,
        "contract_no": 0,
        "contract_id": "c",
        "award_id": "a",
        "award_no": 0,
        "amount": amount,
        "centavos": centavos,
        "currency": "MXN",
        **more,
    }


def amendment(rid: int, **more: Any) -> dict[str, Any]:
    """A change of that contract."""
    return {"rid": rid, "section": "contract", "contract_no": 0, "pos": 0, **more}


def line(rid: int, version: int, item: str, quantity: float | None, price: float | None = None) -> dict[str, Any]:
    """A line of a version of that contract."""
    return {
        "rid": rid,
        "contract_no": 0,
        "pos": 0,
        "version": version,
        "item_id": item,
        "quantity": quantity,
        "unit_price": price,
    }
