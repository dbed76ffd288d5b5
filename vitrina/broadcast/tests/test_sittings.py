# SPDX-License-Identifier: Apache-2.0
"""Which acts of a purchase a camera may show, and until when: the signing of the contract is one of them."""

from datetime import timedelta

import pytest

from tests.worlds.awarding import RULED, reach_awarding
from tests.worlds.base import world
from tests.worlds.contracting import DRAFTED, SIGNED, draft, sign
from vitrina.broadcast import commands, keys, policy
from vitrina.broadcast.events import BroadcastStarted
from vitrina.broadcast.models import Broadcast
from vitrina.broadcast.sittings import sitting_of, sittings_of
from vitrina.cycle.contracting.queries import signature_term, without_contract
from vitrina.cycle.core.refusal import Refused
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role


def test_the_signing_of_the_contract_is_broadcast_from_the_ruling_until_everybody_has_signed(db):
    w = world()
    process = reach_awarding(w)
    assert [s.act for s in sittings_of(process)] == ["clarifying", "opening", "awarding", "contracting"]
    signing = sitting_of(process, "contracting")
    assert (signing.at, signing.opens_at, signing.over_at) == (signature_term(process).closes_at, RULED, None)

    secret, name = keys.mint(), keys.stream_name(process.number, process.ocid)
    key = {"act": "contracting", "digest": keys.digest_of(secret)}
    commands.issue_key(w[Role.OFFICER], process.ocid, at=DRAFTED, **key)
    for supplier in without_contract(process):
        contract = draft(w, process, supplier.key)
    first = commands.begin(name, secret, "1", at=SIGNED, real=SIGNED)
    assert Entry.objects.get(kind=BroadcastStarted.kind).event.sentence().endswith("firma del contrato")
    sign(w, contract, at=SIGNED + timedelta(minutes=5))
    assert sitting_of(process, "contracting").over_at == SIGNED + timedelta(minutes=5)

    stays = SIGNED + timedelta(minutes=5) + policy.AFTER
    commands.keep(name, secret, "1", at=stays, real=stays)
    assert Broadcast.objects.get(pk=first.pk).seen_at == stays
    with pytest.raises(Refused):
        commands.keep(name, secret, "1", at=stays + timedelta(seconds=1), real=stays)
    with pytest.raises(Refused):
        commands.issue_key(w[Role.OFFICER], process.ocid, at=stays, act="contracting", digest="0" * 64)


def test_where_nobody_won_there_is_nothing_to_sign(db):
    assert "contracting" not in [s.act for s in sittings_of(reach_awarding(world(), offers={}))]
