# SPDX-License-Identifier: Apache-2.0
"""Sealing and opening whole envelopes: flat memory, the stock program, custody, what a damaged record does."""

import io
import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pyrage
import pytest

from tests.shared import ROOT
from vitrina.kernel.canonical import canonical
from vitrina.sealed import agefile, contents, custody, keyfiles, keys, opening
from vitrina.sealed.errors import SealedError, Unopenable
from vitrina.sealed.objects import to_jcs
from vitrina.sealed.tests.tender import OCID, OPENERS, documents, opener_secret, panel, sealed_bid, shares_of

PART = 8 * 1024 * 1024
FLAT = 16_000  # kB that a process may grow while 200 MB pass through it


def test_what_was_sealed_comes_out(tmp_path):
    big = tmp_path / "planos.pdf"
    big.write_bytes(os.urandom(PART + 12_345))
    seen = []
    held = [*documents(), ("planos técnicos.pdf", "application/pdf", big)]
    bid = sealed_bid(tmp_path / "files", documents=held, progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] >= PART + 12_345
    assert [len(file.parts) for file in bid.manifest.files] == [1, 1, 1, 2]
    found = opening.recover(bid.manifest, shares_of(bid.manifest, ("oic", "testigo")))
    store = contents.Store(tmp_path / "files")
    assert contents.check_files(bid.manifest, store) == []
    (tmp_path / "out").mkdir()
    read = contents.read(bid.manifest, found.identity, store, tmp_path / "out")
    assert read.problems == []
    assert [d.name for d in read.documents] == ["respuestas.json", "propuesta.txt", "planos técnicos.pdf"]
    assert (tmp_path / "out" / "03-planos técnicos.pdf").read_bytes() == big.read_bytes()
    assert read.index.offer.total == "1500.00"


def test_exported_parts_are_put_together(tmp_path):
    bid = sealed_bid(tmp_path / "files", documents=[("a.bin", "application/octet-stream", os.urandom(PART + 1))])
    parts = tmp_path / "parts"
    parts.mkdir()
    for path, ref in zip(bid.files, bid.manifest.files, strict=True):
        data = path.read_bytes()
        for n, part in enumerate(ref.parts):
            (parts / part).write_bytes(data[n * PART : (n + 1) * PART])
    store = contents.Store(parts)

    assert contents.check_files(bid.manifest, store) == []
    assert contents.read(bid.manifest, bid.identity, store).problems == []
    (parts / bid.manifest.files[1].parts[1]).unlink()
    assert [code for code, _ in contents.check_files(bid.manifest, store)] == ["ciphertext_missing"]


def test_an_interrupted_sealing_leaves_no_ciphertext(tmp_path):
    def stop(done):
        if done > 1_000_000:
            raise KeyboardInterrupt

    big = os.urandom(3_000_000)
    with pytest.raises(KeyboardInterrupt):
        sealed_bid(tmp_path / "files", documents=[("a", "application/pdf", big)], progress=stop)
    assert list((tmp_path / "files").iterdir()) == []


def test_a_full_disk_is_an_error_of_the_disk_and_not_of_the_envelope(tmp_path):
    secret = opener_secret("oic")
    data = agefile.encrypt_bytes(bytes(300_000), keys.recipient(secret))
    with Path("/dev/full").open("wb", buffering=0) as full:
        with pytest.raises(OSError, match="No space left"):
            agefile.decrypt_stream(io.BytesIO(data), full, keys.identity(secret))
        with pytest.raises(OSError, match="No space left"):
            agefile.encrypt_stream(io.BytesIO(bytes(300_000)), full, keys.recipient(secret))


def test_an_index_that_lies_about_a_document_is_told(tmp_path, monkeypatch):
    """A bidder with a client of its own: the index names another digest than that of the document."""
    from vitrina.sealed import client, index

    honest = index.build

    def lying(files, offer):
        return honest([f.__class__(f.name, f.media_type, "00" * 32, f.size) for f in files], offer)

    monkeypatch.setattr(client.index, "build", lying)
    bid = sealed_bid(tmp_path / "files")
    found = contents.read(bid.manifest, bid.identity, contents.Store(tmp_path / "files"))
    assert [code for code, _ in found.problems] == ["contents_differ", "contents_differ"]


def stock_plaintexts(tmp_path, decrypt):
    """An economic envelope, its published key, and a program that knows nothing of this one."""
    bid = sealed_bid(tmp_path / "files", documents=documents(b"precio: 1500.00"))
    keyfiles.write_identity(tmp_path / "published.key", bid.identity, "published after the opening")
    return [decrypt(path, tmp_path / "published.key") for path in bid.files]


def check_plaintexts(texts):
    assert json.loads(texts[0])["offer"]["total"] == "1500.00"
    assert json.loads(texts[1])["statement"] == "Declaro"
    assert texts[2] == b"precio: 1500.00"


def test_the_stock_program_opens_an_economic_envelope(tmp_path):
    age = shutil.which("age") or shutil.which("rage")
    if not age:
        pytest.skip("needs the program age (apt-get install age)")

    def decrypt(path, key):
        return subprocess.run([age, "-d", "-i", key, path], capture_output=True, check=True).stdout

    check_plaintexts(stock_plaintexts(tmp_path, decrypt))


def test_another_age_library_opens_an_economic_envelope(tmp_path):
    def decrypt(path, key):
        identity = pyrage.x25519.Identity.from_str(key.read_text().splitlines()[-1])
        return pyrage.decrypt(path.read_bytes(), [identity])

    check_plaintexts(stock_plaintexts(tmp_path, decrypt))


def test_what_the_stock_program_sealed_is_read(tmp_path):
    age = shutil.which("age")
    if not age:
        pytest.skip("needs the program age (apt-get install age)")
    secret = opener_secret("oic")
    (tmp_path / "plain").write_bytes(os.urandom(200_000))
    words = [age, "-r", keys.recipient(secret), "-o", tmp_path / "sealed", tmp_path / "plain"]
    subprocess.run(words, check=True)
    opening.decrypt_file(tmp_path / "sealed", tmp_path / "out", keys.identity(secret))
    assert (tmp_path / "out").read_bytes() == (tmp_path / "plain").read_bytes()

    subprocess.run([*words[:1], "-a", *words[1:]], check=True)
    with pytest.raises(SealedError, match="armour"):
        opening.decrypt_file(tmp_path / "sealed", tmp_path / "other", keys.identity(secret))
    subprocess.run([*words[:1], "-r", keys.recipient(opener_secret("testigo")), *words[1:]], check=True)
    with pytest.raises(SealedError, match="2 X25519 recipients"):
        opening.decrypt_file(tmp_path / "sealed", tmp_path / "other", keys.identity(secret))


def test_memory_stays_flat_while_200_megabytes_are_sealed_and_opened(tmp_path):
    program = textwrap.dedent("""
        import os, resource, sys
        from pathlib import Path
        from vitrina.sealed import agefile, contents, opening
        from vitrina.sealed.tests.tender import sealed_bid

        def peak():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

        folder = Path(sys.argv[1])
        with (folder / "big").open("wb") as file:
            for _ in range(200):
                file.write(os.urandom(1_000_000))
        small = sealed_bid(folder / "small", documents=[("a", "application/pdf", os.urandom(1_000_000))])
        contents.read(small.manifest, small.identity, contents.Store(folder / "small"), folder)
        before = peak()
        bid = sealed_bid(folder / "files", documents=[("a", "application/pdf", folder / "big")])
        sealed = peak()
        store = contents.Store(folder / "files")
        assert contents.check_files(bid.manifest, store) == []
        assert opening.decrypt_file(bid.files[1], folder / "out", bid.identity)
        assert (folder / "out").stat().st_size == 200_000_000
        print(before, sealed, peak())
    """)
    words = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True)
    before, sealed, opened = map(int, done.stdout.split())

    assert sealed - before < FLAT
    assert opened - before < FLAT


RECORD = canonical({"object": "{}", "signature": {"kind": "efirma"}, "received_at": "2026-11-21T10:00:00Z"})


def test_custody_is_opened_by_any_two_and_by_nobody_alone():
    locked = json.loads(json.dumps(custody.lock(RECORD, ocid=OCID, panel=panel(), k=2)))
    shares = [
        opening.decrypt_share(keys.identity(opener_secret(name)), one["age"])
        for name, one in zip(OPENERS, locked["shares"], strict=True)
    ]

    for pair in (shares[:2], shares[1:], shares[::2], shares):
        assert custody.unlock(locked, OCID, pair) == RECORD
    for short in ([], shares[:1], shares[:1] * 2):
        with pytest.raises(Unopenable, match="too_few_shares"):
            custody.unlock(locked, OCID, short)
    false = bytes([shares[0][0] ^ 1]) + shares[0][1:]
    with pytest.raises(Unopenable) as refused:
        custody.unlock(locked, OCID, [false, shares[1]])
    assert refused.value.false == (1,)
    with pytest.raises(Unopenable, match="too_few_shares"):
        custody.unlock(locked, "ocds-vt0001-otra", shares)


def test_custody_tells_nothing_of_what_it_holds(tmp_path):
    bid = sealed_bid(tmp_path)
    record = canonical({"object": bid.manifest_bytes.decode(), "signature": {}, "received_at": ""})
    sizes = set()
    for text in (record, record.replace(b"AAA010101AAA", b"AAAA010101AA"), RECORD):
        locked = custody.lock(text, ocid=OCID, panel=panel(), k=2)
        whole = json.dumps(locked)
        assert "AAA010101AAA" not in whole
        assert bid.c not in whole
        sizes.add(len(locked["blob"]) // 1000)  # the library adds some random bytes to the header
    assert len(sizes) == 1
    for bad in (b"", b"[]", b"x"):
        with pytest.raises(SealedError, match="record_malformed"):
            custody.lock(bad, ocid=OCID, panel=panel(), k=2)


def test_two_envelopes_of_the_same_files_have_nothing_in_common(tmp_path):
    one, two = sealed_bid(tmp_path / "1"), sealed_bid(tmp_path / "2")
    assert one.c != two.c
    assert one.secret != two.secret
    assert not {f.sha256 for f in one.manifest.files} & {f.sha256 for f in two.manifest.files}
    assert to_jcs(one.manifest) == one.manifest_bytes
