# SPDX-License-Identifier: Apache-2.0
"""Kinds of entry for the tests of the ledger itself."""

from __future__ import annotations

from typing import Any

from vitrina.ledger.kinds import Event, Signer, Visibility, kind

CLERK = Signer(role="officer", name="Olga Ibarrondo", party="050GYR")


@kind("test.noted", stage="test")
class Noted(Event):
    """A note."""

    text: str = ""
    n: int = 0

    def sentence(self) -> str:
        return f"Se anotó {self.text}"


@kind("test.hidden", stage="test", visibility=Visibility.BLINDED)
class Hidden(Event):
    """A note that nobody reads."""

    text: str

    def sentence(self) -> str:
        return "Se guardó"


@kind("test.logged", stage="test", visibility=Visibility.BLINDED)
class Logged(Event):
    """A sealed thing that says itself what the log holds of it."""

    c: str

    def sentence(self) -> str:
        return "Se registró un sobre"

    def leaf(self) -> dict[str, Any]:
        return {"v": 1, "type": "sobre", "c": self.c, "reveal_by": "2026-12"}


@kind("test.closed", stage="test")
class Closed(Event):
    """A deadline: a checkpoint ends with it."""

    closes_checkpoint = True

    def sentence(self) -> str:
        return "Cerró la recepción"
