# SPDX-License-Identifier: Apache-2.0
"""What a chart says, without how it is drawn. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Value = int | Decimal | Fraction | None


class Unit(StrEnum):
    """What a column counts. `MONEY`: integer centavos of pesos; `PERCENT`: points, 0 to 100; `DAYS`: calendar days."""

    MONEY = "mxn"
    COUNT = ""
    PERCENT = "percent"
    DAYS = "days"


class Form(StrEnum):
    """How a chart is drawn. `BARS`: in the order of time, one for each row; `RANKED`: the largest first, names beside
    or above them; `LINE`: one for each drawn column; `HISTOGRAM`: counts of classes, with the case that is marked.
    """

    BARS = "bars"
    RANKED = "ranked"
    LINE = "line"
    HISTOGRAM = "histogram"


class Mark(StrEnum):
    """How a row stands out. `FIRST`: the one the title speaks of; `CASE`: the one that is looked at, in amber, with a
    word; `OPEN`: not over yet (the present year, what is planned), drawn dashed.
    """

    NONE = ""
    FIRST = "first"
    CASE = "case"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Column:
    """Figures of a chart. `name`: a word of OCDS for machines (`amount`, `contracts`); `label`: for readers."""

    name: str
    label: str
    unit: Unit = Unit.COUNT

    @property
    def header(self) -> str:
        """The name in a CSV, with its unit: `amount_mxn`."""
        return f"{self.name}_{self.unit}" if self.unit else self.name


@dataclass(frozen=True, slots=True)
class Row:
    """One bar, or one place on the line. `values` as many as columns, `None` where there is no datum; `word` is
    written at a marked bar; `url`: where its name leads in the table; `key`: its id for machines, where it has one.
    """

    label: str
    values: tuple[Value, ...]
    mark: Mark = Mark.NONE
    word: str = ""
    url: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`page`, `key`, `name`: its address, which never changes: the kind of page (a key of `sources.SOURCES`), whose
    page it is (`-` where there is only one), and a name in lower case with hyphens, unique on its page.

    `title`: the finding as a sentence; `note`: what is counted, with or without VAT. `first`: (machine name, label)
    of the rows' own column. The first `drawn` columns are drawn, all in the unit of the first; the others stand in the
    table. `as_of`: the instant of the data (aware), `position`: the act of the ledger they reach to, if they come from
    it; `home`: path of the page that it belongs to. Refuses rows of another length: `ValueError`.
    """

    page: str
    key: str
    name: str
    form: Form
    title: str
    note: str
    first: tuple[str, str]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    as_of: datetime
    home: str
    drawn: int = 1
    position: int | None = None
    is_synthetic: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.drawn <= len(self.columns):
            raise ValueError(f"{self.name}: {self.drawn} columns drawn of {len(self.columns)}")
        if any(len(row.values) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.name}: each row needs {len(self.columns)} values")

    @property
    def unit(self) -> Unit:
        """The unit of what is drawn."""
        return self.columns[0].unit

    @property
    def id(self) -> str:
        """Its id in the page."""
        return f"g-{self.page}-{self.name}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be drawn."""
        return not any(value for row in self.rows for value in row.values[: self.drawn])

    @property
    def is_drawn(self) -> bool:
        """Whether there is something to compare: of one figure the table says all."""
        return not self.is_empty and len(self.rows) > 1


def exact(value: Value, unit: Unit) -> str | int | None:
    """A value for machines: pesos as a decimal text, counts and days as numbers, points with up to four decimals.

    >>> exact(123450, Unit.MONEY), exact(7, Unit.COUNT), exact(Fraction(1, 3), Unit.PERCENT)
    ('1234.50', 7, '0.3333')
    """
    if value is None:
        return None
    if unit is Unit.MONEY:
        return str((Decimal(int(value)) / 100).quantize(Decimal("0.01")))
    if isinstance(value, int):
        return value
    found = Fraction(value)
    points = Decimal(found.numerator) / Decimal(found.denominator)
    return f"{points.quantize(Decimal('0.0001')):f}".rstrip("0").rstrip(".")
