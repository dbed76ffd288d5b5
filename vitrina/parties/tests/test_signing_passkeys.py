# SPDX-License-Identifier: Apache-2.0
"""Signing with a passkey of the account: what it takes, every way of failing, and the counter that betrays a copy."""

from __future__ import annotations

import base64
import json
import random

import pytest
from allauth.mfa.models import Authenticator

from tests.fixtures.authority import AT
from tests.fixtures.passkeys import Passkey
from vitrina.kernel.canonical import canonical
from vitrina.parties import signing
from vitrina.parties.models import Person
from vitrina.parties.signing.verdicts import Code
from vitrina.sealed.signature import verify_record

from .signing_world import BODY, COMPANY, TYPE, supplier


@pytest.fixture
def actor(db):
    return supplier(COMPANY, "empresa")


@pytest.fixture
def user(actor):
    return Person.objects.get(pk=actor.person_id).user


def accept(claim, actor, *, act="bid", body=BODY, payload_type=TYPE):
    return signing.accept(claim, payload_type=payload_type, body=body, actor=actor, act=act, at=AT)


def code(claim, actor, **more) -> str:
    with pytest.raises(signing.SigningRefused) as refused:
        accept(claim, actor, **more)
    return refused.value.code


@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_each_kind_of_device_signs_and_its_record_stands_alone(actor, user, kind):
    record = accept(Passkey(kind).register(user).claim(TYPE, BODY, AT), actor)

    assert (record["alg"], record["verified"], record["rp_id"], record["verdict"]) == (
        kind,
        "user",
        "vitrina.example",
        "OK",
    )
    assert json.loads(canonical(record)) == record
    assert verify_record(record, TYPE, BODY)
    assert signing.reverify(record, payload_type=TYPE, body=BODY) == Code.OK
    view = signing.public_view(record)
    assert verify_record(view, TYPE, BODY)
    assert "credential_id" not in view and signing.public_view(view) == view
    assert not verify_record(view, TYPE, BODY + b" ") and not verify_record(view, "vitrina/retiro/v1", BODY)
    assert "llave de acceso" in signing.in_words(view) and "No es una e.firma" in signing.in_words(view)


def test_every_way_of_failing_has_its_code(actor, user):
    device = Passkey().register(user)
    other = supplier_of_another()
    stranger = Passkey().register(other)
    cases = {
        "SIG_PAYLOAD_MISMATCH": [device.claim(TYPE, BODY + b" ", AT) , device.claim("vitrina/retiro/v1", BODY, AT) | {"payload_type": TYPE}, device.claim(TYPE, BODY, AT, challenge=b"x" * 32), device.claim("vitrina/retiro/v1", BODY, AT)],
        "PASSKEY_NOT_VERIFIED": [device.claim(TYPE, BODY, AT, verified=False)],
        "PASSKEY_UNKNOWN": [stranger.claim(TYPE, BODY, AT), Passkey().claim(TYPE, BODY, AT)],
        "PASSKEY_ORIGIN": [
            device.claim(TYPE, BODY, AT, origin="https://vitrina.example.evil.example"), device.claim(TYPE, BODY, AT, origin="https://evil.example"),
            device.claim(TYPE, BODY, AT, host="evil.example"), device.claim(TYPE, BODY, AT, cross_origin=True), device.claim(TYPE, BODY, AT, origin=""[:0] or "android:apk-key-hash:x"),
        ],
        "SIG_BAD": [
            device.claim(TYPE, BODY, AT) | {"value": stranger.claim(TYPE, BODY, AT)["value"]}, device.claim(TYPE, BODY, AT, ceremony="webauthn.create"),
            device.claim(TYPE, BODY, AT) | {"value": "AAAA"},
        ],
        "CLAIM_MALFORMED": [
            device.claim(TYPE, BODY, AT) | {"authenticator_data": "AAAA"}, device.claim(TYPE, BODY, AT) | {"client_data": "e30="},
            device.claim(TYPE, BODY, AT) | {"client_data": "AAAA"}, device.claim(TYPE, BODY, AT) | {"value": "?"},
        ],
    }  # fmt: skip
    for expected, claims in cases.items():
        for n, claim in enumerate(claims):
            assert code(claim, actor) == expected, (expected, n)
    for strange in ("", "ñ", "A" * 3, "%%%"):
        assert code(device.claim(TYPE, BODY, AT) | {"credential_id": strange}, actor) in {
            "PASSKEY_UNKNOWN",
            "CLAIM_MALFORMED",
        }


def supplier_of_another():
    from vitrina.parties import commands

    return commands.register_person(email="otra@vitrina.example", given_name="Otra", surname="Persona").user


def test_over_plain_http_only_where_settings_say_so(actor, user, settings):
    device = Passkey().register(user)
    claim = device.claim(TYPE, BODY, AT, origin="http://vitrina.example:8000")
    assert accept(claim, actor)["verdict"] == "OK"
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
    assert code(claim, actor) == "PASSKEY_ORIGIN"


def test_a_counter_that_does_not_go_on_betrays_a_copy(actor, user):
    device = Passkey(counter=5).register(user)
    first = device.claim(TYPE, BODY, AT)
    assert accept(first, actor, act="opening.close")["sign_count"] == 6
    assert code(first, actor, act="opening.close") == "PASSKEY_COUNTER"
    assert Authenticator.objects.get(user=user).data["sign_count"] == 6
    copy = Passkey(counter=4, id=device.id)
    copy.secret, copy.cose = device.secret, device.cose
    assert code(copy.claim(TYPE, BODY, AT), actor, act="opening.close") == "PASSKEY_COUNTER"
    assert accept(device.claim(TYPE, BODY, AT), actor, act="opening.close")["sign_count"] == 7
    assert Authenticator.objects.get(user=user).wrap().authenticator_data.credential_data  # still allauth's own


def test_sealing_a_bid_leaves_no_trace_in_the_account(actor, user):
    device = Passkey(counter=5).register(user)
    before = Authenticator.objects.filter(user=user).values().get()
    accept(device.claim(TYPE, BODY, AT), actor, act="bid")
    assert Authenticator.objects.filter(user=user).values().get() == before


def test_an_answer_with_anything_changed_is_refused_and_never_an_error(actor, user):
    good, chance, codes = Passkey().register(user).claim(TYPE, BODY, AT), random.Random(3), set()
    for _ in range(600):
        name = chance.choice(("authenticator_data", "client_data", "value"))
        data = bytearray(base64.b64decode(good[name]))
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        codes.add(code(good | {name: base64.b64encode(data).decode()}, actor))
    assert {"SIG_BAD", "PASSKEY_ORIGIN", "CLAIM_MALFORMED"} <= codes
    for deep in (b"[" * 30_000, b'{"type":' * 5000):
        assert code(good | {"client_data": base64.b64encode(deep).decode()}, actor) == "CLAIM_MALFORMED"
