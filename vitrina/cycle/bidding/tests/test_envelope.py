# SPDX-License-Identifier: Apache-2.0
"""The seam of envelopes: its state table is walked by acts alone, and a row says nothing before its time."""

from datetime import timedelta

import pytest

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, signed, withdraw
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import KEYS, OPENED, hold_act
from tests.worlds.sealing import asked, give, rows_of, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.models import PostedShare
from vitrina.cycle.bidding.states import TABLE, EnvelopeState
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import openers_of
from vitrina.parties.roles import Role
from vitrina.sealed import client

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={})))
HOUR = timedelta(hours=1)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


@pytest.fixture
def walked(monkeypatch):
    """(state, command) of every move of an envelope."""
    found, move = [], envelope.move

    def watched(row, table, command):
        found.append((row.state, command))
        move(row, table, command)

    monkeypatch.setattr(envelope, "move", watched)
    return found


def test_every_row_of_the_state_table_is_walked_and_no_other(w, process, walked):
    first = bid(w, process, 0, "54.90", at=RECEIVED)
    bid(w, process, 0, "53.00", at=RECEIVED + HOUR, replaces=first)
    gone = bid(w, process, 1, "51.30", at=RECEIVED)
    withdraw(w, process, 1, gone, at=RECEIVED + HOUR)
    stands = bid(w, process, 2, "57.75", at=RECEIVED, upload=False)
    data = client.redeal(stands.manifest, stands.identity, 1, panel_for_seal(process)[0])
    claim = signed(w.suppliers[2], data, RECEIVED)
    arguments = {"at": RECEIVED, "data": data, "claim": claim, "previous": stands.manifest_bytes}
    bidding.redeal(w.suppliers[2], process.ocid, **arguments)
    bid(w, process, 1, "1.00", at=OPENING)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    for who, sealed in ((0, first), (1, gone)):  # read before the rest: they stand for a while
        claim = signed(w.suppliers[who], sealed.manifest_bytes, KEYS)
        opening.present_backup(
            w.suppliers[who], process.ocid, at=KEYS, data=sealed.manifest_bytes, identity=sealed.identity, claim=claim
        )
    for round_name in envelope.ROUNDS:
        for role in (Role.OIC, Role.WITNESS):
            give(w, process, role, round_name)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED + HOUR)
    assert states_of(process) == ["superseded", "opened", "withdrawn", "notice", "unopenable", "notice", "late"]

    other = reach_bidding(w, offers={})
    replaced = bid(w, other, 0, "54.90", at=RECEIVED)
    bid(w, other, 0, "53.00", at=RECEIVED + HOUR, replaces=replaced)
    taken = bid(w, other, 1, "51.30", at=RECEIVED)
    withdraw(w, other, 1, taken, at=RECEIVED + HOUR)
    hold_act(w, other)

    cut = reach_bidding(w, offers={1: "51.30"})
    replaced = bid(w, cut, 0, "54.90", at=RECEIVED)
    bid(w, cut, 0, "53.00", at=RECEIVED + HOUR, replaces=replaced)
    taken = bid(w, cut, 2, "51.30", at=RECEIVED)
    withdraw(w, cut, 2, taken, at=RECEIVED + HOUR)
    opening.start(w[Role.OFFICER], cut.ocid, at=OPENING)
    early, (stands, *_) = {replaced.c, taken.c}, rows_of(cut)
    opening.present_backup(
        w.suppliers[1], cut.ocid, at=KEYS, data=w.kept[stands.c].manifest_bytes, identity=w.kept[stands.c].identity,
        claim=signed(w.suppliers[1], w.kept[stands.c].manifest_bytes, KEYS),
    )  # fmt: skip
    tendering.cancel(w[Role.APPROVER], cut.ocid, at=KEYS, code="need_ended", reason="Ya no hace falta.")
    bidding.tend(KEYS)  # the one that stood
    for role in (Role.OIC, Role.WITNESS):  # then those whose keys are given first, while the rest is not known
        shares = asked(w, cut, role, "custody")
        give(w, cut, role, "custody", {c: share for c, share in shares.items() if c in early})
    for role in (Role.OIC, Role.WITNESS):
        give(w, cut, role, "custody")
    assert states_of(cut) == ["kept_closed", "superseded", "kept_closed", "withdrawn", "notice"]
    assert set(walked) == {(str(state), command) for state, command in TABLE}
    assert {*states_of(process), *states_of(cut), "closed", "live"} == set(EnvelopeState)


@pytest.mark.parametrize("state", EnvelopeState)
def test_nothing_else_moves_an_envelope(w, process, state):
    bid(w, process, 0, "54.90", at=RECEIVED)
    (row,) = rows_of(process)
    for command in {command for _state, command in TABLE}:
        row.state = state
        if (state, command) in TABLE:
            envelope.move(row, TABLE, command)
            assert row.state == TABLE[state, command]
            continue
        with pytest.raises(Refused) as refused:
            envelope.move(row, TABLE, command)
        assert refused.value.codes == ["state"]


def test_a_true_share_takes_the_place_of_a_false_one_never_the_reverse(w, process):
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    opener, share = openers_of(process)[0], b"\1" * 33
    envelope.post(opener, "custody", sealed.c, b"\2" * 33, is_true=False)
    envelope.post(opener, "custody", sealed.c, b"\3" * 33, is_true=False)
    assert PostedShare.objects.count() == 1
    envelope.post(opener, "custody", sealed.c, share, is_true=True)
    envelope.post(opener, "custody", sealed.c, b"\4" * 33, is_true=False)
    (row,) = rows_of(process)
    assert envelope.true_shares(row, "custody") == [share]
    assert envelope.true_shares(row, "bids") == []
    assert envelope.heard(row, "custody") == {opener.pk}
    assert envelope.givers(process, "custody") == {opener.pk: 1}


def test_nothing_is_live_shown_or_given_out_before_the_act(w, process):
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    assert envelope.live_of(process) == [] and list(envelope.revealed(process)) == []
    assert envelope.shown([sealed.c]) == []
    assert not envelope.opened_ciphertext(sealed.manifest.files[0].sha256, process)
    assert envelope.promising(sealed.c, "0" * 64) is None
    assert envelope.find("0" * 64) is None


def test_only_the_ciphertexts_of_an_opened_bid_of_this_purchase_are_given_out(w, process):
    first = bid(w, process, 0, "54.90", at=RECEIVED)
    stands = bid(w, process, 0, "53.00", at=RECEIVED + HOUR, replaces=first)
    other = reach_bidding(w, offers={1: "51.30"})
    hold_act(w, process)
    assert [envelope.opened_ciphertext(s.manifest.files[0].sha256, process) for s in (first, stands)] == [False, True]
    assert not envelope.opened_ciphertext(stands.manifest.files[0].sha256, other)
