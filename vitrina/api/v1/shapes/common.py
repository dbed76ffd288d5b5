# SPDX-License-Identifier: Apache-2.0
"""What every answer may hold: pages, amounts, names, errors."""

from __future__ import annotations

from pydantic import BaseModel, Field


class WrongParameter(BaseModel):
    """A parameter that is not right."""

    parameter: str
    problem: str


class Problem(BaseModel):
    """An error (RFC 9457), in the language of `Accept-Language`: Spanish unless English is wanted."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What is wrong and how to mend it.")
    code: str = Field("", description="A word for programs: parameter, bad_cursor, cursor_of_another_list, not_found.")
    errors: list[WrongParameter] = []


class Page(BaseModel):
    """A part of a list. `next` is the address of the next part, null at the end; `next_cursor` is its cursor."""

    next: str | None
    next_cursor: str | None


class Money(BaseModel):
    """An amount."""

    amount: str = Field(description="Decimal, exact to the centavo.", examples=["1250000.00"])
    currency: str = Field(examples=["MXN"])


class Named(BaseModel):
    """Something with a page of its own, by key and name."""

    key: str
    name: str


class Words(BaseModel):
    """The same in Spanish and in English."""

    es: str
    en: str
