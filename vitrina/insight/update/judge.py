# SPDX-License-Identifier: Apache-2.0
"""Judges a few releases by a script for SQLite, whose statements are planned once."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from vitrina.insight.flags.outcome import ROWS, Outcome, outcome
from vitrina.insight.flags.script import Script
from vitrina.insight.lite import Lite, insert, read
from vitrina.insight.store import schema


class Judge:
    """A database with the tables of a store, empty but for those without `rid` (`static`: lists and budgets, not
    organisations). What it is given is undone after each answer. `reads`: tables of releases that the script looks at.
    """

    def __init__(self, script: Script, static: Mapping[str, pa.Table]) -> None:
        lite = Lite()
        self._con: sqlite3.Connection = lite.backend.con
        self._con.isolation_level = None
        self._script = script
        told = " ".join(step.sql for step in script.steps)
        self.reads = [n for n, columns in schema.SCHEMAS.items() if "rid" in columns.names and f'"{n}"' in told]
        for name, columns in schema.SCHEMAS.items():
            lite.hold(name, static.get(name, columns.empty_table()))
        for name, table in script.held.items():
            lite.hold(name, table)
        for step in script.steps:
            if step.kind == "keep":
                self._con.execute(f'DROP TABLE IF EXISTS "{step.name}"')
                self._con.execute(f'CREATE TABLE "{step.name}" AS SELECT * FROM ({step.sql}) LIMIT 0')  # noqa: S608

    def judge(self, tables: Mapping[str, pa.Table]) -> list[Outcome]:
        """The outcomes over these rows: releases, and the organisations that they name."""
        self._con.execute("BEGIN")
        try:
            for name, table in tables.items():
                insert(self._con, name, table)
            return list(self._outcomes())
        finally:
            self._con.execute("ROLLBACK")

    def _outcomes(self) -> Iterator[Outcome]:
        for step in self._script.steps:
            if step.kind == "keep":
                self._con.execute(f'INSERT INTO "{step.name}" {step.sql}')
            elif step.kind == "answer":
                yield _outcome(step.name, read(self._con, step.sql))


def _outcome(code: str, judged: list[dict[str, Any]]) -> Outcome:
    """What a rule answered, counted; there are no booleans here."""
    counts: Counter[tuple[str | None, bool]] = Counter()
    flagged = []
    for row in judged:
        why = "unknown" if row["missing"] is None and row["flagged"] is None else row["missing"]
        is_flagged = why is None and bool(row["flagged"])
        counts[why, is_flagged] += 1
        if is_flagged:
            flagged.append(row | {"flagged": True})
    told = [{"why": why, "yes": yes, "n": n} for (why, yes), n in counts.items()]
    return outcome(code, told, pa.Table.from_pylist(flagged, schema=ROWS))
