# SPDX-License-Identifier: Apache-2.0
"""The tables of a store by their names on a bare connection of DuckDB, for what is SQL already."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from . import schema
from .folder import Manifest, Store

MEMORY = "4GB"  # beyond it, a temporary folder is used


@contextmanager
def connected(store: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees the tables of a store."""
    with tempfile.TemporaryDirectory(prefix="vitrina-insight-") as folder:
        settings: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": folder}
        with duckdb.connect(config=settings) as engine:
            show(engine, {name: store.files(name) for name in schema.SCHEMAS}, store.manifest)
            yield engine


def show(engine: duckdb.DuckDBPyConnection, files: Mapping[str, list[Path]], manifest: Manifest) -> None:
    """Make a view of each table, without the rows of releases that newer ones replaced, organisations that are one
    under one number.
    """
    for name in sorted(schema.SCHEMAS, key=lambda name: name != "same_as"):
        columns = schema.SCHEMAS[name]
        if not files.get(name):
            engine.register(name, columns.empty_table())
            continue
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files[name])
        rows = f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608 - names of our own files
        if manifest.hidden and "rid" in columns.names:
            rows += f" WHERE rid NOT IN ({', '.join(map(str, manifest.hidden))})"
        if files.get("same_as"):
            rows = _under_one_number(engine, name, rows)
        engine.execute(f'CREATE VIEW "{name}" AS {rows}')


def _under_one_number(engine: duckdb.DuckDBPyConnection, name: str, rows: str) -> str:
    """The rows with organisations that are one under one number. A column without any is left as it is: a join that
    finds nothing would be paid for at every reading.
    """
    if name == "org":
        return f"SELECT * FROM ({rows}) ANTI JOIN same_as USING (oid)"  # noqa: S608 - columns of ours
    found = rows
    for column in schema.of_organisations(name):
        asked = f"SELECT 1 FROM ({rows}) t SEMI JOIN same_as s ON t.{column} = s.oid LIMIT 1"  # noqa: S608
        if engine.execute(asked).fetchone():
            found = (
                f"SELECT t.* REPLACE (coalesce(s.to_oid, t.{column}) AS {column}) "  # noqa: S608 - columns of ours
                f"FROM ({found}) t LEFT JOIN same_as s ON t.{column} = s.oid"
            )
    return found
