# SPDX-License-Identifier: Apache-2.0
"""A bid over the running site: until the opening its words are in no page, table, twin, file, stream or log.

The desk's own tests look into every table and query; these look from outside, at what the processes serve and print.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tests.fixtures import database
from vitrina.cycle.bidding.models import Bid, Envelope
from vitrina.cycle.bidding.queries import live_bid
from vitrina.cycle.core.models import FormDraft, Process, StoredFile
from vitrina.ledger.models import Entry, Position
from vitrina.site import embedded_db
from vitrina.site.demo import clock
from vitrina.site.demo.script import OPENING_DAY

from .attacker import HIV, Visitor, raw, step_path

PRICE, AMOUNT = "48.37", "19,928,440"  # 412,000 times
WORDS = ("VTRN-sealed-answer", "VTRN-sealed-title", "VTRN-sealed-content")
CANARIES = (*WORDS, f'"{PRICE}"', AMOUNT, AMOUNT.replace(",", ""))
PDF = b"%PDF-1.7\nVTRN-sealed-content\n"


@pytest.fixture(scope="module")
def ocid(site) -> str:
    if clock.now() > OPENING_DAY.replace(hour=16, minute=59):  # another file of this run moved the clock
        pytest.fail("the opening has come: these tests run before")
    return Process.objects.get(title=HIV).ocid


@pytest.fixture(scope="module")
def bid(site, ocid) -> Bid:
    """A bid handed in through the site, with a canary in every part of it."""
    supplier = Visitor(site.url).enter("supplier2@vitrina.example")
    fields = {"price_1": PRICE, "statement": "on", **{f"response_{n}": f"Cumplimos {WORDS[0]}." for n in range(1, 9)}}
    sent = supplier.send(
        step_path(ocid, "bidding.submit"), fields, [("documents", f"{WORDS[1]}.pdf", "application/pdf", PDF)]
    )
    assert "/recibo/" in sent.location, sent.text[-3000:]
    receipt = supplier.get(sent.location)
    assert receipt.status == 200
    assert not [c for c in CANARIES if c in receipt.text]
    return live_bid(Process.objects.get(ocid=ocid), "reactivos-valle-hondo")


def found_in(text: str) -> list[str]:
    return [c for c in CANARIES if c in text]


def test_the_canaries_are_where_they_belong(bid):
    assert {c for c in (*WORDS[:2], f'"{PRICE}"') if c in Envelope.objects.get(bid=bid).content} == {
        *WORDS[:2],
        f'"{PRICE}"',
    }


def test_no_page_of_anybody_holds_them(site, bid, ocid):
    paths = [f"/p/{ocid}/", f"/p/{ocid}.json", f"/p/{ocid}.atom", "/", "/compras/?q=VTRN", "/compras.csv", "/atom.xml", "/actos/", "/s/reactivos-valle-hondo/",
             f"/api/ocds/records/{ocid}", "/api/ocds/releases?limit=1000&after=1200", "/api/feed?limit=1000&after=1200"]  # fmt: skip
    steps = {
        "officer": "opening.open_bids",
        "supplier1": "bidding.submit",
        "evaluator1": "evaluation.score",
        "oic": "opening.attend",
        "auditor": "",
    }
    for path in paths:
        assert not found_in(Visitor(site.url).get(path).text), path
    assert not found_in(Visitor(site.url).get("/compras/?q=VTRN").text)
    for name, step in steps.items():
        visitor = Visitor(site.url).enter(f"{name}@vitrina.example")
        for path in (f"/mi-espacio/compra/{ocid}/", step_path(ocid, step) if step else "/mi-espacio/"):
            assert not found_in(visitor.get(path).text), (name, path)


def test_no_twin_of_a_blinded_entry_says_more_than_its_place(site, visitor, bid):
    for _try in range(50):
        if Position.objects.filter(entry=bid.entry_id).exists():
            break
        time.sleep(0.1)
    shapes = set()
    for row in Position.objects.filter(entry__visibility="blinded").select_related("entry").order_by("-position")[:12]:
        twin = visitor.get(f"/actos/{row.position}.json")
        assert set(twin.json) == {"position", "visibility", "digest"}
        assert visitor.get(f"/actos/{row.position}.pdf").status == 404
        page = visitor.get(f"/actos/{row.position}/").text.partition("<main")[2].partition("<footer")[0]
        for secret in (
            row.entry.kind,
            row.entry.stream,
            row.entry.body[:60],
            row.entry.at.isoformat()[:16],
            row.entry.release_id,
            "Valle Hondo",
        ):
            assert secret not in page, secret
        shapes.add(len(page) - len(row.entry.digest))
        assert visitor.get(f"/api/ocds/releases/{row.entry.release_id}").status == 404
    assert len(shapes) <= 3  # pages of blinded entries differ by nothing but their numbers
    feed = visitor.get(f"/api/feed?after={Position.objects.get(entry=bid.entry_id).position - 1}&limit=1").json
    assert set(feed["entries"][0]) == {"position", "visibility", "digest"}


def test_its_files_are_served_to_nobody(site, bid, visitor):
    hashes = re.findall(r'"sha256":"(\w{64})"', Envelope.objects.get(bid=bid).content)
    assert len(hashes) == 1
    row = StoredFile.objects.get(sha256=hashes[0])
    assert row.name == "documento-1.pdf"
    for who in (
        visitor,
        *(Visitor(site.url).enter(f"{n}@vitrina.example") for n in ("officer", "supplier1", "supplier2", "oic")),
    ):
        answer = who.get(f"/documentos/{hashes[0]}")
        assert answer.status == 404
    missing, there = visitor.get("/documentos/" + "0" * 64), visitor.get(f"/documentos/{hashes[0]}")
    strip = re.compile(r'[0-9a-f]{64}|\d\d:\d\d(:\d\d)?|value="\w{64}"')
    assert strip.sub("", missing.text) == strip.sub("", there.text)  # nobody learns that such a file exists
    assert visitor.ask(f"/documentos/{hashes[0]}", method="HEAD").status == 404


def test_nothing_typed_for_a_bid_is_kept_beside_it(bid, site, ocid):
    supplier = Visitor(site.url).enter("supplier3@vitrina.example")
    path = step_path(ocid, "bidding.submit")
    own = supplier.tokens(path)
    fields = {"price_1": PRICE, "response_1": WORDS[0], "save_draft": "1"}
    supplier.post(path, {**own, **fields})
    supplier.post(path + "borrador/", {**own, **fields})
    supplier.post(path, {**own, **fields, "statement": ""})
    assert not FormDraft.objects.filter(fields__icontains="VTRN").exists()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != "bidding_envelope":
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s OR t::text LIKE %s',
                    ["%VTRN-sealed%", f'%"{PRICE}"%'],
                )
                assert cursor.fetchone()[0] == 0, table


def test_no_log_holds_them(site, bid, ocid):
    supplier = Visitor(site.url).enter("supplier2@vitrina.example")
    path = step_path(ocid, "bidding.submit")
    supplier.post(path, {"price_1": PRICE, "response_1": WORDS[0]})  # no token: refused and logged
    supplier.get(path + f"?x={WORDS[0]}&price={PRICE}")
    raw(site.url, f"/{WORDS[0]}\x7f", f"X: {WORDS[0]}")
    supplier.post(path, {**supplier.tokens(path), "price_1": PRICE + "9", "response_1": WORDS[0] * 3000})
    assert not found_in(site.log.read_text(errors="replace"))

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO bidding_envelope (bid_id, content) VALUES (%s, %s)", [bid.pk, WORDS[0]])
    except DatabaseError as error:
        from vitrina.site.logs import Discreet

        assert WORDS[0] in str(error)  # PostgreSQL repeats the row: this is what must not be logged
        assert WORDS[0] not in Discreet().formatException((type(error), error, error.__traceback__))
    if not embedded_db.external_url():
        log = Path(database.CLUSTER.log)
        assert "violates not-null constraint" in log.read_text(errors="replace")[-20_000:]
        assert "VTRN-sealed" not in log.read_text(errors="replace")


def test_bids_are_not_counted_by_any_number_that_is_shown(site, visitor, bid, ocid):
    number = re.compile(r"\b(\d+) (sobres?|propuestas?|envelopes?|bids?)\b")
    for path in (f"/p/{ocid}/", f"/en/p/{ocid}/", f"/p/{ocid}.json"):
        assert not number.findall(visitor.get(path).text), path
    compiled = visitor.get(f"/p/{ocid}.json").json
    assert "numberOfTenderers" not in compiled["tender"]
    assert "bids" not in compiled
    public = Entry.objects.filter(stream=f"ocid:{ocid}").order_by("seq").values_list("seq", flat=True)
    assert list(public) == list(range(1, len(public) + 1))  # no gap that would tell of something hidden
