# SPDX-License-Identifier: Apache-2.0
"""Which acts are signed and in what ways: `policy.toml`, asked by act and by the installation's profile."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

FILE = Path(__file__).with_name("policy.toml")
KINDS = frozenset({"efirma", "passkey"})
WHEN_UNREACHABLE = frozenset({"refuse", "accept_pending"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What an act asks of its signature; `id` names the table that said so."""

    id: str
    act: str
    required: bool
    kinds: tuple[str, ...]
    when_unreachable: str
    trace: bool

    @property
    def accepts_pending(self) -> bool:
        return self.when_unreachable == "accept_pending"


def of(act: str, profile: str = "") -> Policy:
    """The policy of an act under a profile (the installation's by default). Errors: `KeyError` for another profile.

    >>> of("bid", "mexico").kinds, of("bid", "demo").kinds
    (('efirma',), ('efirma', 'passkey'))
    >>> of("opening.close", "mexico").when_unreachable, of("clarifying.ask", "mexico").required
    ('accept_pending', False)
    """
    tables, profile = _tables(), profile or settings.SIGNING_PROFILE
    row = tables["default"] | tables["profiles"][profile] | tables["acts"].get(act, {})
    row |= tables.get(profile, {}).get(act, {})
    return Policy(
        id=tables["id"],
        act=act,
        required=row["required"],
        kinds=tuple(row["kinds"]),
        when_unreachable=row["when_unreachable"],
        trace=row["trace"],
    )


def is_named(act: str) -> bool:
    """Whether an act has a table of its own: the desk asks for a signature of these."""
    return act in _tables()["acts"]


@functools.cache
def _tables() -> dict[str, Any]:
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    exceptions = [row for profile in tables["profiles"] for row in tables.get(profile, {}).values()]
    for row in [tables["default"], *tables["profiles"].values(), *tables["acts"].values(), *exceptions]:
        if not set(row) <= {"kinds", "required", "when_unreachable", "trace"}:
            raise ValueError(f"{FILE.name}: a field that nobody reads in {row}")
        if not set(row.get("kinds", ())) <= KINDS or row.get("when_unreachable", "refuse") not in WHEN_UNREACHABLE:
            raise ValueError(f"{FILE.name}: a value that nobody knows in {row}")
    for row in tables["acts"].values():  # a question that waits for an answer is a trace
        if not row.get("trace", True) and row.get("when_unreachable") != "refuse":
            raise ValueError(f"{FILE.name}: an act without trace cannot be accepted pending")
    return tables
