# SPDX-License-Identifier: Apache-2.0
"""The addresses of the opening and of openers' keys: right use, and nonsense in every shape."""

from __future__ import annotations

import base64
import json

import pyrage
import pytest

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, offer, reach_bidding, signed
from tests.worlds.browsing import get, post, send, signed_in
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import KEYS
from tests.worlds.sealing import asked, event_of, flipped, kinds_of, rows_of, sealed_by, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding.models import Unsealed
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering import commands as tendering
from vitrina.desk.inbox import open_processes, waiting_for
from vitrina.parties import commands as parties
from vitrina.parties.actors import actor_of
from vitrina.parties.models import OpenerKey
from vitrina.parties.roles import Role
from vitrina.site.demo import keys as demo_keys

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={})))
LOCKED = demo_keys.KEYS[Role.OIC][2]  # an identity under a passphrase
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


def give(w, process, role, round_name, shares):
    coded = {c: base64.b64encode(share).decode() for c, share in shares.items()}
    return post(signed_in(w[role]), f"compra/{process.ocid}/llaves/datos/", {"round": round_name, "shares": coded})


def test_the_act_through_its_addresses(w, process, clock):
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    path = f"compra/{process.ocid}/llaves/datos/"
    seen = get(signed_in(w[Role.OIC]), path).json()
    assert (seen["state"], seen["envelopes"], seen["wanted"], seen["me"]["x"]) == ("waiting", [], None, 2)
    clock.set(OPENING)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    clock.set(KEYS)
    seen = get(signed_in(w[Role.OIC]), path).json()
    assert (seen["state"], seen["wanted"]["round"]) == ("custody", "custody")
    assert [(e["c"], e["state"], e["bidder"]) for e in seen["envelopes"]] == [(sealed.c, "closed", None)]

    first = asked(w, process, Role.OIC, "custody")
    answer = give(w, process, Role.OIC, "custody", {c: flipped(s) for c, s in first.items()}).json()
    assert (answer["false_shares"][0]["c"], answer["openers"][1]["given"]) == (
        sealed.c, {"custody": False, "bids": False},
    )  # fmt: skip
    answer = give(w, process, Role.OIC, "custody", first).json()
    assert (answer["openers"][1]["given"]["custody"], answer["wanted"]) == (True, None)
    assert [e["code"] for e in refused(give(w, process, Role.OIC, "custody", first), 409)] == ["nothing"]
    give(w, process, Role.WITNESS, "custody", asked(w, process, Role.WITNESS, "custody"))
    seen = get(signed_in(w[Role.OIC]), path).json()
    assert (seen["state"], seen["wanted"]["round"]) == ("bids", "bids")
    assert seen["envelopes"][0]["bidder"] == w.supplier_rows[0].name
    for role in (Role.OIC, Role.OFFICER):
        answer = give(w, process, role, "bids", asked(w, process, role, "bids"))
    assert answer.json()["state"] == "ready"
    assert Unsealed.objects.get().problem == ""  # read at once, outside the act's transaction
    assert answer.json()["envelopes"][0]["total"] is None  # and told by nobody before the officer opens
    assert "54.90" not in answer.content.decode()
    opening.open_bids(w[Role.OFFICER], process.ocid, at=KEYS)
    assert get(signed_in(w[Role.OIC]), path).json()["envelopes"][0]["total"] == "22618800.00"


def test_of_a_purchase_that_was_cancelled_the_first_key_alone_is_asked_for(w, process, clock):
    bid(w, process, 0, "54.90", at=RECEIVED)
    path = f"compra/{process.ocid}/llaves/datos/"
    assert get(signed_in(w[Role.OIC]), path).json()["wanted"] is None
    tendering.cancel(w[Role.APPROVER], process.ocid, at=RECEIVED, code="need_ended", reason="Ya no hace falta.")
    clock.set(KEYS)
    seen = get(signed_in(w[Role.OIC]), path).json()
    assert (seen["state"], seen["wanted"]["round"], seen["missing"]) == ("cancelled", "custody", [])
    assert get(signed_in(w.suppliers[0]), f"compra/{process.ocid}/sellar/datos/").json()["state"] == "cancelled"
    for role in (Role.OIC, Role.WITNESS):
        answer = give(w, process, role, "custody", asked(w, process, role, "custody")).json()
    assert (answer["state"], answer["wanted"]) == ("over", None)  # the page stays where it was, and says so
    assert [(e["state"], e["bidder"]) for e in answer["envelopes"]] == [("kept_closed", w.supplier_rows[0].name)]
    body = dict.fromkeys([rows_of(process)[0].c], b"\x01" * 33)
    assert [e["code"] for e in refused(give(w, process, Role.OIC, "bids", body), 409)] == ["cancelled"]


def test_the_desk_asks_for_it_and_tells_no_supplier_that_there_is_an_envelope(w, process, clock):
    empty = reach_bidding(w, offers={}, title="Otra compra")
    bid(w, process, 0, "54.90", at=RECEIVED)
    for one in (process, empty):
        tendering.cancel(w[Role.APPROVER], one.ocid, at=RECEIVED, code="need_ended", reason="Ya no hace falta.")
    mine, _others = waiting_for(w[Role.OIC], KEYS)
    assert [(one.process.ocid, one.task.command) for one in mine] == [(process.ocid, "opening.give_shares")]
    owing = {p.ocid for p in open_processes(w[Role.OIC])}
    assert process.ocid in owing and empty.ocid not in owing
    for supplier_actor in w.suppliers:
        assert not {process.ocid, empty.ocid} & {p.ocid for p in open_processes(supplier_actor)}
        for one in (process, empty):
            seen = get(signed_in(supplier_actor), f"compra/{one.ocid}/sellar/datos/").json()
            assert seen["state"] == "cancelled"
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody", asked(w, process, role, "custody"))
    assert waiting_for(w[Role.OFFICER], KEYS)[0] == []


def test_what_cannot_be_read_is_said_with_an_empty_share(w, process):
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    answer = give(w, process, Role.OIC, "custody", {sealed.c: b""})
    assert answer.status_code == 200
    assert event_of(process, "shares.given").unreadable == (sealed.c,)


SHARES = {
    "no base64": "¿?", "wrong base64": "AAA", "base64 of addresses": "-_-_", "with a line": "AAAA\n", "short": "AAAA",
    "long": base64.b64encode(b"\1" * 34).decode(), "very long": "A" * 100_000, "half": HALF,
}  # fmt: skip


@pytest.mark.parametrize("kind", SHARES)
def test_a_share_that_is_none_is_refused(w, process, kind):
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    body = {"round": "custody", "shares": {sealed.c: SHARES[kind]}}
    refused(post(signed_in(w[Role.OIC]), f"compra/{process.ocid}/llaves/datos/", body), 400, 409)
    assert "shares.given" not in kinds_of(process) and "share.false" not in kinds_of(process)


def test_many_shares_of_nothing_are_refused(w, process):
    bid(w, process, 0, "54.90", at=RECEIVED)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    share = base64.b64encode(b"\1" * 33).decode()
    body = {"round": "custody", "shares": {f"{n:064x}": share for n in range(1500)}}
    assert refused(post(signed_in(w[Role.OIC]), f"compra/{process.ocid}/llaves/datos/", body), 409)


# backup


def test_a_backup_over_its_address(w, process, clock):
    sealed = bid(w, process, 0, "54.90", at=RECEIVED)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    clock.set(KEYS)
    path = f"compra/{process.ocid}/respaldo/"
    body = {
        "object": sealed.manifest_bytes.decode(),
        "identity": f" {sealed.identity}\n",
        "signature": signed(w.suppliers[0], sealed.manifest_bytes, KEYS),
    }
    for wrong in ({"identity": "AGE-SECRET-KEY-1"}, {"identity": HALF}, {"object": "{}"}, {"object": "x"},
                  {"signature": None}, {"signature": {"kind": "efirma"}}):  # fmt: skip
        refused(post(supplier(w), path, body | wrong), 400, 409)
    assert states_of(process) == ["closed"]
    refused(post(supplier(w, 1), path, body), 409)
    answer = post(supplier(w), path, body)
    assert (answer.status_code, answer.json()) == (201, {"taken": True})
    assert states_of(process) == ["live"]
    assert "54.90" not in answer.content.decode()


# keys of openers


def test_the_ceremony_over_its_address(w, clock):
    person = parties.register_person(email="nueva@vitrina.example", given_name="Nadia", surname="Nueva")
    browser = signed_in(actor_of(parties.appoint(at=RECEIVED, person=person, role=Role.OIC, unit=w.buyer)))
    assert get(browser, "llave/datos/").json()["key"] is None
    for action in ("challenge", "prove", "retire"):
        refused(post(browser, "llave/datos/", {"action": action, "answer": "x"}), 409)
    identity = pyrage.x25519.Identity.generate()
    body = {"action": "register", "recipient": str(identity.to_public()), "locked": LOCKED}
    told = post(browser, "llave/datos/", body).json()
    assert (told["key"]["state"], told["key"]["recipient"]) == ("registered", str(identity.to_public()))
    token = pyrage.decrypt(base64.b64decode(told["challenge"]), [identity]).decode()
    refused(post(browser, "llave/datos/", {"action": "prove", "answer": token[:-1]}), 409)
    assert post(browser, "llave/datos/", {"action": "prove", "answer": token}).json()["key"]["state"] == "proven"
    refused(post(browser, "llave/datos/", {"action": "prove", "answer": token}), 409)  # a token is good once
    drill = get(browser, "llave/datos/").json()["drill"]
    assert pyrage.decrypt(base64.b64decode(drill["age"]), [identity]).decode() == drill["text"]
    assert post(browser, "llave/datos/", {"action": "retire"}).json()["key"] is None
    assert str(identity) not in str(OpenerKey.objects.filter(person=person).values())


@pytest.mark.parametrize(
    "change",
    [
        {"recipient": "age1nadie"}, {"recipient": ""}, {"recipient": HALF}, {"recipient": "\0"}, {"recipient": "x" * 9000},
        {"recipient": 5}, {"locked": ""}, {"locked": "¿?"}, {"locked": "AAAA"}, {"locked": "A" * 100_000}, {"locked": HALF},
        {"locked": 5}, {"action": "otra"}, {"action": ""}, {"signature": 5}, {"signature": {"kind": "efirma"}},
        {"signature": "x"},
    ],
)  # fmt: skip
def test_a_key_that_is_none_is_refused(w, change):
    identity = pyrage.x25519.Identity.generate()
    body = {"action": "register", "recipient": str(identity.to_public()), "locked": LOCKED}
    before = OpenerKey.objects.count()
    refused(post(signed_in(w[Role.OIC]), "llave/datos/", body | change), 400, 409)
    assert OpenerKey.objects.count() == before


def test_answers_are_not_kept_by_anybody_between(w, process, sealed):
    send(w, supplier(w), 0, sealed)
    for browser, path in ((supplier(w), f"sobres/{sealed.c}/partes/"), (supplier(w), f"compra/{process.ocid}/sellar/datos/"),
                          (signed_in(w[Role.OIC]), f"compra/{process.ocid}/llaves/datos/")):  # fmt: skip
        assert get(browser, path)["Cache-Control"] == "no-store"


def test_before_the_deadline_the_officer_does_not_learn_how_many_came(w, process):
    path = f"compra/{process.ocid}/llaves/datos/"
    empty = get(signed_in(w[Role.OFFICER]), path).json()
    bid(w, process, 0, "54.90", at=RECEIVED)
    assert len(rows_of(process)) == 1
    assert get(signed_in(w[Role.OFFICER]), path).json() == empty
    assert json.dumps(offer(process, "54.90"), default=str) not in str(empty)
