# SPDX-License-Identifier: Apache-2.0
"""Two hundred bidders send in the last second, over connections of their own: each gets a receipt, on time or late.

The log decides, not a clock: an envelope is on time exactly when its leaf stands before the entry that closed the
reception. Every receipt is checked without the site.
"""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction

from tests.fixtures.site import Site
from vitrina.cycle.bidding.contents import offer_of
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.models import Tender
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.ledger.policy import Policy
from vitrina.ledger.proof import verify_proof
from vitrina.parties import commands as parties
from vitrina.parties.models import Supplier
from vitrina.parties.roles import Role
from vitrina.sealed import client, objects
from vitrina.sealed.signature import sign_efirma
from vitrina.site.demo import clock, issuing
from vitrina.site.demo.authority import _issuer

from .attacker import HIV, Visitor
from .sealing import context_of

BIDDERS = 200
SPREAD = 1.2  # seconds over which they send: most before the deadline, some after


@dataclass
class Bidder:
    """One of them: its session, what it sends, and what came back."""

    supplier: Supplier
    cookie: str
    body: bytes
    c: str
    answer: dict[str, Any] = field(default_factory=dict)
    status: int = 0


def _supplier(n: int) -> tuple[Supplier, Any]:
    at = clock.now()
    rfc = f"VLT{n:06d}A{n % 10}{n % 7}"
    row = parties.register_supplier(
        at=at, key=f"ultimo-segundo-{n}", name=f"Último Segundo {n}, S.A. de C.V.", rfc=rfc
    )
    person = parties.register_person(email=f"ultimo{n}@vitrina.example", given_name="Ana", surname=f"Número {n}")
    parties.appoint(at=at, person=person, role=Role.SUPPLIER, supplier=row)
    return row, person


def _session(person: Any) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(person.user_id), settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    store.create()
    return store.session_key


@pytest.fixture(scope="module")
def crowd(demo_site: Site, tmp_path_factory) -> list[Bidder]:
    process = Process.objects.get(title=HIV)
    clock.set_to(Tender.objects.get(process=process).opening_at - timedelta(minutes=2, seconds=50))
    told = context_of(Visitor(demo_site.url).enter("supplier1@vitrina.example"), process.ocid)
    key, issuer, found = rsa.generate_private_key(65537, 2048), _issuer(), []  # one key: only the names must differ
    items = items_of(process)
    with transaction.atomic():
        people = [_supplier(n) for n in range(BIDDERS)]
    for n, (supplier, person) in enumerate(people):
        sealed = client.seal(
            [client.answers({str(c["number"]): "Sí." for c in told["criteria"]}, told["statement"])],
            offer_of({i.number: Money.parse(f"{50 + n}.00") for i in items}, items),
            ocid=process.ocid, lot=None, envelope=told["envelope"], supplier=supplier.rfc,
            panel=[{"id": o["id"], "recipient": o["recipient"]} for o in told["panel"]], k=told["k"],
            reveal_by=told["reveal_by"], out=tmp_path_factory.mktemp("bidder"),
        )  # fmt: skip
        at = clock.now()
        certificate = issuing.certificate(
            subject=issuing.sat_name(issuing.Holder(supplier.name, supplier.rfc, rep_rfc="XAXX010101000")),
            key=key.public_key(), issuer=issuer, number=f"{n:020d}", since=at - timedelta(days=90),
            until=at + timedelta(days=900), extensions=issuing.efirma_extensions(),
        )  # fmt: skip
        claim = sign_efirma(key, certificate, objects.PAYLOAD_TYPES["sobre/v1"], sealed.manifest_bytes, at)
        body = json.dumps({"object": sealed.manifest_bytes.decode(), "signature": claim, "previous": None}).encode()
        found.append(Bidder(supplier, _session(person), body, sealed.c))
    return found


def _send(site: Site, ocid: str, bidder: Bidder, line: http.client.HTTPConnection, at: float) -> None:
    token = secrets.token_hex(16)
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={bidder.cookie}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
        "Referer": site.url,
    }
    time.sleep(max(0.0, at - time.monotonic()))
    line.request("POST", f"/mi-espacio/compra/{ocid}/sobres/", body=bidder.body, headers=headers)
    answer = line.getresponse()
    bidder.status, text = answer.status, answer.read()
    bidder.answer = (
        json.loads(text) if answer.headers.get_content_type() == "application/json" else {"text": text[:500]}
    )


@pytest.fixture(scope="module")
def sent(demo_site: Site, crowd: list[Bidder]) -> list[Bidder]:
    """All of them have sent; the deadline passed while they did."""
    ocid = Process.objects.get(title=HIV).ocid
    place = urlsplit(demo_site.url)
    lines = [http.client.HTTPConnection(place.hostname, place.port, timeout=120) for _ in crowd]
    for line in lines:
        line.connect()
    clock.set_to(Tender.objects.get(process=ocid).opening_at - timedelta(seconds=2))
    deadline = time.monotonic() + 2
    starts = [deadline - 1 + SPREAD * n / len(crowd) for n in range(len(crowd))]
    threads = [
        threading.Thread(target=_send, args=(demo_site, ocid, bidder, line, start))
        for bidder, line, start in zip(crowd, lines, starts, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for line in lines:
        line.close()
    return crowd


def _closing(ocid: str) -> Entry:
    return Entry.objects.get(stream=f"ocid:{ocid}", kind="reception.closed")


def test_every_one_is_on_time_or_late_and_none_is_lost(sent):
    assert {b.status for b in sent} == {201}, [b.answer for b in sent if b.status != 201][:2]
    assert {b.answer["status"] for b in sent} == {"logged", "late"}
    assert Envelope.objects.filter(c__in=[b.c for b in sent]).count() == BIDDERS
    assert (
        Entry.objects.filter(pk__in=Envelope.objects.filter(c__in=[b.c for b in sent]).values("entry")).count()
        == BIDDERS
    )


def test_the_place_in_the_ledger_decides_and_agrees_with_the_one_reading_of_the_clock(sent):
    ocid = Process.objects.get(title=HIV).ocid
    closing, deadline = _closing(ocid), Tender.objects.get(process=ocid).opening_at
    rows = {row.c: row for row in Envelope.objects.filter(c__in=[b.c for b in sent]).select_related("entry")}
    for bidder in sent:
        entry = rows[bidder.c].entry
        is_late = bidder.answer["status"] == "late"
        assert is_late == (entry.pk > closing.pk)
        assert bidder.answer["received_at"] == entry.at.isoformat().replace("+00:00", "Z")
        if not is_late:
            assert entry.at < deadline


def test_each_receipt_holds_without_the_site_and_tells_the_same(demo_site, sent):
    ocid = Process.objects.get(title=HIV).ocid
    visitor = Visitor(demo_site.url).enter("supplier1@vitrina.example")
    end, receipts = time.monotonic() + 60, {}
    while len(receipts) < BIDDERS and time.monotonic() < end:
        for bidder in sent:
            if bidder.c not in receipts:
                answer = visitor.get(f"/mi-espacio/sobres/{bidder.c}/recibo/")
                if answer.status == 200:
                    receipts[bidder.c] = answer.json
        time.sleep(0.2)
    assert len(receipts) == BIDDERS
    closing = _closing(ocid).placed.position - 1
    for bidder in sent:
        told = receipts[bidder.c]
        found = verify_proof(told["proof"], told["statement"].encode(), Policy.parse(told["policy"]))
        assert json.loads(told["statement"])["c"] == bidder.c
        assert (found.index > closing) == (told["status"] == "late") == (bidder.answer["status"] == "late")


def test_the_log_has_a_checkpoint_that_ends_with_the_deadline(sent):
    from vitrina.ledger.models import Head

    ocid = Process.objects.get(title=HIV).ocid
    end, size = time.monotonic() + 30, _closing(ocid).placed.position
    while not Head.objects.filter(size=size).exists() and time.monotonic() < end:
        time.sleep(0.2)
    assert Head.objects.filter(size=size).exists()


def test_sent_again_nothing_changes(demo_site, sent):
    ocid = Process.objects.get(title=HIV).ocid
    first, place = sent[0], urlsplit(demo_site.url)
    before, n = dict(first.answer), Entry.objects.count()
    line = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    _send(demo_site, ocid, first, line, 0.0)
    assert {k: first.answer[k] for k in ("c", "status", "received_at")} == {
        k: before[k] for k in ("c", "status", "received_at")
    }
    assert Entry.objects.count() == n
