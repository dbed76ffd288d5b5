# SPDX-License-Identifier: Apache-2.0
"""Rules written down as the statements that DuckDB gets: they depend on no row, so they are written once and kept.

To turn the expressions of all flags into SQL takes half a minute; to run the SQL over a small store, a second. To run
a script needs no Ibis.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
import pyarrow as pa

from .outcome import ROWS, Outcome, outcome

# One pass over what a rule answers: only the flagged rows are kept, of the others their number.
ASKED = """
SELECT why, yes, count(*) AS n, list(judged) FILTER (WHERE yes) AS flagged FROM (
  SELECT CASE WHEN missing IS NOT NULL OR flagged IS NULL THEN coalesce(missing, 'unknown') END AS why,
         coalesce(flagged AND missing IS NULL, false) AS yes, judged
  FROM ({}) AS judged
) GROUP BY why, yes
"""


class Step(msgspec.Struct, frozen=True):
    """keep: the rows of `sql` as the table `name`; drop: let go of it; view: `sql` under the name `name`; answer: what
    the rule of flag `name` gives.
    """

    kind: Literal["keep", "view", "drop", "answer"]
    name: str
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """Steps in their order; `held`: tables that come with them (values of the law, calendars)."""

    steps: Sequence[Step]
    held: Mapping[str, pa.Table] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Script of {sum(step.kind == 'answer' for step in self.steps)} flags"


def outcomes(script: Script, engine: Any, tell: Callable[[str], None] | None = None) -> list[Outcome]:
    """The outcome of each flag of a script; `engine`: a connection of DuckDB that has the tables of a store."""
    steps = played(script, engine, tell)
    return [_outcome(code, engine.sql(ASKED.format(sql)).to_arrow_table()) for code, sql in steps]


def _outcome(code: str, answer: pa.Table) -> Outcome:
    flagged = [pa.RecordBatch.from_struct_array(chunk.flatten()) for chunk in answer["flagged"].chunks]
    rows = pa.Table.from_batches(flagged) if flagged else ROWS.empty_table()
    in_order = rows.sort_by([("group", "ascending"), ("id", "ascending")])
    return outcome(code, answer.drop_columns("flagged").to_pylist(), in_order)


def played(script: Script, engine: Any, tell: Callable[[str], None] | None = None) -> Iterator[tuple[str, str]]:
    """Run a script; each code comes with the SQL of what its rule answers, which holds until the next is asked for."""
    for name, table in script.held.items():
        engine.register(name, table)
    for step in script.steps:
        if step.kind == "keep":
            engine.execute(f'CREATE OR REPLACE TEMP TABLE "{step.name}" AS {step.sql}')
        elif step.kind == "view":
            engine.execute(f'CREATE OR REPLACE TEMP VIEW "{step.name}" AS {step.sql}')
        elif step.kind == "drop":
            engine.execute(f'DROP TABLE "{step.name}"')
        else:
            if tell:
                tell(step.name)
            yield step.name, step.sql


def tidied(steps: Sequence[Step], *, views: bool = False) -> list[Step]:
    """The steps, with each table let go of as soon as no later step reads it. `views`: what is read once is a view."""
    kept = {step.name for step in steps if step.kind == "keep"}
    read = [[name for name in re.findall(r'"(\w+)"', step.sql) if name in kept] for step in steps]
    times = Counter(name for names in read for name in names)
    behind: dict[str, set[str]] = {}  # a view -> the tables that it reads
    last: dict[str, int] = {}
    found: list[Step] = []
    for place, (step, names) in enumerate(zip(steps, read, strict=True)):
        tables = {table for name in names for table in behind.get(name, {name})}
        is_view = views and step.kind == "keep" and times[step.name] == 1
        if is_view:
            behind[step.name] = tables
        last |= dict.fromkeys(tables | ({step.name} & kept - behind.keys()), place)
        found.append(Step("view", step.name, step.sql) if is_view else step)
    ends = {place: [name for name, at in last.items() if at == place] for place in last.values()}
    return [
        each for place, step in enumerate(found) for each in (step, *(Step("drop", n) for n in ends.get(place, ())))
    ]
