# SPDX-License-Identifier: Apache-2.0
"""What was planted: kind, case, what it is about (the groups of red flags), id, role. No rule reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

HEADER = ("kind", "case", "group", "id", "role")
OCID, TENDERER, BUYER, BUYER_SUPPLIER = "OCID", "Tenderer", "Buyer", "BuyerSupplier"


class Label(NamedTuple):
    """One label. Kinds that begin with `lookalike.` are honest and only look like the others."""

    kind: str
    case: str
    group: str
    id: str
    role: str


def rows(kind: str, case: str, group: str, ids: Iterable[str], role: str) -> list[Label]:
    """Labels of several ids."""
    return [Label(kind, case, group, each, role) for each in ids]
