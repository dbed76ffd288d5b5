# SPDX-License-Identifier: Apache-2.0
"""The one amount that a card shows of a purchase, from its compiled release."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any, NamedTuple


class Amount(NamedTuple):
    """Centavos of one currency and what they are: `contract`, `award`, `budget`, or nothing."""

    centavos: int | None
    kind: str
    currency: str


def centavos(value: dict[str, Any] | None) -> int | None:
    """Centavos of an OCDS value; nothing when it has no amount."""
    if not value or value.get("amount") is None:
        return None
    return int((Decimal(str(value["amount"])) * 100).to_integral_value())


def amount_of(compiled: dict[str, Any]) -> tuple[int | None, str]:
    """(centavos, what they are), as `full_amount`, for pages that name the currency elsewhere."""
    return full_amount(compiled)[:2]


def full_amount(compiled: dict[str, Any]) -> Amount:
    """What was contracted, else awarded, else budgeted. Of several currencies, pesos; they are never added up."""
    awards = [a for a in compiled.get("awards", []) if a.get("status") == "active"]
    budget = compiled.get("planning", {}).get("budget", {}).get("amount")
    for kind, values in (
        ("contract", [c.get("value") for c in compiled.get("contracts", []) if c.get("status") != "cancelled"]),
        ("award", [a.get("value") for a in awards]),
        ("budget", [budget]),
    ):
        sums: Counter[str] = Counter()
        for value in values:
            if (found := centavos(value)) is not None:
                sums[value.get("currency", "MXN")] += found
        if sums:
            currency = "MXN" if "MXN" in sums else min(sums)
            return Amount(sums[currency], kind, currency)
    return Amount(None, "", "MXN")
