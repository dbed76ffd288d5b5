# SPDX-License-Identifier: Apache-2.0
"""Cells of official lists as values: days in their many shapes, terms, amounts, RFCs. `BadCell` where one is none."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from vitrina.kernel import ids

MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
NUMBERS = {"un": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "doce": 12}
SHEET_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets
FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LOCAL = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")
_WRITTEN = re.compile(r"(\d{1,2}) de ([a-z]+) de (\d{4})")
_TERM = re.compile(r"(\d+|[a-z]+)\s+(a[nñ]os?|mes(?:es)?|d[ií]as?)")
_HOUR = re.compile(r"\s+\d{1,2}:\d{2}(:\d{2})?$")


class BadCell(ValueError):
    """A cell, or a row, that cannot be used: a reason in one word, the column, what was found."""

    def __init__(self, reason: str, column: str = "", found: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column, self.found = reason, column, found


def tidy(cell: str) -> str:
    """A cell without outer blanks, tabs and the apostrophe that keeps keys as text; inner blanks single."""
    return " ".join(cell.replace("\xa0", " ").split()).removeprefix("'")


def day(cell: str, column: str) -> date | None:
    """A day: 2026-01-31, 31/01/2026, 31-01-2026, 31/01/26, with or without an hour, or the number of a spreadsheet."""
    text = _HOUR.sub("", tidy(cell))
    if not text:
        return None
    if text.isdigit() and len(text) == 5:  # noqa: PLR2004 - days since 1899
        return _within(SHEET_EPOCH + timedelta(days=int(text)), column, text)
    if found := _ISO.fullmatch(text):
        year, month, number = map(int, found.groups())
    elif found := _LOCAL.fullmatch(text):
        number, month, year = map(int, found.groups())
        year += 2000 if year < 100 else 0  # noqa: PLR2004 - two digits
    else:
        raise BadCell("not_a_date", column, text)
    try:
        return _within(date(year, month, number), column, text)
    except ValueError:
        raise BadCell("not_a_date", column, text) from None


def last_day(cell: str, column: str) -> date | None:
    """The latest day of a cell that may hold several: of a notice that was published again, the last one counts."""
    text = tidy(cell)
    several = [m.group() for m in _LOCAL.finditer(text)]
    if len(several) < 2:  # noqa: PLR2004 - one, or none
        return day(text, column)
    return max(found for one in several if (found := day(one, column)))


def written_day(text: str) -> date | None:
    """The first day written out in a text: 31 de enero de 2026."""
    found = _WRITTEN.search(text.lower())
    if not found or found[2] not in MONTHS:
        return None
    return date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))


def _within(found: date, column: str, text: str) -> date:
    if not FIRST <= found < LAST:
        raise BadCell("date_out_of_range", column, text)
    return found


def after(start: date, term: str, column: str) -> date | None:
    """The day on which a term ends that began on `start`: `1 año, 3 meses`, `TRES MESES`; null for an empty term."""
    text = tidy(term).lower()
    if not text:
        return None
    months = days = 0
    for number, unit in _TERM.findall(text):
        n = int(number) if number.isdigit() else NUMBERS.get(number, 0)
        months += n * 12 if unit.startswith("a") else n if unit.startswith("m") else 0
        days += n if unit.startswith("d") else 0
    if not months and not days:
        raise BadCell("not_a_term", column, text)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last)) + timedelta(days=days)


def centavos(cell: str, column: str) -> int | None:
    """An amount in centavos: `  555,644.00`; null for an empty cell."""
    text = tidy(cell).replace(",", "").replace("$", "")
    if not text:
        return None
    try:
        return int((Decimal(text) * 100).to_integral_value())
    except (InvalidOperation, OverflowError):
        raise BadCell("not_an_amount", column, text) from None


def rfc(cell: str, column: str = "rfc") -> str | None:
    """An RFC, null for an empty cell; `suppressed` where it was blotted out."""
    text = tidy(cell).upper().replace("-", "").replace(" ", "")
    if not text:
        return None
    if set(text) == {"X"}:
        raise BadCell("suppressed", column, text)
    if not ids.is_rfc(text) or text in ids.GENERIC_RFCS:
        raise BadCell("bad_rfc", column, text)
    return text
