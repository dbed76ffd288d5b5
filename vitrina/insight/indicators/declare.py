# SPDX-License-Identifier: Apache-2.0
"""What an indicator declares: its words, the base whose rows it reads, and its measure, one portable expression.

A measure says, for each row of the base, whether it is in scope (`where`), which facts must be known (`needs`: path
of OCDS -> is it known), and what it adds to the numerator and the denominator. The runner sums, groups and counts the
rows that were left out, by reason; so every grouping comes from the same expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import ibis
import ibis.expr.types as ir

from vitrina.insight.text import Text

Known = Mapping[str, ir.BooleanValue]


class Direction(StrEnum):
    """Which way is good: more, less, as near to one as can be; a screen is a reason to look; the rest only tell."""

    UP = "up"
    DOWN = "down"
    ONE = "one"
    SCREEN = "screen"
    NONE = "none"


class Unit(StrEnum):
    """What the value counts. A share is a fraction of one; money is in the currency of the row."""

    COUNT = "count"
    SHARE = "share"
    MONEY = "money"
    DAYS = "days"
    RATIO = "ratio"
    HHI = "hhi"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class Measure:
    """What one row of the base adds. `denominator` None: the value is the numerator. `distinct`: the values of
    `numerator` are counted once each. `quantile`: the value is this R-8 quantile of `numerator`. `scale` multiplies.
    """

    numerator: ir.Value
    denominator: ir.Value | None = None
    where: ir.BooleanValue | None = None
    needs: Known = field(default_factory=dict)
    distinct: bool = False
    quantile: float | None = None
    scale: float = 1.0
    plain: bool = False  # not an amount in centavos, though told by currency


def count(where: ir.BooleanValue | None = None, needs: Known | None = None) -> Measure:
    """How many rows."""
    return Measure(ibis.literal(1), None, where, needs or {})


def total(numerator: ir.Value, where: ir.BooleanValue | None = None, needs: Known | None = None) -> Measure:
    """The sum of a fact."""
    return Measure(numerator, None, where, needs or {})


def distinct(column: ir.Value, where: ir.BooleanValue | None = None, needs: Known | None = None) -> Measure:
    """How many different values a column has."""
    return Measure(column, None, where, needs or {}, distinct=True)


def share(yes: ir.BooleanValue, where: ir.BooleanValue | None = None, needs: Known | None = None) -> Measure:
    """The fraction of rows of which something is true."""
    return Measure(yes.cast("int64"), ibis.literal(1), where, needs or {})


def ratio(
    numerator: ir.Value,
    denominator: ir.Value,
    where: ir.BooleanValue | None = None,
    needs: Known | None = None,
    scale: float = 1.0,
) -> Measure:
    """One sum over another."""
    return Measure(numerator, denominator, where, needs or {}, scale=scale)


def mean(x: ir.Value, where: ir.BooleanValue | None = None, needs: Known | None = None) -> Measure:
    """The plain mean of a fact."""
    return Measure(x, ibis.literal(1), where, needs or {})


def quantile(x: ir.Value, p: float, where: ir.BooleanValue | None = None, needs: Known | None = None) -> Measure:
    """An R-8 quantile of a fact; numerator and denominator are not told."""
    return Measure(x, None, where, needs or {}, quantile=p)


def median(x: ir.Value, where: ir.BooleanValue | None = None, needs: Known | None = None) -> Measure:
    """The R-8 median of a fact."""
    return quantile(x, 0.5, where, needs)


OCP = Text(
    "lista U de la Open Contracting Partnership; la fórmula es de Vitrina",
    "U list of the Open Contracting Partnership; the formula is Vitrina's",
)
OURS = Text("propuesta de Vitrina", "Vitrina's proposal")


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator, or one part of it where the definition asks for several numbers.

    `base`: whose rows `measure` reads (names in `bases`). `level`: a column of the base or a dimension that splits the
    answer (share by status: one row a status); `of_level`: the share of each level in its group. `money`: amounts, so
    one row a currency. `tables`: tables of the store (or columns, `release.plan_line`) without any row of which
    nothing can be said; `|` where one of several is enough. `absent`: why it is computable nowhere yet: paths that no
    table of the store holds. `law`: keys of the rulebook whose values it uses.
    """

    code: str
    title: Text
    explanation: Text
    formula: str
    inputs: tuple[str, ...]
    base: str = ""
    measure: Callable[[ir.Table], Measure] | None = None
    part: str = ""
    unit: Unit = Unit.COUNT
    direction: Direction = Direction.NONE
    level: str = ""
    of_level: bool = False
    money: bool = False
    tables: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    principle: int | None = None
    law: tuple[str, ...] = ()
    version: int = 1
    source: Text = OCP

    @property
    def key(self) -> str:
        """Code and part: `U059.median`."""
        return f"{self.code}.{self.part}" if self.part else self.code

    def __post_init__(self) -> None:
        assert self.absent or (self.base and self.measure), f"{self.key} measures nothing"
