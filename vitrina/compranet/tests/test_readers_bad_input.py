# SPDX-License-Identifier: Apache-2.0
"""A bad cell rejects its row with field, reason and remedy; a bad file says why; nothing crashes, nothing is lost."""

import gzip
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.compranet.records import Rejected
from vitrina.compranet.refusals import REASONS, UnreadableFileError

from .files import CONTRACT_21, PROCEDURE_37, csv_text, one, read_text

CELLS = [
    ("Importe DRC", "1e309", "not_an_amount"),
    ("Importe DRC", "NaN", "not_an_amount"),
    ("Importe DRC", "١٢٣٤", "not_an_amount"),
    ("Importe DRC", "1.234,56", "not_an_amount"),
    ("Importe DRC", "1,23", "not_an_amount"),
    ("Importe DRC", "9" * 70, "not_an_amount"),
    ("Importe DRC", "9" * 17, "amount_out_of_range"),
    ("Importe DRC", "9999999999999.999", "amount_out_of_range"),
    ("Importe DRC", "-5", "negative_amount"),
    ("Fecha de fallo", "30/02/2026", "not_a_date"),
    ("Fecha de fallo", "02/13/2026", "not_a_date"),
    ("Fecha de fallo", "２０２６-01-01", "not_a_date"),
    ("Fecha de fallo", "0026-01-01", "date_out_of_range"),
    ("Fecha de fallo", "9999-12-31 23:59:59", "date_out_of_range"),
    ("Clave de la UC", "50ZZZ001", "bad_unit_key"),
    ("Partida específica", "reactivos", "bad_classification"),
    ("Compra consolidada", "TAL VEZ", "not_a_flag"),
    ("Dirección del anuncio", "javascript:alert(1)", "bad_url"),
    ("Proveedor o contratista", "", "missing"),
    ("Proveedor o contratista", "---", "missing"),
    ("Proveedor o contratista", "=HYPERLINK(1)", "formula"),
    ("Proveedor o contratista", "@SUM(A1)", "formula"),
    ("Descripción del contrato", "-2+3+cmd|' /C calc'!A0", "formula"),
    ("Descripción del contrato", "\tSERVICIO\x00", "control_character"),
    ("Descripción del contrato", "\x1b[31mSERVICIO", "control_character"),
    ("Descripción del contrato", "SERVICIO \u202eOICIVRES", "control_character"),
    ("Descripción del contrato", "SERVICIO \x81", "control_character"),
    ("Descripción del contrato", "PA\ufffdAL", "damaged_text"),
    ("Descripción del contrato", "A" * 30_000, "cell_too_long"),
    ("Descripción del contrato", "A" * 200_000, "line_too_long"),
]


@pytest.mark.parametrize(("field", "value", "code"), CELLS)
def test_a_bad_cell_rejects_its_row_and_no_other(tmp_path, field, value, code):
    rows = [CONTRACT_21, CONTRACT_21 | {field: value}, CONTRACT_21 | {"Importe DRC": "2"}]
    items, summary = read_text(tmp_path, csv_text("contracts_21", rows))
    good, refused, after = items
    assert isinstance(refused, Rejected)
    assert not isinstance(good, Rejected)
    assert not isinstance(after, Rejected)
    (problem,) = refused.problems
    assert (problem.code, problem.field) == (code, field if code != "line_too_long" else "")
    assert (refused.line, refused.row, after.source.line) == (3, 2, 4)
    assert len(problem.sentence("es")) > 10
    assert problem.sentence("es") != problem.sentence("en")
    assert problem.mend("es") != problem.mend("en")
    assert (summary.kept, summary.rejected) == (2, 1)


def test_text_that_only_begins_with_a_sign_is_no_formula(tmp_path):
    item = one(tmp_path, "contracts_21", CONTRACT_21, **{"Descripción del contrato": "- SERVICIO (2) - LIMPIEZA"})
    assert item.description == "- SERVICIO (2) - LIMPIEZA"


def test_every_problem_of_a_row_is_told_at_once(tmp_path):
    refused = one(tmp_path, "contracts_21", CONTRACT_21, **{"Importe DRC": "mil", "Fecha de fallo": "ayer"})
    assert {problem.code for problem in refused.problems} == {"not_an_amount", "not_a_date"}


def test_reasons_are_short_and_in_both_languages():
    for code, reason in REASONS.items():
        assert all(reason), code
        assert max(len(text.split()) for text in reason) <= 25, code


def test_an_unclosed_quote_costs_its_row_only(tmp_path):
    head, *rows, _ = csv_text("contracts_21", [CONTRACT_21 | {"Importe DRC": str(n)} for n in range(1, 50)]).split(
        "\n"
    )
    rows[3] = rows[3].replace("REACTIVOS DEL NORTE", '"REACTIVOS DEL NORTE', 1)
    items, summary = read_text(tmp_path, "\n".join([head, *rows]))
    assert [item.line for item in items if isinstance(item, Rejected)] == [5]
    assert (summary.kept, summary.reasons) == (48, {"unbalanced_quote": 1})


def test_two_stray_quotes_do_not_swallow_the_rows_between(tmp_path):
    head, *rows, _ = csv_text("contracts_21", [CONTRACT_21 | {"Importe DRC": str(n)} for n in range(1, 50)]).split(
        "\n"
    )
    rows[3] = rows[3].replace("REACTIVOS DEL NORTE", '"REACTIVOS DEL NORTE', 1)
    rows[9] = rows[9].replace("SA DE CV", 'SA DE CV"', 1)
    _, summary = read_text(tmp_path, "\n".join([head, *rows]))
    assert (summary.rows_in, summary.kept + summary.rejected) == (49, 49)
    assert summary.kept >= 47


def test_a_short_row_and_a_repeated_header_are_rejected(tmp_path):
    head, row, _ = csv_text("contracts_21", [CONTRACT_21]).split("\n")
    items, summary = read_text(tmp_path, f"{head}\nsolo una celda\n{head}\n\n,,,\n{row}")
    assert [item.problems[0].code for item in items[:2]] == ["too_few_cells", "repeated_header"]
    assert (summary.rows_in, summary.kept) == (3, 1)


def test_a_few_bad_bytes_do_not_turn_a_utf_8_file_into_latin_1(tmp_path):
    rows = [CONTRACT_21, CONTRACT_21 | {"Nombre de la UC": "ABASTO Ñ"}]
    data = csv_text("contracts_21", rows).encode().replace("ABASTO Ñ".encode(), b"ABASTO \xd1")
    items, summary = read_text(tmp_path, data)
    assert summary.encoding == "utf-8-damaged"
    assert items[0].buyer.unit_name == "COORDINACIÓN DE ABASTO"
    assert items[1].problems[0].code == "damaged_text"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \n\n", "empty_file"),
        (b"PK\x03\x04rest of a workbook", "not_text"),
        (gzip.compress(b"rfc," * 5000, mtime=0)[:60], "damaged_gzip"),
        (b"a,b,c\n1,2,3\n", "unknown_layout"),
        (b"\x00" * 5000, "unknown_layout"),
        (b"A" * 3_000_000, "unknown_layout"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, data, code):
    with pytest.raises(UnreadableFileError) as refused:
        read_text(tmp_path, data)
    assert refused.value.code == code
    assert refused.value.sentence("es")
    assert refused.value.mend("es")


HOSTILE = {
    "one cell of 10 MB": lambda row: row.replace("REACTIVOS PARA PRUEBAS", "A" * 10_000_000),
    "10 MB of quotes": lambda row: row.replace("REACTIVOS PARA PRUEBAS", '"' * 10_000_000),
    "half a million line breaks in a cell": lambda row: row.replace("REACTIVOS PARA PRUEBAS", '"' + "A\n" * 500_000),
    "a stray quote in each of 40,000 rows": lambda row: (
        (row.replace("REACTIVOS PARA", '"REACTIVOS PARA') + "\n") * 40_000
    ),
    "a digit after a digit": lambda row: row.replace("113543.45", "1" * 100_000),
    "spaces": lambda row: row.replace("REACTIVOS PARA PRUEBAS", " \n" * 60_000),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_files_are_read_in_linear_time(tmp_path, attack):
    head, row, _ = csv_text("contracts_21", [CONTRACT_21]).split("\n")
    started = time.process_time()
    items, summary = read_text(tmp_path, "\n".join([head, HOSTILE[attack](row), row, ""]))
    assert time.process_time() - started < 20
    assert summary.balanced
    assert summary.kept >= 1
    assert sum(len(item.text) for item in items[:100] if isinstance(item, Rejected)) < 500_000


SAMPLE = csv_text("procedures_37", [PROCEDURE_37, PROCEDURE_37 | {"Nombre anuncio": 'DOS, "TRES"\nCUATRO'}]).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.tuples(st.integers(1100, len(SAMPLE)), st.integers(0, 6), st.binary(max_size=6)), max_size=12)
)
def test_no_damage_to_the_rows_makes_the_reader_fail_or_lose_one(tmp_path, edits):
    data = bytearray(SAMPLE)
    for at, gone, new in edits:
        data[at : at + gone] = new
    items, summary = read_text(tmp_path, bytes(data))
    assert summary.balanced
    assert len(items) == summary.kept + summary.rejected
    assert all(item.problems for item in items if isinstance(item, Rejected))
