# SPDX-License-Identifier: Apache-2.0
"""The administrator of machine and database, one minute before the opening: everything that lies there, and nothing to read.

Three bids come in over HTTP, one of them replaced. Then every table, every file of the database server (its write-ahead
log too), every file of the site, its log, the temporary folder and a backup are searched, raw, in hexadecimal and in
base64. One opener more: still nothing. Two: all open.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.fixtures import database
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.tendering.queries import tender_of
from vitrina.ledger.models import Entry
from vitrina.parties.models import Person, Supplier
from vitrina.parties.roles import Role
from vitrina.sealed import client, custody
from vitrina.sealed.errors import SealedError
from vitrina.sealed.opening import decrypt_share
from vitrina.site import embedded_db
from vitrina.site.demo import clock
from vitrina.site.demo.keys import KEYS

from .attacker import HIV, Visitor
from .sealing import give_keys, seal, send, upload

LARGE = 200_000_000
RUN = secrets.token_hex(6)  # no file of another run, and not this one, holds what is searched for
WORD, NAME, TEXT = f"VTRN-{RUN}-answer", f"VTRN-{RUN}-propuesta", f"VTRN-{RUN}-content".encode()
PRICES = {
    who: f"{secrets.randbelow(900_000) + 100_000}.{secrets.randbelow(90) + 10}"
    for who in ("supplier1", "supplier2", "supplier3", "former")
}


@dataclass(frozen=True)
class World:
    """The purchase, what the three suppliers keep of their bids (by account), and the bid that one replaced."""

    url: str
    ocid: str
    log: Path
    bids: dict[str, client.Sealed]
    former: client.Sealed
    since: float


@pytest.fixture(scope="module")
def world(demo_site, tmp_path_factory) -> Iterator[World]:
    since, process = time.time(), Process.objects.get(title=HIV)
    at = tender_of(process).opening_at - timedelta(minutes=1)
    clock.set_to(at - timedelta(minutes=1))
    bids, former = {}, None
    for who in ("supplier1", "supplier2", "supplier3"):
        first = PRICES["former" if who == "supplier3" else who]
        supplier = Visitor(demo_site.url).enter(f"{who}@vitrina.example")
        keep = tmp_path_factory.mktemp(who)  # the supplier's own machine
        sealed = seal(supplier, process.ocid, first, keep, word=WORD, name=f"{NAME}.pdf", content=b"%PDF-1.7\n" + TEXT)
        sent = send(supplier, process.ocid, sealed, clock.now())
        assert (sent.answer.status, sent.answer.json["status"]) == (201, "logged"), sent.answer.text
        upload(supplier, sealed)
        if who == "supplier3":
            former = sealed
            replaced_by = seal(supplier, process.ocid, PRICES[who], keep, word=WORD, replaces=sealed.c)
            again = send(supplier, process.ocid, replaced_by, clock.now(), previous=sealed.manifest_bytes)
            assert again.answer.json["status"] == "logged"
            upload(supplier, replaced_by)
            sealed = replaced_by
        bids[who] = sealed
    clock.set_to(at)
    yield World(demo_site.url, process.ocid, demo_site.log, bids, former, since)


def needles(world: World) -> dict[str, bytes]:
    """What would tell something of a bid, by what it tells; keys in every form in which a key is written."""
    found = {"answer": WORD.encode(), "file name": NAME.encode(), "document": TEXT}
    for who, sealed in [*world.bids.items(), ("former", world.former)]:
        found |= {
            f"price of {who}": PRICES[who].encode(),
            f"key of {who}": sealed.secret,
            f"key of {who}, hexadecimal": sealed.secret.hex().encode(),
            f"key of {who}, written": sealed.identity.encode(),
            f"manifest of {who}": sealed.manifest.salt.encode(),
        }
    return found


def in_any_form(needle: bytes) -> list[bytes]:
    """A needle raw, in hexadecimal, and in base64 whatever the place where it begins."""
    coded = []
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + needle)
        coded.append(text[4 if shift else 0 : -4])
    return [needle, needle.hex().encode(), *(c for c in coded if len(c) > 10)]


def files_under(*roots: Path) -> Iterator[tuple[Path, bytes]]:
    for root in roots:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file() and not path.is_symlink():
                try:
                    yield path, path.read_bytes()
                except OSError:  # a temporary file of a process that just ended
                    continue


def fresh(world: World) -> Iterator[Path]:
    """Files of the temporary folder written since the bids came in; the suppliers' own machines are elsewhere."""
    folder = Path(tempfile.gettempdir())
    # What others take away meanwhile is passed over: `walk` goes on where a folder is gone.
    for path in (Path(place, name) for place, _, names in os.walk(folder) for name in names):
        if str(path).startswith(f"{folder}/pytest-of-"):
            continue
        try:
            found = path.stat()
        except OSError:  # somebody's file that is gone by now
            continue
        if path.is_file() and found.st_mtime >= world.since and found.st_size < LARGE:
            yield path


def search(world: World, data: bytes) -> list[str]:
    return [what for what, forms in forms_of(world).items() if any(form in data for form in forms)]


@functools.cache
def _forms(needles: tuple[tuple[str, bytes], ...]) -> dict[str, list[bytes]]:
    return {what: in_any_form(needle) for what, needle in needles}


def forms_of(world: World) -> dict[str, list[bytes]]:
    """What is looked for in whatever way it may be written."""
    return _forms(tuple(needles(world).items()))


def test_the_search_finds_what_lies_in_the_open(world, tmp_path):
    """The suppliers' own folders hold the keys: the search that finds nothing elsewhere finds them there."""
    sealed = world.bids["supplier1"]
    (tmp_path / "manifest").write_bytes(base64.b64encode(b"xy" + sealed.manifest_bytes))
    (tmp_path / "key").write_text(sealed.secret.hex())
    found = {what for _path, data in files_under(tmp_path) for what in search(world, data)}
    assert found == {"manifest of supplier1", "key of supplier1", "key of supplier1, hexadecimal"}


def test_no_table_tells_anything(world):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows = "\n".join(row[0] for row in cursor.fetchall()).encode()
            assert search(world, rows) == [], table


def test_no_file_of_the_database_server_tells_anything(world):
    if embedded_db.external_url():
        pytest.skip("the server of DATABASE_URL keeps its files elsewhere")
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")  # what was in memory now lies in the files
    found = {str(path): hits for path, data in files_under(database.CLUSTER.data) if (hits := search(world, data))}
    assert found == {}


def test_no_file_log_cache_or_temporary_file_tells_anything(world):
    roots = [Path(settings.SEALED_DIR), Path(settings.FILES_DIR), Path(settings.LOG_DIR), world.log, *fresh(world)]
    found = {str(path): hits for path, data in files_under(*roots) if (hits := search(world, data))}
    assert found == {}
    sealed = world.bids["supplier1"]
    for file in sealed.manifest.files:  # the ciphertexts are there, and they are what the manifest names
        assert any(path.name in file.parts for path, _ in files_under(Path(settings.SEALED_DIR)))


def test_no_backup_tells_anything(world):
    tool = embedded_db.binaries() / "pg_dump"
    if not tool.exists():
        pytest.skip("this server comes without pg_dump")
    parameters = connection.get_connection_params()
    command = [str(tool), "-h", parameters["host"], "-U", parameters["user"], "-d", parameters["dbname"]]
    dump = subprocess.run(command, capture_output=True, check=True).stdout
    assert b"bidding_envelope" in dump
    assert search(world, dump) == []


def test_no_row_ties_a_supplier_to_an_envelope(world):
    """Nothing that names an envelope, its entry or its parts names a supplier, its people or their accounts."""
    sealed = [*world.bids.values(), world.former]
    entries = {e.event.c: e for e in Entry.objects.filter(kind="envelope.logged")}
    marks = [
        m
        for s in sealed
        for m in (s.c, entries[s.c].stream, entries[s.c].digest, s.manifest.recipient, *s.manifest.files[0].parts)
    ]
    names = [n for row in Supplier.objects.all() for n in (row.key, row.rfc, row.name)]
    names += [p.user.email for p in Person.objects.filter(appointments__supplier__isnull=False)]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                if any(mark in row for mark in marks):
                    assert not [n for n in names if n in row], table
    for s in sealed:
        entry = entries[s.c]
        assert entry.actor == {"role": "", "name": "", "party": ""}
        assert set(json.loads(entry.body)) == {"c", "documents", "reveal_by", "rules", "salt"}
    with connection.cursor() as cursor:  # what a person sent by form is noted with their number: an envelope never is
        cursor.execute(
            "SELECT count(*) FROM core_submission WHERE entry_id = ANY(%s)", [[entries[s.c].pk for s in sealed]]
        )
        assert cursor.fetchone()[0] == 0


def test_the_public_sees_no_count_and_no_purchase(world):
    visitor = Visitor(world.url)
    for path in (
        f"/p/{world.ocid}/",
        f"/p/{world.ocid}.json",
        f"/live/{world.ocid}?acto=opening",
        f"/api/ocds/records/{world.ocid}",
    ):
        page = visitor.get(path)
        assert page.status == 200, path
        assert not [s.c for s in world.bids.values() if s.c[:12] in page.text], path
    assert "numberOfTenderers" not in visitor.get(f"/p/{world.ocid}.json").text


def test_one_opener_with_the_whole_database_reads_nothing_and_two_open_all(world):
    """k - 1: the witness, with every row that the administrator has. k: the act, over HTTP."""
    one = KEYS[Role.WITNESS][0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT locked FROM bidding_envelope WHERE process_id = %s", [world.ocid])
        rows = [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor.fetchall()]
    assert len(rows) >= len(world.bids) + 1
    for locked in rows:
        mine, unread = [], 0
        for share in locked["shares"]:
            try:
                mine.append(decrypt_share(one, share["age"]))
            except SealedError:
                unread += 1
        assert (len(mine), unread) == (1, len(locked["shares"]) - 1)
        with pytest.raises(SealedError):
            custody.unlock(locked, world.ocid, mine)
        with pytest.raises(SealedError):
            custody.unlock(locked, world.ocid, [mine[0], mine[0]])

    process = Process.objects.get(ocid=world.ocid)
    clock.set_to(tender_of(process).opening_at + timedelta(seconds=5))
    people = {name: Visitor(world.url).enter(f"{name}@vitrina.example") for name in ("officer", "oic", "witness")}
    started = people["officer"].send(f"/mi-espacio/compra/{world.ocid}/opening.start/", {})
    assert "/recibo/" in started.location, started.text[-2000:]
    assert give_keys(people["witness"], world.ocid, one).json["state"] == "custody"
    assert give_keys(people["witness"], world.ocid, one) is None  # one alone: nothing more to give, nothing opened
    assert not Entry.objects.filter(stream=process.stream, kind__in=["envelope.revealed", "bid.opened"]).exists()
    for _round in range(2):
        for name, role in (("oic", Role.OIC), ("witness", Role.WITNESS)):
            give_keys(people[name], world.ocid, KEYS[role][0])
    opened = people["officer"].send(f"/mi-espacio/compra/{world.ocid}/opening.open_bids/", {})
    assert "/recibo/" in opened.location, opened.text[-2000:]

    process.refresh_from_db()
    found = {b.supplier_name: str(b.prices[1]) for b in opened_bids(process)}
    assert set(found.values()) == {PRICES[who] for who in world.bids}
    revealed = Entry.objects.filter(stream=process.stream, kind="envelope.revealed")
    states = {e.event.c: e.event.state for e in revealed}
    assert states[world.former.c] == "superseded"
    audit = Entry.objects.get(stream=process.stream, kind="envelopes.audited").event
    assert audit.findings == ()
