# SPDX-License-Identifier: Apache-2.0
"""`/buscar`: purchases as the ledger moves, contracts of a store beside them, one address in every form."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.worlds.base import local, world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.placing import place_here
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.tendering import commands as tendering
from vitrina.ledger.models import Position
from vitrina.parties.roles import Role
from vitrina.portal.models import PurchaseCard
from vitrina.portal.search import answers
from vitrina.search import national
from vitrina.search.tests.stores import small_store

AT = local(2020, 9, 25, 12)
whole = built_once(lambda: (w := world(), reach_tendering(w)))


@pytest.fixture
def w(whole, clock):
    clock.set(AT)
    with rolled_back():
        place_here()
        yield whole[0]


@pytest.fixture
def ocid(whole):
    return whole[1].ocid


@pytest.fixture
def contracts(tmp_path, settings):
    """The contracts of a store behind the search, in a folder of this test's own."""
    settings.SEARCH_DIR = tmp_path / "search"
    national.load(small_store(tmp_path / "store"), settings.SEARCH_DIR)


def ask(query: str = "", **more: str) -> dict:
    answer = Client().get("/buscar", {"q": query, "format": "json", **more})
    assert answer.status_code == 200
    return answer.json()


def ids(found: dict) -> list[str]:
    return [row["id"] for row in found["results"]]


def test_a_purchase_is_found_as_it_stands_after_each_act(w, ocid):
    number = PurchaseCard.objects.get(ocid=ocid).number
    for query in ("reactibo vih", number, number.replace("-", " ").lower(), ocid):
        assert ids(ask(query)) == [ocid], query
    assert ask("vih")["facets"]["status"] == {"active": 1}
    assert ids(ask("vih", status="cancelled")) == []

    tendering.cancel(w[Role.APPROVER], ocid, at=AT, code="need_ended", reason="Ya no hace falta.")
    place_here()

    found = ask("vih", status="cancelled")
    assert ids(found) == [ocid]
    assert found["facets"]["status"] == {"cancelled": 1}


def test_the_newest_is_what_the_ledger_holds_last_whatever_its_hour(w, ocid, contracts):
    """An act of an earlier hour that was written later counts as newer; what has only a date comes after."""
    later = reach_tendering(w).ocid
    place_here()
    PurchaseCard.objects.filter(ocid=ocid).update(last_at=AT + timedelta(days=9))
    assert PurchaseCard.objects.get(ocid=later).last_at < PurchaseCard.objects.get(ocid=ocid).last_at
    found = ids(ask(order="recent"))
    assert found[:2] == [later, ocid]
    assert len(found) > 2
    assert [row["kind"] for row in ask(order="recent")["results"]][2:] == ["contract"] * (len(found) - 2)


def test_the_index_follows_a_ledger_that_was_put_back(w, ocid):
    """After a backup was restored, the index holds what the ledger holds, whatever it held before."""
    assert ids(ask("vih")) == [ocid]
    card = PurchaseCard.objects.get(ocid=ocid)
    PurchaseCard.objects.filter(ocid=ocid).update(title="Otra cosa", last_position=card.last_position)
    with rolled_back():
        tendering.cancel(w[Role.APPROVER], ocid, at=AT, code="need_ended", reason="Ya no hace falta.")
        place_here()
        assert ask("vih")["facets"]["status"] == {"cancelled": 1}
    assert ask("otra cosa")["facets"]["status"] == {"active": 1}


def test_contracts_and_purchases_are_one_answer_in_every_form(w, ocid, contracts):
    everything = ask()
    assert everything["total"] == 5
    assert everything["contracted"] == {"amount": "600000.00", "currency": "MXN"}
    assert everything["facets"]["buyer"]["MX-X-1"] == {"name": "Instituto Inventado", "count": 4}
    assert ids(ask(place="Coahuila", year="2019", order="amount"))[0] == "ocds-x-2/C/2"
    both = Client().get("/buscar?year=2019&year=2020&format=json").json()
    assert both["total"] == 5

    page = Client().get("/buscar?q=medisinas").content.decode()
    assert "<mark>Medicinas</mark>" in page
    assert "Se buscó «medicinas» en lugar de «medisinas»." in page
    assert "datos sintéticos" in page
    assert 'href="/c/ocds-x-0/C/0/"' in page
    rows = list(csv.DictReader(io.StringIO(b"".join(Client().get("/buscar?format=csv")).decode())))
    assert sorted(row["id"] for row in rows) == sorted(
        [ocid, *(f"ocds-x-{n}/C/{n}" for n in range(3)), "ocds-x-2/C/2~2"]
    )
    book = load_workbook(io.BytesIO(b"".join(Client().get("/buscar?format=xlsx"))), read_only=True)
    about, results = book.worksheets
    assert [row[1] for row in about.values][2:5] == [len(rows), len(rows), 50_000]
    header, *values = results.values
    as_text = [dict(zip(header, (v or "" for v in found), strict=True)) for found in values]
    assert [{**row, "amount": float(row["amount"] or 0)} for row in as_text] == [
        {**row, "amount": float(row["amount"] or 0)} for row in rows
    ]
    feed = Client().get("/buscar?q=vih&format=atom")
    assert feed["content-type"].startswith("application/atom+xml")
    last = Position.objects.filter(entry__stream=f"ocid:{ocid}").order_by("-position").first()
    assert feed["etag"] == f'"{last.position}"'
    assert Client().get("/buscar?q=vih&format=atom", HTTP_IF_NONE_MATCH=feed["etag"]).status_code == 304


def test_the_page_of_a_contract_says_what_from_whom_for_how_much_and_how(w, contracts):
    page = Client().get("/c/ocds-x-0/C/0/").content.decode().replace("\xa0", " ")
    for words in ("Medicinas y productos farmacéuticos", "Instituto Inventado se lo compró a Farmacia Mayor, S.A.", "$100,000.00",
                  "FMA770707PL9", "LA-019GYR019-E0-2019", "ART. 26", "Insulina humana", "2 de mayo de 2019",
                  "Datos sintéticos: nada de esto ocurrió."):  # fmt: skip
        assert words in page, words
    assert Client().get("/c/ocds-x-0/C/0/?format=json").json()["centavos"] == 100_000_00
    assert Client().get("/c/ocds-x-9/C/0/").status_code == 404


def test_former_addresses_lead_to_the_search(db):
    for former, now in {
        "/compras/?q=vih&status=active": "/buscar?q=vih&status=active", "/compras.csv?q=vih": "/buscar?q=vih&format=csv",
        "/en/compras/": "/en/buscar",
    }.items():  # fmt: skip
        answer = Client().get(former)
        assert (answer.status_code, answer["location"]) == (301, now)


def test_contracts_that_another_version_loaded_are_left_alone_until_they_are_loaded_again(
    contracts, settings, tmp_path, caplog
):
    state = national.current(settings.SEARCH_DIR) / "state.json"
    told = json.loads(state.read_text())
    state.write_text(json.dumps({**told, "version": told["version"] - 1}))
    answers._contracts.clear()

    assert ask("insulina")["total"] == 0
    assert "vitrina open load-national" in caplog.text
    state.write_text(json.dumps(told))
    assert ask("insulina")["total"] == 1
