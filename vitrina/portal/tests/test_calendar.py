# SPDX-License-Identifier: Apache-2.0
"""The calendar of acts: what the ledger moves, moves in every calendar that took it in."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from tests.worlds.base import UNIT, local, world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.placing import place_here
from tests.worlds.tendering import OPENING, reach_tendering
from vitrina.cycle.auction import events as auction
from vitrina.cycle.auction.tests.auctions import clock as rules
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel.money import Money
from vitrina.ledger.projections import PROJECTIONS, fingerprint, rebuild
from vitrina.parties.roles import Role
from vitrina.portal.agenda.schedule import Told, fold

AT = local(2020, 9, 25, 12)
LATER = local(2020, 10, 27, 11)
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


def events(address: str) -> dict[str, object]:
    """The events of a calendar by what they are, read as a calendar program reads them."""
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["content-type"].startswith("text/calendar")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))  # RFC 5545, section 3.1
    found = Calendar.from_ical(answer.content)
    assert not found.errors
    return {str(event["uid"]).partition(".")[0]: event for event in found.walk("VEVENT")}


def test_an_act_that_moves_keeps_its_uid_and_raises_its_sequence(w, ocid):
    address = f"/p/{ocid}.ics"
    first = events(address)
    opening = first["opening"]
    assert set(first) == {"clarification", "opening", "ruling"}
    assert (opening["sequence"], opening["status"]) == (0, "CONFIRMED")
    assert opening["dtstart"].dt == OPENING
    assert opening["dtstart"].params["TZID"] == "America/Mexico_City"
    assert opening["url"] == f"http://127.0.0.1:8000/live/{ocid}"
    assert "duration" in opening
    assert "duration" not in first["ruling"]  # a last day, not an hour
    zone = Calendar.from_ical(Client().get(address).content).walk("VTIMEZONE")
    assert [str(z["tzid"]) for z in zone] == ["America/Mexico_City"]
    assert OPENING.astimezone(zone[0].to_tz()).utcoffset() == timedelta(hours=-5)  # summer time of 2020

    tendering.amend_call(
        w[Role.OFFICER],
        ocid,
        at=AT,
        reason="Se amplía el plazo",
        opening_at=LATER,
        award_by=LATER + timedelta(days=14),
    )
    tendering.suspend(w[Role.OIC], ocid, at=AT + timedelta(days=1), authority="OIC", reason="Se revisa")
    place_here()
    suspended = events(address)
    assert {k: (e["sequence"], e["status"]) for k, e in suspended.items()} == {
        "clarification": (1, "TENTATIVE"), "opening": (2, "TENTATIVE"), "ruling": (2, "TENTATIVE"),
    }  # fmt: skip
    assert suspended["opening"]["uid"] == opening["uid"]
    assert suspended["opening"]["dtstart"].dt == LATER
    assert suspended["opening"]["last-modified"].dt == AT + timedelta(days=1)

    tendering.resume(w[Role.OIC], ocid, at=AT + timedelta(days=2), reason="Resuelta")
    tendering.cancel(w[Role.APPROVER], ocid, at=AT + timedelta(days=3), code="need_ended", reason="Ya no hace falta.")
    place_here()
    gone = events(address)
    assert {k: (e["sequence"], e["status"]) for k, e in gone.items()} == {
        "clarification": (3, "CANCELLED"), "opening": (4, "CANCELLED"), "ruling": (4, "CANCELLED"),
    }  # fmt: skip
    assert "Ya no hace falta." in gone["opening"]["description"]

    before = fingerprint(PROJECTIONS["schedule"])
    assert rebuild()["portal_scheduledact"] == (before["portal_scheduledact"],) * 2


def test_the_same_acts_by_unit_search_and_month(w, ocid):
    everything = events("/calendario.ics")
    assert events(f"/u/{UNIT}.ics").keys() == events(f"/calendario.ics?unidad={UNIT}").keys() == everything.keys()
    assert events("/calendario.ics?q=reactivo+vih").keys() == everything.keys()
    assert events("/calendario.ics?q=escritorios") == events("/u/NADIE.ics") == {}
    etag = Client().get("/calendario.ics")["ETag"]
    assert Client().get("/calendario.ics", headers={"if-none-match": etag}).status_code == 304
    assert b"SUMMARY:Opening of envelopes" in Client().get("/calendario.ics?lang=en").content

    acts = Client().get("/calendario.json?mes=2020-10").json()["acts"]
    assert [(a["act"], a["starts_at"]) for a in acts] == [
        ("clarification", "2020-10-02T15:00:00Z"), ("opening", "2020-10-13T16:00:00Z"), ("ruling", "2020-10-27T18:00:00Z"),
    ]  # fmt: skip
    assert Client().get("/calendario.csv").content.decode().splitlines()[0].startswith("uid,ocid,act,starts_at")
    page = Client().get("/calendario/?mes=2020-10").content.decode().replace("\u00a0", " ")
    assert "Sigue: junta de aclaraciones de «Reactivo para VIH 1 y 2», el 2 de octubre de 2020 a las 10:00 h." in page
    assert "En octubre de 2020 hay 3 actos públicos; 3 aún no llegan." in page
    for nonsense in ("?mes=2020-13", "?mes=%00", "?vista=x&unidad=%00", "?mes=9999-99"):
        assert Client().get(f"/calendario/{nonsense}").status_code == 200
    assert "No se prevé ningún acto público." in Client().get("/calendario/?q=escritorios").content.decode()


def test_the_hour_of_a_unit_in_another_zone_is_its_own(w, ocid):
    from vitrina.parties.models import Unit

    Unit.objects.filter(key=UNIT).update(zone="America/Hermosillo")
    found = events(f"/p/{ocid}.ics")["opening"]["dtstart"]
    assert (found.dt, found.params["TZID"]) == (OPENING, "America/Hermosillo")
    assert found.dt.astimezone(ZoneInfo("America/Hermosillo")).hour == 9


def told(*events):
    """Entries an hour apart."""
    return [Told(n, AT + timedelta(hours=n), event) for n, event in enumerate(events, start=1)]


def test_an_auction_that_is_void_and_announced_again_is_the_same_act():
    lot = {"lot": 1}
    announced = auction.AuctionScheduled(
        **lot, auction="a", profile=rules(), start=Money(100), step=Money(1), starts_at=OPENING, aliases=()
    )
    moved = auction.AuctionRescheduled(**lot, starts_at=LATER, reason="Falta de luz")
    void = auction.AuctionVoided(**lot, reason="Error en las reglas", documents=())
    begun = auction.AuctionStarted(**lot, ends_at=LATER)

    (act,) = fold(told(announced, moved, moved))
    assert (act.key, act.sequence, act.starts_at, act.former_at) == ("auction-1", 1, LATER, OPENING)
    (act,) = fold(told(announced, moved, void))
    assert (act.sequence, act.status, act.reason) == (2, "cancelled", "Error en las reglas")
    (act,) = fold(told(announced, moved, void, announced))
    assert (act.sequence, act.status, act.starts_at, act.announced_at) == (
        3,
        "confirmed",
        OPENING,
        AT + timedelta(hours=1),
    )
    (act,) = fold(told(announced, begun, moved, void))  # what went on is on record: nothing moves it
    assert (act.sequence, act.status, act.starts_at) == (0, "confirmed", OPENING)
    assert act.ended_at == AT + timedelta(hours=4)
