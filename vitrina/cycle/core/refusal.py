# SPDX-License-Identifier: Apache-2.0
"""Why a command said no: values shown to a person, each with what is wrong, where, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason. `field` is the form field it belongs to, `article` the law behind it, both optional."""

    code: str
    message: str
    field: str = ""
    article: str = ""


class Refused(Exception):
    """A command refused; the transaction is undone and nothing has changed."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(f"{r.code}: {r.message}" for r in refusals))
        self.refusals = refusals

    @property
    def codes(self) -> list[str]:
        return [r.code for r in self.refusals]


def refuse(code: str, message: str, *, field: str = "", article: str = "") -> Refused:
    """A `Refused` with a single reason, to raise."""
    return Refused(Refusal(code, str(message), field, article))
