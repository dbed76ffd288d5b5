# SPDX-License-Identifier: Apache-2.0
"""An opener who is replaced before the act: the bidders deal that one share anew, nothing else is sent again.

Specification: sealed bids, sections 4.3 and 10.
"""

import base64
from datetime import timedelta
from io import BytesIO

import pyrage
import pytest

from tests.worlds.base import local, world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, signed
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import KEYS, OPENED, give_keys, hold_act
from tests.worlds.sealing import asked, event_of, events_of, give, rows_of, sealed_by, states_of, submit
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering.models import PanelMember
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import openers_of
from vitrina.ledger.models import Entry
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.models import Person
from vitrina.parties.openers import commands as opener_keys
from vitrina.parties.roles import Role
from vitrina.sealed import client
from vitrina.sealed.agefile import decrypt_bytes
from vitrina.sealed.opening import decrypt_share
from vitrina.site.demo import keys as demo_keys

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={0: "54.90"})))
AT = RECEIVED + timedelta(hours=2)
LOCKED = demo_keys.KEYS[Role.OIC][2]  # an identity under a passphrase


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def newcomer(w, role=Role.WITNESS, name="Nadia", *, unit=None, proven=True):
    """A person in an office with a key of their own: (actor, identity)."""
    person = parties.register_person(email=f"{name}@vitrina.example", given_name=name, surname="Nueva")
    actor = actor_of(parties.appoint(at=local(2020, 1, 2), person=person, role=role, unit=unit or w.buyer))
    identity = pyrage.x25519.Identity.generate()
    opener_keys.register_key(actor, at=RECEIVED, recipient=str(identity.to_public()), locked=LOCKED)
    challenge = opener_keys.new_challenge(actor)
    if proven:
        answer = decrypt_bytes(base64.b64decode(challenge), str(identity)).decode()
        opener_keys.prove_key(actor, at=RECEIVED, answer=answer)
    return actor, str(identity)


def replace(w, process, actor, *, place=3, at=AT, by=None):
    return tendering.replace_opener(
        by or w[Role.OFFICER], process.ocid, at=at, place=place, person_id=actor.person_id, reason="Licencia médica."
    )


def redeal(w, process, sealed, *, who=0, place=3, at=AT):
    """The bidder deals the share of a place anew to whoever holds it now."""
    data = client.redeal(sealed.manifest, sealed.identity, place, panel_for_seal(process)[place - 1])
    claim = signed(w.suppliers[who], data, at)
    return bidding.redeal(
        w.suppliers[who], process.ocid, at=at, data=data, claim=claim, previous=sealed.manifest_bytes
    )


def give_own(process, actor, identity, round_name):
    opener = next(o for o in openers_of(process) if o.person_id == actor.person_id)
    shares = {one.c: decrypt_share(identity, one.age) for one in envelope.wanted_of(opener, round_name)}
    if shares:
        opening.give_shares(actor, process.ocid, at=KEYS, round=round_name, shares=shares)
    return shares


def own_bid(w, process):
    return next(s for s in w.kept.values() if s.manifest.ocid == process.ocid)


def refusal(run, *arguments, **more):
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        run(*arguments, **more)
    assert Entry.objects.count() == before
    return refused.value.codes[0]


def test_it_is_public_who_holds_the_key_from_now_on(w, process):
    actor, _identity = newcomer(w)
    entry = replace(w, process, actor)
    told = entry.event
    assert (told.former, told.opener.name, told.opener.x, told.opener.role) == (
        w[Role.WITNESS].name, actor.name, 3, "witness",
    )  # fmt: skip
    assert told.opener.recipient == panel_for_seal(process)[2]["recipient"]
    assert [o.person_id for o in openers_of(process)] == [
        w[Role.OFFICER].person_id, w[Role.OIC].person_id, actor.person_id,
    ]  # fmt: skip
    members = set(PanelMember.objects.filter(process=process, role="witness").values_list("person", flat=True))
    assert members == {actor.person_id}


def test_with_the_share_dealt_anew_the_new_opener_opens_what_was_sealed_before(w, process):
    sealed = own_bid(w, process)
    actor, identity = newcomer(w)
    replace(w, process, actor)
    n_parts = len(rows_of(process)[0].files)
    redeal(w, process, sealed)
    assert [len(row.files) for row in rows_of(process)] == [n_parts, 0]  # nothing was uploaded again

    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert list(give_own(process, actor, identity, "custody")) == [rows_of(process)[1].c]  # of what came since
    for role in (Role.OFFICER, Role.OIC):
        give(w, process, role, "custody")
    assert states_of(process) == ["live", "notice"]
    shown = events_of(process, "envelope.revealed")
    assert [e.object_type for e in shown] == ["sobre/v1", "sobre/v1/reparto"]
    assert list(give_own(process, actor, identity, "bids")) == [sealed.c]
    give(w, process, Role.OIC, "bids")
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert [b.bid_id for b in opened_bids(process)] == [sealed.c[:26]]
    assert event_of(process, "bid.opened").share_audit == (True, True, True)
    assert event_of(process, "envelopes.audited").findings == ()


def test_without_it_the_two_others_open_it(w, process):
    sealed = own_bid(w, process)
    actor, identity = newcomer(w)
    replace(w, process, actor)
    after = bid(w, process, 1, "51.30", at=AT)  # sealed to the new opener
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert list(give_own(process, actor, identity, "custody")) == [after.c]
    for role in (Role.OFFICER, Role.OIC):
        give(w, process, role, "custody")
    assert list(give_own(process, actor, identity, "bids")) == [after.c]
    for role in (Role.OFFICER, Role.OIC):
        give(w, process, role, "bids")
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert {b.bid_id for b in opened_bids(process)} == {sealed.c[:26], after.c[:26]}


def test_the_act_does_not_wait_for_one_who_holds_no_share(w, process):
    """One of the two who hold a share lost it: there is nobody else to wait for."""
    actor, _identity = newcomer(w)
    replace(w, process, actor)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    for role in (Role.OFFICER, Role.OIC):
        give(w, process, role, "custody")
    give(w, process, Role.OFFICER, "bids")
    assert refusal(opening.open_bids, w[Role.OFFICER], process.ocid, at=OPENED) == "keys"
    give(w, process, Role.OIC, "bids", dict.fromkeys(asked(w, process, Role.OIC, "bids"), b""))
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert event_of(process, "bid.unopenable").reason == "no_keys"


def test_the_former_opener_gives_nothing_any_more(w, process):
    actor, _identity = newcomer(w)
    replace(w, process, actor)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    arguments = {"at": KEYS, "round": "custody", "shares": {"0" * 64: b"\1" * 33}}
    assert refusal(opening.give_shares, w[Role.WITNESS], process.ocid, **arguments) == "opener"


def test_a_page_that_was_open_when_the_opener_changed_seals_to_nobody(w, process, tmp_path):
    before = sealed_by(w, process, 1, out=tmp_path)
    actor, _identity = newcomer(w)
    replace(w, process, actor)
    assert refusal(submit, w, process, 1, before.manifest_bytes, at=AT) == "panel"


def test_a_share_dealt_anew_late_is_told_and_not_asked_for(w, process):
    sealed = own_bid(w, process)
    actor, identity = newcomer(w)
    replace(w, process, actor)
    redeal(w, process, sealed, at=OPENING)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    for role in (Role.OFFICER, Role.OIC):
        give(w, process, role, "custody")
    assert states_of(process) == ["live", "late"]
    assert give_own(process, actor, identity, "bids") == {}


def test_a_share_dealt_anew_to_another_than_the_opener_of_the_place_helps_nobody(w, process):
    sealed = own_bid(w, process)
    other = pyrage.x25519.Identity.generate()
    data = client.redeal(sealed.manifest, sealed.identity, 3, {"id": "ll-otra", "recipient": str(other.to_public())})
    claim = signed(w.suppliers[0], data, AT)
    bidding.redeal(w.suppliers[0], process.ocid, at=AT, data=data, claim=claim, previous=sealed.manifest_bytes)
    hold_act(w, process)
    assert states_of(process) == ["opened", "notice"]


# who may take the place


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER, Role.OPERATOR}))
def test_only_the_contracting_area_replaces(w, process, role):
    actor, _identity = newcomer(w)
    assert refusal(replace, w, process, actor, by=w[role]) == "role"


@pytest.mark.parametrize(
    ("place", "role", "code"),
    [
        (1, Role.OIC, "panel"),  # the officer's place is an officer's
        (1, Role.WITNESS, "panel"),
        (2, Role.WITNESS, "panel"),
        (3, Role.OIC, "panel"),
        (4, Role.WITNESS, "place"),
        (0, Role.WITNESS, "place"),
    ],
)
def test_it_must_be_the_same_office(w, process, place, role, code):
    actor, _identity = newcomer(w, role)
    assert refusal(replace, w, process, actor, place=place) == code


@pytest.mark.parametrize(("place", "role"), [(1, Role.OFFICER), (2, Role.OIC), (3, Role.WITNESS)])
def test_of_the_same_institution(w, process, place, role):
    other = parties.register_unit(at=local(2020, 1, 2), key="006G1C", name="Otra institución", kind="institute")
    stranger, _identity = newcomer(w, role, "Extraña", unit=other)
    assert refusal(replace, w, process, stranger, place=place) == "panel"
    own, _identity = newcomer(w, role, "Propia")
    assert replace(w, process, own, place=place).event.opener.x == place


def test_with_a_proven_key(w, process):
    actor, _identity = newcomer(w, proven=False)
    assert refusal(replace, w, process, actor) == "opener-key"
    nobody = Person.objects.order_by("-pk").first().pk + 100
    arguments = {"at": AT, "place": 3, "person_id": nobody, "reason": "x"}
    assert refusal(tendering.replace_opener, w[Role.OFFICER], process.ocid, **arguments) == "panel"


def test_not_somebody_who_holds_another_place_or_judges(w, process):
    parties.appoint(at=local(2020, 1, 2), person=w.people[Role.OIC], role=Role.WITNESS, unit=w.buyer)
    assert refusal(replace, w, process, w[Role.OIC]) in {"openers", "panel"}
    judge = w.evaluators[0]
    appointed = parties.appoint(at=local(2020, 1, 2), person=w.evaluator_people[0], role=Role.WITNESS, unit=w.buyer)
    both, identity = actor_of(appointed), pyrage.x25519.Identity.generate()
    opener_keys.register_key(both, at=RECEIVED, recipient=str(identity.to_public()), locked=LOCKED)
    answer = decrypt_bytes(base64.b64decode(opener_keys.new_challenge(both)), str(identity)).decode()
    opener_keys.prove_key(both, at=RECEIVED, answer=answer)
    assert refusal(replace, w, process, judge) == "panel"


def test_a_lost_key_is_replaced_by_the_same_persons_new_one(w, process):
    witness = w[Role.WITNESS]
    identity = pyrage.x25519.Identity.generate()
    opener_keys.register_key(witness, at=RECEIVED, recipient=str(identity.to_public()), locked=LOCKED)
    answer = decrypt_bytes(base64.b64decode(opener_keys.new_challenge(witness)), str(identity)).decode()
    opener_keys.prove_key(witness, at=RECEIVED, answer=answer)
    sealed = own_bid(w, process)
    replace(w, process, witness)
    redeal(w, process, sealed)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    for role in (Role.OFFICER, Role.OIC):
        give(w, process, role, "custody")
    assert list(give_own(process, witness, str(identity), "bids")) == [sealed.c]
    give(w, process, Role.OFFICER, "bids")
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert states_of(process)[0] == "opened"


def test_nobody_is_replaced_once_the_act_has_begun(w, process):
    actor, _identity = newcomer(w)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert refusal(replace, w, process, actor, at=OPENING) == "state"
    give_keys(w, process, at=KEYS)


def test_parts_may_still_follow_after_a_replacement(w, process, tmp_path):
    sealed = sealed_by(w, process, 1, out=tmp_path)
    submit(w, process, 1, sealed.manifest_bytes)
    actor, _identity = newcomer(w)
    replace(w, process, actor)
    for file, path in zip(sealed.manifest.files, sealed.files, strict=True):
        bidding.receive_part(sealed.c, file.parts[0], BytesIO(path.read_bytes()), at=AT)
    hold = opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    assert hold.pk
    give_keys(w, process, at=KEYS, roles=(Role.OFFICER, Role.OIC))
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert states_of(process) == ["opened", "opened"]
