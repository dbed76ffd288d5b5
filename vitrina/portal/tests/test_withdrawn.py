# SPDX-License-Identifier: Apache-2.0
"""The public site after a content was withdrawn: 410 with the reason, and nothing of it on any page or in any file."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.worlds.base import world
from tests.worlds.tendering import reach_tendering
from vitrina.ledger import log
from vitrina.ledger.commands import OPERATOR, erase
from vitrina.ledger.models import Position, Record, Release
from vitrina.ledger.projections import rebuild
from vitrina.ledger.tests.log_keeping import place_all
from vitrina.ledger.verify import verify
from vitrina.portal.models import PurchaseCard

pytestmark = pytest.mark.django_db(transaction=True)
COURT = "Unidad de Transparencia, resolución 7/2026"


@pytest.fixture
def purchase():
    """A purchase whose call is published and logged: (process, number of the call)."""
    process = reach_tendering(world())
    place_all()
    log.extend()
    row = Position.objects.get(entry__stream=process.stream, entry__kind="call.published")
    return process, row


def index_files(folder) -> set[str]:
    """The files in which the search keeps what it found."""
    return {file.name for file in folder.glob("live/*/index/[0-9a-f]*")}


def withdraw(position: int, at) -> None:
    erase(position, reason="cancellation", authority=COURT, actor=OPERATOR, at=at)
    place_all()
    log.extend()


def test_every_page_and_file_says_410_and_why(purchase, settings, tmp_path):
    settings.SEARCH_DIR = tmp_path
    process, row = purchase
    release = Release.objects.get(position=row.position)
    canary = json.loads(row.entry.body)["terms"]["opening_at"]
    visitor = Client()
    before = visitor.get(f"/p/{process.ocid}/")
    assert before.status_code == 200
    assert "Reactivo" in visitor.get("/buscar?q=vih").content.decode()
    indexed = index_files(tmp_path)

    withdraw(row.position, row.entry.at)

    assert canary not in visitor.get("/buscar?q=vih").content.decode()
    assert indexed
    assert not indexed & index_files(tmp_path)  # what was deleted from one would lie there for a while
    act = Position.objects.order_by("-position").first().position
    page = visitor.get(f"/actos/{row.position}/")
    text = page.content.decode()
    assert page.status_code == 410
    assert "Se retiró el contenido de este acto." in text
    assert COURT in text
    assert f"/actos/{act}/" in text
    twin = visitor.get(f"/actos/{row.position}.json")
    assert (twin.status_code, twin.json()["withdrawn"]["position"]) == (410, act)
    assert canary not in text + twin.content.decode()
    answer = visitor.get(f"/api/ocds/releases/{release.release_id}")
    assert (answer.status_code, answer.json()["title"]) == (410, "Withdrawn")
    assert str(act) in answer.json()["detail"]
    assert visitor.get("/api/ocds/releases/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 404
    assert visitor.get(f"/actos/{row.position}.pdf", follow=True).status_code == 410
    feed = visitor.get("/api/feed?limit=1000").json()["entries"]
    assert "withdrawn" in feed[row.position - 1]
    package = visitor.get("/api/ocds/releases?limit=1000").json()
    assert release.release_id not in [r["id"] for r in package["releases"]]


def test_the_purchase_goes_on_without_what_was_withdrawn(purchase):
    process, row = purchase
    record = Record.objects.get(ocid=process.ocid)
    assert record.compiled["tender"]["tenderPeriod"]
    former_stage = PurchaseCard.objects.get(ocid=process.ocid).stage

    withdraw(row.position, row.entry.at)

    record.refresh_from_db()
    assert "tenderPeriod" not in record.compiled.get("tender", {})
    assert PurchaseCard.objects.get(ocid=process.ocid).stage == former_stage
    page = Client().get(f"/p/{process.ocid}/")
    assert page.status_code == 200
    assert "El contenido de este acto se retiró" in page.content.decode()
    assert Client().get("/actos/").status_code == Client().get("/atom.xml").status_code == 200
    assert "Lo que se retiró" in Client().get("/registro/").content.decode()
    assert all(a == b for a, b in rebuild().values())
    assert verify().finding is None


def test_a_purchase_of_which_all_was_withdrawn_is_found_no_more(purchase):
    process, _row = purchase
    rows = Position.objects.filter(entry__stream=process.stream).order_by("position")
    for position in list(rows.values_list("position", flat=True)):
        withdraw(position, rows.last().entry.at)

    assert not Record.objects.filter(ocid=process.ocid).exists()
    assert not PurchaseCard.objects.filter(ocid=process.ocid).exists()
    assert Client().get(f"/p/{process.ocid}/").status_code == 404
    assert all(a == b for a, b in rebuild().values())
    assert verify().finding is None


def test_only_files_of_the_log_are_served(purchase):
    visitor, size = Client(), log.published_size()
    assert visitor.get("/log/checkpoint").content.decode().split("\n")[1] == str(size)
    whole = visitor.get(f"/log/tile/0/000.p/{size}")
    assert len(whole.content) == 32 * size
    assert "immutable" in whole["Cache-Control"]
    assert visitor.get("/log/checkpoint")["Cache-Control"] == "public, max-age=2"
    assert len(visitor.get("/log/tile/0/000.p/1").content) == 32  # a former checkpoint's
    missing = [
        f"tile/0/000.p/{size + 1}", "tile/0/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/9/000.p/1",
        "tile/0/../../log.key", "tile/entries/000.p/..", "tile/entries/x000/000", "tile/", "alarm", ".lock", "log.key",
        f"proof/{size}", f"statement/{size}", f"checkpoint/{size + 1}", "proof/" + "9" * 30, "statement/" + "9" * 30,
        "checkpoint/" + "9" * 30, "timestamp/" + "9" * 30, "signed/" + "9" * 30, "timestamp/1", "proof/-1", "proof/٣",
    ]  # fmt: skip
    assert {name: visitor.get(f"/log/{name}").status_code for name in missing} == dict.fromkeys(missing, 404)
    assert visitor.post("/log/checkpoint").status_code == 405
