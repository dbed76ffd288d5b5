# SPDX-License-Identifier: Apache-2.0
"""Sheets as spreadsheets save them: each row is taken, or named with what is wrong."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from vitrina.cycle.clarifying import sheet
from vitrina.cycle.clarifying.sheet import BadSheet, read, rejected_csv, template_csv, template_xlsx

ROWS = [
    ("Tema", "Pregunta"),
    ("Técnica", "¿Cuántas piezas, en qué año?"),
    ("LEGAL", "¿Basta copia\nsimple?"),
    ("económico", "=¿Cuánto?"),
]


def csv_of(rows, mark=",", codec="utf-8"):
    quoted = [mark.join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows]
    return io.BytesIO("\r\n".join(quoted).encode(codec))


def xlsx_of(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize(("mark", "codec"), [(",", "utf-8"), (";", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-16")])
def test_csv_as_every_spreadsheet_saves_it(mark, codec):
    found = read(csv_of(ROWS, mark, codec), "csv")
    assert [(t.number, t.topic) for t in found.taken] == [(2, "technical"), (3, "legal"), (4, "economic")]
    assert found.taken[0].text == ROWS[1][1]
    assert found.faults == ()


def test_a_workbook_says_the_same():
    rows = [r for r in ROWS if not r[1].startswith("=")]
    assert read(xlsx_of(rows), "xlsx").taken == read(csv_of(rows), "csv").taken


def test_rows_at_fault_are_named_and_the_others_taken():
    rows = [
        ("pregunta", "otra columna", "tema"),
        ("¿Sí?", "x", "legal"),
        ("", "", "legal"),
        ("¿Qué?", "", "chisme"),
        ("a" * 2001, "", ""),
        ("", "", ""),
        ("a\u202eb", "", "legal"),
    ]
    found = read(csv_of(rows), "csv")
    assert [t.number for t in found.taken] == [2]
    assert [(f.number, f.column, f.code) for f in found.faults] == [
        (3, "text", "empty"), (4, "topic", "topic"), (5, "topic", "topic"), (5, "text", "long"), (7, "text", "unsafe"),
    ]  # fmt: skip
    assert found.n_rows == 5, "an empty row is none"


def test_what_was_rejected_can_be_mended_and_read_again():
    found = read(csv_of([("tema", "pregunta"), ("chisme", "=¿Qué?"), ("legal", "¿Sí?")]), "csv")
    written = rejected_csv(found, ("fila", "falla", "remedio"), {2: ("No es tema.", "Escriba legal.")})
    assert b"'=\xc2\xbfQu\xc3\xa9?" in written, "no spreadsheet computes it"
    again = read(io.BytesIO(written.replace(b"chisme", b"legal")), "csv")
    assert [(t.topic, t.text) for t in again.taken] == [("legal", "=¿Qué?")]


def test_the_templates_are_read_and_empty():
    assert read(io.BytesIO(template_csv()), "csv").n_rows == 0
    book = template_xlsx(["técnica", "legal"], ["Una fila, una pregunta."])
    assert read(io.BytesIO(book), "xlsx").n_rows == 0
    assert load_workbook(io.BytesIO(book)).sheetnames == ["Preguntas", "Instrucciones"]


def test_rows_beyond_the_most_go_to_another_sheet(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_ROWS", 2)
    found = read(csv_of([("tema", "pregunta"), *[("legal", f"¿{n}?") for n in range(4)]]), "csv")
    assert [t.number for t in found.taken] == [2, 3]
    assert [(f.number, f.code) for f in found.faults] == [(4, "beyond"), (5, "beyond")]


@pytest.mark.parametrize(
    ("data", "media", "code"),
    [(b"", "csv", "nothing"), (b"\n\n", "csv", "nothing"), (b"a,b\n1,2\n", "csv", "header"), (b"PK\x03\x04no", "xlsx", "damaged"),
     (b"\xff\xfe\x00\xd8\x00", "csv", "header")],
)  # fmt: skip
def test_files_that_cannot_be_read_say_why(data, media, code):
    with pytest.raises(BadSheet) as bad:
        read(io.BytesIO(data), media)
    assert bad.value.args == (code,)
