# SPDX-License-Identifier: Apache-2.0
"""The addresses that the scripts of sealed bids call: by whom, with what, and nonsense in every shape: 4xx, never 500."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, signed
from tests.worlds.browsing import DESK, get, post, put, send, signed_in, upload
from tests.worlds.once import built_once, rolled_back
from tests.worlds.research import reach_research
from tests.worlds.sealing import changed, sealed_by
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.ledger.models import Entry
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.roles import Role
from vitrina.sealed import client as sealing

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={})))
OPENERS = (Role.OFFICER, Role.OIC, Role.WITNESS)
DEEP = b'{"a":' * 100_000
HALF = "\ud800"  # half a character, which JSON can spell and nothing can write


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.SEALED_DIR = tmp_path / "sealed"


@pytest.fixture
def w(whole, clock):
    clock.set(RECEIVED)
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


@pytest.fixture
def sealed(w, process, tmp_path):
    return sealed_by(w, process, 0, out=tmp_path / "own")


def supplier(w, n=0):
    return signed_in(w.suppliers[n])


def refused(answer, *statuses):
    """The errors of an answer, after checking that it is one of these and written as errors are."""
    assert answer.status_code in (statuses or range(400, 500)), (answer.status_code, answer.content[:300])
    assert answer["Content-Type"] == "application/json"
    errors = answer.json()["errors"]
    assert errors and all(set(e) <= {"code", "message", "field"} and e["code"] and e["message"] for e in errors)
    return errors


# a bid, from its context to its receipt


def test_a_bid_goes_from_its_context_to_its_receipt(w, process, sealed, clock):
    browser = supplier(w)
    context = get(browser, f"compra/{process.ocid}/sellar/datos/").json()
    assert context["supplier"] == {"rfc": w.supplier_rows[0].rfc, "name": w.supplier_rows[0].name}
    assert (context["k"], [o["id"] for o in context["panel"]]) == (2, [s.opener for s in sealed.manifest.shares])
    assert (context["reveal_by"], context["envelope"], context["state"]) == ("2020-11", "economica", "open")

    answer = send(w, browser, 0, sealed)
    parts = [f.parts[0] for f in sealed.manifest.files]
    assert (answer.status_code, answer.json()["missing"]) == (201, parts)
    assert (answer.json()["c"], answer.json()["status"]) == (sealed.c, "logged")
    assert send(w, browser, 0, sealed).json() == answer.json()  # sent twice
    assert get(browser, f"sobres/{sealed.c}/recibo/").status_code in {200, 202}
    upload(browser, sealed)
    assert get(browser, f"sobres/{sealed.c}/partes/").json() == {"missing": [], "complete": True}

    clock.set(OPENING)
    late = sealed_by(w, process, 0, "1.00", out=sealed.files[0].parent, replaces=sealed.c)
    answer = send(w, browser, 0, late, previous=sealed.manifest_bytes)
    assert (answer.status_code, answer.json()["status"]) == (201, "late")
    assert get(browser, f"compra/{process.ocid}/sellar/datos/").json()["state"] == "closed"


def test_a_refusal_of_the_reception_is_told_as_its_code(w, process, sealed, tmp_path):
    wrong = changed(sealed.manifest_bytes, reveal_by="2021-01").decode()
    claim = signed(w.suppliers[0], wrong.encode(), RECEIVED)
    answer = post(supplier(w), f"compra/{process.ocid}/sobres/", {"object": wrong, "signature": claim})
    assert [e["code"] for e in refused(answer, 409)] == ["reveal_by"]
    other = sealed_by(w, process, 1, out=tmp_path / "b")
    assert [e["code"] for e in refused(send(w, supplier(w), 0, other), 409)] == ["supplier"]
    answer = send(w, supplier(w), 0, sealed, signature=signed(w.suppliers[1], sealed.manifest_bytes, RECEIVED))
    (error,) = refused(answer, 409)
    assert (error["code"], error["field"]) == ("CERT_RFC_MISMATCH", "signature")
    assert not error["message"].startswith("CERT_")
    assert not Envelope.objects.exists()


# who


PATHS = {  # address -> (method, offices)
    "compra/{ocid}/sellar/datos/": ("get", {Role.SUPPLIER}),
    "compra/{ocid}/sobres/": ("post", {Role.SUPPLIER}),
    "sobres/{c}/recibo/": ("get", {Role.SUPPLIER}),
    "sobres/{c}/partes/": ("get", {Role.SUPPLIER}),
    "sobres/{c}/partes/{part}/": ("put", {Role.SUPPLIER}),
    "compra/{ocid}/respaldo/": ("post", {Role.SUPPLIER}),
    "llave/datos/": ("get", set(OPENERS)),
    "compra/{ocid}/llaves/datos/": ("get", set(OPENERS)),
}


@pytest.mark.parametrize("path", PATHS)
def test_each_address_answers_its_own_offices_alone(w, process, sealed, path):
    send(w, supplier(w), 0, sealed)
    method, offices = PATHS[path]
    names = {"ocid": process.ocid, "c": sealed.c, "part": sealed.manifest.files[0].parts[0]}
    address = f"{DESK}/{path.format(**names)}"
    for role, actor in w.actors.items():
        browser = signed_in(actor)
        data = {} if method == "get" else {"data": b"{}", "content_type": "application/json"}
        status = getattr(browser, method)(address, **data).status_code
        if role in offices:
            assert status not in {403, 404, 405, 500}, (role, status)
        else:
            assert status in {302, 403, 404}, (role, status)
    assert getattr(Client(), method)(address).status_code == 302  # to the sign-in
    for other in {"get", "post", "put", "delete", "patch"} - {method, "get", "post"}:
        assert getattr(supplier(w), other)(address).status_code in {404, 405}


@pytest.mark.parametrize("role", OPENERS)
def test_an_opener_of_another_institution_sees_nothing_of_this_purchase(w, process, role):
    unit = parties.register_unit(at=RECEIVED, key="006G1C", name="Otra", kind="institute", can_contract=True)
    person = parties.register_person(email="ajena@vitrina.example", given_name="Jacinta", surname="Bermellón")
    browser = signed_in(actor_of(parties.appoint(at=RECEIVED, person=person, role=role, unit=unit)))
    path = f"compra/{process.ocid}/llaves/datos/"
    assert get(browser, path).status_code == 404
    assert post(browser, path, {"round": "custody", "shares": {}}).status_code == 404


def test_a_forged_request_from_another_site_is_refused(w, process, sealed):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = supplier(w).cookies
    for path, method in ((f"compra/{process.ocid}/sobres/", "post"), (f"sobres/{sealed.c}/partes/{'0' * 64}/", "put"),
                         ("llave/datos/", "post"), (f"compra/{process.ocid}/llaves/datos/", "post")):  # fmt: skip
        answer = getattr(browser, method)(f"{DESK}/{path}", b"{}", content_type="application/json")
        assert answer.status_code == 403


def test_another_supplier_who_knows_a_digest_learns_sizes_and_nothing_else(w, process, sealed):
    send(w, supplier(w), 0, sealed)
    rival = supplier(w, 1)
    told = [get(rival, f"sobres/{sealed.c}/{name}/") for name in ("partes", "recibo")]
    text = b"".join(answer.content for answer in told).decode()
    for secret in (w.supplier_rows[0].rfc, w.supplier_rows[0].key, sealed.manifest.salt, sealed.manifest.recipient):
        assert secret not in text
    # the bytes that were promised, and no others
    part = sealed.manifest.files[0].parts[0]
    refused(put(rival, f"sobres/{sealed.c}/partes/{part}/", b"junk"), 422)
    assert get(rival, f"sobres/{sealed.c}/partes/").json()["complete"] is False
    # and nothing can be withdrawn or replaced with what it knows
    data = changed(sealing.withdraw(sealed.manifest), supplier=w.supplier_rows[1].rfc)
    claim = signed(w.suppliers[1], data, RECEIVED)
    body = {"object": data.decode(), "signature": claim, "previous": sealed.manifest_bytes.decode()}
    assert [e["code"] for e in refused(post(rival, f"compra/{process.ocid}/sobres/", body), 409)] == ["previous"]


# nonsense


BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "no UTF-8": b"\xff\xfe{}",
    "deep": DEEP,
    "a list": b"[]",
    "a number": b"1e309",
    "a long number": b"9" * 6000,
    "text": b'"hola"',
    "null": b"null",
    "empty": b"{}",
    "another type": {"object": 5, "signature": {}, "round": 5, "shares": 5, "action": 5, "identity": 5},
    "lists": {"object": [], "signature": [], "round": [], "shares": [], "action": [], "identity": []},
    "objects": {"object": {}, "signature": "x", "round": {}, "shares": {"a": {}}, "action": {}, "identity": {}},
    "nulls": {"object": None, "signature": None, "round": None, "shares": None, "action": None, "identity": None},
    "half a character": {"object": HALF, "round": HALF, "shares": {HALF: HALF}, "action": HALF, "identity": HALF},
    "a null character": {"object": "\0", "round": "\0", "shares": {"\0": "\0"}, "action": "\0", "identity": "\0"},
    "a key twice": b'{"object":"a","object":"b","round":"custody","round":"bids","shares":{},"action":"x"}',
    "too large": {"object": "x" * 300_000, "round": "x" * 300_000, "action": "x" * 300_000},
    "other keys": {"objeto": "a", "clave": 1},
}
POSTED = {
    "envelopes": (Role.SUPPLIER, "compra/{ocid}/sobres/"),
    "backup": (Role.SUPPLIER, "compra/{ocid}/respaldo/"),
    "keys": (Role.OIC, "compra/{ocid}/llaves/datos/"),
    "key": (Role.WITNESS, "llave/datos/"),
}


@pytest.mark.parametrize("name", POSTED)
@pytest.mark.parametrize("started", [False, True])
def test_a_request_that_makes_no_sense_is_refused_and_leaves_nothing(w, process, name, started):
    bid(w, process, 0, "54.90", at=RECEIVED)
    if started:
        opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    role, path = POSTED[name]
    browser, before = signed_in(w[role]), (Entry.objects.count(), Envelope.objects.count())
    for kind, body in BODIES.items():
        with rolled_back():
            answer = post(browser, path.format(ocid=process.ocid), body)
            assert 400 <= answer.status_code < 500, (kind, answer.status_code)
            if answer["Content-Type"] == "application/json":
                refused(answer)
            else:
                assert answer.status_code in {400, 413}, kind
            assert (Entry.objects.count(), Envelope.objects.count()) == before, kind


OBJECTS = {
    "no JSON": "{",
    "a list": "[]",
    "no type": "{}",
    "another type": '{"type":"sobre/v2"}',
    "a decoy": '{"reveal_by":"2020-11","salt":"' + "0" * 64 + '","type":"sobre/v1/senuelo"}',
    "a type that is a list": '{"type":["sobre/v1"]}',
    "a type that is an object": '{"type":{"sobre/v1":1}}',
    "deep": '{"type":"sobre/v1","ocid":' + "[" * 50_000 + "]" * 50_000 + "}",
    "deeper than can be read": DEEP.decode(),
    "only a type": '{"type":"sobre/v1"}',
    "a withdrawal of nothing": '{"type":"sobre/v1/retiro"}',
    "a share of nothing": '{"type":"sobre/v1/reparto"}',
    "half a character": '{"type":"sobre/v1","ocid":"\\ud800"}',
    "a null character": '{"type":"sobre/v1","ocid":"\\u0000"}',
    "a huge number": '{"type":"sobre/v1","k":' + "9" * 3000 + "}",
    "not a number": '{"type":"sobre/v1","k":NaN}',
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_that_is_none_is_refused(w, process, kind):
    browser = supplier(w)
    for extra in ({}, {"signature": {}}, {"signature": {"kind": "efirma"}, "previous": OBJECTS[kind]}):
        answer = post(browser, f"compra/{process.ocid}/sobres/", {"object": OBJECTS[kind], **extra})
        refused(answer, 400, 409)
    assert not Envelope.objects.exists()


def claims(good):
    """Signatures that are none."""
    passkey = {
        "kind": "passkey", "payload_type": good["payload_type"], "credential_id": "AAAA", "authenticator_data": "AAAA",
        "client_data": "e30=", "value": "AAAA", "signed_at_client": good["signed_at_client"],
    }  # fmt: skip
    yield from ({"kind": k} for k in (None, 5, [], {}, "", "otra", HALF, "\0"))
    for claim in (good, passkey):
        for name in claim:
            for value in (None, [], "á", HALF, "\0", "A", "x" * 70_000):
                yield claim | {name: value}
    yield good | {"extra": "x"}
    yield {name: value for name, value in good.items() if name != "cert"}


def test_a_signature_that_is_none_is_refused(w, process, sealed):
    browser = supplier(w)
    good = signed(w.suppliers[0], sealed.manifest_bytes, RECEIVED)
    tried = 0
    for claim in claims(good):
        answer = send(w, browser, 0, sealed, signature=claim)
        assert answer.status_code in {400, 409, 413}, (claim, answer.status_code, answer.content[:200])
        refused(answer)
        tried += 1
    assert tried > 90
    assert not Envelope.objects.exists()


DIGESTS = [
    "0" * 64,
    "x",
    "A" * 64,
    "0" * 63,
    "0" * 65,
    "0" * 5000,
    "%00",
    "..%2F..%2Fetc%2Fpasswd",
    "á",
    "%F0%9F",
    "1;2",
]


@pytest.mark.parametrize("digest", DIGESTS)
def test_a_digest_that_nobody_logged_is_not_found(w, process, sealed, digest):
    send(w, supplier(w), 0, sealed)
    browser = supplier(w)
    for path in (f"sobres/{digest}/recibo/", f"sobres/{digest}/partes/"):
        assert get(browser, path).status_code in {400, 404}, path
    for path in (f"sobres/{digest}/partes/{'0' * 64}/", f"sobres/{sealed.c}/partes/{digest}/"):
        assert put(browser, path, b"x").status_code in {400, 404}, path


@pytest.mark.parametrize("ocid", ["ocds-xs7k2n-nadie", "x", "%00", "á", "0" * 3000])
def test_a_purchase_that_is_none_is_not_found(w, process, ocid):
    for role, path in ((Role.SUPPLIER, "sellar/datos/"), (Role.OIC, "llaves/datos/")):
        assert get(signed_in(w[role]), f"compra/{ocid}/{path}").status_code in {400, 404}
    for role, path in ((Role.SUPPLIER, "sobres/"), (Role.SUPPLIER, "respaldo/"), (Role.OIC, "llaves/datos/")):
        assert post(signed_in(w[role]), f"compra/{ocid}/{path}", {}).status_code in {400, 404}


def test_a_purchase_that_is_not_called_yet_has_no_addresses(w):
    planned = reach_research(w)
    assert get(supplier(w), f"compra/{planned.ocid}/sellar/datos/").status_code == 404
    assert get(signed_in(w[Role.OIC]), f"compra/{planned.ocid}/llaves/datos/").status_code == 404


def test_parts_of_the_wrong_size_or_content(w, process, sealed):
    browser = supplier(w)
    send(w, browser, 0, sealed)
    path = f"sobres/{sealed.c}/partes/{sealed.manifest.files[0].parts[0]}/"
    true = sealed.files[0].read_bytes()
    for data in (b"", b"x", true[:-1], true + b"x", b"\0" * (8 * 1024 * 1024 + 1)):
        assert [e["code"] for e in refused(put(browser, path, data), 422, 413)] == ["bytes"]
    for length in ("-1", "abc", "1e3", "9" * 30):
        answer = browser.put(f"{DESK}/{path}", b"x", content_type="application/octet-stream", CONTENT_LENGTH=length)
        assert 400 <= answer.status_code < 500, length
    assert put(browser, path, true).status_code == 204
    assert put(browser, path, b"x").status_code == 204  # it is there: nothing is read


# keys in the act
