# SPDX-License-Identifier: Apache-2.0
"""What a search takes: from an address, and as the arguments of a tool."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from vitrina.portal.search.filters import MOST_VALUES, Filters, read_filters
from vitrina.search.entry import FACETS

MOST_LETTERS = 200
Value = Annotated[str, Field(max_length=MOST_LETTERS)]
Values = Annotated[list[Value], Field(max_length=MOST_VALUES)]
Years = Annotated[list[Annotated[str, Field(pattern="^[0-9]{4}$")]], Field(max_length=MOST_VALUES)]


class Asked(Schema):
    """Words and filters. Of each filter one of the values has to hold."""

    q: str = Field(
        "",
        max_length=MOST_LETTERS,
        description="Words, a procedure number in any spelling, an RFC.",
        examples=["insulina"],
    )
    status: Values = Field([], description="planning, active, complete, unsuccessful, cancelled")
    buyer: Values = Field([], description="Keys, as `facets.buyer` has them.")
    method: Values = Field([], description="open, selective, direct, limited")
    category: Values = Field([], description="goods, services, works")
    band: Values = Field([], description="Pesos: 0 to 500 thousand, 1 to 5 million, 2 to 50 million, 3 more.")
    place: Values = Field([], description="States, as `facets.place` has them.")
    year: Years = Field([], description="Four digits.")
    order: Literal["best", "recent", "amount"] | None = Field(
        None, description="`best` where there are words, else `recent`. To walk through everything take `recent`."
    )

    def filters(self, *, exact: bool = False) -> Filters:
        """The same as the pages take it."""
        pairs = [("q", self.q), ("order", self.order or ""), ("exact", "1" if exact else "")]
        return read_filters([*pairs, *((name, value) for name in FACETS for value in getattr(self, name))])
