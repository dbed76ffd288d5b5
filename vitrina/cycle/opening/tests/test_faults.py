# SPDX-License-Identifier: Apache-2.0
"""Envelopes that are not what they should be: each is told with its reason, none stops the act of the others.

Specification: sealed bids, sections 8 and 10.
"""

import base64
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, pdf, signed
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, KEYS, OPENED, give_keys
from tests.worlds.sealing import asked, changed, event_of, give, rows_of, sealed_by, states_of, submit
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope, vault
from vitrina.cycle.bidding.models import Unsealed
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.bidding.unsealing import unseal_ready
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import openers_of
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry, Outbox, Position
from vitrina.parties.roles import Role
from vitrina.sealed import client
from vitrina.sealed.agefile import encrypt_bytes
from vitrina.sealed.folder import read
from vitrina.sealed.opening import decrypt_share
from vitrina.sealed.report import audit_folder
from vitrina.sealed.shares import key_commit, share_commit
from vitrina.site.demo.keys import identity_of

whole = built_once(lambda: (w := world(), reach_clarifying(w, lots=2)))
OPENERS = (Role.OFFICER, Role.OIC, Role.WITNESS)


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


def failures(process, folder):
    """What anybody takes home from the act, in `folder`; why its envelopes stayed closed, as it says."""
    waiting = Outbox.objects.order_by("entry").values_list("entry", flat=True)  # their transaction is not over
    Position.objects.bulk_create(Position(position=n, entry_id=pk) for n, pk in enumerate(waiting, start=1))
    answer = Client().get(f"/p/{process.ocid}/auditoria.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(folder)
    return json.loads((folder / "audit.json").read_text())["failed"]


def audited_outside(folder, **changes):
    """(code, envelope) of each finding of an outsider who repeats the audit with what was taken home."""
    told = folder / "audit.json"
    told.write_text(json.dumps(json.loads(told.read_text()) | changes))
    return [(f.code, f.c) for f in audit_folder(read(folder), month=f"{OPENING:%Y-%m}").findings]


# the dealer


def dealt_wrong(sealed, process, *places, age=None):
    """The manifest with false shares in these places, to which it commits all the same."""
    panel, found = panel_for_seal(process), json.loads(sealed.manifest_bytes)
    for x in places:
        share = bytes([x + 100]) * 32 + bytes([x])
        blob = age or base64.b64encode(encrypt_bytes(share, panel[x - 1]["recipient"])).decode()
        found["shares"][x - 1] |= {"commit": share_commit(sealed.manifest.ctx, share), "age": blob}
    return canonical(found)


@pytest.mark.parametrize("roles", [(Role.OFFICER, Role.OIC), OPENERS])
def test_one_bad_share_is_survived_by_the_others_and_told(w, process, tmp_path, roles):
    sealed = sealed_by(w, process, 0, "49.00", out=tmp_path / "own")
    take(w, process, sealed, dealt_wrong(sealed, process, 3))
    hold(w, process, roles=roles)
    told = event_of(process, "bid.opened")
    assert (told.share_audit, told.bidder.key) == ((True, True, False), w.suppliers[0].supplier_key)
    assert "share.false" not in [
        e.kind for e in Entry.objects.filter(stream=process.stream)
    ]  # who gave it is blameless


def test_a_bad_share_among_the_two_that_came_waits_in_vain_until_the_third_comes(w, process, tmp_path):
    sealed = sealed_by(w, process, 0, "49.00", out=tmp_path / "own")
    take(w, process, sealed, dealt_wrong(sealed, process, 3))
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give_keys(w, process, at=KEYS)
    unseal_ready(process)
    assert Unsealed.objects.get().problem == "dealer"
    give_keys(w, process, at=KEYS, roles=(Role.OFFICER,))
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert event_of(process, "bid.opened").share_audit == (True, True, False)


def test_bad_shares_for_all_are_the_dealers_fault(w, process, tmp_path):
    bid(w, process, 1, "51.30", at=RECEIVED)
    sealed = sealed_by(w, process, 0, "49.00", out=tmp_path / "own")
    take(w, process, sealed, dealt_wrong(sealed, process, 1, 2, 3))
    hold(w, process, roles=OPENERS)
    told = only_the_other_opens(w, process, "dealer")
    assert "key" in told.explanation
    assert len(failures(process, tmp_path)[told.c]["shares"]) == 3
    assert audited_outside(tmp_path) == []
    without_shares = {told.c: {"reason": "dealer", "shares": []}}
    assert audited_outside(tmp_path, failed=without_shares) == [("bid_not_opened", told.c)]
    assert "49.00" not in "".join(e.body for e in Entry.objects.filter(stream=process.stream))


def test_its_backup_opens_what_its_dealer_dealt_wrong_and_the_fault_is_told(w, process, tmp_path):
    sealed = sealed_by(w, process, 0, "49.00", out=tmp_path / "own")
    data = dealt_wrong(sealed, process, 1, 2, 3)
    take(w, process, sealed, data)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give_keys(w, process, at=KEYS, roles=OPENERS)
    arguments = {"data": data, "identity": sealed.identity, "claim": signed(w.suppliers[0], data, KEYS)}
    opening.present_backup(w.suppliers[0], process.ocid, at=KEYS, **arguments)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    told = event_of(process, "bid.opened")
    assert (told.by_backup, told.share_audit) == (True, (False, False, False))


def test_a_key_that_is_not_the_recipients_is_the_dealers_fault(w, process, tmp_path):
    bid(w, process, 1, "51.30", at=RECEIVED)
    sealed, other = (sealed_by(w, process, 0, "49.00", out=tmp_path / n) for n in "ab")
    dealt = client.deal(other.secret, sealed.manifest.ctx, panel_for_seal(process), 2)
    commit = key_commit(sealed.manifest.ctx, other.secret)
    take(w, process, sealed, changed(sealed.manifest_bytes, shares=dealt, key_commit=commit))
    hold(w, process)
    only_the_other_opens(w, process, "dealer")


def test_shares_that_nobody_can_read_do_not_stop_the_act(w, process, tmp_path):
    """A bidder seals the shares to somebody else: the openers say that they cannot read them, and go on."""
    bid(w, process, 1, "51.30", at=RECEIVED)
    sealed = sealed_by(w, process, 0, "49.00", out=tmp_path / "own")
    nobody = base64.b64encode(encrypt_bytes(b"\1" * 33, sealed.manifest.recipient)).decode()
    c = take(w, process, sealed, dealt_wrong(sealed, process, 1, 2, 3, age=nobody))
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    for role in OPENERS:
        give(w, process, role, "custody")
    for role in OPENERS:
        with pytest.raises(ValueError):
            asked(w, process, role, "bids")
        row = next(r for r in rows_of(process) if r.c != c)
        opener = next(o for o in openers_of(process) if o.role == role)
        wanted = {one.c: one for one in envelope.wanted_of(opener, "bids")}
        given = {row.c: decrypt_share(identity_of(w[role]), wanted[row.c].age), c: b""}
        give(w, process, role, "bids", given)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)
    only_the_other_opens(w, process, "no_keys")


# the ciphertexts


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("damage", ["a bit", "cut", "swapped"])
def test_a_ciphertext_that_changed_on_the_disk_is_told_and_never_decrypted(w, process, tmp_path, damage, number):
    documents = [("Ficha", pdf("Ficha"))]
    sealed = bid(w, process, 0, "49.00", at=RECEIVED, documents=documents)
    other = bid(w, process, 1, "51.30", at=RECEIVED, documents=documents)
    path = vault.path_of(sealed.manifest.files[number].sha256)
    data = path.read_bytes()
    path.write_bytes({
        "a bit": data[:-1] + bytes([data[-1] ^ 1]),
        "cut": data[:-1],
        "swapped": vault.path_of(other.manifest.files[number].sha256).read_bytes(),
    }[damage])  # fmt: skip
    hold(w, process)
    told = only_the_other_opens(w, process, "damaged")
    assert failures(process, tmp_path)[told.c] == {"reason": "damaged", "shares": []}  # they would be its key
    assert sealed.manifest.files[number].sha256 in told.explanation


def test_one_that_is_gone_may_be_sent_again_within_the_grace(w, process):
    sealed = bid(w, process, 0, "49.00", at=RECEIVED)
    path = vault.path_of(sealed.manifest.files[0].sha256)
    data = path.read_bytes()
    path.unlink()
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    give_keys(w, process, at=KEYS)
    with pytest.raises(Refused):
        opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    bidding.receive_part(sealed.c, sealed.manifest.files[0].sha256, io.BytesIO(data), at=OPENED)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert states_of(process) == ["opened"]


def test_files_that_never_came(w, process):
    bid(w, process, 1, "51.30", at=RECEIVED)
    bid(w, process, 0, "49.00", at=RECEIVED, upload=False)
    hold(w, process, at=OPENING + timedelta(minutes=30))
    only_the_other_opens(w, process, "not_received")


# what it holds
