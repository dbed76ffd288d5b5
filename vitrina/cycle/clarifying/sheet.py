# SPDX-License-Identifier: Apache-2.0
"""A sheet of questions (CSV or XLSX) read row by row: each is taken, or named with its column and what is wrong.

Pure: no database, no translation; `faults.py` has the words.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from vitrina.kernel.text import fold, has_unsafe_characters, plain_cell

MOST_ROWS = 5_000  # of one sheet; a longer one is sent in parts
MOST_LETTERS = 2_000  # of one question, as in the form
MOST_BYTES = 12 * 1024 * 1024
_MOST_COLUMNS = 40
_ABOUT = ("respuesta", "a la respuesta", "respuesta a la pregunta", "numero de la respuesta", "answer", "about")
_HEADERS = {
    "text": ("pregunta", "preguntas", "question", "solicitud de aclaracion", "aclaracion", "duda", "texto", "text"),
    "topic": ("tema", "topic", "tipo", "materia", "caracter", "de que trata", "about"),
}
_TOPICS = {
    "technical": ("tecnica", "tecnico", "technical", "tec", "t"),
    "legal": ("legal", "legal y administrativa", "administrativa", "administrativo", "legal and administrative", "l"),
    "economic": ("economica", "economico", "economic", "e"),
}  # fmt: skip
_TOPIC_OF = {word: topic for topic, words in _TOPICS.items() for word in words}
HEADER = ("tema", "pregunta")
HEADER_AGAIN = ("respuesta", "pregunta")


class Taken(NamedTuple):
    """A row that can be asked as it stands; `number` is the row of the sheet, the header being row 1. A re-question
    has no topic of its own and is `about` an answer.
    """

    number: int
    topic: str
    text: str
    about: int = 0


class Fault(NamedTuple):
    """What keeps a row from being taken: `code` is one of `CODES`, `value` what stood there or how much it was."""

    number: int
    column: str
    code: str
    value: str


class BadSheet(ValueError):
    """Nothing can be read; the argument is one of `SHEET_CODES`."""


CODES = ("empty", "long", "unsafe", "topic", "about", "beyond")
SHEET_CODES = ("kind", "encoding", "header", "damaged", "nothing")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows taken, faults by row, and the cells (topic, text) of each row at fault, as they were written; of
    re-questions the cell of the answer stands where that of the topic would.
    """

    taken: tuple[Taken, ...]
    faults: tuple[Fault, ...]
    rejected: dict[int, tuple[str, str]]
    header: tuple[str, str] = HEADER

    @property
    def n_rows(self) -> int:
        return len(self.taken) + len(self.rejected)


def read(file: BinaryIO, media: str, answers: int = 0) -> Sheet:
    """The rows of a sheet; `media` is `csv` or `xlsx`. Empty rows are passed over. Errors: `BadSheet`.

    `answers`: how many answers were given, for a sheet of re-questions, each of which names the number of one.
    """
    rows = _xlsx(file) if media == "xlsx" else _csv(file)
    columns: dict[str, int] = {}
    taken: list[Taken] = []
    faults: list[Fault] = []
    rejected: dict[int, tuple[str, str]] = {}
    for number, cells in rows:
        if not any(cells):
            continue
        if not columns:
            columns = _columns(cells, _HEADERS | {"topic": _ABOUT} if answers else _HEADERS)
            continue
        topic, text = (_cell(cells, columns[name]) for name in ("topic", "text"))
        if not topic and not text:
            continue
        wrong = [Fault(number, "", "beyond", str(MOST_ROWS))] if len(taken) + len(rejected) >= MOST_ROWS else []
        about = _about(topic, answers)
        wrong = wrong or [*_wrong_first(number, topic, answers), *_wrong(number, text)]
        if wrong:
            faults += wrong
            rejected[number] = (topic, text)
        else:
            taken.append(Taken(number, "" if answers else _TOPIC_OF[fold(topic)], text, about))
    if not columns:
        raise BadSheet("nothing")
    return Sheet(tuple(taken), tuple(faults), rejected, HEADER_AGAIN if answers else HEADER)


def _about(cell: str, answers: int) -> int:
    """The number of an answer that was given; 0 for anything else."""
    digits = cell.replace(",", "")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else 0  # noqa: PLR2004
    return number if number <= answers else 0


def _wrong_first(number: int, cell: str, answers: int) -> Iterator[Fault]:
    """What is wrong with the first column: the topic, or the answer that is asked about."""
    if answers and not _about(cell, answers):
        yield Fault(number, "about", "about", cell[:40])
    elif not answers and fold(cell) not in _TOPIC_OF:
        yield Fault(number, "topic", "topic", cell[:40])


def _wrong(number: int, text: str) -> Iterator[Fault]:
    if not text:
        yield Fault(number, "text", "empty", "")
    elif len(text) > MOST_LETTERS:
        yield Fault(number, "text", "long", str(len(text)))
    elif has_unsafe_characters(text):
        yield Fault(number, "text", "unsafe", "")


def _columns(cells: list[str], headers: dict[str, tuple[str, ...]]) -> dict[str, int]:
    names = ["".join(c for c in fold(cell) if c.isalnum() or c == " ").strip() for cell in cells]
    found = {}
    for name, known in headers.items():
        place = next((n for n, word in enumerate(names) if word in known), None)
        if place is None:
            raise BadSheet("header")
        found[name] = place
    return found


def _cell(cells: list[str], place: int) -> str:
    """The text of a cell. The apostrophe that keeps a spreadsheet from computing it is not part of it."""
    text = cells[place] if place < len(cells) else ""
    return text[1:] if text.startswith("'") and plain_cell(text[1:]) == text else text


def _clean(value: object) -> str:
    if value is None:
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()


def _csv(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Commas, semicolons or tabs; UTF-8, UTF-16 or the code page of Windows, as spreadsheets save them."""
    text = _decoded(file.read(MOST_BYTES + 1))
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), start=1):
            yield number, [_clean(cell) for cell in row[:_MOST_COLUMNS]]
    except csv.Error as error:
        raise BadSheet("damaged") from error


def _decoded(data: bytes) -> str:
    codec = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for name in (codec, "cp1252"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    raise BadSheet("encoding")


def _xlsx(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """The first sheet of a workbook that has the columns; values, never formulas."""
    from openpyxl import load_workbook  # noqa: PLC0415 - a fifth of a second, for those who send one

    try:
        workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        page = workbook.worksheets[0]
        page.reset_dimensions()  # what a file says of its size may be wrong
        rows = page.iter_rows(max_col=_MOST_COLUMNS, values_only=True)
        for number, row in enumerate(rows, start=1):
            yield number, [_clean(value) for value in row]
    except BadSheet:
        raise
    except Exception as error:
        raise BadSheet("damaged") from error


def template_csv(header: tuple[str, str] = HEADER) -> bytes:
    """An empty sheet to fill in: the header alone, with the mark by which spreadsheets know UTF-8."""
    return _written([header])


def template_xlsx(topics: Sequence[str], notes: Iterable[str]) -> bytes:
    """The same as a workbook: topics to choose from, and a second page with `notes` on how to fill it in. Without
    topics, the sheet of re-questions.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second, for those who ask for one
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    workbook = Workbook()
    page = workbook.active
    page.title = "Preguntas"
    page.append(HEADER if topics else HEADER_AGAIN)
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 18, 110
    page.freeze_panes = "A2"
    if topics:
        choice = DataValidation(type="list", formula1='"{}"'.format(",".join(topics)), allow_blank=False)
        page.add_data_validation(choice)
        choice.add(f"A2:A{MOST_ROWS + 1}")
    help_page = workbook.create_sheet("Instrucciones")
    help_page.column_dimensions["A"].width = 100
    for note in notes:
        help_page.append([note])
    for cell in page[1]:
        cell.font = Font(bold=True)
    for (cell,) in help_page.iter_rows():
        cell.alignment = Alignment(wrap_text=True)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def rejected_csv(sheet: Sheet, columns: tuple[str, str, str], say: dict[int, tuple[str, str]]) -> bytes:
    """The rows at fault to mend and send again. `columns`: names of row, fault and remedy; `say`: the words by row."""
    rows = [
        (*map(plain_cell, sheet.rejected[number]), str(number), *say.get(number, ("", "")))
        for number in sheet.rejected
    ]
    return _written([(*sheet.header, *columns), *rows])


def _written(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
