# SPDX-License-Identifier: Apache-2.0
"""Who opens the envelopes: two or three people of different offices, each with a proven key, more than half together.

Specification: sealed bids, section 2.
"""

from __future__ import annotations

import base64

import pyrage
import pytest

from tests.worlds.base import local, world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.research import reach_research
from tests.worlds.sealing import event_of
from tests.worlds.tendering import PUBLISHED, call, panel
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering.models import Opener
from vitrina.cycle.tendering.openers import chosen, panel_for_seal, threshold_of
from vitrina.cycle.tendering.queries import openers_of, tender_of
from vitrina.ledger.models import Entry
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.openers import commands as opener_keys
from vitrina.parties.openers.queries import key_of
from vitrina.parties.roles import Role
from vitrina.site.demo.keys import KEYS

whole = built_once(lambda: (w := world(), reach_research(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def publish(w, process, members=None, **changes):
    terms = call(w, **({"panel": members} if members is not None else {}), **changes)
    return tendering.publish_call(w[Role.OFFICER], process.ocid, at=PUBLISHED, **terms)


def members(w, *roles):
    """A panel of one evaluator and these offices."""
    return [
        {"person_id": w.evaluator_people[0].pk, "role": "evaluator"},
        *({"person_id": w.people[r].pk, "role": str(r)} for r in roles),
    ]


def refusal(run, *arguments, **more):
    before = Entry.objects.count(), Opener.objects.count()
    with pytest.raises(Refused) as refused:
        run(*arguments, **more)
    assert (Entry.objects.count(), Opener.objects.count()) == before
    (only,) = refused.value.refusals
    return only


def test_the_officer_internal_control_and_the_witness_hold_the_keys(w, process):
    publish(w, process)
    rows = openers_of(process)
    assert [(o.x, o.role, o.person_id) for o in rows] == [
        (1, "officer", w[Role.OFFICER].person_id),
        (2, "oic", w[Role.OIC].person_id),
        (3, "witness", w[Role.WITNESS].person_id),
    ]
    assert tender_of(process).threshold == 2
    told = event_of(process, "call.published")
    assert told.threshold == 2
    for ref, row in zip(told.openers, rows, strict=True):
        assert (ref.key, ref.x, ref.role, ref.name, ref.recipient) == (
            row.key_id,
            row.x,
            row.role,
            row.name,
            row.key.recipient,
        )
        registered = Entry.objects.get(digest=ref.registration)  # whoever seals checks the registration of each key
        assert (registered.kind, registered.event.recipient) == ("opener.key.registered", ref.recipient)
    assert panel_for_seal(process) == [{"id": r.key_id, "recipient": r.key.recipient} for r in rows]
    assert panel_for_seal(process)[1]["recipient"] == KEYS[Role.OIC][1]


@pytest.mark.parametrize("other", [Role.OIC, Role.WITNESS])
def test_two_are_enough_and_then_both_are_needed(w, process, other):
    publish(w, process, members(w, other))
    assert [o.role for o in openers_of(process)] == ["officer", str(other)]
    assert tender_of(process).threshold == 2


def test_one_alone_must_not_open(w, process):
    found = refusal(publish, w, process, members(w))
    assert (found.code, found.field) == ("openers", "oic")


def test_two_must_not_stand_for_one_office(w, process):
    second = parties.register_person(email="oic2@vitrina.example", given_name="Otilia", surname="Segunda")
    parties.appoint(at=local(2020, 1, 2), person=second, role=Role.OIC, unit=w.buyer)
    both = [*members(w, Role.OIC), {"person_id": second.pk, "role": "oic"}]
    assert refusal(publish, w, process, both).code == "openers"


def test_nobody_holds_two_keys(w, process):
    parties.appoint(at=local(2020, 1, 2), person=w.people[Role.OFFICER], role=Role.OIC, unit=w.buyer)
    twice = [*members(w), {"person_id": w.people[Role.OFFICER].pk, "role": "oic"}]
    assert refusal(publish, w, process, twice).code == "openers"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.OIC, Role.WITNESS])
@pytest.mark.parametrize("how", ["retired", "not proven", "none"])
def test_each_needs_a_proven_key_and_the_refusal_says_whose(w, process, role, how):
    actor = w[role]
    if how == "none":
        key = key_of(actor.person_id)
        type(key).objects.filter(pk=key.pk).update(retired_at=PUBLISHED)
    elif how == "retired":
        opener_keys.retire_key(actor, at=PUBLISHED)
    else:
        identity = pyrage.x25519.Identity.generate()
        opener_keys.register_key(actor, at=PUBLISHED, recipient=str(identity.to_public()), locked=KEYS[role][2])
    found = refusal(publish, w, process)
    assert (found.code, found.field) == ("opener-key", str(role) if role != Role.OFFICER else "")
    assert actor.name in found.message
    if how == "not proven":
        challenge = opener_keys.new_challenge(actor)
        answer = pyrage.decrypt(base64.b64decode(challenge), [identity]).decode()
        opener_keys.prove_key(actor, at=PUBLISHED, answer=answer)
        publish(w, process)
        assert {o["recipient"] for o in panel_for_seal(process)} >= {str(identity.to_public())}


def test_a_key_that_is_retired_after_the_call_still_opens_what_was_sealed_to_it(w, process):
    publish(w, process)
    before = panel_for_seal(process)
    opener_keys.retire_key(w[Role.OIC], at=PUBLISHED)
    assert panel_for_seal(process) == before


@pytest.mark.parametrize(
    ("n", "asked", "k"),
    [(2, None, 2), (2, 2, 2), (2, 1, None), (3, None, 2), (3, 2, 2), (3, 3, 3), (3, 1, None), (3, 4, None), (3, 0, 2),
     (3, -1, None), (4, None, 3), (16, None, 9), (16, 8, None), (16, 16, 16)],
)  # fmt: skip
def test_more_than_half_open_together(n, asked, k):
    if k is None:
        with pytest.raises(Refused) as refused:
            threshold_of(n, asked)
        assert (refused.value.codes, refused.value.refusals[0].field) == (["threshold"], "threshold")
    else:
        assert threshold_of(n, asked) == k


@pytest.mark.parametrize(("asked", "k"), [(None, 2), (2, 2), (3, 3)])
def test_the_call_may_ask_for_more(w, process, asked, k):
    publish(w, process, threshold=asked)
    assert (tender_of(process).threshold, event_of(process, "call.published").threshold) == (k, k)


@pytest.mark.parametrize("asked", [1, 4, -2, 99])
def test_and_not_for_less_nor_for_more_than_there_are(w, process, asked):
    assert refusal(publish, w, process, threshold=asked).code == "threshold"


def test_evaluators_hold_no_key(w, process):
    publish(w, process)
    assert not {o.person_id for o in openers_of(process)} & {p.pk for p in w.evaluator_people}
    refs = event_of(process, "call.published").panel
    assert chosen(w[Role.OFFICER], panel(w), refs)[0] == (w[Role.OFFICER].person_id, "officer")


def test_who_publishes_is_who_presides_with_a_key_of_their_own(w, process):
    other = parties.register_person(email="oficial2@vitrina.example", given_name="Oralia", surname="Otra")
    actor = actor_of(parties.appoint(at=local(2020, 1, 2), person=other, role=Role.OFFICER, unit=w.buyer))
    with pytest.raises(Refused) as refused:
        tendering.publish_call(actor, process.ocid, at=PUBLISHED, **call(w))
    assert refused.value.codes == ["opener-key"]
