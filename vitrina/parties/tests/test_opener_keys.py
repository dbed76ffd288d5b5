# SPDX-License-Identifier: Apache-2.0
"""Keys of those who open envelopes: registered by their owner, proven with the sheet, retired; never in clear.

Specification: sealed bids, sections 2 and 14.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyrage
import pytest
from django.db import connection, connections

from tests.worlds.base import local, world
from tests.worlds.once import built_once, rolled_back
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry
from vitrina.ledger.verify import verify
from vitrina.parties import commands as parties
from vitrina.parties import signing
from vitrina.parties.actors import actor_of
from vitrina.parties.models import OpenerKey
from vitrina.parties.openers import commands
from vitrina.parties.openers.commands import MAX_LOCKED, OpenerKeyRefused
from vitrina.parties.openers.queries import OPENING_ROLES, fingerprint, key_of, usable_keys
from vitrina.parties.roles import Role
from vitrina.parties.signing import SigningRefused
from vitrina.site.demo.authority import demo_claim
from vitrina.site.demo.keys import KEYS

whole = built_once(world)
AT = local(2020, 3, 2)
LOCKED = KEYS[Role.OIC][2]  # some identity under a passphrase


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole


@pytest.fixture
def actor(w):
    """Somebody of internal control who has no key yet."""
    return newcomer(w)


def newcomer(w, role=Role.OIC, name="Nadia"):
    person = parties.register_person(
        email=f"{name}@vitrina.example", given_name=name, surname="Nueva", rfc=f"NUX{name[:1].upper()}800102AB1"
    )
    return actor_of(parties.appoint(at=AT, person=person, role=role, unit=w.buyer))


def fresh():
    identity = pyrage.x25519.Identity.generate()
    return identity, str(identity.to_public())


def register(actor, recipient, at=AT, **more):
    return commands.register_key(actor, at=at, **{"recipient": recipient, "locked": LOCKED, **more})


def answer(identity, challenge):
    return pyrage.decrypt(base64.b64decode(challenge), [identity]).decode()


def refusal(run, *arguments, **more):
    before = Entry.objects.count(), list(OpenerKey.objects.order_by("pk").values())
    with pytest.raises((OpenerKeyRefused, SigningRefused)) as refused:
        run(*arguments, **more)
    assert (Entry.objects.count(), list(OpenerKey.objects.order_by("pk").values())) == before
    assert str(refused.value)
    return refused.value.code


def test_a_key_is_registered_proven_and_may_then_be_counted_on(actor):
    identity, recipient = fresh()
    entry = register(actor, recipient)
    told = entry.event
    assert (entry.kind, entry.is_public, told.recipient, told.role) == (
        "opener.key.registered",
        True,
        recipient,
        "oic",
    )
    digest = hashlib.sha256(recipient.encode()).hexdigest()
    assert (
        told.fingerprint
        == f"{digest[:4]} {digest[4:8]} {digest[8:12]} {digest[12:16]} {digest[16:20]}"
        == fingerprint(recipient)
    )
    assert entry.stream == f"opener:{told.key}"
    key = key_of(actor.person_id)
    assert (key.id, key.proven_at, key.locked, usable_keys([actor.person_id])) == (told.key, None, LOCKED, {})

    challenge = commands.new_challenge(actor)
    proven = commands.prove_key(actor, at=AT + timedelta(hours=1), answer=answer(identity, challenge))
    assert (proven.kind, proven.stream, proven.event.key) == ("opener.key.proven", entry.stream, key.id)
    assert usable_keys([actor.person_id])[actor.person_id].proven_at == AT + timedelta(hours=1)
    assert verify().finding is None


def test_nobody_else_reads_the_test_envelope_and_each_is_good_once(actor, w):
    identity, recipient = fresh()
    register(actor, recipient)
    first = commands.new_challenge(actor)
    with pytest.raises(pyrage.DecryptError):
        answer(pyrage.x25519.Identity.from_str(KEYS[Role.OIC][0]), first)
    second = commands.new_challenge(actor)
    assert (
        refusal(commands.prove_key, actor, at=AT, answer=answer(identity, first)) == "answer"
    )  # a newer one was made
    token = answer(identity, second)
    for wrong in ("", token[:-1], token + " ", token.upper() + "x", "0" * 64):
        assert refusal(commands.prove_key, actor, at=AT, answer=wrong) == "answer"
    key = key_of(actor.person_id)
    assert token not in str(OpenerKey.objects.filter(pk=key.pk).values())  # only its digest is kept
    commands.prove_key(actor, at=AT, answer=token)
    assert refusal(commands.prove_key, actor, at=AT, answer=token) == "answer"
    # proven again, it is told again and the first instant stays
    again = answer(identity, commands.new_challenge(actor))
    commands.prove_key(actor, at=AT + timedelta(days=9), answer=again)
    assert key_of(actor.person_id).proven_at == AT


def test_another_key_retires_the_former_which_old_calls_may_name(actor):
    identity, recipient = fresh()
    register(actor, recipient)
    former = key_of(actor.person_id)
    commands.prove_key(actor, at=AT, answer=answer(identity, commands.new_challenge(actor)))
    _identity, another = fresh()
    register(actor, another, at=AT + timedelta(days=1))
    assert key_of(actor.person_id).recipient == another
    assert usable_keys([actor.person_id]) == {}  # until the new one is proven
    former.refresh_from_db()
    assert (former.retired_at, former.proven_at) == (AT + timedelta(days=1), AT)
    kinds = list(Entry.objects.filter(stream=f"opener:{former.id}").order_by("seq").values_list("kind", flat=True))
    assert kinds == ["opener.key.registered", "opener.key.proven", "opener.key.retired"]
    assert OpenerKey.objects.filter(person=actor.person_id, retired_at=None).count() == 1


def test_a_retired_key_is_not_counted_on_nor_proven_nor_retired_again(actor):
    identity, recipient = fresh()
    register(actor, recipient)
    challenge = commands.new_challenge(actor)
    assert commands.retire_key(actor, at=AT).kind == "opener.key.retired"
    assert key_of(actor.person_id) is None
    assert refusal(commands.prove_key, actor, at=AT, answer=answer(identity, challenge)) == "no-key"
    assert refusal(commands.new_challenge, actor) == "no-key"
    assert refusal(commands.retire_key, actor, at=AT) == "no-key"
    assert refusal(register, actor, recipient) == "recipient"  # nor registered once more


@pytest.mark.parametrize("role", list(Role))
def test_only_offices_that_open_envelopes_have_keys(w, role):
    _identity, recipient = fresh()
    found = newcomer(w, role, "Otra") if role is Role.OPERATOR or role in OPENING_ROLES else w[role]
    if role in OPENING_ROLES:
        assert register(found, recipient).event.role == role
    else:
        assert refusal(register, found, recipient) == "role"


def misspelt(text):
    return text[:-1] + ("p" if text[-1] == "q" else "q")


RECIPIENTS = {
    "nothing": "", "no recipient": "age1nadie", "a secret": KEYS[Role.OIC][0], "of another kind": "ssh-ed25519 AAAA",
    "capitals": fresh()[1].upper(), "a space": f" {fresh()[1]}", "a line": f"{fresh()[1]}\n", "one sign changed": misspelt(fresh()[1]),
    "two": f"{fresh()[1]} {fresh()[1]}", "long": "age1" + "q" * 9000, "null": "\0", "registered": KEYS[Role.OIC][1],
}  # fmt: skip


@pytest.mark.parametrize("name", RECIPIENTS)
def test_what_is_no_new_public_half_is_refused(actor, name):
    assert refusal(register, actor, RECIPIENTS[name]) == "recipient"


def in_clear():
    """An identity as it must not come: as text, or sealed to a key that the server could have."""
    identity, _recipient = fresh()
    text = str(identity).encode()
    return base64.b64encode(text).decode(), base64.b64encode(pyrage.encrypt(text, [identity.to_public()])).decode()


LOCKS = {
    "nothing": "", "no base64": "¿?", "text": in_clear()[0], "under another key": in_clear()[1], "cut": LOCKED[:-1],
    "too long": LOCKED + "A" * MAX_LOCKED, "armour": base64.b64encode(b"-----BEGIN AGE ENCRYPTED FILE-----").decode(),
}  # fmt: skip


@pytest.mark.parametrize("name", LOCKS)
def test_the_private_half_comes_locked_or_not_at_all(actor, name):
    assert refusal(register, actor, fresh()[1], locked=LOCKS[name]) == "locked"


def test_no_table_ever_holds_a_private_half(actor):
    identity, recipient = fresh()
    register(actor, recipient)
    commands.prove_key(actor, at=AT, answer=answer(identity, commands.new_challenge(actor)))
    secrets = [str(identity), *(row[0] for row in KEYS.values())]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text = "\n".join(row for (row,) in cursor.fetchall())
            assert not [s for s in secrets if s in text], table


def test_where_the_policy_asks_for_it_the_registration_is_signed(actor, settings):
    settings.SIGNING_PROFILE = "elsewhere"
    _identity, recipient = fresh()
    rfc, kind = "NUXN800102AB1", commands.PAYLOAD_TYPE
    body = commands.registration_payload(recipient)
    assert body == canonical({"type": kind, "recipient": recipient})
    assert refusal(register, actor, recipient) == "SIGNATURE_NEEDED"
    other = demo_claim(rfc, kind, commands.registration_payload(fresh()[1]), AT)
    assert refusal(register, actor, recipient, claim=other) == "SIG_PAYLOAD_MISMATCH"
    entry = register(actor, recipient, claim=demo_claim(rfc, kind, body, AT))
    assert entry.event.signature["payload_sha256"] == hashlib.sha256(body).hexdigest()
    assert signing.short(entry.event.signature)
    assert rfc not in entry.body  # of a person the name is public, not the RFC


def test_a_signature_of_somebody_else_registers_nothing(w, actor):
    _identity, recipient = fresh()
    body = commands.registration_payload(recipient)
    claim = demo_claim(w.people[Role.WITNESS].rfc, commands.PAYLOAD_TYPE, body, AT)
    assert refusal(register, actor, recipient, claim=claim) == "CERT_RFC_MISMATCH"


def test_the_keys_of_the_demonstration_are_proven_and_open_what_is_sealed_to_them(w):
    people = {w.people[role].pk for role in KEYS}
    assert set(usable_keys(people)) == people
    for role, (identity, recipient, locked) in KEYS.items():
        assert key_of(w.people[role].pk).recipient == recipient
        assert str(pyrage.x25519.Identity.from_str(identity).to_public()) == recipient
        opened = pyrage.passphrase.decrypt(base64.b64decode(locked), "vitrina-demo").decode()
        assert opened.strip() == identity


@pytest.mark.django_db(transaction=True)
def test_two_keys_registered_at_once_leave_one_in_use():
    actor = newcomer(world())
    ready = threading.Barrier(6)

    def run(recipient):
        try:
            ready.wait(20)
            return register(actor, recipient).event.key
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(run, [fresh()[1] for _ in range(6)]))
    assert OpenerKey.objects.filter(person=actor.person_id).count() == 6
    (in_use,) = OpenerKey.objects.filter(person=actor.person_id, retired_at=None)
    assert in_use.id in made
