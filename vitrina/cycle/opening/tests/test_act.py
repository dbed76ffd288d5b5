# SPDX-License-Identifier: Apache-2.0
"""The opening act from its start to its minutes, and what cannot be done in it."""

from datetime import timedelta

import pytest

from tests.shared import assert_valid_release
from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding
from tests.worlds.opening import CLOSED, OPENED, hold_act, reach_opening
from tests.worlds.tendering import OPENING, reach_tendering
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.command import once
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.opening import queries
from vitrina.cycle.research.reference import commitment
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import build, compile_releases
from vitrina.ledger.verify import verify
from vitrina.parties.roles import Role

pytestmark = pytest.mark.django_db
ACTS = {
    "start": lambda a, p, at: opening.start(a, p.ocid, at=at),
    "attend": lambda a, p, at: opening.attend(a, p.ocid, at=at),
    "open_bids": lambda a, p, at: opening.open_bids(a, p.ocid, at=at),
    "close": lambda a, p, at: opening.close(a, p.ocid, at=at),
}


@pytest.fixture
def w():
    return world()


def kinds(process):
    rows = Entry.objects.filter(stream=process.stream).order_by("seq").values_list("kind", flat=True)
    return list(rows)[list(rows).index("opening.started") :]


def event(process, kind):
    return Entry.objects.filter(stream=process.stream, kind=kind).order_by("seq").last().event


def test_the_act_is_told_step_by_step(w):
    process = reach_opening(w)

    assert kinds(process) == [
        "opening.started",
        "reference_price.revealed",
        "attendance.noted",
        "attendance.noted",
        "attendance.noted",
        "bid.opened",
        "bid.opened",
        "bid.opened",
        "bids.opened",
        "opening.closed",
    ]
    assert process.stage == "opening"
    minutes = queries.minutes(process).event
    assert [a.name for a in minutes.attendees] == [
        w[Role.OIC].name,
        w[Role.WITNESS].name,
        w.suppliers[0].supplier_name,
    ]
    assert (minutes.n_bids, minutes.observations) == (3, "Sin observaciones de los asistentes.")
    assert (minutes.rules[0].key, minutes.rules[0].value, minutes.rules[0].had) == (
        "term.opening_to_award.max",
        "20",
        "14",
    )
    assert verify().finding is None


def test_the_reference_price_is_told_at_the_start_with_what_binds_it(w):
    process = reach_bidding(w)
    concluded = event(process, "research.concluded")
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)

    revealed = event(process, "reference_price.revealed")
    [price] = revealed.prices
    assert (price.unit_price, revealed.total) == (Money(5850), Money(5850 * 412000))
    assert commitment(process.ocid, price.item, price.unit_price, price.salt) == price.commitment
    assert price.commitment in str(concluded)


def test_without_bids_the_act_is_held_and_closed_all_the_same(w):
    process = hold_act(w, reach_bidding(w, offers={}))
    assert event(process, "bids.opened").n_bids == 0
    assert opened_bids(process) == []
    assert queries.is_closed(process)


def test_what_was_not_opened_is_told_too(w):
    process = reach_bidding(w)
    bidding.withdraw(w.suppliers[0], process.ocid, at=RECEIVED + timedelta(hours=1))
    bid(w, process, 1, "50.00", at=RECEIVED + timedelta(hours=2))
    bid(w, process, 0, "10.00", at=OPENING)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    bid(w, process, 0, "9.00", at=OPENED)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)

    told = event(process, "bids.opened")
    assert [(b.bidder.key, b.state) for b in told.set_aside] == [
        (w.suppliers[0].supplier_key, "withdrawn"),
        (w.suppliers[1].supplier_key, "replaced"),
        (w.suppliers[0].supplier_key, "refused"),
    ]
    assert [str(b.prices[1]) for b in opened_bids(process)] == ["57.75", "50.00"]
    assert [b.received_at for b in event(process, "opening.closed").set_aside] == [OPENED]
    with pytest.raises(Refused) as refused:
        bid(w, process, 0, "8.00", at=CLOSED)
    assert refused.value.codes == ["closed"]


def test_every_release_is_valid_and_the_record_holds_the_bids(w):
    process = reach_opening(w, lots=2)
    releases = [r for e in Entry.objects.filter(stream=process.stream).order_by("seq") if (r := build(e))]
    for release in releases:
        assert_valid_release(release)

    record = compile_releases(releases)
    assert record["tender"]["numberOfTenderers"] == 3
    assert record["bids"]["statistics"][0]["value"] == 3
    details = {d["tenderers"][0]["id"]: d for d in record["bids"]["details"]}
    lowest = details["reactivos-valle-hondo"]
    assert lowest["value"] == {"amount": 21238200, "currency": "MXN"}
    assert [(i["id"], i["unit"]["value"]["amount"]) for i in lowest["items"]] == [("1", 51.3), ("2", 51.3)]
    assert len(lowest["documents"]) == 1
    assert record["tender"]["value"]["amount"] == 24219000
    assert [i["unit"]["value"]["amount"] for i in record["tender"]["items"]] == [58.5, 58.5]
    assert {p["id"] for p in record["parties"] if "tenderer" in p["roles"]} == set(details)


@pytest.mark.parametrize("name", ACTS)
def test_wrong_office(w, name):
    process = hold_act(w, reach_bidding(w), close=False)
    allowed = {"attend": {Role.OIC, Role.WITNESS, Role.SUPPLIER}}.get(name, {Role.OFFICER})
    for role, actor in w.actors.items():
        if role not in allowed:
            with pytest.raises(Refused) as refused:
                ACTS[name](actor, process, OPENED)
            assert refused.value.codes == ["role"]


@pytest.mark.parametrize(
    ("done", "name"),
    [
        ((), "attend"), ((), "open_bids"), ((), "close"),
        (("start",), "start"), (("start",), "close"),
        (("start", "open_bids"), "start"), (("start", "open_bids"), "open_bids"),
        (("start", "open_bids", "close"), "start"), (("start", "open_bids", "close"), "attend"),
        (("start", "open_bids", "close"), "open_bids"), (("start", "open_bids", "close"), "close"),
    ],
)  # fmt: skip
def test_wrong_state(w, done, name):
    process = reach_bidding(w)
    for step in done:
        ACTS[step](w[Role.OFFICER], process, OPENING)
    n = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        ACTS[name](w[Role.OIC if name == "attend" else Role.OFFICER], process, OPENING)
    assert refused.value.codes == ["state"]
    assert Entry.objects.count() == n


def test_the_act_never_begins_early_nor_before_the_questions_are_closed(w):
    process = reach_bidding(w)
    with pytest.raises(Refused) as refused:
        opening.start(w[Role.OFFICER], process.ocid, at=OPENING - timedelta(microseconds=1))
    assert refused.value.codes == ["early"]

    unanswered = reach_tendering(w, title="Otra compra")
    with pytest.raises(Refused) as refused:
        opening.start(w[Role.OFFICER], unanswered.ocid, at=OPENING)
    assert refused.value.codes == ["clarification"]


def test_a_suspended_purchase_opens_nothing(w):
    process = reach_bidding(w)
    tendering.suspend(w[Role.OIC], process.ocid, at=OPENING, authority="OIC", reason="Denuncia")
    with pytest.raises(Refused) as refused:
        opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert refused.value.codes == ["suspended"]


def test_attendance_is_noted_once_and_a_form_sent_twice_opens_once(w):
    process = reach_bidding(w)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.attend(w[Role.WITNESS], process.ocid, at=OPENING)
    with pytest.raises(Refused) as refused:
        opening.attend(w[Role.WITNESS], process.ocid, at=OPENING)
    assert refused.value.codes == ["again"]

    def send():
        return opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)

    first = once("b" * 32, w[Role.OFFICER], "opening.open_bids", send)
    assert once("b" * 32, w[Role.OFFICER], "opening.open_bids", send) == (first[0], False)
    assert kinds(process).count("bid.opened") == 3


def test_tasks_follow_the_act(w):
    process = reach_bidding(w)

    def waiting():
        return [t.command for t in queries.tasks(process, OPENING) if not t.is_optional]

    assert waiting() == ["opening.start"]
    for step, then in (("start", ["opening.open_bids"]), ("open_bids", ["opening.close"]), ("close", [])):
        ACTS[step](w[Role.OFFICER], process, OPENING)
        assert waiting() == then
