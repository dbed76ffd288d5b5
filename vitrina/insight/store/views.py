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
    """Make a view of each table, without the rows of releases that newer ones replaced."""
    for name, columns in schema.SCHEMAS.items():
        if not files.get(name):
            engine.register(name, columns.empty_table())
            continue
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files[name])
        rows = f"SELECT * FROM read_parquet([{listed}])"  # noqa: S608 - names of our own files
        if manifest.hidden and "rid" in columns.names:
            rows += f" WHERE rid NOT IN ({', '.join(map(str, manifest.hidden))})"
        engine.execute(f'CREATE VIEW "{name}" AS {rows}')
