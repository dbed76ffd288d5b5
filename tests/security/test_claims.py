# SPDX-License-Identifier: Apache-2.0
"""Signatures that are no signatures: over other content, of another act, of another's certificate, of odd shapes.

Each is refused with a status of 4xx and a sentence, and leaves nothing behind.
"""

from __future__ import annotations

import base64
import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.fixtures.authority import key
from tests.fixtures.passkeys import Passkey
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core import signed
from vitrina.cycle.core.models import ActSignature, Process
from vitrina.kernel.canonical import canonical, digest_of
from vitrina.ledger.models import Entry
from vitrina.parties.models import OpenerKey, Person
from vitrina.parties.openers.commands import PAYLOAD_TYPE as KEY_TYPE
from vitrina.sealed import client, keys, objects
from vitrina.sealed.signature import sign_efirma
from vitrina.site.demo import clock
from vitrina.site.demo.authority import _issuer, demo_claim

from .attacker import HIV, Answer, Visitor, step_path
from .forged import BID, CERTIFICATES, RFC, by_certificate, certificate, odd_claims, passkey_claims, stranger
from .sealing import claim, seal

WHO = "supplier1"


@pytest.fixture(scope="module")
def ocid(site) -> str:
    return Process.objects.get(title=HIV).ocid


@pytest.fixture(scope="module")
def supplier(site) -> Visitor:
    who = Visitor(site.url).enter(f"{WHO}@vitrina.example")
    who.get("/mi-espacio/")  # the token against forgery
    return who


@pytest.fixture(scope="module")
def bid(supplier, ocid, tmp_path_factory) -> client.Sealed:
    """A bid that is ready and never received: every signature of this file is wrong."""
    return seal(supplier, ocid, "58.00", tmp_path_factory.mktemp("own"))


def left() -> tuple[int, ...]:
    rows = Entry.objects.exclude(kind="envelope.logged", body__contains='"reveal_by"')  # decoys come by themselves
    return (rows.count(), Envelope.objects.count(), ActSignature.objects.count(), OpenerKey.objects.count())


def refused(answer: Answer, *codes: str) -> str:
    """The code of a refusal that is one: 4xx, and a sentence for a person."""
    assert 400 <= answer.status < 500, (answer.status, answer.text[:300])
    assert answer.headers.get_content_type() == "application/json", answer.text[:300]
    [error] = answer.json["errors"]
    assert re.match(r"[A-ZÁÉÍÓÚ¿«].{10,}", error["message"]), error
    assert not re.search(r"Traceback|Error\b|django|\{|\x00", error["message"]), error
    if codes:
        assert error["code"] in codes, error
    return error["code"]


def send(supplier: Visitor, ocid: str, bid: client.Sealed, signature: Any) -> Answer:
    text = bid.manifest_bytes.decode()
    return supplier.say(f"/mi-espacio/compra/{ocid}/sobres/", {"object": text, "signature": signature})


@pytest.mark.parametrize("code", CERTIFICATES)
def test_a_certificate_that_does_not_sign_bids_is_named_for_what_it_is(supplier, ocid, bid, code):
    before = left()
    refused(send(supplier, ocid, bid, by_certificate(bid, **CERTIFICATES[code]())), code)
    assert left() == before


def test_a_certificate_of_nobody_known_or_signed_with_a_weak_hash_signs_nothing(supplier, ocid, bid):
    before = left()
    refused(
        send(supplier, ocid, bid, by_certificate(bid, certificate(stranger()))), "CHAIN_NO_ISSUER", "CHAIN_TEST_ROOT"
    )
    refused(send(supplier, ocid, bid, by_certificate(bid, certificate(_issuer(), weak_hash=True))), "CERT_WEAK")
    ours = certificate(_issuer())
    other = sign_efirma(key("another key"), ours, BID, bid.manifest_bytes, clock.now())
    refused(send(supplier, ocid, bid, other), "SIG_BAD")
    assert left() == before


def test_a_signature_over_other_content_or_of_another_act_is_refused(supplier, ocid, bid, tmp_path):
    before, at = left(), clock.now()
    another = seal(supplier, ocid, "59.00", tmp_path)
    withdrawal = client.withdraw(bid.manifest)
    kind = objects.PAYLOAD_TYPES["sobre/v1/retiro"]
    replayed = {
        "of another bid": claim(another, at),
        "of a withdrawal": demo_claim(RFC, kind, withdrawal, at),
        "of a withdrawal, called a bid": demo_claim(RFC, kind, withdrawal, at) | {"payload_type": BID},
        "of an act": demo_claim(RFC, signed.PAYLOAD_TYPE, bid.manifest_bytes, at),
        "of an act, called a bid": demo_claim(RFC, signed.PAYLOAD_TYPE, bid.manifest_bytes, at)
        | {"payload_type": BID},
        "of the bytes alone": demo_claim(RFC, "", bid.manifest_bytes, at) | {"payload_type": BID},
    }
    for which, one in replayed.items():
        assert refused(send(supplier, ocid, bid, one)) == "SIG_PAYLOAD_MISMATCH", which
    body = {"object": withdrawal.decode(), "signature": claim(bid, at), "previous": bid.manifest_bytes.decode()}
    refused(supplier.say(f"/mi-espacio/compra/{ocid}/sobres/", body), "SIG_PAYLOAD_MISMATCH")
    assert left() == before


def test_claims_of_odd_shapes_are_refused_in_words(supplier, ocid, bid):
    before, good = left(), claim(bid, clock.now())
    many = [
        c
        for c in odd_claims(good)
        if c != good and (not isinstance(c, dict) or c.get("signed_at_client") != "20201013T100000Z")
    ]
    for odd in many:
        code = refused(send(supplier, ocid, bid, odd))
        assert code in {"request", "signature"} or code.isupper(), (code, str(odd)[:80])
    assert len(many) > 90
    assert left() == before


@pytest.mark.parametrize(
    "path",
    [
        "/mi-espacio/compra/{}/sobres/",
        "/mi-espacio/compra/{}/respaldo/",
        "/mi-espacio/llave/datos/",
        "/mi-espacio/compra/{}/llaves/datos/",
    ],
)
def test_requests_that_are_no_json_of_ours_are_refused_in_words(site, ocid, path):
    who = Visitor(site.url).enter(f"{'officer' if 'llave' in path else WHO}@vitrina.example")
    who.get("/mi-espacio/")
    path, before = path.format(ocid), left()
    deep, token = "[" * 100_000, who.cookie("csrftoken")
    bodies = [deep, '{"object":' * 20_000, json.dumps({"object": deep[:200_000], "signature": None}), '{"object":"' + "\\" * 9 + '"}', "null", "[]", "1", "", "{", "NaN",
              '{"object":"\\ud800","identity":"\\ud800","action":"\\ud800","round":"\\ud800","shares":{}}', '{"signature":' + deep[:90_000], "1" * 5000,
              json.dumps({"object": "\x00", "identity": "\x00", "action": "\x00", "round": "\x00", "shares": {"\x00": "\x00"}}),
              json.dumps({"object": {"type": "sobre/v1"}, "identity": [], "action": {}, "round": [], "shares": []}), '{"object":"{\\"type\\":[]}"}',
              json.dumps({"object": json.dumps({"type": "sobre/v1"}), "previous": 7, "signature": {}}), "x" * 300_000, json.dumps({"shares": {"a" * 200_000: "AA=="}, "round": "custody"}),
              json.dumps({"action": "register", "recipient": "age1" + "q" * 90_000, "locked": "A" * 90_000}), json.dumps({"action": "prove", "answer": "\ud800"}),
              json.dumps({"action": "register", "recipient": "AGE-SECRET-KEY-1" + "Q" * 58, "locked": ""}), '{"action":"retire_","action":"drop"}']  # fmt: skip
    for body in bodies:
        for kind in ("application/json", "application/octet-stream"):
            answer = who.ask(
                path, method="POST", body=body.encode(errors="surrogatepass"), Content_Type=kind, X_CSRFToken=token
            )
            refused(answer)
    assert left() == before


def test_json_that_is_not_utf8_and_bodies_that_are_too_large_are_refused(supplier, ocid):
    path = f"/mi-espacio/compra/{ocid}/sobres/"
    token = supplier.cookie("csrftoken")
    for body in (b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\x80", b'{"object":"\xc3\x28"}'):
        answer = supplier.ask(path, method="POST", body=body, Content_Type="application/json", X_CSRFToken=token)
        refused(answer, "request")
    answer = supplier.ask(
        path, method="POST", body=b" " * (3 << 20), Content_Type="application/json", X_CSRFToken=token
    )
    assert answer.status == 413


def test_passkeys_that_lie_are_refused_in_words(site, ocid, tmp_path):
    who = Visitor(site.url).enter("supplier2@vitrina.example")
    other = seal(who, ocid, "57.00", tmp_path)
    device = Passkey(host=urlsplit(site.url).hostname).register(
        Person.objects.get(user__email="supplier2@vitrina.example").user
    )
    before, body = left(), other.manifest_bytes
    for name, one in passkey_claims(site, device, body).items():
        assert refused(send(who, ocid, other, one)), name
    thief = Visitor(site.url).enter(f"{WHO}@vitrina.example")  # the device is of somebody else's account
    mine = seal(thief, ocid, "57.00", tmp_path)
    refused(
        send(thief, ocid, mine, device.claim(BID, mine.manifest_bytes, clock.now(), origin=site.url)),
        "PASSKEY_UNKNOWN",
    )
    assert left() == before
    true = send(who, ocid, other, device.claim(BID, body, clock.now(), origin=site.url))
    assert true.status == 201, true.text  # it was the lies that were refused


def reviewed(visitor: Visitor, path: str, fields: dict[str, str]) -> tuple[str, dict[str, Any], dict[str, str]]:
    """The review of a step: its page, what a browser would sign of it, and the fields that it sends back."""
    own = visitor.tokens(path)
    page = visitor.post(path, {**own, **fields}).text

    def shown(name: str) -> str:
        return unescape(re.search(rf'data-shows="{name}">(.*?)</', page, re.DOTALL)[1])

    rows = re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page, re.DOTALL)
    kept = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)" data-kept>', page)
    told = {
        "type": signed.PAYLOAD_TYPE, "ocid": path.split("/")[3], "purchase": shown("purchase"), "command": path.split("/")[4], "act": shown("act"),
        "consequence": shown("consequence"), "signer": shown("signer"), "fields": [{"label": unescape(a), "value": unescape(b.replace("<br>", "\n"))} for a, b in rows],
        "form_sha256": digest_of([[n, unescape(v).replace("\r\n", "\n")] for n, v in kept]), "token": own["token"],
    }  # fmt: skip
    return page, told, {**own, **fields, "confirm": "1"}


def test_what_was_signed_for_one_question_signs_no_other(site):
    path = step_path(Process.objects.get(title="Equipo de venoclisis").ocid, "clarifying.ask")
    who, at = Visitor(site.url).enter(f"{WHO}@vitrina.example"), clock.now()
    _page, told, fields = reviewed(who, path, {"topic": "technical", "text": "¿Se firma la pregunta?"})
    text = canonical(told)
    good = demo_claim(RFC, signed.PAYLOAD_TYPE, text, at)
    sent = {"signed": text.decode(), "signature": json.dumps(good)}
    before = left()
    _page, second, others = reviewed(who, path, {"topic": "technical", "text": "¿Se firma otra?"})
    assert second["token"] != told["token"]
    lies = {
        "replayed": (others, sent),
        "other words": ({**fields, "text": "¿Otra cosa?"}, sent),
        "other topic": ({**fields, "topic": "legal"}, sent),
        "text of the other": (others, sent | {"signed": canonical(second).decode()}),
        "no text": (others, sent | {"signed": ""}),
        "odd": (fields, sent | {"signature": "[" * 60_000}),
        "odd object": (fields, sent | {"signature": '{"kind":' * 5000}),
        "long": (fields, sent | {"signature": json.dumps(good | {"value": "A" * 70_000})}),
        "list": (fields, sent | {"signature": json.dumps([good])}),
        "bid": (fields, sent | {"signature": json.dumps(demo_claim(RFC, BID, text, at))}),
        "csd": (fields, sent | {"signature": json.dumps(sign_efirma(key(RFC), certificate(_issuer(), kind="csd"), signed.PAYLOAD_TYPE, text, at))}),
    }  # fmt: skip
    for name, (form, claimed) in lies.items():
        answer = who.post(path, {**form, **claimed})
        assert answer.status == 422, (name, answer.status)
        assert 'role="alert"' in answer.text, name
        assert "Traceback" not in answer.text
    assert left() == before
    assert "/recibo/" in who.post(path, {**fields, **sent}).location
    assert ActSignature.objects.latest("pk").entry.kind == "question.asked"


def test_an_openers_key_is_registered_by_its_owner_alone(site):
    who = Visitor(site.url).enter("oic@vitrina.example")
    before, at = left(), clock.now()
    recipient = keys.recipient(keys.new_secret())
    locked = who.get("/mi-espacio/llave/datos/").json["key"]["locked"]
    body = canonical({"type": KEY_TYPE, "recipient": recipient})
    person = Person.objects.get(user__email="witness@vitrina.example")
    lies = [
        demo_claim(person, KEY_TYPE, body, at),  # another official's
        demo_claim(RFC, KEY_TYPE, body, at),  # a company's
        demo_claim(
            Person.objects.get(user__email="oic@vitrina.example"), KEY_TYPE, body.replace(b"age1", b"age2"), at
        ),
        demo_claim(Person.objects.get(user__email="oic@vitrina.example"), BID, body, at),
    ]
    for one in lies:
        asked = {"action": "register", "recipient": recipient, "locked": locked, "signature": one}
        refused(who.say("/mi-espacio/llave/datos/", asked), "CERT_RFC_MISMATCH", "SIG_PAYLOAD_MISMATCH")
    for asked in (
        {
            "action": "register",
            "recipient": recipient,
            "locked": base64.b64encode(keys.identity(keys.new_secret()).encode()).decode(),
        },
        {"action": "register", "recipient": recipient, "locked": ""},
        {
            "action": "register",
            "recipient": who.get("/mi-espacio/llave/datos/").json["key"]["recipient"],
            "locked": locked,
        },
        {"action": "prove", "answer": ""},
        {"action": "prove", "answer": "x" * 1000},
    ):
        refused(who.say("/mi-espacio/llave/datos/", asked))
    assert left() == before
