# SPDX-License-Identifier: Apache-2.0
"""Formats 43335 and 43336 against their specification, and what a purchase that was paid leaves empty in them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.acts.conftest import Told
from tests.shared import shared
from vitrina.api.pnt import export, facts, formats
from vitrina.api.pnt.acts import Acts

TYPES = {"text": {"Texto corto", "Texto largo", "Nota"}, "date": {"Fecha", "Fecha Actualización"}, "money": {"Moneda"},
         "catalogue": {"Catálogo"}, "url": {"Página web (url)"}, "table": {"Tabla"}}  # fmt: skip
QUARTER = "ejercicio=2020&trimestre=4"

# What no act of a purchase of goods tells: fields of a person where the winner is a company, of works, and these.
UNTOLD = {
    "winner.given", "winner.surname", "winner.second_surname", "winner_street_type", "minimum", "maximum",
    "exchange_rate", "suspended_url", "funds_source", "fund", "works_place", "works_description", "works_impact_url",
    "works_remarks", "works_stage", "amendments", "meeting_attendees", "note",
}  # fmt: skip


@pytest.mark.parametrize("name", formats.FORMATS)
def test_the_fields_are_those_of_the_specification(name: str) -> None:
    theirs = json.loads(shared("specs/pnt/formatos.json").read_text(encoding="utf-8"))[name]
    form = formats.load(name)
    assert form.title == theirs["titulo"]
    assert_same(form.fields, theirs["campos"])


def assert_same(ours: Any, theirs: list[dict[str, Any]]) -> None:
    """Numbers, names, types and catalogues, in their order; tables within."""
    assert [f.id for f in ours] == [t["idCampo"] for t in theirs]
    for field, wanted in zip(ours, theirs, strict=True):
        assert field.label == wanted["etiqueta"].strip()
        assert wanted["tipoDato"] in TYPES[field.type], field.id
        if field.type == "table":
            assert_same(field.fields, wanted["valor"])
        elif field.type == "catalogue":
            assert [(o.order, o.label) for o in field.options] == [
                (v["orden"], v["descripcion"].strip()) for v in wanted["valor"]
            ]


def records(name: str = "43336") -> list[dict[str, Any]]:
    """The records of the quarter as the load service takes them: source of the field -> value."""
    source = {f.id: f.source for f in formats.load(name).fields}
    found = Client().get(f"/pnt/{name}.json?{QUARTER}").json()
    assert found["idFormato"] == name
    return [{source[c["idCampo"]]: c["valor"] for c in r["campos"]} for r in found["registros"]]


def test_a_purchase_that_was_paid_leaves_nothing_empty_that_it_knows(told: Told) -> None:
    compiled = Client().get(f"/p/{told.ocids['paid']}.json").json()
    contract = compiled["contracts"][0]
    [row] = [r for r in records() if r["number"] == compiled["tender"]["procedureNumber"]]
    assert {f.source for f in formats.load("43336").fields} - set(row) == UNTOLD
    assert row["contract"] == contract["id"]
    assert row["winner.company"] == compiled["awards"][0]["suppliers"][0]["name"]
    assert (row["procedure"], row["category"], row["character"], row["funds"], row["is_amended"]) == (0, 2, 1, 0, 1)
    assert row["net"] == f"{contract['value']['amount']:.2f}" < row["gross"]
    assert (row["since"], row["until"]) == ("01/10/2020", "31/12/2020")
    assert len(row["bidders"]) == compiled["tender"]["numberOfTenderers"]
    for name in ("call_url", "contract_url", "reception_url", "evaluation_url", "physical_url"):
        assert Client().get(row[name].partition("8000")[2]).status_code == 200, name


def test_each_award_of_the_quarter_has_its_record_and_no_other_quarter_has_it(told: Told) -> None:
    rows = records()
    numbers = {r["number"] for r in rows}
    for story in ("two winners", "contract amended", "deserted", "cancelled"):
        if story in told.ocids:
            compiled = Client().get(f"/p/{told.ocids[story]}.json").json()
            own = [r for r in rows if r["number"] == compiled["tender"]["procedureNumber"]]
            assert len(own) == (0 if story == "cancelled" else max(1, len(compiled.get("contracts", [])))), story
    assert numbers
    assert not Client().get("/pnt/43336.json?ejercicio=2020&trimestre=1").json()["registros"]
    assert not Client().get(f"/pnt/43335.json?{QUARTER}").json()["registros"]  # no direct award was made


def test_the_three_writings_say_the_same(told: Told) -> None:
    form, rows = formats.load("43336"), records()
    table = list(csv.reader(io.StringIO(Client().get(f"/pnt/43336.csv?{QUARTER}").content.decode())))
    book = load_workbook(io.BytesIO(Client().get(f"/pnt/43336.xlsx?{QUARTER}").content), read_only=True)
    assert book.sheetnames == ["43336", *(f"Tabla_{t.id}" for t in form.tables)]
    main = [[c if c is not None else "" for c in row] for row in book["43336"].iter_rows(values_only=True)]
    assert len(main) == len(table) == len(rows) + 2
    assert table[0] == [str(f.id) for f in form.fields]
    at = [f.source for f in form.fields].index("number")
    assert [line[at] for line in table[2:]] == [line[at] for line in main[2:]] == [r["number"] for r in rows]
    procedure = [f.source for f in form.fields].index("procedure")
    assert (table[2][procedure], main[2][procedure]) == ("0", "Licitación pública")
    bidders = list(csv.reader(io.StringIO(Client().get(f"/pnt/43336.csv?{QUARTER}&tabla=334306").content.decode())))
    assert len(bidders) - 2 == sum(len(r.get("bidders", [])) for r in rows)


def test_a_direct_award_to_a_person_keeps_the_name_whole_and_says_so() -> None:
    compiled = {
        "ocid": "ocds-x-1", "date": "2026-02-03T10:00:00-06:00",
        "parties": [{"id": "s", "name": "Una Persona Inventada",
                     "identifier": {"scheme": "MX-RFC", "id": "PEIU800101AA1"}}],
        "tender": {"id": "AA-1", "title": "Sillas", "procurementMethod": "direct",
                   "procurementMethodDetails": "Adjudicación directa art.54-II", "mainProcurementCategory": "goods"},
        "awards": [{"id": "1", "status": "active", "date": "2026-02-03T10:00:00-06:00",
                    "suppliers": [{"id": "s", "name": "Una Persona Inventada"}]}],
        "contracts": [{"id": "C1", "awardID": "1", "title": "Sillas", "value": {"amount": 1000.5, "currency": "MXN"},
                       "contractDetails": {"maxValue": {"amount": 2000, "currency": "MXN"}}}],
    }  # fmt: skip
    form = formats.load("43335")
    [(day, told)] = facts.rows(facts.Purchase(compiled, Acts(), "America/Hermosillo"))
    row = {f.source: export._value(f, told) for f in form.fields}
    assert day == date(2026, 2, 3)
    assert row["winner.given"] == "Una Persona Inventada"
    assert row["winner.company"] is None
    assert (row["winner.rfc"], row["net"], row["maximum"]) == ("PEIU800101AA1", "1000.50", "2000.00")
    assert (row["procedure_direct"], row["category"]) == (0, 2)
    assert row["ground"] == "Adjudicación directa art.54-II"
    assert facts.NOTE_NAME in row["note"]


@pytest.mark.parametrize(
    "wrong",
    ["43336.json", "43336.csv?ejercicio=2020", "43336.json?ejercicio=٢٠٢٠&trimestre=1", "43336.json?ejercicio=2020&trimestre=5",
     "43336.xlsx?ejercicio=20200&trimestre=1", "99999.json?ejercicio=2020&trimestre=1", "43336.json?ejercicio=0000&trimestre=1",
     "43336.csv?ejercicio=2020&trimestre=4&tabla=1", "..%2f43336.json?ejercicio=2020&trimestre=1"],
)  # fmt: skip
def test_bad_input_is_told_what_it_should_be(wrong: str) -> None:
    answer = Client().get(f"/pnt/{wrong}")
    assert answer.status_code in {400, 404}
    assert answer.status_code == 404 or answer.json()["detail"]


def test_the_command_writes_every_writing_into_a_folder(told: Told, tmp_path: Any) -> None:
    from typer.testing import CliRunner

    from vitrina.api.cli import app

    wanted = ["sipot", "43336", "--year", "2020", "--quarter", "4", "--out"]
    said = CliRunner().invoke(app, [*wanted, str(tmp_path / "a" / "b")])
    assert said.exit_code == 0, said.output
    assert f"{len(records())} records" in said.output
    names = {p.name for p in (tmp_path / "a" / "b").iterdir()}
    assert {"43336.csv", "43336.json", "43336.xlsx", "Tabla_334306.csv"} <= names
    (tmp_path / "file").touch()
    assert CliRunner().invoke(app, [*wanted, str(tmp_path / "file" / "x")]).exit_code == 1
    assert CliRunner().invoke(app, ["sipot", "1", *wanted[2:], str(tmp_path)]).exit_code == 2
