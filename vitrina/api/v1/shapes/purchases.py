# SPDX-License-Identifier: Apache-2.0
"""Purchases and the public acts that the calendar has."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from .common import Money, Named, Page


class Links(BaseModel):
    """The same thing elsewhere; each address lasts."""

    page: str
    record: str
    release: str
    atom: str
    calendar: str


class Amount(Money):
    """An amount and what it is of."""

    kind: Literal["contract", "award", "budget", ""]


class Purchase(BaseModel):
    """A purchase of this installation as it stands after its last act."""

    ocid: str
    number: str
    title: str
    buyer: Named
    unit: Named
    stage: str
    status: str
    method: str
    category: str
    year: int
    amount: Amount | None
    suppliers: list[Named]
    opening_at: str | None
    is_imported: bool = Field(description="Imported history: its acts were not made here.")
    position: int = Field(description="Number of its last act in the public ledger.")
    changed_at: str
    links: Links


class Purchases(Page):
    """Purchases, the one that was changed longest ago first."""

    results: list[Purchase]


class PublicAct(BaseModel):
    """An act that the calendar has: when it is to begin, or began."""

    uid: str
    ocid: str
    act: str
    status: str
    sequence: int
    starts_at: str
    began_at: str | None
    ended_at: str | None
    former_at: str | None
    reason: str
    lot: int | None
    party: str | None
    title: str
    unit: str
    zone: str
    position: int
    url: str


class PublicActs(Page):
    """Acts by the hour at which they begin."""

    results: list[PublicAct]
