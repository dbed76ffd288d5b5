# SPDX-License-Identifier: Apache-2.0
"""The demonstration as it is loaded: every purchase where it should stand, with sealed bids, and every act clean."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from tests.fixtures import database
from tests.worlds.once import rolled_back
from tests.worlds.opening import hold_act
from vitrina.cycle import STAGES
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.models import Decoy, Envelope
from vitrina.cycle.bidding.queries import is_receiving, opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.tendering.queries import openers_of, tender_of
from vitrina.kernel import clock
from vitrina.ledger.models import Entry, Outbox
from vitrina.ledger.verify import verify
from vitrina.profiles import making
from vitrina.search import national
from vitrina.search.tests.stores import small_store
from vitrina.site.demo.load import ensure_people, load_if_empty
from vitrina.site.demo.script import OPENING_DAY, TELLINGS

MAIN = "Reactivo para VIH 1 y 2"


@pytest.fixture(scope="module")
def loaded(template, django_db_blocker):
    """A database of its own with the demonstration in it."""
    name, former = database.copy_name("_demo"), database.current()
    with django_db_blocker.unblock():
        filled = database.build_template("demo", load_if_empty, base=template)
        database.clone(name, filled)
        database.point_to(name)
        try:
            yield
        finally:
            database.point_to(former)
            database.drop(name)


@pytest.fixture
def w(loaded):
    with rolled_back():
        yield ensure_people()


def main_purchase():
    return Process.objects.select_related("unit", "buyer").get(title=MAIN)


def test_it_holds_a_purchase_in_every_stage_and_the_main_one_waits_for_its_opening(w):
    assert set(Process.objects.values_list("stage", flat=True)) >= {*STAGES} - {"bidding"}
    assert Process.objects.count() == len(TELLINGS) + 1
    process = main_purchase()
    assert is_receiving(process, OPENING_DAY)
    assert tender_of(process).opening_at - OPENING_DAY == timedelta(minutes=3)
    assert [row.state for row in Envelope.objects.filter(process=process)] == ["closed"] * 3
    assert [o.role for o in openers_of(process)] == ["officer", "oic", "witness"]
    assert not Outbox.objects.exists()
    assert verify().finding is None


def test_every_act_that_was_held_is_clean(w):
    audits = [e.event for e in Entry.objects.filter(kind="envelopes.audited")]
    assert len(audits) > 5
    assert {(a.findings, a.warnings) for a in audits} == {((), ())}
    assert set(Envelope.objects.exclude(process=main_purchase()).values_list("state", flat=True)) == {"opened"}


def test_the_main_purchase_is_opened_by_its_people_with_the_demonstrations_keys(w):
    process = main_purchase()
    hold_act(w, process)
    assert [str(b.prices[1]) for b in opened_bids(process)] == ["54.90", "51.30", "57.75"]
    last = Entry.objects.filter(stream=process.stream, kind="envelopes.audited").last().event
    assert last.findings == ()


def test_time_goes_on_and_the_platform_does_what_its_hour_asks(w):
    at = OPENING_DAY
    bidding.tend(at)
    assert Decoy.objects.filter(entry=None).exists()
    before = Entry.objects.filter(kind="reception.closed").count()
    bidding.tend(at + timedelta(minutes=3))
    assert Entry.objects.filter(kind="reception.closed").count() == before + 1


def test_it_is_loaded_once(w):
    n = Process.objects.count(), Entry.objects.count()
    former = clock.use(clock.system)
    try:
        assert load_if_empty() is False
    finally:
        clock.use(former)
    assert (Process.objects.count(), Entry.objects.count()) == n


@pytest.mark.parametrize("stage", STAGES)
def test_a_purchase_is_run_from_the_command_line_up_to_each_stage(loaded, stage):
    from vitrina.site.demo_cli import app

    done = CliRunner().invoke(app, ["run", "--until", stage, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    process = Process.objects.get(ocid=told["ocid"])
    assert (told["stage"], process.halt) == (process.stage, "complete" if stage == "payment" else "")
    reached = "clarifying" if stage == "bidding" else stage  # a bid moves nothing that can be seen
    assert process.stage == reached
    if STAGES.index(stage) >= STAGES.index("opening"):
        assert len(opened_bids(process)) == 3
    assert verify().finding is None


def test_a_stage_that_is_none_is_refused(loaded):
    from vitrina.site.demo_cli import app

    done = CliRunner().invoke(app, ["run", "--until", "apertura"])
    assert done.exit_code == 2


def test_its_history_is_made_once_and_never_takes_the_place_of_another(tmp_path, monkeypatch, settings):
    from vitrina.site.demo_cli import app

    monkeypatch.setenv("VITRINA_VAR", str(tmp_path))
    settings.SEARCH_DIR = tmp_path / "search"
    ask = ["history", "--contracts", "500", "--no-flags", "--json"]
    first, again = (json.loads(CliRunner().invoke(app, ask).output) for _ in range(2))
    assert (first, again) == ({"contracts": 500, "was_there": False}, {"contracts": 500, "was_there": True})

    making.load(small_store(tmp_path / "theirs"), settings.SEARCH_DIR)
    assert "stays" in CliRunner().invoke(app, ask).output
    assert national.source(settings.SEARCH_DIR) == tmp_path / "theirs"
