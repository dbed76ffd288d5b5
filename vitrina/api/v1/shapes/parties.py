# SPDX-License-Identifier: Apache-2.0
"""Buyers, units, suppliers, sanctions."""

from __future__ import annotations

from pydantic import BaseModel, Field

from .common import Money, Named, Page


class Buyer(Named):
    """An institution that buys here, and for how much its contracts in pesos are."""

    purchases: int
    contracted: Money
    page: str


class Buyers(Page):
    """Institutions by key."""

    results: list[Buyer]


class Unit(Named):
    """A body of government or a part of one, as it is registered."""

    acronym: str
    kind: str
    parent: str | None = Field(description="Key of the unit above it; null for an institution.")
    buyer: str = Field(description="Key of the institution at the root.")
    state: str
    may_contract: bool
    page: str
    calendar: str


class Units(Page):
    """Units by key."""

    results: list[Unit]


class UnitTotals(Unit):
    """A unit, what it buys, and the units right below it."""

    purchases: int
    contracted: Money
    units: list[Named]


class Supplier(Named):
    """A supplier as the public record here shows it. `contracted`: contracts in pesos that stand."""

    bids: int
    contracts: int
    contracted: Money
    page: str


class Suppliers(Page):
    """Suppliers by key."""

    results: list[Supplier]


class Sanction(BaseModel):
    """A firm sanction of a supplier that stands. `kinds` are codes of S3; days are days of the law."""

    id: str
    name: str
    rfc: str
    person: str = Field(description="F a person, M a company")
    institution: Named = Field(description="Where the fault was committed.")
    authority: str
    file: str
    fault: str
    cause: str
    kinds: list[str]
    resolved_on: str
    firm_on: str
    notified_on: str | None
    debarred_from: str | None
    debarred_until: str | None
    fine: Money | None
    contract: str
    url: str
    published_at: str


class Sanctions(Page):
    """Sanctions by id."""

    results: list[Sanction]
