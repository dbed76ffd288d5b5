# SPDX-License-Identifier: Apache-2.0
"""A form that is sent twice is done once; a token is worth nothing in other hands, or for another step."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acts.conftest import Told
from tests.acts.desk import PATH, client_of, hour_of, process_of
from tests.fixtures.time import Clock
from tests.worlds.once import rolled_back
from vitrina.cycle.core.models import Process, Submission
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

TOKEN = "f" * 32
SUSPENSION = {"authority": "Secretaría", "reason": "Inconformidad admitida.", "token": TOKEN, "confirm": "1"}


@pytest.fixture
def process(told: Told, clock: Clock) -> Iterator[Process]:
    found = process_of(told, "clarified")
    clock.set(hour_of(found))
    with rolled_back():
        yield found


def entries(process: Process) -> int:
    return Entry.objects.filter(stream=process.stream).count()


def test_the_same_form_twice_leaves_one_entry_and_one_receipt(told: Told, process: Process) -> None:
    url, before = f"{PATH}/{process.ocid}/tendering.suspend/", entries(process)
    client = client_of(told.world[Role.OIC].person_id)
    first = client.post(url, SUSPENSION)
    again = client.post(url, SUSPENSION)
    # also when something else was typed into it meanwhile: the first act stands
    other = client.post(url, SUSPENSION | {"reason": "Otra cosa."})
    assert (first.status_code, first["Location"].split("?")[0]) == (302, f"/mi-espacio/recibo/{TOKEN}/")
    assert again["Location"] == other["Location"] == first["Location"]
    assert entries(process) == before + 1
    assert Submission.objects.filter(token=TOKEN).count() == 1
    shown = [client.get(r["Location"]).content.decode() for r in (first, again)]
    digest = Entry.objects.filter(stream=process.stream).latest("id").digest
    assert all(digest in page and "Inconformidad" not in page.split("<h1>")[0] for page in shown)


def test_a_token_is_no_receipt_for_another_person(told: Told, process: Process) -> None:
    url = f"{PATH}/{process.ocid}/tendering.suspend/"
    assert client_of(told.world[Role.OIC].person_id).post(url, SUSPENSION).status_code == 302
    before = Entry.objects.count()
    stranger = client_of(told.world[Role.APPROVER].person_id)
    answer = stranger.post(url, SUSPENSION)
    assert answer.status_code == 409
    assert "Location" not in answer
    assert Entry.objects.count() == before
    assert stranger.get(f"/mi-espacio/recibo/{TOKEN}/").status_code == 404


def test_a_token_is_no_receipt_for_another_step(told: Told, process: Process) -> None:
    oic = client_of(told.world[Role.OIC].person_id)
    assert oic.post(f"{PATH}/{process.ocid}/tendering.suspend/", SUSPENSION).status_code == 302
    before = Entry.objects.count()
    lifted = {"reason": "Se declaró infundada.", "token": TOKEN, "confirm": "1"}
    assert oic.post(f"{PATH}/{process.ocid}/tendering.resume/", lifted).status_code == 409
    assert Entry.objects.count() == before
    assert Process.objects.get(ocid=process.ocid).halt == "suspended"


def test_a_refused_form_leaves_its_token_free(told: Told, process: Process) -> None:
    officer = client_of(told.world[Role.OFFICER].person_id)
    url, before = f"{PATH}/{process.ocid}/opening.start/", Entry.objects.count()
    assert officer.post(url, {"token": TOKEN, "confirm": "1"}).status_code == 409  # before its hour
    assert (Entry.objects.count(), Submission.objects.filter(token=TOKEN).count()) == (before, 0)


@pytest.mark.parametrize("token", ["", "corto", "á" * 32, "x" * 65, "<script>alert(1)</script>", "0" * 15])
def test_a_form_without_a_token_of_ours_is_not_done(told: Told, process: Process, token: str) -> None:
    url, before = f"{PATH}/{process.ocid}/tendering.suspend/", Entry.objects.count()
    client = client_of(told.world[Role.OIC].person_id)
    assert client.post(url, SUSPENSION | {"token": token}).status_code == 400
    assert Entry.objects.count() == before


def test_the_review_does_nothing_yet(told: Told, process: Process) -> None:
    url, before = f"{PATH}/{process.ocid}/tendering.suspend/", Entry.objects.count()
    client = client_of(told.world[Role.OIC].person_id)
    page = client.post(url, {k: v for k, v in SUSPENSION.items() if k != "confirm"})
    assert page.status_code == 200
    assert "Inconformidad admitida." in page.content.decode()
    assert (Entry.objects.count(), Submission.objects.filter(token=TOKEN).count()) == (before, 0)
    assert Process.objects.get(ocid=process.ocid).halt == ""
