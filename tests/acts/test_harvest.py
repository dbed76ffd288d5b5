# SPDX-License-Identifier: Apache-2.0
"""A harvester written from the description of INAI's shape alone collects every release once."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from tests.acts.conftest import Told
from tests.acts.test_whole_purchase import official_schema, patched
from tests.shared import shared
from vitrina.ledger.models import Release
from vitrina.ledger.projections import PROJECTIONS, fingerprint
from vitrina.ledger.releases import EXTENSIONS

# What the location extension adds, from its field list: its files are not beside the repository.
LOCATION = {"definitions": {"Item": {"properties": {"deliveryLocation": {"type": "object"}}}}}


def harvest(since: int = 1990, until: int = 2100) -> Iterator[dict[str, Any]]:
    """Release packages of a range of fiscal years, as a harvester of this shape asks for them."""
    client = Client(headers={"accept-encoding": "gzip"})
    for entry in client.get("/edca/fiscalYears").json()["fiscalYears"]:
        if since <= entry["year"] <= until:  # compared as numbers, so it has to be one
            answer = client.get(f"/edca/contractingprocess/{entry['year']}")
            yield from json.loads(gzip.decompress(answer.getvalue()))["arrayReleasePackage"]


def test_every_release_is_collected_once_and_the_totals_are_those_of_the_ledger(told: Told) -> None:
    packages = list(harvest())
    found = Counter((r["ocid"], r["id"]) for p in packages for r in p["releases"])
    assert set(found.values()) == {1}
    assert set(found) == set(Release.objects.values_list("ocid", "release_id"))
    for package in packages:
        assert {r["ocid"] for r in package["releases"]} == {package["uri"].rpartition("/")[2]}
    assert not list(harvest(until=2019))
    one = packages[0]
    assert Client().get(one["uri"].partition("8000")[2]).json() == one


def test_every_package_is_valid_and_declares_the_extensions_that_it_uses(told: Told) -> None:
    wrapped = json.loads(shared("specs/ocds/release-package-schema.json").read_text(encoding="utf-8"))
    release = json.loads(shared("specs/ocds/release-schema.json").read_text(encoding="utf-8"))
    check = jsonschema_rs.validator_for(wrapped, retriever=lambda _uri: release)
    own = jsonschema_rs.validator_for(patched(official_schema(), LOCATION))
    for package in harvest():
        assert not [e.message for e in check.iter_errors(package)]
        assert not [e.message for r in package["releases"] for e in own.iter_errors(r)]
        assert package["extensions"] == list(EXTENSIONS)


def test_the_extensions_carry_what_the_purchase_knows(told: Told) -> None:
    compiled = Client().get(f"/p/{told.ocids['paid']}.json").json()
    schema = official_schema()
    codes = {
        name: {line.partition(",")[0] for line in path.read_text(encoding="utf-8").splitlines()[1:]}
        for name, path in (
            (p.stem.lstrip("+"), p) for p in shared("specs/edca-mx/extensions").glob("*/codelists/*.csv")
        )
    }
    contract, tender = compiled["contracts"][0], compiled["tender"]
    assert contract["implementation"]["status"] == "concluded" in codes["implementationStatus"]
    assert set(contract["surveillanceMechanisms"]) == {"socialWitness", "internalControlUnit"}
    assert set(contract["surveillanceMechanisms"]) <= codes["surveillanceMechanisms"]
    assert set(tender["additionalProcurementCategories"]) <= codes["extendedProcurementCategory"]
    assert all(i["deliveryLocation"]["description"] for i in contract["items"])
    people = [p for p in compiled["parties"] if "supplier" in p["roles"]]
    assert {p["identifier"]["legalPersonality"] for p in people} <= codes["legalPersonality"]
    unit = next(p for p in compiled["parties"] if "procuringEntity" in p["roles"])
    assert unit["memberOf"] == [compiled["buyer"]]
    assert {g["type"] for g in contract["guarantees"]} <= codes["guaranteeType"]
    paid = contract["implementation"]["transactions"]
    assert {t["paymentMethod"] for t in paid} <= codes["paymentMethod"]
    for name, block in (("Contract", contract), ("Implementation", contract["implementation"])):
        assert set(block) <= set(schema["definitions"][name]["properties"]), name


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/edca/contractingprocess/1999", 200),
        ("/edca/contractingprocess/procurementmethod/Licitación pública", 200),
        ("/edca/contractingprocess/additionalprocurementcategories/Adquisición de bienes", 200),
        ("/edca/contractingprocess/", 200),
        ("/edca/contractingprocess/20x6", 400),
        ("/edca/contractingprocess/٢٠٢٠", 400),
        ("/edca/contractingprocess/99999", 400),
        ("/edca/contractingprocess/procurementmethod/open", 400),
        ("/edca/contractingprocess/additionalprocurementcategories/x", 400),
        ("/edca/releasepackage/none", 404),
    ],
)
def test_other_routes_and_bad_input(told: Told, address: str, status: int) -> None:
    answer = Client().get(address)
    assert answer.status_code == status
    body = json.loads(answer.getvalue())
    assert body["detail"] if status >= 400 else "1999" in address or body["arrayReleasePackage"]


def test_a_year_that_did_not_change_is_not_sent_again(told: Told) -> None:
    first = Client().get("/edca/contractingprocess/2020")
    assert Client(headers={"if-none-match": first["ETag"]}).get("/edca/contractingprocess/2020").status_code == 304


def test_the_row_of_each_purchase_comes_back_from_the_ledger(told: Told) -> None:
    from django.db import transaction

    from vitrina.ledger.models import Cursor
    from vitrina.ledger.projections import advance

    projection = PROJECTIONS["edca"]
    with transaction.atomic():
        before = fingerprint(projection)
        projection.tables[0]._default_manager.all().delete()
        Cursor.objects.filter(projection="edca").delete()
        advance(projection)
        assert fingerprint(projection) == before
        transaction.set_rollback(True)
