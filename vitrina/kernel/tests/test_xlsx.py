# SPDX-License-Identifier: Apache-2.0
"""A workbook that goes out while it is read: another program reads back what was written."""

from __future__ import annotations

import io
from decimal import Decimal

from openpyxl import load_workbook

from vitrina.kernel import xlsx

ROWS = [
    ("título", "monto"),
    ("=1+1", Decimal("1234.50")),
    ('a <b> & "c"  ', 7),
    ("\x00\x0bñ🌵", None),
    ("x" * 40_000, -3),
]


def test_another_program_reads_what_was_written():
    data = b"".join(xlsx.workbook([("Acerca & más", [("n", 4)]), ("Resultados", iter(ROWS))]))

    book = load_workbook(io.BytesIO(data), read_only=True)
    assert book.sheetnames == ["Acerca & más", "Resultados"]
    assert list(book["Acerca & más"].values) == [("n", 4)]
    cells = [tuple(cell.value for cell in row) for row in book["Resultados"].iter_rows()]
    assert cells[1:3] == [("=1+1", 1234.5), ('a <b> & "c"  ', 7)]
    assert cells[3][0] == "\ufffd\ufffdñ🌵"
    assert (len(cells[4][0]), cells[4][1]) == (xlsx.MOST_TEXT, -3)
    assert b"".join(xlsx.workbook([("Acerca & más", [("n", 4)]), ("Resultados", iter(ROWS))])) == data


def test_rows_go_out_while_others_are_still_asked_for():
    asked = []

    def rows():
        for n in range(50_000):
            asked.append(n)
            yield (f"renglón {n * 7919 % 50_000}", n)

    pieces = xlsx.workbook([("Todo", rows())])
    assert len(next(pieces)) >= xlsx.PIECE
    assert len(asked) < 40_000
