# SPDX-License-Identifier: Apache-2.0
"""The public log as the sequencer writes it: leaves, checkpoints, receipts, and taking up after a crash."""

from __future__ import annotations

import json
import re

import pytest
from django.db import IntegrityError, connection, transaction

from vitrina.kernel.canonical import canonical, digest
from vitrina.ledger import log, published
from vitrina.ledger.append import append
from vitrina.ledger.keys import MODE
from vitrina.ledger.logverify import verify_log
from vitrina.ledger.merkle import leaf_hash, root, verify_consistency
from vitrina.ledger.models import Head, Leaf, Position
from vitrina.ledger.note import Checkpoint, Vkey, open_note, split
from vitrina.ledger.proof import verify_proof
from vitrina.ledger.verify import verify
from vitrina.ledger.writer import Refused

from .kinds import CLERK, Closed, Hidden, Logged, Noted
from .log_keeping import AT, behind_the_trigger, place_all, policy, restore, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_leaf_is_what_the_public_may_know_of_an_entry():
    public, hidden, sealed = write(
        Noted(text="uno"), Hidden(text="CANARIO"), Logged(c="ab" * 32), stream="ocid:ocds-x-1"
    )

    told = [json.loads(log.statement_of(entry)) for entry in (public, hidden, sealed)]

    assert told[0] == {
        "v": 1,
        "type": "test.noted",
        "ocid": "ocds-x-1",
        "body": {"sha256": digest(public.body.encode()), "size": len(public.body)},
        "entry": public.digest,
        "at": "2026-10-13T16:05:59Z",
    }
    assert told[1] == {"v": 1, "type": "reservado", "body": {"sha256": hidden.body_sha256}, "entry": hidden.digest}
    assert told[2] == {"v": 1, "type": "sobre", "c": "ab" * 32, "reveal_by": "2026-12"}
    assert all(log.statement_of(e) == canonical(t) for e, t in zip((public, hidden, sealed), told, strict=True))
    assert [log.index_of(e) for e in (public, hidden, sealed)] == [0, 1, 2]


def test_every_receipt_holds_under_the_published_policy_and_every_checkpoint_continues_the_one_before():
    entries = [e for n in range(6) for e in write(*(Noted(n=i) for i in range(n + 1)))]

    assert log.published_size() == len(entries) == 21
    for index, entry in enumerate(entries):
        found = verify_proof(log.receipt_of(entry), log.statement_of(entry), policy())
        assert (found.index, found.size, found.log_name) == (index, 21, published.origin())
    heads = list(Head.objects.order_by("size"))
    assert [h.size for h in heads] == [1, 3, 6, 10, 15, 21]
    for old, new in zip(heads, heads[1:], strict=False):
        proof = published.reader().consistency_proof(old.size, new.size)
        assert verify_consistency(old.size, new.size, proof, bytes.fromhex(old.root), bytes.fromhex(new.root))
        assert Checkpoint.parse(split(log.checkpoint_at(new.size))[0]).root.hex() == new.root
    leaves = [leaf_hash(text.encode()) for text in Leaf.objects.order_by("position").values_list("data", flat=True)]
    assert root(leaves).hex() == heads[-1].root
    assert verify().finding is None
    assert verify().leaves == 21


def test_nothing_is_in_the_log_before_its_checkpoint_is_published():
    with transaction.atomic():
        entry = append("watch:a", Noted(), actor=CLERK, at=AT)
    assert (log.index_of(entry), log.statement_of(entry), log.receipt_of(entry)) == (None, None, None)
    place_all()
    assert (log.index_of(entry), log.statement_of(entry), log.receipt_of(entry)) == (0, None, None)
    assert (log.published_size(), log.policy_text()) == (0, "")
    log.extend()
    assert log.receipt_of(entry)


def test_a_deadline_has_a_checkpoint_of_exactly_its_size():
    write(Noted(), Noted(), Closed(), Noted(), Closed(), Closed(), Noted())

    assert list(Head.objects.order_by("size").values_list("size", "closes")) == [
        (3, True),
        (5, True),
        (6, True),
        (7, False),
    ]
    assert (log.closing_size(3), log.closing_size(4), log.closing_size(7)) == (3, None, None)
    on_time, late = log.proof_of(1, 3), log.proof_of(3, 3)
    assert verify_proof(on_time, log.statement_at(1), policy()).size == 3
    assert late is None  # what came after the deadline has no proof at its checkpoint


def test_the_key_is_made_once_for_its_user_alone_and_a_lost_one_is_not_replaced():
    write(Noted())
    key = published.key_file()
    assert key.stat().st_mode & 0o777 == MODE
    vkey = policy().logs[0]
    write(Noted())
    assert open_note(published.note(), [vkey])[0].vkey == vkey

    kept = key.read_bytes()
    key.unlink()
    with pytest.raises(Refused, match="put it back"):
        write(Noted())
    assert published.alarm().code == "key"
    assert published.size() == 2
    assert not key.exists()

    key.write_bytes(kept)
    key.chmod(0o644)
    with pytest.raises(Refused, match="others may read"):
        log.extend()
    key.chmod(MODE)
    log.extend()
    assert published.alarm() is None
    assert published.size() == 3


def test_another_key_or_another_name_does_not_go_on_with_the_log(settings):
    write(Noted())
    kept = published.key_file().read_bytes()
    published.key_file().unlink()
    from vitrina.ledger import keys

    keys.make(published.key_file())
    with pytest.raises(Refused, match="not signed by"):
        log.extend()
    published.key_file().write_bytes(kept)
    settings.LOG_ORIGIN = "otro.example/log"
    with pytest.raises(Refused, match="not signed by"):
        log.extend()


@pytest.mark.parametrize("damage", ["surplus", "lost tiles", "cut tile", "lost checkpoint", "old checkpoint"])
def test_after_a_crash_it_goes_on_where_the_database_stands(damage):
    entries = write(*(Noted(n=n) for n in range(300)))
    former = published.note()
    entries += write(*(Noted(n=n) for n in range(7)))
    size, expected = 307, Head.objects.get(size=307).root
    folder = published.folder()
    if damage == "surplus":
        from vitrina.ledger.tiles import TileStore

        TileStore(folder).append(size, [b"never signed"] * 400)
    elif damage == "lost tiles":
        import shutil

        shutil.rmtree(folder / "tile")
    elif damage == "cut tile":
        tile = folder / "tile/0/001.p/51"
        tile.write_bytes(tile.read_bytes()[:-40])
    elif damage == "lost checkpoint":
        (folder / "checkpoint").unlink()
    else:
        (folder / "checkpoint").write_text(former)

    assert log.recover() == size

    assert published.checkpoint().root.hex() == expected
    assert published.reader().root(size).hex() == expected
    assert not (folder / "tile/0/002").exists() and not (folder / "tile/entries/001").exists()
    for size in (300, 307):  # older checkpoints too are proved and read, whatever files are gone
        for index in (0, 255, 256, 299):
            found = verify_proof(log.proof_of(index, size), log.statement_of(entries[index]), policy())
            assert (found.index, found.size) == (index, size)
        told = list(published.reader().entries(0, size))
        assert told == [log.statement_at(i) for i in range(size)]
    write(*(Noted(n=n) for n in range(300)))
    assert published.size() == 607
    proof = published.reader().consistency_proof(300, 607)
    first, last = Checkpoint.parse(split(former)[0]), published.checkpoint()
    assert verify_consistency(300, 607, proof, first.root, last.root)
    assert verify().finding is None


def test_a_database_older_than_what_was_published_signs_nothing():
    write(Noted(n=1), Noted(n=2))
    write(Noted(n=3))
    published_note = published.note()
    restore(2)
    assert verify().finding is None

    with pytest.raises(Refused, match="older than what was published"):
        write(Noted(n=4))

    assert published.note() == published_note
    assert not Head.objects.filter(size__gt=2).exists()
    assert published.alarm().code == "ahead"


def test_a_history_that_was_rewritten_is_never_signed_again():
    write(Noted(n=1), Noted(n=2))
    behind_the_trigger("UPDATE ledger_leaf SET data = replace(data, 'noted', 'moted') WHERE position = 1")
    assert "statement" in verify().finding.problem
    import shutil

    shutil.rmtree(published.folder() / "tile")
    with pytest.raises(Refused, match="do not lead to the root"):
        write(Noted(n=3))

    behind_the_trigger("UPDATE ledger_leaf SET data = replace(data, 'moted', 'noted') WHERE position = 1")
    behind_the_trigger("UPDATE ledger_head SET root = %s", "00" * 32)
    with pytest.raises(Refused, match="not what the database holds"):
        log.extend()
    assert verify().finding.where == "head of 2 leaves"


def test_a_log_that_was_forged_on_the_disk_is_found_from_outside():
    write(*(Noted(n=n) for n in range(300)))
    folder = published.folder()
    assert verify_log(str(folder), policy()).finding is None
    bundle = folder / "tile/entries/001.p/44"
    bundle.write_bytes(bundle.read_bytes().replace(b"test.noted", b"test.notes", 1))
    assert verify_log(str(folder), policy()).finding.where.startswith("tile/")


def test_the_checkpoint_of_another_log_in_the_folder_is_not_overwritten():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from vitrina.ledger.note import join, sign

    write(Noted())
    text = Checkpoint(published.origin(), 1, b"\1" * 32).text()
    foreign = join(text, sign(text, published.origin(), Ed25519PrivateKey.generate()))
    published.write("checkpoint", foreign.encode())
    with pytest.raises(Refused, match="is not one of"):
        write(Noted())
    assert published.note() == foreign


def test_a_former_sequencer_is_shut_out_by_its_epoch():
    from vitrina.ledger.writer import take_over

    write(Noted())
    former = take_over()
    latter = take_over()
    with transaction.atomic():
        append("watch:a", Noted(n=5), actor=CLERK, at=AT)
    place_all()

    with pytest.raises(IntegrityError, match="taken over"):
        former.extend()
    assert published.size() == 1
    assert latter.extend() == 1
    assert published.size() == 2
    with pytest.raises(IntegrityError, match="stands at 2"), transaction.atomic():
        Head.objects.create(size=5, previous=1, root="0" * 64, note="", epoch=latter.epoch, at=AT)


@pytest.mark.parametrize(
    "table", ["ledger_leaf", "ledger_head", "ledger_cosignature", "ledger_timestamp", "ledger_erasure"]
)
@pytest.mark.parametrize("sql", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_postgresql_refuses_to_change_the_log(table, sql):
    from vitrina.ledger.commands import erase
    from vitrina.ledger.models import Cosignature, Timestamp

    write(Noted(), Noted())
    erase(1, reason="leak", authority="Juzgado", actor=CLERK, at=AT)
    head = Head.objects.get()
    Cosignature.objects.create(head=head, witness="w", line="x", at=AT)
    Timestamp.objects.create(head=head, provider="p", token=b"t", at=AT)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        column = cursor.description[0].name
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table, column, column))


def test_a_leaf_that_no_bundle_can_hold_is_refused_when_it_is_written():
    with pytest.raises(ValueError, match="65,535"), transaction.atomic():
        append("watch:a", Logged(c="x" * 65_500), actor=CLERK, at=AT)
    assert re.fullmatch(r"[^ +]+/log", published.origin())
    assert not Position.objects.exists()
    assert Vkey.parse(str(Vkey("a/log", 1, b"\0" * 32)))
