# SPDX-License-Identifier: Apache-2.0
"""Bodies, units, identities and people from a file: `files` reads and keeps what was refused, `units`, `looks` and
`people` hold each row to the register and load it. A row that is refused holds up no other one; loading the same file
again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .files import Row


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row was refused: the column, what is wrong there, how to mend it."""

    column: str
    what: str
    how: str


class Bad(Exception):
    """A row is refused."""

    def __init__(self, column: str, what: str, how: str) -> None:
        super().__init__(what)
        self.fault = Fault(column, what, how)


@dataclass(slots=True)
class Loaded:
    """What became of the rows of one kind; `rejected` in the order of the file."""

    registered: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[tuple[Row, Fault]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """(e-mail, path of the one-time link) of people who got an account."""
