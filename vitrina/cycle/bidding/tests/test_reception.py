# SPDX-License-Identifier: Apache-2.0
"""What is checked of an envelope as it arrives: each fault has a code and a sentence of its own, and leaves nothing.

Specification: sealed bids, section 6.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pyrage
import pytest

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, signed
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.sealing import changed, rows_of, sealed_by, signed_as, submit
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.contents import MAX_DOCUMENTS
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.bidding.reception import MAX_OBJECT, MAX_TOTAL, month_after
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry
from vitrina.sealed import client, objects

whole = built_once(lambda: (w := world(), reach_clarifying(w)))
PART = 8 * 1024 * 1024


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


@pytest.fixture
def sealed(w, process, tmp_path):
    return sealed_by(w, process, 0, out=tmp_path)


def refusal(send, *arguments, **more):
    """The one refusal of an act, after checking that it left no entry and no envelope."""
    before = Entry.objects.count(), Envelope.objects.count()
    with pytest.raises(Refused) as refused:
        send(*arguments, **more)
    assert (Entry.objects.count(), Envelope.objects.count()) == before
    (only,) = refused.value.refusals
    assert only.message and "%(" not in only.message
    return only


def of_two(sealed, **changes):
    """The manifest with the first of its shares changed."""
    shares = json.loads(sealed.manifest_bytes)["shares"]
    return [shares[0] | changes, *shares[1:]]


def files_of(sealed, n, size=300):
    """`n` ciphertexts that nobody has."""
    names = [f"{i:064x}" for i in range(n)]
    return [{"sha256": name, "size": size, "parts": [name]} for name in names]


def large(sealed, total):
    """One ciphertext of so many bytes."""
    parts = [f"{i:064x}" for i in range(-(-total // PART))]
    return [{"sha256": "f" * 64, "size": total, "parts": parts}]


TWO_STANZAS = base64.b64encode(
    pyrage.encrypt(b"0" * 33, [pyrage.x25519.Identity.generate().to_public() for _ in range(2)])
).decode()
WITH_PASSPHRASE = base64.b64encode(pyrage.passphrase.encrypt(b"0" * 33, "frase")).decode()
FAULTS = {  # name -> (how the manifest is changed, code)
    "another purchase": (lambda s: changed(s.manifest_bytes, ocid="ocds-xs7k2n-other"), "ocid"),
    "another RFC": (lambda s: changed(s.manifest_bytes, supplier="RVH090807CD2"), "supplier"),
    "another month": (lambda s: changed(s.manifest_bytes, reveal_by="2020-12"), "reveal_by"),
    "a lot": (lambda s: changed(s.manifest_bytes, lot="1"), "envelope"),
    "another envelope": (lambda s: changed(s.manifest_bytes, envelope="tecnica"), "envelope"),
    "another opener": (lambda s: changed(s.manifest_bytes, shares=of_two(s, opener="ll-nadie")), "panel"),
    "openers in another order": (
        lambda s: changed(s.manifest_bytes, shares=[
            a | {"opener": b["opener"]} for a, b in zip(of_two(s), reversed(of_two(s)), strict=True)
        ]), "panel",
    ),
    "an opener less": (lambda s: changed(s.manifest_bytes, shares=of_two(s)[:2]), "panel"),
    "another threshold": (lambda s: changed(s.manifest_bytes, k=3), "panel"),
    "a threshold of one": (lambda s: changed(s.manifest_bytes, k=1), "quorum"),
    "a panel of one": (lambda s: changed(s.manifest_bytes, k=1, shares=of_two(s)[:1]), "panel_of_one"),
    "shares out of order": (lambda s: changed(s.manifest_bytes, shares=of_two(s)[::-1]), "share_x"),
    "an opener twice": (
        lambda s: changed(s.manifest_bytes, shares=of_two(s, opener=of_two(s)[1]["opener"])), "opener_repeated",
    ),
    "a share for two": (lambda s: changed(s.manifest_bytes, shares=of_two(s, age=TWO_STANZAS)), "share_age"),
    "a share under a passphrase": (lambda s: changed(s.manifest_bytes, shares=of_two(s, age=WITH_PASSPHRASE)), "share_age"),
    "a share that is no base64": (lambda s: changed(s.manifest_bytes, shares=of_two(s, age="¿?")), "share_age"),
    "a commitment that is none": (lambda s: changed(s.manifest_bytes, shares=of_two(s, commit="A" * 64)), "share_commit_malformed"),
    "a recipient that is none": (lambda s: changed(s.manifest_bytes, recipient="age1nadie"), "recipient_malformed"),
    "a key commitment that is none": (lambda s: changed(s.manifest_bytes, key_commit="00"), "key_commit_malformed"),
    "no salt": (lambda s: changed(s.manifest_bytes, salt=""), "salt_malformed"),
    "no file": (lambda s: changed(s.manifest_bytes, files=[]), "files_count"),
    "a negative size": (lambda s: changed(s.manifest_bytes, files=files_of(s, 1, size=-1)), "file_size"),
    "parts that do not add up": (lambda s: changed(s.manifest_bytes, files=files_of(s, 1, size=PART + 1)), "file_parts"),
    "too many documents": (lambda s: changed(s.manifest_bytes, files=files_of(s, MAX_DOCUMENTS + 3)), "documents"),
    "too many bytes": (lambda s: changed(s.manifest_bytes, files=large(s, MAX_TOTAL + 1)), "total"),
    "not canonical: a space": (lambda s: s.manifest_bytes.replace(b'","', b'", "', 1), "not_canonical"),
    "not canonical: a line after it": (lambda s: s.manifest_bytes + b"\n", "not_canonical"),
    "not canonical: a key twice": (
        lambda s: b'{"type":"sobre/v1",' + s.manifest_bytes[1:], "not_canonical",
    ),
    "an unknown key": (lambda s: changed(s.manifest_bytes, note="nada"), "unknown_key"),
    "a key that lacks": (lambda s: changed(s.manifest_bytes, salt=...), "missing_key"),
    "a number as text": (lambda s: changed(s.manifest_bytes, k="2"), "wrong_type"),
    "a number with a fraction": (lambda s: changed(s.manifest_bytes, k=2.5), "wrong_type"),
    "a type of another version": (lambda s: changed(s.manifest_bytes, type="sobre/v2"), "unknown_type"),
    "no JSON": (lambda s: s.manifest_bytes[:-1], "not_json"),
    "no text": (lambda s: b"\xff\xfe" + s.manifest_bytes, "not_json"),
    "nothing": (lambda s: b"", "not_json"),
    "a list": (lambda s: b"[]", "unknown_type"),
    "oversized": (lambda s: s.manifest_bytes + b" " * MAX_OBJECT, "size"),
    "a decoy": (
        lambda s: canonical({"type": "sobre/v1/senuelo", "reveal_by": "2020-11", "salt": "0" * 64}), "type",
    ),
    "a withdrawal": (lambda s: client.withdraw(s.manifest), "type"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_of_a_manifest_is_refused_with_its_own_code(w, process, sealed, name):
    make, code = FAULTS[name]
    data = make(sealed)
    assert refusal(submit, w, process, 0, data).code == code


def test_what_was_refused_is_received_as_soon_as_it_is_right(w, process, sealed):
    entry = submit(w, process, 0, sealed.manifest_bytes)
    assert entry.event.c == sealed.c
    assert [row.c for row in rows_of(process)] == [sealed.c]


def test_every_code_has_a_sentence_of_its_own(w, process, sealed):
    said = {}
    for make, code in FAULTS.values():
        said.setdefault(code, refusal(submit, w, process, 0, make(sealed)).message)
    assert len(set(said.values())) == len(said)
    assert "RVH090807CD2" in said["supplier"] and "BTL100203AB1" in said["supplier"]
    assert month_after(OPENING) == "2020-11" and "2020-11" in said["reveal_by"]


@pytest.mark.parametrize("month", ["2020-10", "2020-11", "2021-01", "2020-13", "2020-1"])
def test_the_month_is_the_one_after_the_opening(w, process, sealed, month):
    data = changed(sealed.manifest_bytes, reveal_by=month)
    if month == "2020-11":
        assert submit(w, process, 0, data).event.reveal_by == month
    else:
        assert refusal(submit, w, process, 0, data).code in {"reveal_by", "reveal_by_malformed"}


def test_at_the_limits_it_is_taken(w, process, sealed):
    most = changed(sealed.manifest_bytes, files=files_of(sealed, MAX_DOCUMENTS + 2))
    assert submit(w, process, 0, most).kind == "envelope.logged"
    whole = changed(sealed.manifest_bytes, files=large(sealed, MAX_TOTAL), salt="1" * 64)
    assert len(whole) < MAX_OBJECT
    assert submit(w, process, 0, whole).kind == "envelope.logged"


# whose it is


def test_another_bidder_cannot_send_it_again_as_its_own(w, process, sealed):
    entry = submit(w, process, 0, sealed.manifest_bytes)
    stolen = signed(w.suppliers[0], sealed.manifest_bytes, RECEIVED)
    for claim in (stolen, signed_as(w.suppliers[1], sealed.manifest_bytes, RECEIVED)):
        assert refusal(submit, w, process, 1, sealed.manifest_bytes, claim=claim).code == "supplier"
    renamed = changed(sealed.manifest_bytes, supplier="RVH090807CD2")
    assert refusal(submit, w, process, 1, renamed, claim=stolen).code == "CERT_RFC_MISMATCH"
    # with its own signature it is a bid of its own, which nobody can open: the key is the other's
    own = submit(w, process, 1, renamed)
    assert own.pk != entry.pk and [row.c for row in rows_of(process)] == [sealed.c, own.event.c]


def test_sent_twice_it_is_received_once(w, process, sealed):
    first = submit(w, process, 0, sealed.manifest_bytes)
    later = submit(w, process, 0, sealed.manifest_bytes, at=RECEIVED + timedelta(hours=5))
    assert (later.pk, later.at) == (first.pk, RECEIVED)
    assert Envelope.objects.count() == 1
    # also after the deadline: it is not late for having been sent again
    again = submit(w, process, 0, sealed.manifest_bytes, at=OPENING)
    assert again.pk == first.pk


def test_a_withdrawal_and_a_new_share_go_through_their_own_doors(w, process, sealed):
    submit(w, process, 0, sealed.manifest_bytes)
    actor, retiro = w.suppliers[0], client.withdraw(sealed.manifest)
    opener = panel_for_seal(process)[1]
    reparto = client.redeal(sealed.manifest, sealed.identity, 2, opener)
    arguments = {"at": RECEIVED, "previous": sealed.manifest_bytes}
    for run, data in ((bidding.submit, retiro), (bidding.submit, reparto), (bidding.withdraw, reparto),
                      (bidding.redeal, retiro), (bidding.withdraw, sealed.manifest_bytes)):  # fmt: skip
        claim = signed(actor, data, RECEIVED)
        assert refusal(run, actor, process.ocid, data=data, claim=claim, **arguments).code == "type"
    for run, data in ((bidding.withdraw, retiro), (bidding.redeal, reparto)):
        claim = signed(actor, data, RECEIVED)
        assert run(actor, process.ocid, data=data, claim=claim, **arguments).kind == "envelope.logged"


# what it replaces or withdraws


def previous_cases(w, process, tmp_path):
    """Name -> what is brought as the receipt of the bid that one names."""
    mine = bid(w, process, 0, "54.90", at=RECEIVED)
    other = bid(w, process, 1, "51.30", at=RECEIVED)
    elsewhere = sealed_by(w, reach_clarifying(w), 0, out=tmp_path / "b")
    return mine, {
        "nothing": (mine.c, None),
        "another of one's own": (mine.c, bid(w, process, 0, "54.00", at=RECEIVED).manifest_bytes),
        "another bidder's": (other.c, other.manifest_bytes),
        "of another purchase": (elsewhere.c, elsewhere.manifest_bytes),
        "oversized": (objects.reveal_digest(b"x" * (MAX_OBJECT + 1)), b"x" * (MAX_OBJECT + 1)),
        "no manifest": (objects.reveal_digest(b"{}"), b"{}"),
    }


@pytest.mark.parametrize("name", ["nothing", "another of one's own", "another bidder's", "of another purchase",
                                  "oversized", "no manifest"])  # fmt: skip
def test_nobody_replaces_or_withdraws_what_is_not_their_own(w, process, tmp_path, name):
    mine, cases = previous_cases(w, process, tmp_path)
    named, previous = cases[name]
    again = sealed_by(w, process, 0, "50.00", out=tmp_path, replaces=named)
    expected = "unknown_type" if name == "no manifest" else "previous"
    assert refusal(submit, w, process, 0, again.manifest_bytes, previous=previous).code == expected

    data = changed(client.withdraw(mine.manifest), bid=named)
    claim = signed(w.suppliers[0], data, RECEIVED)
    found = refusal(
        bidding.withdraw, w.suppliers[0], process.ocid, at=RECEIVED, data=data, claim=claim, previous=previous
    )
    assert found.code == expected


def test_a_withdrawal_in_a_rivals_name_is_refused(w, process):
    victim = bid(w, process, 1, "51.30", at=RECEIVED)
    data = client.withdraw(victim.manifest)
    for claim in (signed_as(w.suppliers[0], data, RECEIVED), signed(w.suppliers[1], data, RECEIVED)):
        found = refusal(
            bidding.withdraw, w.suppliers[0], process.ocid, at=RECEIVED, data=data, claim=claim,
            previous=victim.manifest_bytes,
        )  # fmt: skip
        assert found.code == "supplier"
    # and in the rival's own account, signed by another
    found = refusal(
        bidding.withdraw, w.suppliers[1], process.ocid, at=RECEIVED, data=data,
        claim=signed_as(w.suppliers[0], data, RECEIVED), previous=victim.manifest_bytes,
    )  # fmt: skip
    assert found.code == "CERT_RFC_MISMATCH"


def test_a_share_dealt_anew_keeps_its_place_and_its_value(w, process, sealed):
    submit(w, process, 0, sealed.manifest_bytes)
    opener = panel_for_seal(process)[1]
    data = client.redeal(sealed.manifest, sealed.identity, 2, opener)
    share = json.loads(data)["share"]
    for wrong in ({"x": 3}, {"commit": sealed.manifest.shares[0].commit}, {"x": 1}):
        forged = changed(data, share=share | wrong)
        found = refusal(
            bidding.redeal, w.suppliers[0], process.ocid, at=RECEIVED, data=forged,
            claim=signed(w.suppliers[0], forged, RECEIVED), previous=sealed.manifest_bytes,
        )  # fmt: skip
        assert found.code == "share"


# how it is signed
