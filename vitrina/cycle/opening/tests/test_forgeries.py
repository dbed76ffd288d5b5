# SPDX-License-Identifier: Apache-2.0
"""An administrator exchanges contents and forges names by SQL and on the disk: the act does not follow, or the audit finds it."""

import base64
import hashlib
import io
import json
import shutil
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, offer, reach_bidding, signed
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, KEYS, OPENED, give_keys
from tests.worlds.sealing import event_of, events_of, give, rows_of, sealed_by, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope, vault
from vitrina.cycle.bidding.contents import offer_of
from vitrina.cycle.bidding.events import NOBODY, EnvelopeLogged
from vitrina.cycle.bidding.models import Envelope, PostedShare, Unsealed
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.bidding.unsealing import unseal_ready
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.opening.auditing import leaves_of, result_of, reveals_of
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import openers_of
from vitrina.kernel.canonical import canonical
from vitrina.ledger.append import append
from vitrina.parties.roles import Role
from vitrina.sealed import client, custody, index, objects
from vitrina.sealed.agefile import decrypt_bytes, encrypt_stream
from vitrina.sealed.signature import sign_efirma
from vitrina.site.demo import issuing

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={0: "54.90", 1: "51.30", 2: "57.75"})))
MONTH_AFTER = "2020-12"  # the envelopes must be explained by November


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole, settings, tmp_path):
    """The purchase; what it has on the disk lies where this test alone writes."""
    here = tmp_path / "sealed"
    logged = set(Envelope.objects.values_list("c", flat=True))
    for sealed in (s for s in w.kept.values() if s.c in logged):
        for file in sealed.manifest.files:
            source = vault.path_of(file.sha256)
            (here / file.sha256[:2]).mkdir(parents=True, exist_ok=True)
            shutil.copy(source, here / file.sha256[:2] / file.sha256)
    settings.SEALED_DIR = here
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def bid_of(w, process, who):
    rfc = w.supplier_rows[who].rfc
    return next(s for s in w.kept.values() if (s.manifest.ocid, s.manifest.supplier) == (process.ocid, rfc))


def start(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)


def reveal(w, process):
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")


def finish(w, process, *, bids=True):
    if bids:
        for role in (Role.OIC, Role.WITNESS):
            give(w, process, role, "bids")
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)


def found_in_the_act(process):
    """The findings that the act itself wrote down, in public."""
    return set(event_of(process, "envelopes.audited").findings)


def found_by_the_audit(process, month=MONTH_AFTER):
    """(code, digest) of every finding of the audit that anybody runs once the month is over."""
    return {(f.code, f.c) for f in result_of(process, month).findings}


@pytest.mark.parametrize("also_told", [False, True])
def test_a_ciphertext_that_was_exchanged_for_another_price(w, process, also_told):
    """Once the manifest is revealed its recipient is known: somebody seals another index to it, lays it on the disk,
    and writes its digest into the row."""
    victim = bid_of(w, process, 1)
    start(w, process)
    reveal(w, process)
    said = offer_of(offer(process, "99.00")["prices"], items_of(process))
    true = index.parse(_plain(victim, 0))
    fake = index.build(list(true.files), said)
    out = io.BytesIO()
    measured = encrypt_stream(io.BytesIO(fake), out, victim.manifest.recipient)
    old = victim.manifest.files[0].sha256
    if also_told:
        row = Envelope.objects.get(c=victim.c)
        row.files[0] = {"sha256": measured.sha256, "size": measured.size, "parts": list(measured.parts)}
        Envelope.objects.filter(pk=row.pk).update(files=row.files)
        target = vault.path_of(measured.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(out.getvalue())
    vault.path_of(old).write_bytes(out.getvalue())
    finish(w, process)
    assert "99.00" not in {str(b.prices[1]) for b in opened_bids(process)}
    told = event_of(process, "bid.unopenable")
    assert (told.c, told.reason) == (victim.c, "damaged")
    assert event_of(process, "opening.closed").unopenable[0].c == victim.c


def _plain(sealed, number):
    return decrypt_bytes(vault.path_of(sealed.manifest.files[number].sha256).read_bytes(), sealed.identity)


@pytest.mark.parametrize("how", ["price", "answers", "lots", "documents", "identity", "broken"])
def test_what_was_found_in_an_envelope_is_read_again_when_somebody_wrote_another_price(w, process, how):
    victim = bid_of(w, process, 1)
    start(w, process)
    reveal(w, process)
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "bids")
    unseal_ready(process)
    kept = Unsealed.objects.get(envelope=victim.c)
    content = kept.content["content"]
    if how == "price":
        content["prices"]["1"] = "99.00"
    elif how == "answers":
        content["responses"]["1"] = "No cumplimos."
    elif how == "lots":
        content["lots"] = []
    elif how == "documents":
        content["documents"][0]["sha256"] = "0" * 64
    elif how == "identity":
        kept.identity = bid_of(w, process, 0).identity
    else:
        kept.content = {"content": {}}
    kept.save()
    finish(w, process, bids=False)
    told = next(e for e in events_of(process, "bid.opened") if e.c == victim.c)
    assert (str(told.total), told.identity) == ("21135600.00", victim.identity)
    assert told.content.responses["1"].startswith("Cumplimos")
    assert [d.sha256 for d in told.documents] != ["0" * 64]


def test_shares_that_nobody_gave_open_nothing(w, process):
    start(w, process)
    for row in rows_of(process):
        for opener in openers_of(process):
            share = base64.b64encode(b"\7" * 32 + bytes([opener.x])).decode()
            PostedShare.objects.create(opener=opener, envelope=row, round="custody", share=share, is_true=True)
    assert bidding.reveal_all(w[Role.OFFICER], process, at=KEYS) == []
    assert set(states_of(process)) == {"closed"}


# a forged record in the custody


def forge(process, data, signature, at=RECEIVED):
    """An envelope that never came through the reception: leaf, row and custody, all by the administrator."""
    c = objects.reveal_digest(data)
    entry = append("sobre:forjado", EnvelopeLogged(c=c, reveal_by="2020-11"), actor=NOBODY, at=at)
    record = canonical({"object": data.decode(), "signature": signature, "received_at": "2020-10-12T15:00:00Z"})
    locked = custody.lock(record, ocid=process.ocid, panel=panel_for_seal(process), k=2)
    Envelope.objects.create(c=c, process=process, entry=entry, locked=locked, files=[], state="closed")
    return c


def own_key(rfc, payload_type, data):
    """A certificate of the victim's RFC that the administrator made himself."""
    key = rsa.generate_private_key(65537, 2048)
    subject = issuing.sat_name(issuing.Holder("REACTIVOS VALLE HONDO", rfc, rep_rfc="LARX800101AB1"))
    der = issuing.certificate(
        subject=subject, key=key.public_key(), issuer=issuing.Issuer(subject.dump(), key), number="0" * 20,
        since=RECEIVED - timedelta(days=30), until=RECEIVED + timedelta(days=300),
        extensions=issuing.efirma_extensions(),
    )  # fmt: skip
    return sign_efirma(key, der, payload_type, data, RECEIVED)


def recorded(w, process, who, data, claim):
    """The record that the server would have made of a claim, without its checks."""
    return claim | {
        "v": 1, "act": "bid", "policy": "signing/1", "payload_sha256": hashlib.sha256(data).hexdigest(),
        "signer": {"role": "supplier", "name": w.supplier_rows[who].name, "party": w.supplier_rows[who].key},
        "received_at": "2020-10-12T15:00:00Z", "verdict": "OK", "warnings": [], "test": True, "chain": [],
        "alg": "RSASSA-PKCS1-v1_5-SHA256", "cert_sha256": "0" * 64, "cert_number": "0" * 20, "rep_rfc": None,
        "name": w.supplier_rows[who].name, "rfc": w.supplier_rows[who].rfc, "not_before": "2020-10-01T00:00:00Z",
        "not_after": "2021-10-01T00:00:00Z", "revocation": {"kind": "none", "status": "not_consulted"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "by", ["nothing", "a broken record", "another company", "a key of his own", "of another text"]
)
def test_a_withdrawal_in_the_victims_name_takes_nothing_back(w, process, by):
    victim = bid_of(w, process, 1)
    data = client.withdraw(victim.manifest)
    kind = objects.PAYLOAD_TYPES["sobre/v1/retiro"]
    rfc = w.supplier_rows[1].rfc
    signature = {
        "nothing": None,
        "a broken record": {"kind": "efirma", "value": 5},
        "another company": recorded(w, process, 1, data, signed(w.suppliers[0], data, RECEIVED)),
        "a key of his own": recorded(w, process, 1, data, own_key(rfc, kind, data)),
        "of another text": recorded(w, process, 1, data, signed(w.suppliers[1], client.withdraw(victim.manifest), RECEIVED)),
    }[by]  # fmt: skip
    if by == "another company":
        signature["rfc"] = w.supplier_rows[0].rfc
    forged = forge(process, data, signature)
    start(w, process)
    reveal(w, process)
    told = next(e for e in events_of(process, "envelope.revealed") if e.c == forged)
    assert (told.state, told.warning, told.bidder) == ("notice", "bad_signature", None)
    finish(w, process)
    assert victim.c[:26] in {b.bid_id for b in opened_bids(process)}
    assert found_in_the_act(process) == {f"bad_signature {forged}"}
    assert found_by_the_audit(process) == {("bad_signature", forged)}


def test_a_later_bid_in_the_victims_name_replaces_nothing(w, process, tmp_path):
    victim = bid_of(w, process, 1)
    false = sealed_by(w, process, 1, "999.00", out=tmp_path / "forged")
    claim = own_key(w.supplier_rows[1].rfc, objects.PAYLOAD_TYPES["sobre/v1"], false.manifest_bytes)
    forged = forge(process, false.manifest_bytes, recorded(w, process, 1, false.manifest_bytes, claim))
    start(w, process)
    reveal(w, process)
    finish(w, process)
    assert victim.c[:26] in {b.bid_id for b in opened_bids(process)}
    assert found_in_the_act(process) == {f"bad_signature {forged}"}


def test_a_manifest_of_another_purchase_counts_for_nothing_here(w, process, tmp_path):
    other = reach_bidding(w, offers={0: "1.00"})
    elsewhere = bid_of(w, other, 0)
    row = Envelope.objects.get(c=elsewhere.c)
    signature = signed(w.suppliers[0], elsewhere.manifest_bytes, RECEIVED)
    record = canonical(
        {
            "object": elsewhere.manifest_bytes.decode(),
            "signature": recorded(w, process, 0, elsewhere.manifest_bytes, signature),
            "received_at": "2020-10-12T15:00:00Z",
        }
    )
    locked = custody.lock(record, ocid=process.ocid, panel=panel_for_seal(process), k=2)
    Envelope.objects.filter(pk=row.pk).update(process=process, locked=locked)
    start(w, process)
    for role in (Role.OFFICER, Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
    assert Envelope.objects.get(c=elsewhere.c).state == "closed"
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert f"unexplained_leaf {elsewhere.c}" in found_in_the_act(process)


def test_what_was_revealed_cannot_be_written_anew(w, process):
    victim = bid_of(w, process, 1)
    start(w, process)
    reveal(w, process)
    other = canonical(json.loads(victim.manifest_bytes) | {"supplier": "NAD100203AB1"}).decode()
    finish(w, process)
    Envelope.objects.filter(c=victim.c).update(object=other)
    assert ("false_reveal", victim.c) in found_by_the_audit(process)
    assert len(reveals_of(leaves_of(process))) == 3


def test_one_opener_more_than_were_dealt_to_is_nobody(w, process):
    """An opener whom the administrator writes into the panel holds no share."""
    opener = openers_of(process)[0]
    fourth = type(opener)(
        process=process, x=4, key=opener.key, person=w.evaluator_people[0], role="oic", name="Nadie", body="Nadie"
    )
    fourth.save(force_insert=True)
    start(w, process)
    assert not envelope.wanted_of(fourth, "custody") or fourth.key_id == opener.key_id
    give_keys(w, process, at=KEYS)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert len(opened_bids(process)) == 3
