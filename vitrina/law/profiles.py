# SPDX-License-Identifier: Apache-2.0
"""Procedure profiles: the rows whose key begins with `procedure.`, gathered for one procedure under one law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from vitrina.law.errors import LawNotFound, UnknownValue
from vitrina.law.loader import Tables, tables
from vitrina.law.model import Rule, Rulebook
from vitrina.law.query import rule

PREFIX = "procedure."


@dataclass(frozen=True, slots=True)
class Profile:
    """How one procedure runs. Each field is a `Rule`, with its article and certainty: `profile.rules["stages"]`."""

    procedure: str
    law: str
    rules: dict[str, Rule]

    def __getitem__(self, name: str) -> Any:
        """The value of a field (`stages`, `evaluation_methods`, `bidders`, `guarantees` ...); else `LawNotFound`."""
        if name not in self.rules:
            known = ", ".join(sorted(self.rules))
            raise LawNotFound(f"The profile has no {name!r}; it has: {known}.", f"El perfil no tiene {name!r}.")
        return self.rules[name].value

    @property
    def stages(self) -> list[str]:
        """The stages it goes through, in order."""
        return list(self["stages"])

    @property
    def evaluation_methods(self) -> list[str]:
        """The methods that the call may choose."""
        return list(self["evaluation_methods"])

    def public_at(self, thing: str) -> str:
        """The act at which `thing` (bids, reference_price, questions ...) becomes public; `never` for drafts."""
        table: dict[str, str] = self["visibility"]
        if thing not in table:
            raise LawNotFound(f"Visibility of {thing!r} is not recorded.", f"No consta cuándo se publica {thing!r}.")
        return table[thing]

    def bids(self, count: int) -> str:
        """What happens when `count` bids arrive for a lot: `deserted` or `continue`."""
        if count < 0:
            raise ValueError(f"a number of bids is not negative: {count}")
        return str(self[f"bids.{min(count, 2)}"])

    def flag(self, name: str) -> Any:
        """One switch of the profile (`has_auction`, `joint_bids`, `witness` ...)."""
        flags: dict[str, Any] = self["flags"]
        if name not in flags:
            raise LawNotFound(f"The profile has no switch {name!r}.", f"El perfil no tiene {name!r}.")
        return flags[name]


def profile(
    procedure: str,
    *,
    at: date | datetime,
    character: str = "N",
    rulebook: Rulebook | str | None = None,
    law: str | None = None,
    jurisdiction: str = "mx",
    category: str = "goods",
    data: Tables | None = None,
) -> Profile:
    """The profile of `procedure` under the law in force at `at`, or the one pinned.

    Errors: `LawNotFound` when no profile of it is recorded, `UnknownValue` where the law is structure only.
    """
    data = data or tables()
    found: dict[str, Rule] = {}
    refused: LawNotFound | None = None
    for key in data.rows:
        if key.startswith(PREFIX):
            try:
                found[key.removeprefix(PREFIX)] = rule(
                    key,
                    at=at,
                    rulebook=rulebook,
                    law=law,
                    jurisdiction=jurisdiction,
                    data=data,
                    procedure=procedure,
                    character=character,
                    category=category,
                )
            except LawNotFound as error:
                refused = error
    if "stages" not in found:
        raise refused or UnknownValue("procedure.stages", law or jurisdiction)
    return Profile(procedure, found["stages"].law, found)
