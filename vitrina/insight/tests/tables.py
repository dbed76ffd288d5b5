# SPDX-License-Identifier: Apache-2.0
"""Small tables for tests: rows as plain dicts, every column that is not named is null."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from vitrina.insight.engines import DuckDB
from vitrina.insight.flags.outcome import Outcome
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.script import Script, outcomes
from vitrina.insight.flags.writing import written
from vitrina.insight.store import schema
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables

Rows = dict[str, list[dict[str, Any]]]


def arrow(rows: Rows) -> dict[str, pa.Table]:
    """Every table of a store, with these rows."""
    unknown = {f"{name}.{key}" for name, given in rows.items() for row in given for key in row if _is_odd(name, key)}
    assert not unknown, f"no store has {', '.join(sorted(unknown))}"
    return {name: _table(rows.get(name, ()), columns) for name, columns in schema.SCHEMAS.items()}


def _is_odd(name: str, key: str) -> bool:
    return key not in schema.SCHEMAS[name].names


def _table(rows: Any, columns: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([{c: row.get(c) for c in columns.names} for row in rows], schema=columns)


@contextlib.contextmanager
def tables(**rows: list[dict[str, Any]]) -> Iterator[Tables]:
    """`tables(release=[{"rid": 1, "ocid": "x"}])`: the tables of a store that holds these rows."""
    with DuckDB(threads=1) as engine:
        found = Tables(engine, {}, Manifest())
        given = arrow(rows)
        for name in rows:
            found.put(name, engine.hold(name, given[name]))
        yield found


@functools.cache
def script(code: str, given: str) -> Script:
    """The script of a flag with parameters (as JSON): to write it takes a second and depends on no row."""
    return written([flags()[code]], {code: json.loads(given)})


@contextlib.contextmanager
def engine_of(rows: Rows) -> Iterator[Any]:
    """A connection that has the tables of a store with these rows."""
    with duckdb.connect(config={"threads": 1}) as engine:
        for name, table in arrow(rows).items():
            engine.register(name, table)
        yield engine


def judged(code: str, params: dict[str, Any] | None = None, **rows: list[dict[str, Any]]) -> Outcome:
    """The outcome of one flag over these rows."""
    with engine_of(rows) as engine:
        return outcomes(script(code, json.dumps(params or {})), engine)[0]


def ids(outcome: Outcome) -> list[str]:
    """The ids of the flagged units, in order."""
    return outcome.rows.column("id").to_pylist()


def at(text: str) -> datetime:
    """An instant of the store, UTC without zone: `at("2026-03-02 15:00")`."""
    return datetime.fromisoformat(text)
