# SPDX-License-Identifier: Apache-2.0
"""Where expressions run: DuckDB in this process, or Spark on as many machines as its master has."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa

MEMORY = "4GB"


class NoEngine(RuntimeError):
    """The engine is not installed here, or cannot start; the text says what is wanting."""


class Engine(Protocol):
    """An engine that reads Parquet files and runs Ibis expressions; used in a `with` block."""

    backend: Any

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...
    def read(self, name: str, files: list[Path], schema: pa.Schema) -> ir.Table:
        """A table of these Parquet files; empty, with its columns, when there are none."""

    def hold(self, name: str, rows: pa.Table) -> ir.Table:
        """A table of rows that this process has: an outside list, a rulebook's values."""

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The rows of an expression, computed once."""

    def drop(self, name: str) -> None:
        """Let go of what was kept under a name."""


class DuckDB:
    """DuckDB inside this process. `memory`: cap, beyond which it spills to a temporary folder; `threads`: cores."""

    def __init__(self, *, memory: str = MEMORY, threads: int | None = None) -> None:
        self._memory, self._threads = memory, threads

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="vitrina-insight-")
        settings: dict[str, Any] = {"memory_limit": self._memory, "temp_directory": self._folder.name}
        if self._threads:
            settings["threads"] = self._threads
        self.backend = ibis.duckdb.connect(**settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.backend.disconnect()
        self._folder.cleanup()

    def read(self, name: str, files: list[Path], schema: pa.Schema) -> ir.Table:
        if not files:
            return self.hold(name, schema.empty_table())
        return self.backend.read_parquet([str(file) for file in files], table_name=name)

    def hold(self, name: str, rows: pa.Table) -> ir.Table:
        self.backend.con.register(name, rows)
        return self.backend.table(name)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        return self.backend.create_table(name, expr, temp=True)

    def drop(self, name: str) -> None:
        self.backend.con.execute(f'DROP TABLE "{name}"')
