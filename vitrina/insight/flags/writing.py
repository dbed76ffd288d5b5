# SPDX-License-Identifier: Apache-2.0
"""Writes the scripts of rules: an engine without rows that notes what it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.engines import DuckDB
from vitrina.insight.lite import Lite
from vitrina.insight.store import schema
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables

from .cardinal import View, rule_of
from .declare import Flag
from .run import params_of
from .script import Script, Step, tidied
from .settings import Settings


class Noting:
    """What a scribe notes of an engine: tables of this process that it holds, and what it keeps, in their order."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.held: dict[str, pa.Table] = {}
        self.steps: list[Step] = []

    def hold(self, name: str, rows: pa.Table) -> ir.Table:
        """A table of this process."""
        if name not in schema.SCHEMAS:
            self.held[name] = rows
        found: ir.Table = super().hold(name, rows)  # type: ignore[misc]
        return found

    def read(self, name: str, _files: object, columns: pa.Schema) -> ir.Table:
        """A table of the store, without its rows."""
        return self.hold(name, columns.empty_table())

    def noted(self, name: str, sql: str) -> str:
        """The statement, noted as one whose rows are kept."""
        self.steps.append(Step("keep", name, sql))
        return sql

    def answer(self, code: str, expr: ir.Table) -> None:
        """What the rule of a flag answers, noted."""
        self.steps.append(Step("answer", code, self.compile(expr)))  # type: ignore[attr-defined]


class Scribe(Noting, DuckDB):
    """A scribe for DuckDB."""

    def __init__(self) -> None:
        super().__init__(threads=1)

    def compile(self, expr: ir.Table) -> str:
        """An expression as SQL."""
        return str(self.backend.compile(expr))

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        sql = self.noted(name, self.compile(expr))
        self.backend.con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}')
        return self.backend.table(name)


class LiteScribe(Noting, Lite):
    """A scribe for SQLite."""

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """The table that the expression would give, empty."""
        self.noted(name, self.compile(expr))
        return self.table(name, expr.schema())


class Blind(Tables):
    """Tables that no rule may read while it is built: what a rule says must not depend on the rows."""

    def rows(self, expr: ir.Table) -> list[dict[str, Any]]:
        raise AssertionError(f"a rule reads {expr.get_name()} while it is built; it must be an expression")


@contextmanager
def scribe(place: str = "", make: Callable[[], Any] = Scribe) -> Iterator[tuple[Any, Blind]]:
    """A scribe and its tables, which are empty. `place`: of the store, whose law the rules apply."""
    with make() as engine:
        yield engine, Blind(engine, {}, Manifest(place=place))


def written(
    flags: Iterable[Flag],
    params: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    place: str = "",
    make: Callable[[], Any] = Scribe,
) -> Script:
    """The script of these flags. `params` as for `run.run`; `make`: the scribe of another engine."""
    with scribe(place, make) as (engine, t):
        for flag in flags:
            engine.answer(flag.code, flag.rule(t, params_of(flag, (params or {}).get(flag.code))))
        return Script(tidied(engine.steps, views=make is Scribe), engine.held)


def written_of_cardinal(settings: Settings, codes: Iterable[str], *, is_mended: bool) -> Script:
    """The script of Cardinal's indicators under settings that name a currency."""
    with scribe() as (engine, t):
        view = View(t, settings, is_mended)
        for code in codes:
            engine.answer(code, rule_of(view, code))
        return Script(tidied(engine.steps, views=True), engine.held)
