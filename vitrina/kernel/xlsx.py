# SPDX-License-Identifier: Apache-2.0
"""A workbook (XLSX, ECMA-376) written as it is read: rows go out while others are still asked for.

A workbook is a ZIP of XML. Texts stand in their cells, so nothing of a sheet is held; a number is a `Decimal` or an
integer. No text is a formula to a spreadsheet: it is told to be text.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from .text import for_xml

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_576  # of a sheet
MOST_TEXT = 32_767  # characters of a cell
PIECE = 1 << 16
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OF = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
Cell = str | int | Decimal | None


class _Sink:
    """A file that cannot be sought in; `taken` empties it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.n = 0

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        self.n += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        found, self.pieces, self.n = b"".join(self.pieces), [], 0
        return found


def workbook(sheets: Iterable[tuple[str, Iterable[Sequence[Cell]]]]) -> Iterator[bytes]:
    """The workbook in pieces. `sheets`: title (at most 31 characters) and rows, each read once, in order."""
    sink, titles = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:  # type: ignore[call-overload]
        for n, (title, rows) in enumerate(sheets, start=1):
            titles.append(title)
            with file.open(_named(f"xl/worksheets/sheet{n}.xml"), "w") as out:
                out.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                for row in rows:
                    out.write(_row(row).encode())
                    if sink.n >= PIECE:
                        yield sink.taken()
                out.write(b"</sheetData></worksheet>")
        for name, text in _frame(titles):
            file.writestr(_named(name), _HEAD + text)
    yield sink.taken()


def _named(name: str) -> zipfile.ZipInfo:
    """An entry without the hour, so that the same rows give the same bytes."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _row(row: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(value: Cell) -> str:
    """A cell as XML.

    >>> _cell(Decimal("1.50")), _cell("a<b"), _cell(None)
    ('<c><v>1.50</v></c>', '<c t="inlineStr"><is><t xml:space="preserve">a&lt;b</t></is></c>', '<c/>')
    """
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        text = escape(for_xml(value[:MOST_TEXT]))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def _frame(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The files that say what the others are."""
    numbered = list(enumerate(titles, start=1))
    quoted = {'"': "&quot;"}
    sheets = "".join(f'<sheet name="{escape(t, quoted)}" sheetId="{n}" r:id="rId{n}"/>' for n, t in numbered)
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OF}"><sheets>{sheets}</sheets></workbook>'
    links = "".join(_link(n, f"{_OF}/worksheet", f"worksheets/sheet{n}.xml") for n, _title in numbered)
    yield "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
    first = _link(1, f"{_OF}/officeDocument", "xl/workbook.xml")
    yield "_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{first}</Relationships>'
    kinds = "".join(_kind(f"/xl/worksheets/sheet{n}.xml", "worksheet") for n, _title in numbered)
    kinds += _kind("/xl/workbook.xml", "sheet.main")
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    yield "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{rels}{kinds}</Types>'


def _link(n: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>'


def _kind(name: str, kind: str) -> str:
    base = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return f'<Override PartName="{name}" ContentType="{base}.{kind}+xml"/>'
