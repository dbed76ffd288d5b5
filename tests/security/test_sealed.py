# SPDX-License-Identifier: Apache-2.0
"""A sealed bid over the running site, from outside: what pages, twins, streams and logs say of it before the act.

What lies on the machine is the administrator's test; here is what the processes serve and print.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tests.fixtures import database
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import FormDraft, Process
from vitrina.ledger.models import Entry, Position
from vitrina.sealed import client
from vitrina.site import embedded_db
from vitrina.site.demo import clock
from vitrina.site.demo.script import OPENING_DAY

from .attacker import HIV, Visitor, raw, step_path
from .sealing import post, put, seal, send, upload

PRICE = f"{secrets.randbelow(90_000) + 10_000}.37"
WORDS = ("VTRN-sealed-answer", "VTRN-sealed-title", "VTRN-sealed-content")
CANARIES = (*WORDS, PRICE)


@pytest.fixture(scope="module")
def ocid(site) -> str:
    if clock.now() > OPENING_DAY.replace(hour=16, minute=59):  # another file of this run moved the clock
        pytest.fail("the opening has come: these tests run before")
    return Process.objects.get(title=HIV).ocid


@pytest.fixture(scope="module")
def sealed(site, ocid, tmp_path_factory) -> client.Sealed:
    """A bid handed in through the site, with a canary in every part of it."""
    supplier = Visitor(site.url).enter("supplier2@vitrina.example")
    made = seal(
        supplier, ocid, PRICE, tmp_path_factory.mktemp("supplier2"), word=f"Cumplimos {WORDS[0]}.",
        name=f"{WORDS[1]}.pdf", content=b"%PDF-1.7\n" + WORDS[2].encode(),
    )  # fmt: skip
    sent = send(supplier, ocid, made, clock.now())
    assert sent.answer.status == 201, sent.answer.text
    assert not found_in(sent.answer.text)
    upload(supplier, made)
    return made


@pytest.fixture(scope="module")
def entry(sealed) -> Entry:
    """Its blinded entry, once it is placed."""
    found = Envelope.objects.get(c=sealed.c).entry
    for _try in range(100):
        if Position.objects.filter(entry=found).exists():
            break
        time.sleep(0.1)
    return found


def found_in(text: str) -> list[str]:
    return [c for c in CANARIES if c in text]


def test_no_page_of_anybody_holds_them(site, sealed, ocid):
    paths = [f"/p/{ocid}/", f"/live/{ocid}?acto=opening", f"/p/{ocid}.json", f"/p/{ocid}.atom", "/", "/buscar?q=VTRN", "/buscar?format=csv", "/atom.xml", "/actos/", "/s/reactivos-valle-hondo/",
             f"/api/ocds/records/{ocid}", "/api/ocds/releases?limit=1000&after=1200", "/api/feed?limit=1000&after=1200"]  # fmt: skip
    steps = {
        "officer": "opening.open_bids",
        "supplier1": "sellar",
        "supplier2": "sellar",
        "evaluator1": "evaluation.score",
        "oic": "llaves",
        "auditor": "",
    }
    for path in paths:
        assert not found_in(Visitor(site.url).get(path).text), path
    for name, step in steps.items():
        visitor = Visitor(site.url).enter(f"{name}@vitrina.example")
        for path in (f"/mi-espacio/compra/{ocid}/", step_path(ocid, step) if step else "/mi-espacio/"):
            page = visitor.get(path)
            assert page.status in {200, 404, 409}, (name, path, page.status)
            assert not found_in(page.text), (name, path)
            assert sealed.c[:16] not in page.text, (name, path)


def test_no_twin_of_a_blinded_entry_says_more_than_its_place(visitor, entry):
    shapes = set()
    for row in Position.objects.filter(entry__visibility="blinded").select_related("entry").order_by("-position")[:12]:
        twin = visitor.get(f"/actos/{row.position}.json")
        assert set(twin.json) == {"position", "visibility", "digest"}
        assert visitor.get(f"/actos/{row.position}.pdf").status == 404
        page = visitor.get(f"/actos/{row.position}/").text.partition("<main")[2].partition("<footer")[0]
        for secret in (
            row.entry.kind,
            row.entry.stream,
            row.entry.at.isoformat()[:16],
            row.entry.release_id,
            "Valle Hondo",
        ):
            assert secret not in page, secret
        shapes.add(len(page) - len(row.entry.digest))
        assert visitor.get(f"/api/ocds/releases/{row.entry.release_id}").status == 404
    assert len(shapes) <= 6  # pages of blinded entries differ by little but their numbers and their leaves
    feed = visitor.get(f"/api/feed?after={Position.objects.get(entry=entry).position - 1}&limit=1").json
    assert set(feed["entries"][0]) == {"position", "visibility", "digest"}


def test_its_leaf_is_a_digest_and_a_month(visitor, entry, sealed):
    index = Position.objects.get(entry=entry).position - 1
    for _try in range(100):
        leaf = visitor.get(f"/log/statement/{index}")
        if leaf.status == 200:
            break
        time.sleep(0.1)
    assert json.loads(leaf.body) == {"v": 1, "type": "sobre", "c": sealed.c, "reveal_by": sealed.manifest.reveal_by}
    assert len(leaf.body) == 115


def test_its_ciphertexts_and_its_receipt_are_served_to_nobody_else(site, sealed, ocid, visitor):
    part = sealed.manifest.files[0].parts[0]
    for who in (visitor, *(Visitor(site.url).enter(f"{n}@vitrina.example") for n in ("officer", "oic", "auditor"))):
        assert who.get(f"/documentos/{part}").status == 404
        assert who.get(f"/p/{ocid}/cifrados/{part}").status == 404
        for path in (f"/mi-espacio/sobres/{sealed.c}/recibo/", f"/mi-espacio/sobres/{sealed.c}/partes/"):
            assert who.get(path).status in {302, 404}, (
                path
            )  # the street is asked to sign in, officials have no such page


def test_a_receipt_says_nothing_that_its_holder_does_not_know(site, sealed):
    """Whoever knows the digest of an envelope learns that the log holds it, as from the log itself; not whose it is."""
    other = Visitor(site.url).enter("supplier1@vitrina.example")
    for _try in range(100):
        answer = other.get(f"/mi-espacio/sobres/{sealed.c}/recibo/")
        if answer.status == 200:
            break
        time.sleep(0.1)
    assert set(answer.json) == {"proof", "statement", "index", "policy", "status", "received_at"}
    assert "RVH090807CD2" not in answer.text
    assert other.get(f"/mi-espacio/sobres/{'0' * 64}/recibo/").status == 404


def test_another_bidder_cannot_send_it_replace_it_or_withdraw_it(site, sealed, ocid, tmp_path):
    thief = Visitor(site.url).enter("supplier1@vitrina.example")
    body = {"object": sealed.manifest_bytes.decode(), "signature": None, "previous": None}
    answer = post(thief, f"/mi-espacio/compra/{ocid}/sobres/", body)
    assert (answer.status, answer.json["errors"][0]["code"]) == (409, "supplier")
    withdrawal = client.withdraw(sealed.manifest).replace(b"RVH090807CD2", b"BTL100203AB1")
    body = {"object": withdrawal.decode(), "signature": None, "previous": sealed.manifest_bytes.decode()}
    answer = post(thief, f"/mi-espacio/compra/{ocid}/sobres/", body)
    assert (answer.status, answer.json["errors"][0]["code"]) == (409, "previous")
    mine = seal(thief, ocid, "10.00", tmp_path, replaces=sealed.c)
    answer = send(thief, ocid, mine, clock.now(), previous=sealed.manifest_bytes).answer
    assert (answer.status, answer.json["errors"][0]["code"]) == (409, "previous")


def test_a_part_that_was_not_promised_or_is_another_is_refused(site, sealed):
    supplier = Visitor(site.url).enter("supplier2@vitrina.example")
    supplier.get("/mi-espacio/")
    part = sealed.manifest.files[0].parts[0]
    base = f"/mi-espacio/sobres/{sealed.c}/partes"
    assert put(supplier, f"{base}/{'a' * 64}/", b"x").status == 404
    assert put(supplier, f"{base}/{part}/", b"x").status in {204, 422}  # it is there already, and stays what it is
    assert supplier.get(f"{base}/").json == {"missing": [], "complete": True}


def test_nothing_typed_for_a_bid_is_kept_by_the_server(site, ocid):
    supplier = Visitor(site.url).enter("supplier3@vitrina.example")
    fields = {"price_1": PRICE, "response_1": WORDS[0], "save_draft": "1"}
    for path in (
        step_path(ocid, "bidding.submit"),
        step_path(ocid, "bidding.submit") + "borrador/",
        step_path(ocid, "sellar"),
    ):
        supplier.post(path, {**supplier.tokens("/mi-espacio/"), **fields})
    assert not FormDraft.objects.filter(fields__icontains="VTRN").exists()


def test_no_log_holds_them(site, sealed, ocid):
    supplier = Visitor(site.url).enter("supplier2@vitrina.example")
    path = f"/mi-espacio/compra/{ocid}/sobres/"
    supplier.post(path, {"price_1": PRICE, "response_1": WORDS[0]})  # no token: refused and logged
    supplier.get(path + f"?x={WORDS[0]}&price={PRICE}")
    raw(site.url, f"/{WORDS[0]}\x7f", f"X: {WORDS[0]}")
    post(supplier, path, {"object": WORDS[0] * 3000, "signature": {"value": PRICE}, "previous": WORDS[1]})
    post(supplier, path, {"object": json.dumps({"type": "sobre/v1", "x": WORDS[0]}), "signature": None})
    assert not found_in(site.log.read_text(errors="replace"))

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bidding_envelope (c, object) VALUES (%s, %s)", [WORDS[0], WORDS[0]])
    except DatabaseError as error:
        from vitrina.site.logs import Discreet

        assert WORDS[0] in str(error)  # PostgreSQL repeats the row: this is what must not be logged
        assert WORDS[0] not in Discreet().formatException((type(error), error, error.__traceback__))
    if not embedded_db.external_url():
        log = Path(database.CLUSTER.log)
        assert "violates not-null constraint" in log.read_text(errors="replace")[-20_000:]
        assert "VTRN-sealed" not in log.read_text(errors="replace")


def test_bids_are_not_counted_by_any_number_that_is_shown(visitor, sealed, ocid):
    number = re.compile(r"\b(\d+) (sobres?|propuestas?|envelopes?|bids?)\b")
    for path in (f"/p/{ocid}/", f"/en/p/{ocid}/", f"/live/{ocid}?acto=opening", f"/p/{ocid}.json"):
        assert not number.findall(visitor.get(path).text), path
    compiled = visitor.get(f"/p/{ocid}.json").json
    assert "numberOfTenderers" not in compiled["tender"]
    assert "bids" not in compiled
    public = Entry.objects.filter(stream=f"ocid:{ocid}").order_by("seq").values_list("seq", flat=True)
    assert list(public) == list(range(1, len(public) + 1))  # no gap that would tell of something hidden
