# SPDX-License-Identifier: Apache-2.0
"""Many like processes for tests of rules that compare with peers: one market, method, category and year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any


def processes(values: Iterable[Any], column: str, first: int = 1, **more: Any) -> list[dict[str, Any]]:
    """Releases with these values in a column, numbered from `first`; what is named in `more` is the same for all."""
    return [
        {
            "rid": first + i,
            "ocid": f"ocds-x-{first + i}",
            "method": "open",
            "category": "goods",
            "main_class": "25301001",
            "currency": "MXN",
            "tender_start_day": date(2026, 3, 2),
            column: value,
            **more,
        }
        for i, value in enumerate(values)
    ]
