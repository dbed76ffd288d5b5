# SPDX-License-Identifier: Apache-2.0
"""Two kinds of entry for the tests of the ledger itself."""

from __future__ import annotations

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
