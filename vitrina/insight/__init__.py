# SPDX-License-Identifier: Apache-2.0
"""Insight: red flags, indicators, screens and data quality over any OCDS or CompraNet data. Needs no server.

Data are read once into a store, a folder of columnar tables; every rule is one Ibis expression over those tables, so
that DuckDB on one machine and Spark on many give the same rows. A result is a reason to look, never an accusation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store as Store

__all__ = ["Store"]


def __getattr__(name: str) -> Any:
    """`Store` on first use: the engines take a second to import, and `--help` answers at once."""
    if name == "Store":
        from .store import Store  # noqa: PLC0415

        return Store
    raise AttributeError(name)
