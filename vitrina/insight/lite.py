# SPDX-License-Identifier: Apache-2.0
"""SQLite as an engine of the rules, for a handful of rows: its statements are planned once and run in microseconds,
where DuckDB plans anew each time. Only what judges a release alone must run here; a test holds it to DuckDB's rows.

Instants are text of one width (`2026-03-02 15:00:00.000000`, UTC), so that they order as text; days `2026-03-02`.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot
from ibis.backends.sql.compilers.sqlite import SQLiteCompiler
from ibis.backends.sqlite import Backend
from sqlglot.optimizer.eliminate_subqueries import eliminate_subqueries

STAMP = "%Y-%m-%d %H:%M:%S.%f"
MICROS = {"s": 1_000_000, "m": 60_000_000, "h": 3_600_000_000, "D": 86_400_000_000}


class Compiler(SQLiteCompiler):
    """Ibis' own, with the arithmetic of instants to the microsecond by functions of ours."""

    UNSUPPORTED_OPS: ClassVar[Any] = tuple(op for op in SQLiteCompiler.UNSUPPORTED_OPS if op is not ops.TimestampDelta)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802 - names of Ibis
        if to.is_timestamp():
            return self.f.anon.vitrina_instant(arg)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_TimestampAdd(self, op: Any, *, left: Any, right: Any) -> Any:  # noqa: N802 - names of Ibis
        return self.f.anon.vitrina_later(left, right.this, MICROS[op.right.dtype.unit.short])

    def visit_TimestampDelta(self, _: Any, *, part: Any, left: Any, right: Any) -> Any:  # noqa: N802 - names of Ibis
        assert str(part.this) == "microsecond", "add the unit when a rule needs it"
        return self.f.anon.vitrina_micros(left, right)


class LiteBackend(Backend):
    """Ibis' SQLite with the compiler above."""

    compiler = Compiler()


class Lite:
    """An engine as `engines.Engine` asks for, over a database in memory."""

    def __init__(self) -> None:
        self.backend = LiteBackend().connect()
        teach(self.backend.con)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.backend.disconnect()

    def table(self, name: str, columns: ibis.Schema) -> ir.Table:
        """An empty table."""
        self.backend.create_table(name, schema=columns, overwrite=True)
        return self.backend.table(name)

    def compile(self, expr: ir.Table) -> str:
        """An expression as SQL. What is nested stands one after the other: SQLite refuses what is nested deeply."""
        nested = sqlglot.parse_one(str(self.backend.compile(expr)), read="sqlite")
        return eliminate_subqueries(nested).sql("sqlite")

    def hold(self, name: str, rows: pa.Table) -> ir.Table:
        """A table of rows that this process has."""
        found = self.table(name, ibis.schema(rows.schema))
        insert(self.backend.con, name, rows)
        return found


def insert(con: sqlite3.Connection, name: str, rows: pa.Table) -> None:
    """Add rows to a table."""
    marks = ", ".join("?" * rows.num_columns)
    columns = [[_text(value) for value in column.to_pylist()] for column in rows.columns]
    con.executemany(f'INSERT INTO "{name}" VALUES ({marks})', zip(*columns, strict=True))  # noqa: S608


def read(con: sqlite3.Connection, sql: str) -> list[dict[str, Any]]:
    """The rows of a query as dicts."""
    asked = con.execute(sql)
    names = [column[0] for column in asked.description]
    return [dict(zip(names, row, strict=True)) for row in asked]


def teach(con: sqlite3.Connection) -> None:
    """Give a connection the functions that rules need, as DuckDB has them."""
    for name, n, function in (
        ("vitrina_instant", 1, lambda at: at if at is None or len(at) > 10 else f"{at} 00:00:00.000000"),  # noqa: PLR2004
        ("vitrina_later", 3, _later),
        ("vitrina_micros", 2, _micros),
        ("lower", 1, lambda text: None if text is None else text.lower()),
        ("upper", 1, lambda text: None if text is None else text.upper()),
        ("regexp_matches", 2, lambda text, wanted: None if text is None else re.search(wanted, text) is not None),
    ):
        con.create_function(name, n, function, deterministic=True)


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime(STAMP)
    return value.isoformat() if isinstance(value, date) else value


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _later(at: str | None, n: str | int | None, micros: int) -> str | None:
    """`n`: as it stands in an interval, which is text."""
    if at is None or n is None:
        return None
    return (_instant(at) + timedelta(microseconds=int(n) * micros)).strftime(STAMP)


def _micros(end: str | None, start: str | None) -> int | None:
    return None if end is None or start is None else (_instant(end) - _instant(start)) // timedelta(microseconds=1)
