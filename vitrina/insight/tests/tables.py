# SPDX-License-Identifier: Apache-2.0
"""Small tables for tests: rows as plain dicts, every column that is not named is null."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.engines import DuckDB
from vitrina.insight.flags.declare import VERDICT
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import Outcome, outcome_of, params_of
from vitrina.insight.store import schema
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables

JUDGED = "judged"


@contextlib.contextmanager
def tables(**rows: list[dict[str, Any]]) -> Iterator[Tables]:
    """`tables(release=[{"rid": 1, "ocid": "x"}])`: the tables of a store that holds these rows."""
    with DuckDB(threads=1) as engine:
        found = Tables(engine, {}, Manifest())
        for name, given in rows.items():
            columns = schema.SCHEMAS[name]
            unknown = {key for row in given for key in row} - set(columns.names)
            assert not unknown, f"{name} has no column {', '.join(sorted(unknown))}"
            table = pa.Table.from_pylist([{c: row.get(c) for c in columns.names} for row in given], schema=columns)
            found._read[name] = engine.hold(name, table)
        yield found


@dataclass
class Recorder(DuckDB):
    """An engine that writes down what it is told: tables of this process, and statements in their order."""

    held: dict[str, pa.Table] = field(default_factory=dict)
    statements: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(threads=1)

    def hold(self, name: str, rows: pa.Table) -> ir.Table:
        self.held[name] = rows
        return super().hold(name, rows)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        sql = str(self.backend.compile(expr))
        self.statements.append((name, sql))
        self.backend.con.execute(f'create or replace temp table "{name}" as {sql}')
        return self.backend.table(name)


class Blind(Tables):
    """Tables that no rule may read while it is built: what a rule says must not depend on the rows."""

    def rows(self, expr: ir.Table) -> list[dict[str, Any]]:
        raise AssertionError(f"a rule reads {expr.get_name()} while it is built; it must be an expression")


@functools.cache
def statements(code: str, given: str) -> tuple[dict[str, pa.Table], list[tuple[str, str]]]:
    """What the engine is told for a flag with parameters (as JSON): tables of this process, and statements. To write
    them takes a second and depends on no row, so it is done once.
    """
    flag = flags()[code]
    with Recorder() as engine:
        t = Blind(engine, {}, Manifest())
        for name, columns in schema.SCHEMAS.items():
            t._read[name] = engine.hold(name, columns.empty_table())
        engine.keep(JUDGED, flag.rule(t, params_of(flag, json.loads(given))))
        held = {name: table for name, table in engine.held.items() if name not in schema.SCHEMAS}
        return held, list(engine.statements)


def judged(code: str, params: dict[str, Any] | None = None, **rows: list[dict[str, Any]]) -> Outcome:
    """The outcome of one flag over these rows."""
    held, told = statements(code, json.dumps(params or {}))
    with tables(**rows) as t:
        for name in schema.SCHEMAS:
            getattr(t, name)  # the engine knows every table by its name
        for name, table in held.items():
            t.engine.hold(name, table)
        for name, sql in told:
            t.engine.backend.con.execute(f'create temp table "{name}" as {sql}')
        flag = flags()[code]
        return outcome_of(t, flag, params_of(flag, params or {}), t.engine.backend.table(JUDGED).cast(VERDICT))


def ids(outcome: Outcome) -> list[str]:
    """The ids of the flagged units, in order."""
    return outcome.rows.column("id").to_pylist()


def at(text: str) -> datetime:
    """An instant of the store, UTC without zone: `at("2026-03-02 15:00")`."""
    return datetime.fromisoformat(text)
