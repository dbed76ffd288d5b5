# SPDX-License-Identifier: Apache-2.0
"""What the search answers, and contracts of the national store."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from .common import Money, Page

Kind = Literal["purchase", "contract"]


class FoundRow(BaseModel):
    """A purchase of this installation, or a contract of the national store. What is not known is an empty text."""

    kind: Kind
    id: str = Field(description="ocid of a purchase, id of a contract: for /purchases/{ocid} and /contracts/{id}.")
    ocid: str
    number: str
    title: str
    buyer: str
    unit: str
    suppliers: list[str]
    status: str
    method: str
    category: str
    place: str
    amount: str
    amount_kind: str = Field(description="contract, award or budget")
    currency: str
    date: str
    synthetic: bool = Field(description="Made data, of no real purchase.")
    url: str = Field(description="Its page, for ever.")


class BuyerCount(BaseModel):
    """How often a buyer is found."""

    name: str
    count: int


class Facets(BaseModel):
    """For each filter, what choosing each of its values would find."""

    status: dict[str, int]
    buyer: dict[str, BuyerCount]
    method: dict[str, int]
    category: dict[str, int]
    band: dict[str, int]
    place: dict[str, int]
    year: dict[str, int]


class Found(Page):
    """What a search finds, counted, summed, and a page of it."""

    q: str
    filters: dict[str, list[str]]
    order: Literal["best", "recent", "amount"]
    total: int
    contracted: Money
    corrected: dict[str, str] = Field(description="Typed word -> the word that was looked for.")
    suggested: dict[str, str] = Field(description="Typed word -> a far more frequent one.")
    also: list[str] = Field(description="Synonyms that count too.")
    facets: Facets
    results: list[FoundRow]


class ContractRows(Page):
    """A page of contracts."""

    total: int
    results: list[FoundRow]


class Party(BaseModel):
    """A supplier as the source names it."""

    id: str = ""
    key: str = ""
    name: str = ""
    rfc: str = Field("", description="Of companies; that of a person is not told.")


class Item(BaseModel):
    """What was bought, with the code of its class (CUCoP)."""

    model_config = ConfigDict(populate_by_name=True)
    description: str = ""
    class_: str = Field("", alias="class")
    scheme: str = ""
    quantity: float | None = None
    unit: str = ""
    unit_price: float | None = None
    currency: str = ""


class Contract(BaseModel):
    """A contract of the national store, as its source tells it; what the source does not tell is left out."""

    id: str
    kind: Literal["contract"]
    ocid: str
    contract: str = ""
    title: str
    number: str = ""
    tender: str = ""
    description: str = ""
    buyer: str = ""
    buyer_key: str = ""
    unit: str = ""
    unit_key: str = ""
    status: str = ""
    method: str = ""
    method_detail: str = ""
    category: str = ""
    place: str = ""
    law: str = ""
    ground: str = ""
    article: str = ""
    contract_status: str = ""
    called: str = ""
    closed: str = ""
    opened: str = ""
    n_bids: int | None = None
    due: str = Field("", description="Last day on which a delivery was due.")
    met: str = Field("", description="Last day on which one came.")
    is_late: bool | None = None
    signed: str = ""
    start: str = ""
    end: str = ""
    awarded: str = ""
    centavos: int | None = None
    currency: str = ""
    suppliers: list[Party] = []
    items: list[Item] = []
    is_consolidated: bool | None = None
    page: str = ""
    publisher: str = ""
    is_synthetic: bool
    flags: list[dict[str, Any]] = Field(description="Flags raised in its process: reasons to look, no accusation.")
    url: str
