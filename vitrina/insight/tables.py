# SPDX-License-Identifier: Apache-2.0
"""The tables of a store as Ibis tables, and the sub-expressions that many rules share, each computed once.

`t.release`, `t.bid`, … are the tables of `store.schema`. `t.once(name, build)` computes a shared table on first use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from .engines import Engine
from .store import schema
from .store.folder import Manifest


class Tables:
    """The tables of one store on one engine."""

    def __init__(self, engine: Engine, files: Mapping[str, list[Path]], manifest: Manifest) -> None:
        self.engine, self.manifest = engine, manifest
        self._files = files
        self._read: dict[str, ir.Table] = {}
        self._kept: dict[str, ir.Table] = {}

    def __getattr__(self, name: str) -> ir.Table:
        if name.startswith("_") or name not in schema.SCHEMAS:
            raise AttributeError(name)
        if name not in self._read:
            table = self.engine.read(name, self._files.get(name, []), schema.SCHEMAS[name])
            hidden = self.manifest.hidden
            seen = table.filter(table.rid.notin(hidden)) if hidden and "rid" in table.columns else table
            self._read[name] = self._under_one_number(name, seen)
        return self._read[name]

    def _under_one_number(self, name: str, table: ir.Table) -> ir.Table:
        """The table with organisations that are one under one number (`same_as`); `org` without the others."""
        columns = schema.of_organisations(name)
        if not columns or not self._files.get("same_as"):
            return table
        if name == "org":
            return table.anti_join(self.same_as, "oid")
        for column in columns:
            same = self.same_as.select(_oid="oid", _to="to_oid")
            joined = table.left_join(same, table[column] == same["_oid"])
            table = joined.mutate(**{column: ibis.coalesce(joined["_to"], joined[column])}).drop("_oid", "_to")
        return table

    def put(self, name: str, table: ir.Table) -> None:
        """Take this as a table, in place of what the files hold; it may have fewer columns."""
        self._read[name] = table

    def once(self, name: str, build: Callable[[Tables], ir.Table]) -> ir.Table:
        """The table `name`, built and computed the first time it is asked for."""
        if name not in self._kept:
            self._kept[name] = self.engine.keep(f"kept_{name}", build(self))
        return self._kept[name]

    def kept(self, name: str) -> ir.Table | None:
        """A shared table that a rule worked with, where it was computed in this run."""
        return self._kept.get(name)

    def rows(self, expr: ir.Table) -> list[dict[str, Any]]:
        """The rows of an expression as plain values."""
        found: list[dict[str, Any]] = expr.to_pyarrow().to_pylist()
        return found
