# SPDX-License-Identifier: Apache-2.0
"""Small tables for tests: rows as plain dicts, every column that is not named is null."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa

from vitrina.insight.engines import DuckDB
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import Outcome, run
from vitrina.insight.store import schema
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables


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


def judged(code: str, params: dict[str, Any] | None = None, **rows: list[dict[str, Any]]) -> Outcome:
    """The outcome of one flag over these rows."""
    with tables(**rows) as t:
        return run(t, [flags()[code]], {code: params or {}})[0]


def ids(outcome: Outcome) -> list[str]:
    """The ids of the flagged units, in order."""
    return outcome.rows.column("id").to_pylist()


def at(text: str) -> datetime:
    """An instant of the store, UTC without zone: `at("2026-03-02 15:00")`."""
    return datetime.fromisoformat(text)
