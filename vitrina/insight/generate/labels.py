# SPDX-License-Identifier: Apache-2.0
"""What was planted: kind, case, what it is about (the groups of red flags), id, role. No rule reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

HEADER = ("kind", "case", "group", "id", "role")
OCID, TENDERER, BUYER, BUYER_SUPPLIER, PAIR = "OCID", "Tenderer", "Buyer", "BuyerSupplier", "Pair"


class Label(NamedTuple):
    """One label. Kinds that begin with `lookalike.` are honest and only look like the others."""

    kind: str
    case: str
    group: str
    id: str
    role: str


def pair(one: str, other: str) -> str:
    """The id of two units, as the flags write it: a buyer and its supplier."""
    return f"{one} | {other}"


def rows(kind: str, case: str, group: str, ids: Iterable[str], role: str) -> list[Label]:
    """Labels of several ids."""
    return [Label(kind, case, group, each, role) for each in ids]
