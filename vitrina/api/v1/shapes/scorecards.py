# SPDX-License-Identifier: Apache-2.0
"""Scorecards. What one holds is told by `vitrina.profiles.shapes`: the description takes it from there (`added`)."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import BaseModel

from vitrina.profiles import shapes

from .common import Money, Page


class ScorecardRow(BaseModel):
    """One that has a scorecard, with how many contracts, and for how much those in pesos are."""

    kind: str
    key: str
    name: str
    contracts: int
    contracted: Money
    page: str


class ScorecardRows(Page):
    """Those that have one."""

    total: int
    results: list[ScorecardRow]


class Profile(BaseModel):
    """A place for the shape that `added` brings."""

    kind: str
    key: str


def added() -> dict[str, Any]:
    """The shapes of the profiles, as the description has shapes."""
    _, found = msgspec.json.schema_components([shapes.Profile], ref_template="#/components/schemas/{name}")
    return {name: {**one, "description": " ".join(one.get("description", "").split())} for name, one in found.items()}
