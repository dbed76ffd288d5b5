# SPDX-License-Identifier: Apache-2.0
"""The eighteen traps of the official files, one invented row or a few for each."""

from datetime import date

import pytest

from vitrina.compranet.normalise import supplier_key
from vitrina.compranet.records import Rejected
from vitrina.compranet.values import parse_when
from vitrina.kernel.money import Money

from .files import (
    CONTRACT_16,
    CONTRACT_21,
    CONTRACT_39,
    CONTRACT_45,
    PROCEDURE_37,
    UNIT,
    csv_text,
    one,
    read_rows,
    read_text,
)


def repairs(record):
    return {(repair.field, repair.code) for repair in record.repairs}


def test_01_an_apostrophe_before_a_key_is_taken_off_and_recorded(tmp_path):
    item = one(tmp_path, "procedures_37", PROCEDURE_37)
    assert item.buyer.unit_key == UNIT
    assert ("unit_key", "apostrophe") in repairs(item)
    assert next(r.was for r in item.repairs if r.field == "unit_key") == f"'{UNIT}"


def test_02_tabs_and_blanks_around_names_and_headers(tmp_path):
    text = csv_text("contracts_21", [CONTRACT_21 | {"Proveedor o contratista": "REACTIVOS SA DE CV\t\t "}])
    (item,), _ = read_text(tmp_path, text.replace("Importe DRC", "Importe DRC  \t"))
    assert item.supplier.name == "REACTIVOS SA DE CV"
    assert ("supplier", "whitespace") in repairs(item)


@pytest.mark.parametrize(
    ("encoding", "found"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("latin-1", "latin-1")]
)
def test_03_the_encoding_is_found_by_trying(tmp_path, encoding, found):
    (item,), summary = read_rows(tmp_path, "contracts_21", CONTRACT_21, encoding=encoding)
    assert summary.encoding == found
    assert item.buyer.unit_name == "COORDINACIÓN DE ABASTO"


def test_03_quotes_of_windows_1252_are_put_right(tmp_path):
    item = one(tmp_path, "contracts_21", CONTRACT_21, **{"Descripción del contrato": "SERVICIO \x93INTEGRAL\x94"})
    assert item.description == "SERVICIO “INTEGRAL”"
    assert ("description", "cp1252") in repairs(item)


@pytest.mark.parametrize(
    ("text", "on", "at"),
    [
        ("2026-01-31", date(2026, 1, 31), None),
        ("31/01/2026", date(2026, 1, 31), None),
        ("31-01-2026", date(2026, 1, 31), None),
        ("2022-12-27 00:00:00 GMT", date(2022, 12, 27), None),
        ("2017-02-15 06:00:00.000000 +00:00", date(2017, 2, 15), None),
        ("2018-01-01 05:59:00.000000 +00:00", date(2017, 12, 31), None),
        ("2017-08-14 04:59:00.000000 +00:00", date(2017, 8, 13), None),
        ("2017-12-31 18:00:00.000000 +00:00", date(2017, 12, 31), "2017-12-31T18:00:00+00:00"),
        ("2026-02-16 10:00:00", date(2026, 2, 16), "2026-02-16T16:00:00+00:00"),
        ("2022-07-01 10:00", date(2022, 7, 1), "2022-07-01T15:00:00+00:00"),
        ("2026-01-31 23:30:00", date(2026, 1, 31), "2026-02-01T05:30:00+00:00"),
    ],
)
def test_04_every_shape_of_date(text, on, at):
    when = parse_when(text)
    assert when.on == on
    assert (when.at.isoformat() if when.at else None) == at


def test_05_commas_and_blanks_in_amounts(tmp_path):
    item = one(tmp_path, "contracts_21", CONTRACT_21, **{"Importe DRC": "     1,008,560.50"})
    assert item.amount == Money(100856050)


def test_05_noise_below_the_centavo_is_rounded_and_recorded(tmp_path):
    item = one(tmp_path, "contracts_21", CONTRACT_21, **{"Importe DRC": "61486146.14999997"})
    assert item.amount == Money(6148614615)
    assert ("amount", "rounded_to_centavo") in repairs(item)


def test_06_an_empty_first_header_is_the_first_column(tmp_path):
    text = csv_text("contracts_39", [CONTRACT_39])
    (item,), summary = read_text(tmp_path, text.replace("GOBIERNO,", ",", 1))
    assert (summary.layout, item.buyer.government) == ("contracts_39", "APF")


def test_07_rows_that_all_carry_more_cells_than_the_header_are_trimmed(tmp_path):
    head, *rows, _ = csv_text("contracts_39", [CONTRACT_39 | {"CODIGO_CONTRATO": str(n)} for n in range(5)]).split(
        "\n"
    )
    items, summary = read_text(tmp_path, "\n".join([head, *(f"{row},Nombre Buscado,False" for row in rows)]))
    assert [item.code for item in items] == ["0", "1", "2", "3", "4"]
    assert summary.repairs["trimmed"] == 5


def test_07_a_row_longer_than_its_neighbours_is_rejected_not_trimmed(tmp_path):
    head, *rows, _ = csv_text("contracts_39", [CONTRACT_39 | {"CODIGO_CONTRATO": str(n)} for n in range(5)]).split(
        "\n"
    )
    rows[2] = rows[2].replace("CURSO", "CURSO, TALLER")
    items, summary = read_text(tmp_path, "\n".join([head, *rows]))
    assert isinstance(items[2], Rejected)
    assert (items[2].line, summary.reasons) == (4, {"too_many_cells": 1})


def test_08_line_breaks_inside_quotes(tmp_path):
    odd = CONTRACT_21 | {"Descripción del contrato": "PARTIDA 1\n\nPARTIDA 2\r\n"}
    items, _ = read_rows(tmp_path, "contracts_21", odd, CONTRACT_21)
    assert items[0].description == "PARTIDA 1\n\nPARTIDA 2"
    assert items[0].title == "PARTIDA 1  PARTIDA 2"
    assert (items[0].source.line, items[1].source.line) == (2, 6)


def test_09_several_partidas_in_one_cell(tmp_path):
    item = one(tmp_path, "contracts_21", CONTRACT_21, **{"Partida específica": "25301, 25401, 25301"})
    assert item.classifications == ("25301", "25401")


def test_10_two_labels_are_one_ground(tmp_path):
    rows = [
        CONTRACT_21
        | {
            "Tipo Procedimiento": f"ADJUDICACIÓN DIRECTA POR MONTOS MÁXIMOS {word} EXCEPCIÓN",
            "Artículo de excepción": "ART. 55 PÁRRAFO PRIMERO",
            "Número de procedimiento": f"AA-50-ZZZ-{UNIT}-N-7-2026",
        }
        for word in ("POR", "PARA")
    ]
    items, _ = read_rows(tmp_path, "contracts_21", *rows)
    assert {(item.procedure, item.ground) for item in items} == {("adjudicacion_directa", "55-p1")}


@pytest.mark.parametrize("rfc", ["", "XXXXXXXXXXXX", "XAXX010101000"])
def test_11_a_suppressed_rfc_is_no_rfc(tmp_path, rfc):
    assert one(tmp_path, "contracts_21", CONTRACT_21, rfc=rfc).supplier.rfc is None


def test_11_a_false_check_digit_is_a_note_and_a_malformed_rfc_a_repair(tmp_path):
    noted = one(tmp_path, "contracts_21", CONTRACT_21, rfc="ABC010203AB2")
    assert noted.supplier.rfc == "ABC010203AB2"
    assert "rfc_check_digit" in noted.notes
    broken = one(tmp_path, "contracts_21", CONTRACT_21, rfc="NO ES RFC")
    assert broken.supplier.rfc is None
    assert ("rfc", "malformed_rfc") in repairs(broken)


def test_12_surnames_first_and_names_first_share_a_key():
    assert supplier_key("Inventada Prueba, Juana") == supplier_key("JUANA PRUEBA INVENTADA")
    assert supplier_key("JUANA PRUEBA") != supplier_key("JUAN PRUEBA")
    assert supplier_key("Peña SA") != supplier_key("Pena SA")


@pytest.mark.parametrize("year", [1900, 1981])
def test_13_sentinel_dates_are_unknown(tmp_path, year):
    item = one(tmp_path, "contracts_21", CONTRACT_21, **{"Fecha de firma del contrato": f"{year}-01-01 00:00:00"})
    assert item.signed is None
    assert ("signed", "sentinel_date") in repairs(item)


@pytest.mark.parametrize(("text", "note"), [("0.0", "amount_zero"), ("", "amount_missing")])
def test_13_zero_and_missing_amounts_are_kept_and_noted(tmp_path, text, note):
    assert note in one(tmp_path, "contracts_21", CONTRACT_21, **{"Importe DRC": text}).notes


def test_14_other_currencies_stay_what_they_are(tmp_path):
    assert one(tmp_path, "contracts_16", CONTRACT_16, moneda="EUR").amount == Money(780295611, "EUR")
    refused = one(tmp_path, "contracts_16", CONTRACT_16, moneda="TEST")
    assert [(p.field, p.value, p.code) for p in refused.problems] == [("moneda", "TEST", "unknown_currency")]


def test_15_one_contract_in_two_layouts_has_one_match_key(tmp_path):
    old = one(tmp_path, "contracts_45", CONTRACT_45)
    new = one(
        tmp_path, "contracts_21", CONTRACT_21,
        **{"Número de procedimiento": f"la-{UNIT}-E68-2022 ", "Importe DRC": "1008560.0",
           "Fecha de inicio del contrato": "20/01/2023", "Proveedor o contratista": "Prueba Inventada, Juana"},
    )  # fmt: skip
    assert old.match_key == new.match_key
    assert old.key != new.key


def test_16_na_is_data(tmp_path):
    item = one(
        tmp_path, "contracts_21", CONTRACT_21, **{"Descripción del contrato": "NA ", "Nombre de la UC": "SIN_USO"}
    )
    assert (item.description, item.buyer.unit_name) == ("NA", "SIN_USO")


@pytest.mark.parametrize(
    ("element", "status", "stage", "tender_status"),
    [
        ("PROYECTO DE CONVOCATORIA", "VIGENTE", "consultation", "planned"),
        ("PROYECTO DE CONVOCATORIA", "FINALIZADO", "consultation.done", "planned"),
        ("PROCEDIMIENTO DE CONTRATACIÓN", "VIGENTE JA", "enquiries", "active"),
        ("PROCEDIMIENTO DE CONTRATACIÓN", "DESIERTO", "deserted", "unsuccessful"),
    ],
)
def test_17_a_status_means_what_its_element_makes_it(tmp_path, element, status, stage, tender_status):
    item = one(
        tmp_path, "procedures_37", PROCEDURE_37, **{"Tipo de elemento": element, "Estatus procedimiento": status}
    )
    assert (item.stage, item.tender_status) == (stage, tender_status)


def test_17_a_draft_status_on_a_procedure_is_rejected(tmp_path):
    refused = one(tmp_path, "procedures_37", PROCEDURE_37, **{"Estatus procedimiento": "VIGENTE"})
    assert [p.code for p in refused.problems] == ["unknown_status"]


def test_18_comma_and_tab_between_cells(tmp_path):
    text = csv_text("contracts_21", [CONTRACT_21 | {"Descripción del contrato": "UNO, DOS"}])
    (item,), _ = read_text(tmp_path, text.replace(",", ",\t").replace("UNO,\t", "UNO,"))
    assert (item.supplier.name, item.description) == ("REACTIVOS DEL NORTE SA DE CV", "UNO, DOS")


def test_exact_duplicates_are_counted_and_near_ones_are_kept_apart(tmp_path):
    near = CONTRACT_21 | {"Fecha de firma del contrato": "2026-02-11 11:57:32"}
    items, summary = read_rows(tmp_path, "contracts_21", CONTRACT_21, CONTRACT_21, near)
    assert (summary.rows_in, summary.kept, summary.duplicates) == (3, 2, 1)
    assert items[1].key == f"{items[0].key}#2"
    assert "key_repeated" in items[1].notes


def test_keys_do_not_depend_on_the_order_of_the_rows(tmp_path):
    rows = [CONTRACT_21 | {"Importe DRC": str(n)} for n in range(1, 9)]
    forward, _ = read_rows(tmp_path, "contracts_21", *rows)
    backward, _ = read_rows(tmp_path, "contracts_21", *reversed(rows))
    assert {i.key: i.amount for i in forward} == {i.key: i.amount for i in backward}
