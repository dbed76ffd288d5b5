# SPDX-License-Identifier: Apache-2.0
"""Pages of the loaded history: each begins with its answer, has its data, and one page for each entity."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from tests.worlds.base import world
from vitrina.parties.models import Supplier, Unit
from vitrina.profiles import making
from vitrina.profiles.tests.stores import COMPANY, PERSON, told_store

pytestmark = pytest.mark.django_db
CAUTION = "Una alerta indica que conviene revisar; no prueba una irregularidad."


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    place = tmp_path_factory.mktemp("history")
    making.load(told_store(place / "store"), place / "search")
    return place / "search"


@pytest.fixture(autouse=True)
def loaded(root, settings):
    settings.SEARCH_DIR = root


def page(name: str, key: str, **query: str):
    return Client().get(reverse(f"portal:{name}", args=[key]), query)


def text(name: str, key: str, **query: str) -> str:
    answer = page(name, key, **query)
    assert answer.status_code == 200, (name, key, answer.status_code)
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_each_kind_begins_with_its_answer_and_says_what_is_synthetic():
    for name, key, begins in (
        ("unit", "MX-INST-050GYR", "<h1>Instituto Inventado contrató 1.4 millones de pesos, en 48 contratos.</h1>"),
        ("unit", "MX-UC-011000001", "<h1>Clínica 2 contrató"),
        ("supplier", f"MX-RFC-{COMPANY}", "<h1>Farmacia Mayor, S.A. obtuvo"),
        ("market", "25301-0009", "<h1>Cosa 0: se contrataron"),
        ("market", "25", "<h1>Productos químicos, farmacéuticos y de laboratorio: se contrataron"),
        ("place", "Coahuila", "<h1>Para Coahuila se contrataron"),
    ):
        shown = text(name, key)
        assert begins in shown, (key, shown[shown.index("<h1") :][:120])
        assert "Datos sintéticos" in shown
        assert 'href="?format=json"' in shown
    assert "la mayor parte" in text("unit", "MX-INST-050GYR")
    assert CAUTION in text("unit", "MX-INST-050GYR")
    assert "n &lt; 5" in text("unit", "MX-UC-011000001")


def test_every_table_is_a_file_and_the_profile_is_data():
    told = page("unit", "MX-INST-050GYR", format="json").json()["history"]
    assert (told["figures"]["n"], told["figures"]["n_foreign"]) == (48, 0)
    rows = list(
        csv.DictReader(io.StringIO(page("unit", "MX-INST-050GYR", format="csv", table="supplier").content.decode()))
    )
    assert [row["key"] for row in rows] == [part["key"] for part in told["tops"]["supplier"]["rows"]]
    assert rows[0]["amount_mxn"] == f"{told['tops']['supplier']['rows'][0]['centavos'] / 100:.2f}"
    assert page("unit", "MX-INST-050GYR", format="csv", table="no").status_code == 404


def test_the_chart_of_years_is_that_of_the_profile_for_each_kind():
    told = page("unit", "MX-INST-050GYR", format="json").json()["history"]
    for kind, key in (
        ("historia-comprador", "MX-INST-050GYR"), ("historia-proveedor", f"MX-RFC-{COMPANY}"), ("historia", "-"),
        ("historia-mercado", "25301-0009"), ("historia-lugar", "Coahuila"),
    ):  # fmt: skip
        data = Client().get(f"/grafica/{kind}/{key}/dinero-por-anio.json").json()
        assert data["rows"], kind
        assert data["synthetic"]
        if kind == "historia-comprador":
            assert [row["contracts"] for row in data["rows"]] == [year["n"] for year in told["years"]]
    assert Client().get("/grafica/historia-comprador/nadie/dinero-por-anio/").status_code == 404


def test_who_is_not_there_is_not_found_with_a_way_on():
    for name in ("unit", "supplier", "market", "place"):
        answer = page(name, "nadie")
        assert answer.status_code == 404
        assert reverse("portal:search") in answer.content.decode()


def test_one_page_for_each_entity(root):
    world()
    unit = Unit.objects.filter(parent__isnull=False).first()
    Unit.objects.filter(pk=unit.pk).update(key="050GYR047")
    known = Supplier.objects.first()
    Supplier.objects.filter(pk=known.pk).update(rfc=COMPANY)

    shown = text("unit", "050GYR047")
    assert f"<h1>{unit.name}</h1>" in shown
    assert "Clínica 0 contrató" in shown
    assert page("unit", "MX-UC-050GYR047").headers["Location"] == reverse("portal:unit", args=["050GYR047"])
    assert "Farmacia Mayor, S.A. obtuvo" in text("supplier", known.key)
    assert page("supplier", f"MX-RFC-{COMPANY}").headers["Location"] == reverse("portal:supplier", args=[known.key])
    assert page("supplier", "LTO010101AA1").headers["Location"] == reverse(
        "portal:supplier", args=["MX-RFC-LTO010101AA1"]
    )


def test_the_list_of_who_buys_is_searched_ordered_and_a_file():
    shown = text("unit", "MX-INST-011")
    assert "Comisión Inventada" in shown
    listed = Client().get(reverse("portal:buyers"), {"kind": "unit", "q": "clinica", "order": "name"}).content.decode()
    assert listed.index("Clínica 0") < listed.index("Clínica 1") < listed.index("Clínica 2")
    assert 'aria-sort="ascending"' in listed
    rows = Client().get(reverse("portal:buyers"), {"format": "csv"}).content.decode().splitlines()
    assert rows[0] == "key,name,contracts,amount_mxn"
    assert {row.split(",")[0] for row in rows[1:]} == {"MX-INST-050GYR", "MX-INST-011"}
    told = Client().get(reverse("portal:buyers"), {"format": "json", "q": "comision"}).json()
    assert [row["key"] for row in told["history"]["rows"]] == ["MX-INST-011"]


def test_a_contract_stands_beside_its_peers_with_its_flags_and_without_the_number_of_a_person():
    shown = text("contract", "ocds-y-57/C/57")
    assert "Costó $107.00 por cada pieza" in shown
    assert "este" in shown
    assert reverse("portal:market", args=["25301-0009"]) in shown
    flagged = text("contract", "ocds-y-3/C/3")
    assert CAUTION in flagged
    assert "R018" in flagged
    assert "Lo que puede explicarlo" in flagged
    assert "Se entregó" in flagged
    of_person = page("contract", "ocds-y-1/C/1")
    assert "Ana Gómez Inventada" in of_person.content.decode()
    for answer in (of_person, page("contract", "ocds-y-1/C/1", format="json")):
        assert PERSON not in answer.content.decode()
