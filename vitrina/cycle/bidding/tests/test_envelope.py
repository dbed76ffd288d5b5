# SPDX-License-Identifier: Apache-2.0
"""Envelopes stay closed until the act, open whole and unaltered, and anyone can check it from the public entries."""

import json
from hashlib import sha256

import pytest

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding
from tests.worlds.opening import hold_act
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.models import Bid, Envelope
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import StoredFile
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def w():
    return world()


def open_in_act(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENING)


@pytest.mark.parametrize("at", [RECEIVED, OPENING])
def test_no_envelope_opens_before_the_act_has_started(w, at):
    process = reach_bidding(w)
    with pytest.raises(Refused) as refused:
        envelope.open_all(process, at=at)
    assert refused.value.codes == ["sealed"]
    assert opened_bids(process) == []


def test_opened_bids_are_those_received_in_order_of_arrival(w):
    process = reach_bidding(w)
    assert not StoredFile.objects.filter(is_public=True).exists()
    open_in_act(w, process)

    found = [(o.order, o.supplier_key, str(o.total)) for o in opened_bids(process)]
    assert found == [
        (1, "biomedica-tres-lunas", "22618800.00"),
        (2, "reactivos-valle-hondo", "21135600.00"),
        (3, "diagnosticos-ocotal", "23793000.00"),
    ]
    assert not StoredFile.objects.filter(is_public=False).exists()
    assert set(Bid.objects.values_list("state", flat=True)) == {"opened"}


@pytest.mark.parametrize("change", ["price", "salt", "swap", "gone"])
def test_an_envelope_that_was_touched_stops_the_act(w, change):
    process = reach_bidding(w)
    first, second = Envelope.objects.order_by("bid_id")[:2]
    if change == "price":
        Envelope.objects.filter(pk=first.pk).update(content=first.content.replace("54.90", "50.90"))
    elif change == "salt":
        Envelope.objects.filter(pk=first.pk).update(salt="0" * 64)
    elif change == "swap":  # another bidder's contents as one's own, digest and all
        Envelope.objects.filter(pk=first.pk).update(content=second.content, salt=second.salt)
        Bid.objects.filter(pk=first.pk).update(digest=second.bid.digest)
    else:
        first.delete()

    with pytest.raises(Refused) as refused:
        open_in_act(w, process)
    assert refused.value.codes == ["altered"]
    assert not Entry.objects.filter(kind="bid.opened").exists()


def test_anyone_checks_an_opened_bid_against_what_stood_in_the_feed_since_it_was_received(w):
    process = reach_bidding(w)
    in_feed = {e.digest for e in Entry.objects.filter(kind="bid.received")}
    bid(w, process, 2, "40.00", at=RECEIVED.replace(minute=30))
    in_feed |= {e.digest for e in Entry.objects.filter(kind="bid.received")}
    hold_act(w, process)

    bodies = [json.loads(e.body) for e in Entry.objects.filter(stream=process.stream, kind="bid.opened")]
    counted = json.loads(Entry.objects.get(stream=process.stream, kind="bids.opened").body)
    proofs = [b["proof"] for b in bodies] + [p for s in counted["set_aside"] for p in s["proofs"]]
    assert {p["digest"] for p in proofs} == in_feed
    for proof in proofs:
        header = json.loads(proof["header"])
        assert sha256(proof["header"].encode()).hexdigest() == proof["digest"]
        assert sha256(proof["body"].encode()).hexdigest() == header["body"]["sha256"]
    for body in bodies:
        promised = json.loads(body["proof"]["body"])
        sealed = {"bid": body["bid"], "content": body["content"], "ocid": process.ocid,
                  "salt": body["content_salt"], "supplier": body["bidder"]["key"]}  # fmt: skip
        assert sha256(canonical(sealed)).hexdigest() == promised["digest"] == body["digest"]
