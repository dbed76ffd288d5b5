# SPDX-License-Identifier: Apache-2.0
"""Red flags and what can be taken away whole."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from .common import Words


class Parameter(BaseModel):
    """A parameter of a rule, and its default."""

    name: str
    default: Any
    about: Words


class Rate(BaseModel):
    """How often a flag is raised in the store behind this site. `share`: of those that could be judged."""

    flagged: int = Field(description="Units in which it was raised.")
    judged: int | None = Field(description="Units that could be judged.")
    share: float | None
    contracts: int = Field(description="Contracts that it touches.")


class Flag(BaseModel):
    """A red flag: what it computes, from what, its innocent explanations. A reason to look, not a proof."""

    code: str
    version: int
    title: Words
    explanation: Words
    definition: Words
    group: str = Field(
        description="What it is about: OCID, Buyer, Tenderer, Item, Pair, BuyerSupplier, Market, Group."
    )
    side: Literal["high", "low", "both", "yes"] = Field(description="Which values are suspicious.")
    needs: str
    inputs: list[str] = Field(description="Paths of OCDS without which it cannot be computed.")
    parameters: list[Parameter]
    bases: dict[str, Words] = Field(description="What each word of `basis` means.")
    law: list[str] = Field(description="Keys of the rulebook.")
    innocent: list[Words]
    source: Words
    base_rate: Rate | None
    caution: Words
    page: str


class Flags(BaseModel):
    """Every flag, by code."""

    results: list[Flag]


class Download(BaseModel):
    """A file that can be taken away."""

    what: str
    format: str
    url: str
    about: Words
    year: int | None = None
    rows: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    position: int | None = Field(None, description="Of the last act that it holds: the feed goes on after it.")


class Downloads(BaseModel):
    """What can be taken away whole."""

    results: list[Download]
