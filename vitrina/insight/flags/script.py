# SPDX-License-Identifier: Apache-2.0
"""Rules written down as the statements that DuckDB gets: they depend on no row, so they are written once and kept.

To turn the expressions of all flags into SQL takes half a minute; to run the SQL over a small store, a second. To run
a script needs no Ibis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import pyarrow as pa

from .outcome import Outcome, outcome

JUDGED = "judged"


class Step(msgspec.Struct, frozen=True):
    """keep: the rows of `sql` as the table `name`; drop: let go of it; answer: the flag `name` has been judged."""

    kind: Literal["keep", "drop", "answer"]
    name: str
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """Steps in their order; `held`: tables that come with them (values of the law, calendars); `counts` and `rows`:
    what is asked of each judged table.
    """

    steps: Sequence[Step]
    held: Mapping[str, pa.Table] = field(default_factory=dict)
    counts: str = ""
    rows: str = ""

    def __repr__(self) -> str:
        return f"Script of {sum(step.kind == 'answer' for step in self.steps)} flags"


def outcomes(script: Script, engine: Any, tell: Callable[[str], None] | None = None) -> list[Outcome]:
    """The outcome of each flag of a script; `engine`: a connection of DuckDB that has the tables of a store."""
    return [
        outcome(code, engine.sql(script.counts).to_arrow_table().to_pylist(), engine.sql(script.rows).to_arrow_table())
        for code in played(script, engine, tell)
    ]


def played(script: Script, engine: Any, tell: Callable[[str], None] | None = None) -> Iterator[str]:
    """Run a script; at each code that comes, the table `judged` holds what the rule of that flag answered."""
    for name, table in script.held.items():
        engine.register(name, table)
    for step in script.steps:
        if step.kind == "keep":
            engine.execute(f'CREATE OR REPLACE TEMP TABLE "{step.name}" AS {step.sql}')
        elif step.kind == "drop":
            engine.execute(f'DROP TABLE "{step.name}"')
        else:
            if tell:
                tell(step.name)
            yield step.name


def tidied(steps: Sequence[Step]) -> list[Step]:
    """The steps, with each table let go of as soon as no later step reads it."""
    last: dict[str, int] = {}
    kept = {step.name for step in steps if step.kind == "keep"}
    for place, step in enumerate(steps):
        for name in (step.name, *re.findall(r'"(\w+)"', step.sql)):
            if name in kept and step.kind != "answer":
                last[name] = place
    found = []
    for place, step in enumerate(steps):
        found.append(step)
        found += [Step("drop", name) for name, at in last.items() if at == place and name != JUDGED]
    return found
