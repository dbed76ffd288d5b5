# SPDX-License-Identifier: Apache-2.0
"""What an envelope turns out to hold: indexes, prices, answers and documents that are not what they should be."""

import hashlib
import io
import json
from pathlib import Path

import pytest

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, STATEMENT, bid, offer
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, KEYS, OPENED, give_keys
from tests.worlds.sealing import changed, event_of, events_of, sealed_by, submit
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.contents import offer_of
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.bidding.reception import ENVELOPE
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.opening.queries import what_is_missing
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.kernel.canonical import canonical
from vitrina.parties.roles import Role
from vitrina.sealed import client, index
from vitrina.sealed.agefile import encrypt_stream

whole = built_once(lambda: (w := world(), reach_clarifying(w, lots=2)))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEALED_DIR = tmp_path / "sealed"
    return settings.SEALED_DIR


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def take(w, process, sealed, data=None, files=None):
    """Have a manifest logged and its ciphertexts sent, whatever they are; its digest."""
    data = data or sealed.manifest_bytes
    entry = submit(w, process, 0, data)
    for part, path in files or zip([f.parts[0] for f in sealed.manifest.files], sealed.files, strict=True):
        bidding.receive_part(entry.event.c, part, io.BytesIO(Path(path).read_bytes()), at=RECEIVED)
    return entry.event.c


def hold(w, process, *, roles=(Role.OIC, Role.WITNESS), at=OPENED):
    """The act to its minutes."""
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give_keys(w, process, at=KEYS, roles=roles)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=at)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)


def only_the_other_opens(w, process, reason):
    """The honest bid opens; the faulty one is told with its reason, in the act and in the minutes."""
    told = event_of(process, "bid.unopenable")
    assert (told.reason, told.bidder.key) == (reason, w.suppliers[0].supplier_key)
    assert told.sentence()
    assert [b.supplier_key for b in opened_bids(process)] == [w.suppliers[1].supplier_key]
    counted = event_of(process, "bids.opened")
    assert (counted.n_bids, counted.n_unopenable) == (1, 1)
    minutes = event_of(process, "opening.closed")
    assert [(u.c, u.reason) for u in minutes.unopenable] == [(told.c, reason)]
    assert w.supplier_rows[0].name in minutes.told()[0]
    assert event_of(process, "envelopes.audited").findings == ()
    return told


# the dealer


def with_index(w, process, tmp_path, build):
    """An envelope of supplier 0 whose index is what `build` makes of the true one; signed and sent."""
    sealed = sealed_by(w, process, 0, "49.00", out=tmp_path / "own", documents=[("a.pdf", "application/pdf", PDF)])
    plain = [
        index.IndexFile(n, t, hashlib.sha256(d).hexdigest(), len(d))
        for n, t, d in (answers(w, process), ("a.pdf", "application/pdf", PDF))
    ]
    said = offer_of(offer(process, "49.00")["prices"], items_of(process))
    target = tmp_path / "index.age"
    with target.open("wb") as file:
        measured = encrypt_stream(io.BytesIO(build(plain, said)), file, sealed.manifest.recipient)
    first = {"sha256": measured.sha256, "size": measured.size, "parts": list(measured.parts)}
    rest = json.loads(sealed.manifest_bytes)["files"][1:]
    data = changed(sealed.manifest_bytes, files=[first, *rest])
    files = [(measured.sha256, target), *((f["sha256"], p) for f, p in zip(rest, sealed.files[1:], strict=True))]
    return take(w, process, sealed, data, files)


PDF = b"%PDF-1.7\npropuesta\n"


def answers(w, process):
    said = offer(process, "49.00")
    return client.answers({str(n): text for n, text in said["responses"].items()}, STATEMENT)


def edited(name, value):
    """The offer with another value: `lines.0.unit_price` or `currency`."""

    def build(plain, said):
        if name.startswith("lines."):
            _lines, n, field = name.split(".")
            said["lines"][int(n)][field] = value
        else:
            said[name] = value
        return index.build(plain, said)

    return build


INDEXES = {  # name -> (what the index is, reason)
    "no offer": (lambda plain, said: index.build(plain, None), "offer"),
    "another currency": (edited("currency", "USD"), "offer"),
    "no lines": (lambda plain, said: index.build(plain, said | {"lines": []}), "offer"),
    "a price of nothing": (edited("lines.0.unit_price", "0.00"), "offer"),
    "a tenth of a centavo": (edited("lines.0.unit_price", "49.001"), "offer"),
    "more money than there is": (edited("lines.0.unit_price", "9" * 18), "offer"),
    "a file more than was sent": (lambda plain, said: index.build([*plain, plain[0]], said), "unreadable"),
    "a file less": (lambda plain, said: index.build(plain[:1], said), "unreadable"),
    "another file": (
        lambda plain, said: index.build([plain[0], index.IndexFile("\x00\u202e.pdf", "x", "0" * 64, 5)], said), "unreadable",
    ),
    "no JSON": (lambda plain, said: b"%PDF-1.7" + bytes(4088), "unreadable"),
    "deep JSON": (lambda plain, said: b"[" * 100_000, "unreadable"),
    "nothing": (lambda plain, said: b"", "unreadable"),
    "not padded": (lambda plain, said: canonical({"v": 1, "files": [], "offer": None, "pad": ""}), "unreadable"),
    "an amount that is none": (
        lambda plain, said: canonical({"v": 1, "files": [], "offer": said | {"total": "mucho"}, "pad": ""}), "unreadable",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_that_is_no_bid_is_told_and_leaves_no_plain_copy(w, process, tmp_path, folder, name):
    build, reason = INDEXES[name]
    bid(w, process, 1, "51.30", at=RECEIVED)
    with_index(w, process, tmp_path, build)
    hold(w, process)
    only_the_other_opens(w, process, reason)
    assert not [p for p in folder.rglob("*") if p.suffix == ".plain" or p.name.startswith(".")]
    assert not [p for p in folder.rglob("*") if p.is_file() and p.read_bytes().startswith(b"%PDF")]


NOTES = {  # name -> (what the index is, notes)
    "another total": (edited("total", "1.00"), ("total",)),
    "another amount": (edited("lines.1.amount", "1.00"), ("amount",)),
    "another quantity": (edited("lines.1.quantity", "1"), ("amount",)),
    "an item that is none": (
        lambda plain, said: index.build(plain, said | {"lines": [*said["lines"], *(
            {"line": n, "quantity": "1", "unit_price": "1.00", "amount": "1.00"} for n in range(90, 99))]}),
        ("unknown_item",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTES)
def test_what_differs_from_arithmetic_is_noted_and_the_unit_price_governs(w, process, tmp_path, name):
    build, notes = NOTES[name]
    with_index(w, process, tmp_path, build)
    hold(w, process)
    told = event_of(process, "bid.opened")
    assert told.notes == notes
    assert [str(line.unit_price) for line in told.lines] == ["49.00", "49.00"]
    assert str(told.total) == "20286000.00"


def test_a_lot_without_a_price_is_left_out(w, process):
    bid(w, process, 0, {2: "9.90"}, at=RECEIVED)
    hold(w, process)
    told = event_of(process, "bid.opened")
    assert (told.content.lots, [line.item for line in told.lines], told.notes) == ((2,), [2], ())


ANSWERS = {  # name -> (bytes, answers that are kept, notes)
    "no JSON": (b"hola", {}, ("answers", "statement")),
    "deep JSON": (b"[" * 200_000, {}, ("answers", "statement")),
    "a list": (b"[]", {}, ("answers", "statement")),
    "no statement": (canonical({"v": 1, "responses": {"1": "Sí"}, "statement": ""}), {"1": "Sí"}, ("statement",)),
    "a statement with a null": (
        json.dumps({"v": 1, "responses": {"1": "Sí"}, "statement": "a\0b"}).encode(), {"1": "Sí"}, ("statement",),
    ),
    "half a character": (b'{"v":1,"responses":{"1":"\\ud800"},"statement":"s"}', {}, ("answers",)),
    "an answer with a null": (
        json.dumps({"v": 1, "responses": {"1": "a\0b", "2": "Sí"}, "statement": "s"}).encode(), {"2": "Sí"}, ("answers",),
    ),
    "answers that are no text": (
        json.dumps({"v": 1, "responses": {"1": [1], "2": {"a": 1}}, "statement": "s"}).encode(),
        {"1": "[1]", "2": "{'a': 1}"}, (),
    ),
    "an answer that turns around": (
        json.dumps({"v": 1, "responses": {"1": "al rev\u202ees"}, "statement": "s"}).encode(), {}, ("answers",),
    ),
    "a criterion that is no number": (
        json.dumps({"v": 1, "responses": {"x": "Sí"}, "statement": "s"}).encode(), {}, ("answers", "statement"),
    ),
    "a criterion of many figures": (
        json.dumps({"v": 1, "responses": {"9" * 9000: "Sí"}, "statement": "s"}).encode(), {}, ("answers", "statement"),
    ),
    "larger than any": (
        json.dumps({"v": 1, "responses": {}, "statement": "s" * 1_100_000}).encode(), {}, ("answers", "statement"),
    ),
    "a long answer": (
        json.dumps({"v": 1, "responses": {"1": "x" * 4001, "2": "x" * 4000}, "statement": "s" * 9000}).encode(),
        {"2": "x" * 4000}, ("answers",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_that_cannot_be_read_are_left_out_and_noted(w, process, tmp_path, name):
    data, kept, notes = ANSWERS[name]
    sealed = client.seal(
        [("respuestas.json", "application/json", data)],
        offer_of(offer(process, "49.00")["prices"], items_of(process)),
        ocid=process.ocid, lot=None, envelope=ENVELOPE, supplier=w.supplier_rows[0].rfc,
        panel=panel_for_seal(process), k=2, reveal_by="2020-11", out=tmp_path / "own",
    )  # fmt: skip
    take(w, process, sealed)
    hold(w, process)
    told = event_of(process, "bid.opened")
    assert told.content.responses == kept
    assert len(told.content.statement) <= 4000
    assert set(told.notes) <= set(notes) and (told.notes or not notes)


def test_documents_that_must_not_be_published_are_withheld_and_the_price_counts(w, process, tmp_path):
    documents = [
        ("virus.exe", "application/x-msdownload", b"MZ\x90\x00"),
        ("../../../etc/passwd.pdf", "application/pdf", b"%PDF-1.7\ntexto"),
        ("falso.pdf", "application/pdf", b"<html>"),
        ("\x00al rev\u202ees.pdf", "application/pdf", b"%PDF-1.7\notro"),
        ("vacío.pdf", "application/pdf", b""),
    ]
    sealed = sealed_by(w, process, 0, "49.00", out=tmp_path / "own", documents=documents)
    take(w, process, sealed)
    hold(w, process)
    told = event_of(process, "bid.opened")
    assert str(told.lines[0].unit_price) == "49.00"
    assert len(told.withheld) == 3
    titles = [d.title for d in told.documents]
    assert titles == ["passwd", "al reves"]
    assert not [t for t in titles if "\x00" in t or "\u202e" in t or "/" in t]
    assert StoredFile.objects.filter(is_public=True).count() == 2
    assert not StoredFile.objects.filter(name__contains=".exe").exists()


def test_what_is_missing_says_which_keys_are_missing(w, process):
    bid(w, process, 0, "49.00", at=RECEIVED)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    (text,) = what_is_missing(process, KEYS)
    assert text
    give_keys(w, process, at=KEYS)
    assert (what_is_missing(process, KEYS), len(events_of(process, "envelope.revealed"))) == ([], 1)
