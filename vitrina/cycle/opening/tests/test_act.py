# SPDX-License-Identifier: Apache-2.0
"""The opening act from its start to its minutes, and what cannot be done in it."""

from datetime import timedelta

import pytest

from tests.shared import assert_valid_release
from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, withdraw
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, KEYS, OPENED, give_keys, hold_act, reach_opening
from tests.worlds.sealing import event_of, give, kinds_of
from tests.worlds.tendering import OPENING, reach_tendering
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.command import once
from vitrina.cycle.core.models import Process
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

whole = built_once(lambda: (w := world(), reach_bidding(w)))
ACTS = {
    "start": lambda a, p, at: opening.start(a, p.ocid, at=at),
    "attend": lambda a, p, at: opening.attend(a, p.ocid, at=at),
    "give_shares": lambda a, p, at: opening.give_shares(a, p.ocid, at=at, round="custody", shares={}),
    "present_backup": lambda a, p, at: opening.present_backup(a, p.ocid, at=at, data=b"{}", identity=""),
    "open_bids": lambda a, p, at: opening.open_bids(a, p.ocid, at=at),
    "close": lambda a, p, at: opening.close(a, p.ocid, at=at),
}
BY = {"attend": Role.OIC, "present_backup": Role.SUPPLIER}


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def test_the_act_is_told_step_by_step(w, process):
    process = hold_act(w, process)
    told = kinds_of(process)

    assert told[told.index("reception.closed") :] == [
        "reception.closed",
        "opening.started",
        "reference_price.revealed",
        *["attendance.noted"] * 3,
        "shares.given",
        "shares.given",
        *["envelope.revealed"] * 3,
        "shares.given",
        "shares.given",
        *["bid.opened"] * 3,
        "bids.opened",
        "envelopes.audited",
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
    assert (minutes.unopenable, minutes.told()) == ((), [])
    assert (minutes.rules[0].key, minutes.rules[0].value, minutes.rules[0].had) == (
        "term.opening_to_award.max",
        "20",
        "14",
    )
    audited = event_of(process, "envelopes.audited")
    assert (audited.n_leaves, audited.n_explained, audited.n_waiting) == (3, 3, 0)
    assert (audited.findings, audited.warnings) == ((), ())
    assert verify().finding is None


def test_the_reference_price_is_told_at_the_start_with_what_binds_it(w, process):
    concluded = event_of(process, "research.concluded")
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)

    revealed = event_of(process, "reference_price.revealed")
    [price] = revealed.prices
    assert (price.unit_price, revealed.total) == (Money(5850), Money(5850 * 412000))
    assert commitment(process.ocid, price.item, price.unit_price, price.salt) == price.commitment
    assert price.commitment in str(concluded)


def test_without_bids_the_act_is_held_and_closed_all_the_same_and_needs_no_key(w):
    process = reach_bidding(w, offers={})
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert [t.command for t in queries.tasks(process, OPENING) if not t.is_optional] == ["opening.open_bids"]
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)
    assert event_of(process, "bids.opened").n_bids == 0
    assert opened_bids(process) == []
    assert queries.is_closed(process)


def test_what_was_not_opened_is_told_too(w):
    process = reach_bidding(w, offers={})
    first = bid(w, process, 0, "54.90", at=RECEIVED)
    second = bid(w, process, 1, "51.30", at=RECEIVED)
    bid(w, process, 2, "57.75", at=RECEIVED)
    withdraw(w, process, 0, first, at=RECEIVED + timedelta(hours=1))
    bid(w, process, 1, "50.00", at=RECEIVED + timedelta(hours=2), replaces=second)
    bid(w, process, 0, "10.00", at=OPENING)
    hold_act(w, process, close=False)
    bid(w, process, 0, "9.00", at=OPENED)  # between the opening and the minutes
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)

    told = event_of(process, "bids.opened")
    assert (told.n_bids, told.n_withdrawn, told.n_superseded, told.n_late, told.n_unopenable, told.n_unrevealed) == (
        2, 1, 1, 1, 0, 0,
    )  # fmt: skip
    assert sorted(str(b.prices[1]) for b in opened_bids(process)) == ["50.00", "57.75"]
    with pytest.raises(Refused) as refused:
        bid(w, process, 0, "8.00", at=CLOSED)
    assert refused.value.codes == ["closed"]


def test_one_that_comes_late_after_the_keys_were_given_holds_up_nothing_and_is_no_finding(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give_keys(w, process, at=KEYS)
    late = bid(w, process, 0, "1.00", at=KEYS)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    audited, counted = event_of(process, "envelopes.audited"), event_of(process, "bids.opened")
    assert (counted.n_bids, counted.n_unrevealed, audited.findings, audited.n_waiting) == (3, 1, (), 1)

    # it is shown as soon as the keys are given for it, and stays closed
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody", at=OPENED)
    shown = event_of(process, "envelope.revealed")
    assert (shown.c, shown.state, shown.bidder.key) == (late.c, "late", w.suppliers[0].supplier_key)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)
    assert len(opened_bids(process)) == 3


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
def test_wrong_office(w, process, name):
    process = hold_act(w, process, close=False)
    allowed = {
        "attend": {Role.OIC, Role.WITNESS, Role.SUPPLIER},
        "give_shares": {Role.OFFICER, Role.OIC, Role.WITNESS},
        "present_backup": {Role.SUPPLIER},
    }.get(name, {Role.OFFICER})
    for role, actor in w.actors.items():
        if role not in allowed:
            with pytest.raises(Refused) as refused:
                ACTS[name](actor, process, OPENED)
            assert refused.value.codes == ["role"]


@pytest.mark.parametrize(
    ("done", "name"),
    [
        ((), "attend"), ((), "open_bids"), ((), "close"), ((), "give_shares"), ((), "present_backup"),
        (("start",), "start"), (("start",), "close"),
        (("start", "open_bids"), "start"), (("start", "open_bids"), "open_bids"),
        (("start", "open_bids"), "present_backup"),
        (("start", "open_bids", "close"), "start"), (("start", "open_bids", "close"), "attend"),
        (("start", "open_bids", "close"), "open_bids"), (("start", "open_bids", "close"), "close"),
        (("start", "open_bids", "close"), "present_backup"),
    ],
)  # fmt: skip
def test_wrong_state(w, process, done, name):
    for step in done:
        if step == "open_bids":
            give_keys(w, process, at=OPENING)
        ACTS[step](w[Role.OFFICER], process, OPENING)
    n = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        ACTS[name](w[BY.get(name, Role.OFFICER)], process, OPENING)
    assert refused.value.codes == ["state"]
    assert Entry.objects.count() == n


def test_the_act_never_begins_early_nor_before_the_questions_are_closed(w, process):
    with pytest.raises(Refused) as refused:
        opening.start(w[Role.OFFICER], process.ocid, at=OPENING - timedelta(microseconds=1))
    assert refused.value.codes == ["early"]

    unanswered = reach_tendering(w, title="Otra compra")
    with pytest.raises(Refused) as refused:
        opening.start(w[Role.OFFICER], unanswered.ocid, at=OPENING)
    assert refused.value.codes == ["clarification"]


def test_a_suspended_purchase_opens_nothing(w, process):
    tendering.suspend(w[Role.OIC], process.ocid, at=OPENING, authority="OIC", reason="Denuncia")
    with pytest.raises(Refused) as refused:
        opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert refused.value.codes == ["suspended"]


def test_attendance_is_noted_once_and_a_form_sent_twice_opens_once(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.attend(w[Role.WITNESS], process.ocid, at=OPENING)
    with pytest.raises(Refused) as refused:
        opening.attend(w[Role.WITNESS], process.ocid, at=OPENING)
    assert refused.value.codes == ["again"]
    give_keys(w, process, at=KEYS)

    def send():
        return opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)

    first = once("b" * 32, w[Role.OFFICER], "opening.open_bids", send)
    assert once("b" * 32, w[Role.OFFICER], "opening.open_bids", send) == (first[0], False)
    assert kinds_of(process).count("bid.opened") == 3


def test_tasks_follow_the_act(w, process):
    def waiting():
        found = [t for t in queries.tasks(process, OPENING) if not t.is_optional]
        return [(t.command.partition(".")[2], str(t.role)) for t in found]

    asked = [("give_shares", r) for r in ("officer", "oic", "witness")]
    assert waiting() == [("start", "officer")]
    ACTS["start"](w[Role.OFFICER], process, OPENING)
    assert waiting() == [*asked, ("open_bids", "officer")]
    give(w, process, Role.OIC, "custody")
    assert waiting() == [asked[0], asked[2], ("open_bids", "officer")]
    give(w, process, Role.WITNESS, "custody")  # the first round is over: the second asks all again
    assert waiting() == [*asked, ("open_bids", "officer")]
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "bids")
    assert waiting() == [asked[0], ("open_bids", "officer")]
    ACTS["open_bids"](w[Role.OFFICER], process, OPENED)
    assert waiting() == [("close", "officer")]
    ACTS["close"](w[Role.OFFICER], process, CLOSED)
    assert waiting() == []
