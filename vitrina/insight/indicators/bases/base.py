# SPDX-License-Identifier: Apache-2.0
"""What a base is, and the facts about the whole corpus that several bases use: its last day, its first day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from vitrina.insight.indicators import dims
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

DIRECT = ("direct", "limited")
COMPETITIVE = ("open", "selective")
WARM_UP_MONTHS = 24


def _nothing(_: ir.Table) -> Mapping[str, ir.BooleanValue]:
    return {}


@dataclass(frozen=True, slots=True)
class Base:
    """A table of facts. `build(t, keys)`: its rows, with `day` and, where they are amounts, `currency`; a base of
    firms is summed by `keys` already. `needs`: what must be known of a row whatever the measure (path -> is it known).
    """

    name: str
    text: Text
    build: Callable[[Tables, Sequence[str]], ir.Table]
    needs: Callable[[ir.Table], Mapping[str, ir.BooleanValue]] = _nothing
    has_supplier: bool = False
    only: tuple[str, ...] = ()  # the dimensions that it knows, where they are not all

    def answers(self, grouping: Sequence[str]) -> bool:
        """Whether its rows can be compared by these dimensions."""
        if self.only:
            return all(name in self.only for name in grouping)
        return self.has_supplier or dims.SUPPLIER not in grouping

    def rows(self, t: Tables, keys: Sequence[str]) -> ir.Table:
        """The facts with the dimensions of `keys`."""
        return dims.with_dims(t, self.build(t, keys), keys)


def things(build: Callable[[Tables], ir.Table]) -> Callable[[Tables, Sequence[str]], ir.Table]:
    """A base whose rows are the same for every grouping, kept under the name of its builder."""
    return lambda t, _: t.once(f"base_{build.__name__}", build)


def views(build: Callable[[Tables], ir.Table]) -> Callable[[Tables, Sequence[str]], ir.Table]:
    """A base that is a filter of another: not worth a copy of its own."""
    return lambda t, _: build(t)


def as_of(t: Tables) -> dt.datetime | None:
    """The instant of the newest release: what the store can know ends there."""
    return t.release.date.max().to_pyarrow().as_py()


def first_month(t: Tables) -> tuple[int, int] | None:
    """(year, month) by which one in a hundred awards had been made: a stray date of 1900 begins no corpus."""
    day = t.award.date_day
    known = t.award.filter(day.notnull()).select(year=day.year(), month=day.month())
    counts = t.rows(known.group_by(["year", "month"]).aggregate(n=known.count()).order_by(["year", "month"]))
    total, seen = sum(row["n"] for row in counts), 0
    for row in counts:
        seen += row["n"]
        if seen * 100 >= total:
            return row["year"], row["month"]
    return None


def warm_from(t: Tables) -> dt.date | None:
    """The first day on which a firm may be called new: earlier, the corpus has not seen enough of the past."""
    first = first_month(t)
    if first is None:
        return None
    months = first[0] * 12 + first[1] - 1 + WARM_UP_MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def days_between(start: ir.DateValue, end: ir.DateValue) -> ir.IntegerValue:
    """Natural days from one local day to another; negative where the second comes first."""
    return end.delta(start, unit="day")


def one_of(column: ir.StringValue, values: Sequence[str]) -> ir.BooleanValue:
    """Whether a text is one of these; null where the text is null."""
    return column.notnull().ifelse(column.isin(values), ibis.null("boolean"))


def start_of(day: dt.date | None) -> ir.DateValue:
    """A day as a literal, the far future when there is none."""
    return ibis.literal(day or dt.date(9999, 12, 31))
