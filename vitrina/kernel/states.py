# SPDX-License-Identifier: Apache-2.0
"""State tables: one pure mapping per object says which command may follow which state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class NoMove(Exception):
    """The table has no row for this command in this state."""

    def __init__(self, state: str, command: str, allowed: list[str]) -> None:
        super().__init__(f"{command} in state {state}; possible: {', '.join(allowed) or 'nothing'}")
        self.state, self.command, self.allowed = state, command, allowed


NEW = ""  # the state of an object that does not exist yet
Table = Mapping[tuple[str, str], StrEnum]


def next_state(table: Table, state: str, command: str) -> StrEnum:
    """The state after `command`; `NoMove` when the table forbids it."""
    try:
        return table[(state, command)]
    except KeyError:
        raise NoMove(state, command, commands_from(table, state)) from None


def commands_from(table: Table, state: str) -> list[str]:
    """Commands that the table allows in `state`, in table order."""
    return [command for (before, command) in table if before == state]


def mermaid(table: Table) -> str:
    """The table as a Mermaid state diagram, for the documentation."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {before or '[*]'} --> {after}: {command}" for (before, command), after in table.items()]
    return "\n".join(lines)
