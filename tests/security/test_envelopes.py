# SPDX-License-Identifier: Apache-2.0
"""What bidders may hide in envelopes that nobody could look into: in one act, twenty hostile ones and an honest one.

The act goes on whatever they hold. A document that is not what it says is withheld with its reason, an envelope that
holds no bid is told in the minutes, nothing active is ever shown, and the process that serves stays small.
"""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pytest
from django.db import transaction

from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import vault
from vitrina.cycle.core import files
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.ledger.models import Entry, Position
from vitrina.parties import commands as parties
from vitrina.parties.actors import Actor, actor_of
from vitrina.parties.models import Supplier
from vitrina.parties.roles import Role
from vitrina.sealed import client, objects
from vitrina.sealed.errors import SealedError
from vitrina.sealed.opening import check_share, decrypt_share
from vitrina.site.demo.authority import demo_claim
from vitrina.site.demo.keys import KEYS
from vitrina.site.demo.people import local, people_of
from vitrina.site.demo.story.bidding import RECEIVED, reach_bidding

from .attacker import Visitor, step_path
from .hostile import Draft, draft, index_of, seal
from .lies import CLOSED, HONEST, LARGE, MB, NAMES, OPENED
from .sealing import PART, post, put

TITLE = "Sobres hostiles"


@dataclass(repr=False)  # it holds 160 MB
class Act:
    """What the act left: the purchase, each bid and its bidder by label, and how large the serving process grew."""

    process: Process
    bids: dict[str, client.Sealed] = field(default_factory=dict)
    bidders: dict[str, Supplier] = field(default_factory=dict)
    drafts: dict[str, Draft] = field(default_factory=dict)
    grown: int = 0

    def event(self, label: str, kind: str) -> Any:
        rows = Entry.objects.filter(stream=self.process.stream, kind=kind)
        return next((e.event for e in rows if e.event.c == self.bids[label].c), None)


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """How many bytes a process grew by at most, once the block is over."""
    process, grown, done = psutil.Process(pid), [0], Event()
    before = process.memory_info().rss

    def look() -> None:
        while not done.wait(0.02):
            grown[0] = max(grown[0], process.memory_info().rss - before)

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield grown
    finally:
        done.set()
        watcher.join()


def _bidder(n: int, at: Any) -> tuple[Supplier, Actor]:
    row = parties.register_supplier(
        at=at, key=f"hostil-{n}", name=f"Hostil {n}, S.A. de C.V.", rfc=f"HST0101{n % 28 + 1:02}A{n // 28}{n % 10}"
    )
    person = parties.register_person(email=f"hostil{n}@vitrina.example", given_name="Hilda", surname=f"Número {n}")
    return row, actor_of(parties.appoint(at=at, person=person, role=Role.SUPPLIER, supplier=row))


@pytest.fixture(scope="module")
def act(site, tmp_path_factory) -> Iterator[Act]:
    """All of them were received and uploaded in time, a week before; now the act is held over HTTP."""
    w, folder = people_of().earlier(1), tmp_path_factory.mktemp("bidders")
    with transaction.atomic():  # at one stroke: the running site would close a reception whose hour is past
        made = _received(w, folder)
    try:
        sender = Visitor(site.url).enter("supplier1@vitrina.example")
        sender.get("/mi-espacio/")
        for label, sealed in made.bids.items():
            if label not in {"not sent", "stolen"}:
                _upload(sender, sealed)
        yield _held(site, made)
    finally:
        _cleared(made, folder)


def _cleared(made: Act, folder: Path) -> None:
    """Remove 400 MB that no other test reads."""
    for label, sealed in made.bids.items():
        for file in sealed.manifest.files if label != "stolen" else ():
            for part in {file.sha256, *file.parts}:
                vault.path_of(part).unlink(missing_ok=True)
    for place in (folder, made.drafts["large"].files[1].parent):
        shutil.rmtree(place)
    files.path_of(made.drafts["large"].told[1]["sha256"]).unlink(missing_ok=True)


def _received(w: Any, folder: Path) -> Act:
    process = reach_bidding(w, offers={}, title=TITLE, terms={"title": TITLE})
    made, at = Act(process), w.when(RECEIVED)
    sources = {"honest": draft, **{k: v[0] for k, v in OPENED.items()}, **{k: v[0] for k, v in CLOSED.items()}}
    for n, (label, source) in enumerate(sources.items()):
        row, actor = _bidder(n, w.when(local(2020, 9, 1)))
        found = source(process, row.rfc)
        sealed = seal(found, folder / str(n))
        claim = demo_claim(row.rfc, objects.PAYLOAD_TYPES["sobre/v1"], sealed.manifest_bytes, at)
        bidding.submit(actor, process.ocid, at=at, data=sealed.manifest_bytes, claim=claim)
        made.bids[label], made.bidders[label], made.drafts[label] = sealed, row, found
    return made


def _upload(sender: Visitor, sealed: client.Sealed) -> None:
    for told, path in zip(sealed.manifest.files, sealed.files, strict=True):
        with path.open("rb") as source:
            for part in told.parts:
                sent = put(sender, f"/mi-espacio/sobres/{sealed.c}/partes/{part}/", source.read(PART))
                assert sent.status == 204, sent.text


def _held(site: Any, made: Act) -> Act:
    ocid = made.process.ocid
    people = {name: Visitor(site.url).enter(f"{name}@vitrina.example") for name in ("officer", "oic", "witness")}
    started = people["officer"].send(step_path(ocid, "opening.start"), {})
    assert "/recibo/" in started.location, told_in(started)
    with watched(site.web) as grown:
        for name, role in (("oic", Role.OIC), ("witness", Role.WITNESS), ("oic", Role.OIC)):
            _give(people[name], ocid, KEYS[role][0])
        with ThreadPoolExecutor(2) as pool:  # the second and the third key at once: both requests read the envelopes
            last = (("witness", Role.WITNESS), ("officer", Role.OFFICER))
            list(pool.map(lambda one: _give(people[one[0]], ocid, KEYS[one[1]][0]), last))
        opened = people["officer"].send(step_path(ocid, "opening.open_bids"), {})
    assert "/recibo/" in opened.location, told_in(opened)
    made.grown = grown[0]
    return made


def told_in(answer: Any) -> str:
    """What a page says between its head and its foot."""
    return re.sub(r"\s*<[^>]*>\s*", " ", answer.text.partition("<main")[2].partition("</main")[0])[:1500]


def _give(opener: Visitor, ocid: str, identity: str) -> None:
    """As an opener's browser does: a share that is not the committed one is not given, and that is said."""
    path = step_path(ocid, "llaves/datos")
    wanted = opener.get(path).json["wanted"]
    if wanted is None:
        return
    shares = {}
    for one in wanted["envelopes"]:
        try:
            share = decrypt_share(identity, one["age"])
            is_true = check_share(one["ctx"], one["commit"], share)
        except SealedError:
            is_true = False
        shares[one["c"]] = base64.b64encode(share).decode() if is_true else ""
    opener.timeout = 120  # the last key opens gigabytes
    answer = post(opener, path, {"round": wanted["round"], "shares": shares})
    assert answer.status == 200, answer.text[:1500]


def test_the_honest_bid_is_opened_among_them(act):
    event = act.event("honest", "bid.opened")
    assert [str(line.unit_price) for line in event.lines] == [HONEST]
    assert (event.notes, event.withheld) == ((), ())
    counted = Entry.objects.get(stream=act.process.stream, kind="bids.opened").event
    assert (counted.n_bids, counted.n_unopenable) == (len(OPENED) + 1, len(CLOSED))
    audit = Entry.objects.get(stream=act.process.stream, kind="envelopes.audited").event
    assert [f for f in audit.findings if not f.startswith("bid_not_opened")] == []


@pytest.mark.parametrize("label", OPENED)
def test_what_can_be_opened_is_opened_with_what_is_wrong_in_it(act, label):
    event = act.event(label, "bid.opened")
    assert event is not None, act.event(label, "bid.unopenable")
    assert OPENED[label][1] <= set(event.notes)
    assert event.bidder.rfc == act.bidders[label].rfc
    told = json.dumps(
        json.loads(Entry.objects.get(stream=act.process.stream, kind="bid.opened", body__contains=event.c).body)
    )
    assert "\\u202e" not in told
    assert "\\u0000" not in told


@pytest.mark.parametrize("label", CLOSED)
def test_what_holds_no_bid_is_told_with_its_reason(act, label):
    event = act.event(label, "bid.unopenable")
    assert event is not None, act.event(label, "bid.opened")
    assert event.reason == CLOSED[label][1], event.explanation
    assert len(event.explanation) < 2000
    assert not re.search(r"[\x00-\x1f\u202e]|Traceback", event.explanation)


def test_nobody_is_blamed_for_what_a_thief_copied(act):
    assert not Entry.objects.filter(stream=act.process.stream, kind="share.false").exists()


def test_documents_that_are_not_what_they_say_are_withheld_each_with_its_reason(act, visitor):
    event, found = act.event("disguised", "bid.opened"), act.drafts["disguised"]
    withheld = {text.partition(" ")[0]: text.partition(" ")[2] for text in event.withheld}
    expected = {told["sha256"]: told["name"] for told in found.told[1:]}
    assert set(withheld) == set(expected)
    for digest, reason in withheld.items():
        assert len(reason) > 20, expected[digest]
        assert visitor.get(f"/documentos/{digest}").status == 404, expected[digest]
    assert event.documents == ()


def test_names_are_shown_clean_and_nothing_is_served_inline(act, visitor):
    for label in ("names", "size", "kind"):
        event, told = act.event(label, "bid.opened"), act.drafts[label].told[1:]
        assert event.withheld == ()
        for document, one in zip(event.documents, told, strict=True):
            shown = NAMES.get(one["name"], one["name"])
            row = StoredFile.objects.get(sha256=one["sha256"])
            assert (row.name, row.is_public) == (shown, True)
            assert document.size == len(act.drafts[label].files[told.index(one) + 1])  # whatever the index said
            answer = visitor.get(f"/documentos/{one['sha256']}")
            assert answer.status == 200
            assert answer.headers.get_content_type() == "application/pdf"
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert "Set-Cookie" not in answer.headers


def test_every_page_twin_and_paper_of_the_act_is_made_and_nothing_in_it_is_active(act, visitor):
    wait_until_placed(act)
    rows = Position.objects.filter(entry__stream=act.process.stream).order_by("-position")[:90]
    pages = [f"/p/{act.process.ocid}/", f"/live/{act.process.ocid}?acto=opening", f"/p/{act.process.ocid}.json", f"/p/{act.process.ocid}/apertura.json",
             f"/p/{act.process.ocid}.atom", f"/api/ocds/records/{act.process.ocid}"]  # fmt: skip
    for row in rows:
        if row.entry.kind in {"bid.opened", "bid.unopenable", "envelopes.audited", "bids.opened"}:
            pages += [f"/actos/{row.position}{end}" for end in ("/", ".json", ".pdf")]
    assert len(pages) > 3 * (len(OPENED) + len(CLOSED))
    for path in pages:
        answer = visitor.get(path)
        assert answer.status == 200, (path, answer.status)
        assert "\u202e" not in answer.text, path
        if answer.headers.get_content_type() == "text/html":
            assert "<img src=x" not in answer.text, path
            assert "<script>" not in answer.text, path


def wait_until_placed(act: Act) -> None:
    last = Entry.objects.filter(stream=act.process.stream).latest("id")
    end = time.monotonic() + 30
    while not Position.objects.filter(entry=last).exists():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_ciphertexts_of_opened_bids_are_handed_over_and_of_no_other(act, visitor):
    for label in ("honest", "disguised", "hash", "no age file", "stolen"):
        for file in act.bids[label].manifest.files:
            answer = visitor.get(f"/p/{act.process.ocid}/cifrados/{file.sha256}")
            if label not in {"honest", "disguised"}:
                assert answer.status == 404, label
                continue
            assert sha256(answer.body).hexdigest() == file.sha256
            assert answer.headers.get_content_type() == "application/octet-stream"
            assert answer.headers["Content-Disposition"].startswith("attachment;")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_folder_of_the_audit_holds_flat_names_alone(act, visitor):
    wait_until_placed(act)
    answer = visitor.get(f"/p/{act.process.ocid}/auditoria.zip")
    assert answer.status == 200
    with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
        assert {n.filename for n in packed.infolist()} <= {
            "LEEME.txt",
            "leaves.jsonl",
            "reveals.jsonl",
            "audit.json",
            "deadline",
            "policy",
        }
        assert sum(n.file_size for n in packed.infolist()) < 20 * MB
        case = json.loads(packed.read("audit.json"))
    assert set(case["opened"]) == {act.bids[label].c for label in ("honest", *OPENED)}


def test_hundreds_of_megabytes_pass_through_in_flat_memory(site, act, visitor):
    """The upload in parts was before; opening decrypts, inspects and keeps them; then anybody takes them."""
    assert act.grown < 100 * MB, f"{act.grown // MB} MB while the envelopes were opened"
    sealed, told = act.bids["large"], act.drafts["large"].told[1]
    with watched(site.web) as grown:
        assert visitor.digest(f"/documentos/{told['sha256']}") == (told["sha256"], LARGE)
        sealed_file = f"/p/{act.process.ocid}/cifrados/{sealed.manifest.files[2].sha256}"
        assert visitor.digest(sealed_file, 64 * MB)[1] == 64 * MB  # who leaves half-way leaves nothing behind
    assert grown[0] < 60 * MB, f"{grown[0] // MB} MB while a document was taken"


def test_the_index_is_bounded_before_it_is_read(act):
    assert len(index_of(act.drafts["swollen index"])) > 16 * MB
    assert isinstance(act.bids["deep index"].files[0], Path)
