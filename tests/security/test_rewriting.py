# SPDX-License-Identifier: Apache-2.0
"""Who holds the database, the disk and even the key of the log rewrites the past: who finds it, and at which entry.

Each step takes one more thing into the attacker's hands. `vitrina ledger verify` runs inside, on the rewritten rows;
`vitrina log verify` from outside, against the log that the site serves and against forged copies of it.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from typer.testing import CliRunner

from vitrina.kernel.canonical import canonical, digest, digest_of
from vitrina.ledger import cli, log_cli, published
from vitrina.ledger.keys import load
from vitrina.ledger.leaves import read_rows, statement
from vitrina.ledger.models import Entry, Head, Leaf, Position, Release
from vitrina.ledger.note import Checkpoint, Vkey, join, sign, split
from vitrina.ledger.tile_reader import WIDTH, TileReader, entries_path, path
from vitrina.ledger.tiles import TileStore
from vitrina.ledger.witness import Witness
from vitrina.ledger.witness_server import Server

KIND = "call.published"  # what the attacker would rather have said otherwise
TRIGGERS = ("ledger_entry", "ledger_position", "ledger_leaf", "ledger_head", "ledger_release")


@contextmanager
def behind_the_triggers() -> Iterator[None]:
    """Rows may be rewritten within the block as only the database's owner can; afterwards all is as it was."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in TRIGGERS:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def victim(site) -> Entry:
    """An entry whose leaf lies in a tile that is full."""
    found = Entry.objects.filter(kind=KIND).order_by("id")[0]
    end = time.monotonic() + 60
    while published.size() < found.placed.position + WIDTH and time.monotonic() < end:
        time.sleep(0.2)
    return found


def ledger_verify() -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(cli.app, ["verify", "--json"])
    return done.exit_code, json.loads(done.stdout)


def log_verify(source: Any, *options: Any) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(log_cli.app, ["verify", str(source), "--json", *map(str, options)])
    return done.exit_code, json.loads(done.stdout)


def rewritten(entry: Entry) -> str:
    return json.dumps(json.loads(entry.body) | {"note": "never said"})


def body(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(body=rewritten(entry))


def actor(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(actor=entry.actor | {"name": "Otra Persona"})


def instant(entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(at=entry.at.replace(microsecond=1))


def deleted(entry: Entry) -> None:
    with connection.cursor() as cursor:
        for table, column in (("ledger_release", "position"), ("ledger_position", "position")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [entry.placed.position])
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [entry.pk])
        cursor.execute("SET session_replication_role = origin")


def swapped(entry: Entry) -> None:
    here = entry.placed.position
    for old, new in ((here, -1), (here + 1, here), (-1, here + 1)):
        Position.objects.filter(position=old).update(position=new)


def chain(entry: Entry) -> None:
    """The entry, and every entry after it in its stream, with digests that fit; and the head of the stream."""
    previous = entry.previous
    for row in Entry.objects.filter(stream=entry.stream, seq__gte=entry.seq).order_by("seq"):
        if row.pk == entry.pk:
            row.body = rewritten(entry)
            row.body_sha256 = digest(row.body.encode())
        row.previous = previous
        row.digest = previous = digest_of(row.header())
        row.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_stream SET head_digest = %s WHERE name = %s", [previous, entry.stream])


def leaves(entry: Entry) -> None:
    """As `chain`, and the leaves say what the entries say now."""
    chain(entry)
    for row in Position.objects.filter(entry__stream=entry.stream, entry__seq__gte=entry.seq):
        [told] = read_rows(row.position - 1, 1)
        Leaf.objects.filter(position=row.position).update(data=statement(told).decode())


def release(entry: Entry) -> None:
    Release.objects.filter(position=entry.placed.position).update(body="{}")


FOUND: dict[str, tuple[Callable[[Entry], None], str]] = {
    "body": (body, "entry {pk} "),
    "actor": (actor, "entry {pk} "),
    "instant": (instant, "entry {pk} "),
    "deleted": (deleted, "entry {next} "),
    "order": (swapped, "leaf of position {position}"),
    "release": (release, "release "),
    "whole chain": (chain, "leaf of position {position}"),
    "chain and leaf": (leaves, "head of "),
}


@pytest.mark.parametrize("hand", FOUND)
def test_rows_that_were_rewritten_are_named(victim, hand):
    attack, where = FOUND[hand]
    later = Entry.objects.filter(stream=victim.stream, seq=victim.seq + 1).get().pk
    with behind_the_triggers():
        attack(Entry.objects.get(pk=victim.pk))
        code, told = ledger_verify()
    assert code == 1
    assert told["holds"] is False
    assert told["where"].startswith(where.format(pk=victim.pk, next=later, position=victim.placed.position)), told


def test_a_whole_ledger_with_its_log_holds_inside_and_out(site, victim, tmp_path):
    saved = tmp_path / "checkpoint"
    code, told = log_verify(f"{site.url}/log/", "--save", saved)
    assert (code, told["holds"]) == (0, True), told
    assert told["entries"] > WIDTH
    assert saved.read_text() == note_of(told["size"])
    assert log_verify(f"{site.url}/log/", "--from", saved)[0] == 0
    assert victim.placed.position <= told["size"]
    assert ledger_verify()[0] == 0  # nothing of what was rewritten above has stayed


def note_of(size: int) -> str:
    return Head.objects.get(size=size).note


# From here on outside: a copy of the served log, and what is done to it.


@pytest.fixture
def copy(site, victim, tmp_path) -> Path:
    """The log as anybody copies it from the site."""
    done = CliRunner().invoke(log_cli.app, ["export", "--source", f"{site.url}/log/", "--out", str(tmp_path / "copy")])
    assert done.exit_code == 0, done.output
    assert log_verify(tmp_path / "copy")[0] == 0
    return tmp_path / "copy"


@contextmanager
def altered(file: Path, data: bytes | None) -> Iterator[None]:
    """A file of the log as the site serves it holds other bytes, or is gone, within the block."""
    former = file.read_bytes()
    if data is None:
        file.unlink()
    else:
        file.write_bytes(data)
    try:
        yield
    finally:
        file.write_bytes(former)


def test_a_tile_that_was_edited_or_deleted_on_the_servers_disk_is_named(site, victim):
    folder, n = published.folder(), (victim.placed.position - 1) // WIDTH
    for name in (path(0, n), entries_path(n)):
        data = (folder / name).read_bytes()
        for place in (40, len(data) // 2, len(data) - 3):
            with altered(folder / name, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]):
                code, told = log_verify(f"{site.url}/log/")
            assert code == 1, (name, place)
            assert told["where"].startswith("tile/"), told
        with altered(folder / name, None):
            code, told = log_verify(f"{site.url}/log/")
        assert code in {1, 2}, name
        assert name in json.dumps(told), told
        with altered(folder / name, data[: len(data) // 2]):
            assert log_verify(f"{site.url}/log/")[0] in {1, 2}, name
    assert log_verify(f"{site.url}/log/")[0] == 0


def key_of_the_log() -> Ed25519PrivateKey:
    """What the attacker should not have, and here has."""
    return load(published.key_file())


def signed(size: int, root: bytes, key: Ed25519PrivateKey | None = None) -> str:
    text = Checkpoint(published.origin(), size, root).text()
    return join(text, sign(text, published.origin(), key or key_of_the_log()))


def entries_of(folder: Path, size: int) -> list[bytes]:
    reader = TileReader(lambda name: (folder / name).read_bytes())
    return list(reader.entries(0, size))


def forked(copy: Path, out: Path, at: int, *, more: int = 0) -> Path:
    """The same log but for leaf `at`, signed with the true key, `more` leaves longer."""
    size = Checkpoint.parse(split((copy / "checkpoint").read_text())[0]).size
    found = entries_of(copy, size)
    told = json.loads(found[at])
    told["body"] = {"sha256": "0" * 64} | ({"size": 1} if "size" in told.get("body", {}) else {})
    found[at] = canonical(told)
    found += [canonical({"v": 1, "type": "reservado", "body": {"sha256": digest(b"%d" % n)}}) for n in range(more)]
    out.mkdir()
    n, root = TileStore(out, durable=False).append(0, found)
    (out / "checkpoint").write_text(signed(n, root))
    shutil.copy(copy / "policy", out / "policy")
    return out


def rolled_back(copy: Path, out: Path) -> Path:
    """An earlier state of the log, every byte of it true."""
    now = Checkpoint.parse(split((copy / "checkpoint").read_text())[0]).size
    size = Head.objects.filter(size__lt=now).latest("size").size
    out.mkdir()
    n, root = TileStore(out, durable=False).append(0, entries_of(copy, now)[:size])
    assert root.hex() == Head.objects.get(size=size).root
    (out / "checkpoint").write_text(note_of(n))
    shutil.copy(copy / "policy", out / "policy")
    return out


def test_another_key_signs_nothing(copy):
    size = Checkpoint.parse(split((copy / "checkpoint").read_text())[0]).size
    root = bytes.fromhex(Head.objects.get(size=size).root)
    (copy / "checkpoint").write_text(signed(size, root, Ed25519PrivateKey.generate()))
    code, told = log_verify(copy)
    assert (code, told["where"]) == (1, "checkpoint")


def test_who_has_the_key_too_is_found_by_whoever_kept_a_checkpoint(site, copy, victim, tmp_path):
    saved, leaf = tmp_path / "saved", victim.placed.position - 1
    shutil.copy(copy / "checkpoint", saved)
    fork = forked(copy, tmp_path / "fork", leaf, more=3)
    assert log_verify(fork)[0] == 0  # alone it looks like a log: that is why others watch
    code, told = log_verify(fork, "--from", saved)
    assert (code, "forked" in told["problem"]) == (1, True), told
    code, told = log_verify(fork, "--against", copy)
    assert (code, f"leaf {leaf} " in told["problem"]) == (1, True), told
    code, told = log_verify(fork, "--against", f"{site.url}/log/")
    assert (code, f"leaf {leaf} " in told["problem"]) == (1, True), told
    code, told = log_verify(rolled_back(copy, tmp_path / "back"), "--from", saved)
    assert (code, "rolled back" in told["problem"]) == (1, True), told


@contextmanager
def witness(folder: Path) -> Iterator[tuple[Witness, str]]:
    """A witness of another body, which knows the log's key; what it cosigned it remembers."""
    vkey = Vkey.of(published.origin(), key_of_the_log())
    judge = Witness(folder, "testigo.example/uno", Ed25519PrivateKey.generate(), {vkey.name: [vkey]})
    server = Server(judge, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield judge, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_witness_cosigns_the_site_and_refuses_its_fork_and_its_past(site, copy, victim, tmp_path):
    leaf = victim.placed.position - 1
    with witness(tmp_path / "witness") as (judge, url):

        def ask(source: Any) -> tuple[int, dict[str, Any]]:
            words = ["cosign", str(source), "--witness", url, "--vkey", str(judge.vkey), "--json"]
            done = CliRunner().invoke(log_cli.app, words)
            return done.exit_code, json.loads(done.stdout)

        code, told = ask(f"{site.url}/log/")
        assert (code, told["holds"], told["line"].split()[1]) == (0, True, "testigo.example/uno")
        seen = judge.latest(published.origin())
        for name, folder in {
            "fork": forked(copy, tmp_path / "fork", leaf, more=400),
            "past": rolled_back(copy, tmp_path / "back"),
        }.items():
            code, told = ask(folder)
            assert (code, told["holds"]) == (1, False), (name, told)
        assert judge.latest(published.origin())[0] == seen[0]
        assert [e["problem"] for e in judge.evidence(published.origin())] == ["the proof does not lead to that tree"]
        same = forked(copy, tmp_path / "same", leaf)
        if Checkpoint.parse(split((same / "checkpoint").read_text())[0]).size == seen[0].size:
            assert ask(same)[0] == 1
            assert {e["is_proof"] for e in judge.evidence(published.origin())} == {True, False}
        assert ask(f"{site.url}/log/")[0] == 0


def test_a_receipt_of_the_true_log_does_not_hold_for_what_was_rewritten(victim, tmp_path, visitor):
    position = victim.placed.position
    receipt, leaf = (visitor.get(f"/log/{what}/{position - 1}").body for what in ("proof", "statement"))
    place = tmp_path / "acto.tlog-proof"
    place.write_bytes(receipt)
    policy, said = tmp_path / "policy", tmp_path / "statement"
    policy.write_bytes(visitor.get("/log/policy").body)
    words = ["receipt", str(place), "--statement", str(said), "--policy", str(policy)]
    said.write_bytes(leaf)
    assert CliRunner().invoke(log_cli.app, words).exit_code == 0
    for lie in (leaf.replace(b"2020", b"2019"), leaf + b" ", leaf[:-1], b"{}"):
        said.write_bytes(lie)
        assert CliRunner().invoke(log_cli.app, words).exit_code == 1, lie[:60]
