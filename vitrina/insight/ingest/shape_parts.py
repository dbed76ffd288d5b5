# SPDX-License-Identifier: Apache-2.0
"""The smaller objects of a release: organisations, money, periods, documents, items. `shape` puts them together."""

from __future__ import annotations

from typing import Any

import msgspec

# What a decoder raises for bytes that it cannot take.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Shape(msgspec.Struct, rename="camel", gc=False):
    """A JSON object of which some fields are read; what is absent is None."""


class Value(Shape):
    """An amount of money."""

    amount: float | None = None
    currency: str | None = None
    net_amount: float | None = None


class Period(Shape):
    """From an instant to another."""

    start_date: str | None = None
    end_date: str | None = None


class Ref(Shape):
    """An organisation named in passing."""

    id: str | None = None
    name: str | None = None


class Subcontractor(Ref):
    """An organisation that a supplier hands work to, and its share."""

    share: float | None = None


class Identifier(Shape):
    """The number of an organisation in a register."""

    scheme: str | None = None
    id: str | None = None
    legal_name: str | None = None
    legal_personality: str | None = None


class Address(Shape):
    """Where an organisation is, or where goods go."""

    street_address: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country_name: str | None = None


class Place(Shape):
    """A place on a map, or described (location extension)."""

    description: str | None = None
    uri: str | None = None
    geometry: Any = None
    gazetteer: Any = None


class Contact(Shape):
    """Whom to ask."""

    name: str | None = None
    email: str | None = None
    telephone: str | None = None
    url: str | None = None
    type: str | None = None


class Details(Shape):
    """What else is said of an organisation."""

    scale: str | None = None
    scale_by_supplier: str | None = msgspec.field(default=None, name="scaleReportedBySupplierMxCnet")
    scale_by_buyer: str | None = msgspec.field(default=None, name="scaleReportedByBuyerMxCnet")
    gov_level: str | None = None
    type: str | None = None
    url: str | None = None
    bank_account: str | None = None


class Owner(Shape):
    """A beneficial owner."""

    id: str | None = None
    name: str | None = None
    identifier: Identifier | None = None
    birth_date: str | None = None
    share: float | None = None


class Shareholder(Shape):
    """A holder of shares; `shareholding` is a part of one."""

    id: str | None = None
    name: str | None = None
    shareholder: Ref | None = None
    shareholding: float | None = None


class Party(Shape):
    """An organisation in full."""

    id: str | None = None
    name: str | None = None
    identifier: Identifier | None = None
    address: Address | None = None
    contact_point: Contact | None = None
    additional_contact_points: list[Contact] | None = None
    roles: list[str] | None = None
    details: Details | None = None
    beneficial_owners: list[Owner] | None = None
    shareholders: list[Shareholder] | None = None


class Document(Shape):
    """A document and where it is."""

    id: str | None = None
    document_type: str | None = None
    title: str | None = None
    description: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    format: str | None = None
    language: str | None = None
    url: str | None = None
    sha256: str | None = None


class Milestone(Shape):
    """Something due, and whether it was met."""

    type: str | None = None
    due_date: str | None = None
    date_met: str | None = None
    status: str | None = None


class Change(Shape):
    """A field before an amendment (deprecated in OCDS 1.1, and the only place where publishers write it)."""

    property: str | None = None
    former_value: Any = msgspec.field(default=None, name="former_value")


class Amendment(Shape):
    """A change of a tender, an award or a contract."""

    date: str | None = None
    rationale: str | None = None
    description: str | None = None
    changes: list[Change] | None = None


class Classification(Shape):
    """A code of a classification."""

    scheme: str | None = None
    id: str | None = None


class Unit(Shape):
    """A unit of measure and its price."""

    id: str | None = None
    name: str | None = None
    value: Value | None = None


class Item(Shape):
    """A line of goods or services."""

    id: str | None = None
    description: str | None = None
    classification: Classification | None = None
    quantity: float | None = None
    unit: Unit | None = None
    related_lot: str | None = None
    delivery_address: Address | None = None
    delivery_location: Place | None = None


class Lines(Shape):
    """The lines of a contract before they were changed: successive releases tell them, and the merge keeps them."""

    items: list[Item] | None = None


class Related(Shape):
    """Another process."""

    relationship: list[str] | None = None
    identifier: str | None = None
    title: str | None = None
