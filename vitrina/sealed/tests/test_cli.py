# SPDX-License-Identifier: Apache-2.0
"""The offline client by its commands: keys, sealing with an e.firma, shares, opening. Source: sealed-bids, 16 (11)."""

import base64
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from tests.shared import ROOT
from vitrina.kernel.canonical import canonical
from vitrina.sealed.cli import app
from vitrina.sealed.objects import parse, reveal_digest
from vitrina.sealed.signature import verify_record
from vitrina.sealed.tests.tender import MONTH, OCID, bidder_key, offer, sealed_bid, shares_of

PASSWORD = "contraseña-de-prueba"


def invoke(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


def answer(*words, code=0):
    return json.loads(invoke(*words, "--json", code=code).stdout)


@pytest.fixture
def context(tmp_path):
    """Three openers who made their keys, and what the site exports for sealing."""
    panel = []
    for name in ("convocante", "oic", "testigo"):
        made = answer("keygen", "--out", tmp_path / f"{name}.key")
        panel.append({"id": name, "recipient": made["recipient"], "name": "Quien sea", "body": name, "position": 7})
    told = {"ocid": OCID, "lot": None, "envelope": "economica", "supplier": {"rfc": "AAA010101AAA", "name": "Uno"}}
    told |= {"k": 2, "panel": panel, "reveal_by": MONTH, "title": "otra cosa", "limits": {}}
    (tmp_path / "context.json").write_text(json.dumps(told))
    bid = {"offer": offer(), "responses": {"1": "Sí"}, "statement": "Declaro"}
    (tmp_path / "offer.json").write_text(json.dumps(bid))
    (tmp_path / "propuesta.pdf").write_bytes(b"%PDF-1.7 prueba")
    return tmp_path


def seal(folder, *more, out="out", code=0):
    words = ["seal", "--context", folder / "context.json", "--offer", folder / "offer.json", "--out", folder / out]
    return invoke(*words, folder / "propuesta.pdf", "--json", *more, code=code)


def efirma(folder):
    key = bidder_key("AAA010101AAA")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "UNO SA DE CV")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    cert = builder.sign(key, hashes.SHA256())
    (folder / "uno.cer").write_bytes(cert.public_bytes(serialization.Encoding.DER))
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )
    (folder / "uno.key").write_bytes(private)
    (folder / "password").write_text(PASSWORD + "\n")
    return ["--cer", folder / "uno.cer", "--key", folder / "uno.key", "--password-file", folder / "password"]


def test_keys_are_new_files_of_their_owner_only(tmp_path):
    made = answer("keygen", "--out", tmp_path / "k")
    assert made["recipient"] in (tmp_path / "k").read_text()
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    assert "File exists" in invoke("keygen", "--out", tmp_path / "k", code=2).stderr


def test_sealed_signed_shared_and_opened_without_a_network(context):
    seal(context, *efirma(context))
    out = context / "out"
    manifest = out / "manifest.json"
    submission = json.loads((out / "submission.json").read_text())
    assert submission["object"].encode() == manifest.read_bytes()
    assert submission["previous"] is None
    assert verify_record(submission["signature"], "vitrina/sobre/v1", manifest.read_bytes())
    assert (out / "identity.key").stat().st_mode & 0o777 == 0o600

    (context / "shares").mkdir()
    for name in ("oic", "testigo"):
        told = answer(
            "share", "--manifest", manifest, "--identity", context / f"{name}.key", "--out", context / "shares" / name
        )
        assert told["opener"] == name
    words = [
        "--manifest",
        manifest,
        "--shares",
        context / "shares",
        "--files",
        out / "files",
        "--out",
        context / "open",
    ]
    told = answer("open", *words)
    assert told["opened"]
    assert told["offer"]["total"] == "1500.00"
    assert told["share_audit"] == [True, True, True]
    assert (context / "open" / "02-propuesta.pdf").read_bytes() == b"%PDF-1.7 prueba"
    assert json.loads((context / "open" / "01-respuestas.json").read_text())["statement"] == "Declaro"
    assert json.loads((context / "open" / "report.json").read_text())["opened"]
    assert not any("SECRET" in p.read_text(errors="replace") for p in (context / "open").iterdir())


def test_what_is_to_be_signed_is_written_when_nobody_signs(context):
    told = json.loads(seal(context).stdout)
    assert told["signed"] is False
    body = (context / "out" / "manifest.json").read_bytes()
    assert (context / "out" / "to-sign.bin").read_bytes() == b"DSSEv1 16 vitrina/sobre/v1 %d " % len(body) + body


def test_a_replacement_names_what_it_replaces(context):
    seal(context)
    first = (context / "out" / "manifest.json").read_bytes()
    seal(context, "--replaces", context / "out" / "manifest.json", out="second")
    found = parse((context / "second" / "manifest.json").read_bytes())
    assert found.replaces == reveal_digest(first)
    assert json.loads((context / "second" / "submission.json").read_text())["previous"].encode() == first


def test_no_key_is_ever_written_over(context):
    seal(context)
    before = (context / "out" / "identity.key").read_bytes()
    assert "out_not_empty" in seal(context, code=2).stderr
    assert (context / "out" / "identity.key").read_bytes() == before


def test_what_sealing_refuses(context):
    words = efirma(context)
    (context / "password").write_text("otra")
    assert "password is wrong" in seal(context, *words, code=2).stderr
    assert "go together" in seal(context, "--cer", context / "uno.cer", code=2).stderr
    (context / "uno.cer").write_bytes(b"x")
    assert "not a certificate" in seal(context, *words, code=2).stderr
    (context / "respuestas.json").write_text("{}")
    assert "file_name" in seal(context, context / "respuestas.json", code=2).stderr
    assert "No such file" in seal(context, context / "falta.pdf", code=2).stderr
    told = json.loads((context / "context.json").read_text())
    (context / "context.json").write_text(json.dumps(told | {"k": 1}))
    assert "quorum" in seal(context, code=2).stderr
    (context / "context.json").write_text("{}")
    assert "context_malformed" in seal(context, code=2).stderr


@pytest.fixture
def bid(tmp_path):
    found = sealed_bid(tmp_path / "files")
    (tmp_path / "manifest.json").write_bytes(found.manifest_bytes)
    (tmp_path / "shares").mkdir()
    return found


def open_words(folder):
    names = {"--manifest": "manifest.json", "--shares": "shares", "--files": "files", "--out": "out"}
    return ["open", *(word for option, name in names.items() for word in (option, folder / name))]


def write_shares(folder, shares):
    forms = (lambda s: s, lambda s: s.hex().encode() + b"\n", base64.b64encode)
    for n, share in enumerate(shares):
        (folder / "shares" / f"{n}").write_bytes(forms[n % 3](share))


def test_shares_may_be_bytes_hexadecimal_or_base64(bid, tmp_path):
    write_shares(tmp_path, shares_of(bid.manifest))
    (tmp_path / "shares" / "LEEME.txt").write_text("no es una parte")
    told = answer(*open_words(tmp_path))
    assert told["opened"]
    assert told["unreadable_shares"] == ["LEEME.txt"]


def test_too_few_shares_open_nothing(bid, tmp_path):
    write_shares(tmp_path, shares_of(bid.manifest)[:1])
    told = answer(*open_words(tmp_path), code=1)
    assert (told["opened"], told["problem"]) == (False, "too_few_shares")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["report.json"]


def test_a_false_share_is_named(bid, tmp_path):
    one, two, three = shares_of(bid.manifest)
    write_shares(tmp_path, [one, bytes([two[0] ^ 1]) + two[1:], three])
    assert answer(*open_words(tmp_path))["false_shares"] == [2]
    assert "False shares" in invoke(*open_words(tmp_path)).stdout


def test_a_changed_ciphertext_is_refused_before_anything_is_decrypted(bid, tmp_path):
    write_shares(tmp_path, shares_of(bid.manifest))
    data = bytearray(bid.files[2].read_bytes())
    data[-1] ^= 1
    bid.files[2].write_bytes(data)
    told = answer(*open_words(tmp_path), code=1)
    assert [p["code"] for p in told["problems"]] == ["ciphertext_changed"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["report.json"]


def test_the_backup_opens_and_another_key_does_not(bid, tmp_path):
    words = [w for w in open_words(tmp_path) if w not in ("--shares", tmp_path / "shares")]
    (tmp_path / "backup").write_text(f"# respaldo\n{bid.identity}\n")
    assert answer(*words, "--identity", tmp_path / "backup")["opened"]
    invoke("keygen", "--out", tmp_path / "other")
    assert answer(*words, "--identity", tmp_path / "other", code=1)["problem"] == "backup_differs"
    assert "one of the two" in invoke(*words, code=2).stderr


def test_a_manifest_that_is_none_is_not_opened(bid, tmp_path):
    (tmp_path / "manifest.json").write_bytes(bid.manifest_bytes + b"\n")
    assert "not_canonical" in invoke(*open_words(tmp_path), code=2).stderr
    (tmp_path / "manifest.json").unlink()
    assert "No such file" in invoke(*open_words(tmp_path), code=2).stderr


def test_a_share_for_another_key_is_not_found(bid, tmp_path):
    invoke("keygen", "--out", tmp_path / "k")
    words = ["share", "--manifest", tmp_path / "manifest.json", "--identity", tmp_path / "k", "--out", tmp_path / "s"]
    assert "No share" in invoke(*words, code=1).stderr


def test_an_opener_finds_out_that_the_bidder_dealt_a_false_share(context):
    seal(context)
    told = json.loads((context / "out" / "manifest.json").read_bytes())
    told["shares"][1]["commit"] = "00" * 32
    (context / "lying.json").write_bytes(canonical(told))
    words = ["share", "--manifest", context / "lying.json", "--identity", context / "oic.key", "--out", context / "s"]
    assert "not the one that the bidder committed to" in invoke(*words, code=1).stderr
    assert not (context / "s").exists()


def test_help_needs_no_database_and_no_settings(tmp_path):
    for words in ([], ["open"], ["audit"], ["seal"], ["keygen"], ["share"]):
        command = [sys.executable, "-m", "vitrina", "sealed", *words, "--help"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
        assert "Usage: vitrina sealed" in done.stdout


def test_a_published_envelope_is_opened_by_the_stock_program_and_by_the_command(bid, tmp_path):
    if not shutil.which("age"):
        pytest.skip("needs the program age (apt-get install age)")
    (tmp_path / "published").write_text(f"{bid.identity}\n")
    words = ["age", "-d", "-i", tmp_path / "published", bid.files[2]]
    plain = subprocess.run(words, capture_output=True, check=True).stdout
    options = [w for w in open_words(tmp_path) if w not in ("--shares", tmp_path / "shares")]
    answer(*options, "--identity", tmp_path / "published")
    assert (tmp_path / "out" / "02-propuesta.txt").read_bytes() == plain
