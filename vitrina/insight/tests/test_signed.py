# SPDX-License-Identifier: Apache-2.0
"""Signed evidence: what was signed is checked offline, and a change of one sign shows."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from typer.testing import CliRunner

from vitrina.insight import bundle, signed
from vitrina.insight.cli import app
from vitrina.insight.screens import cards
from vitrina.insight.screens.tests.made import card

DOCUMENT = {"id": "ocds-x-1", "ñ": "año", "value": 0.1, "rows": [1, None, True]}


def called(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture(scope="module")
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def files(key, tmp_path) -> tuple[Path, Path]:
    """The private key (mode 0600) and the public one."""
    private, public = tmp_path / "own.pem", tmp_path / "pub.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    private.chmod(0o600)
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def test_what_was_signed_is_sound_and_of_its_signer(key) -> None:
    data = signed.encode(signed.sign(DOCUMENT, key))
    found = signed.check(data, key.public_key().public_bytes_raw())
    assert found.document == DOCUMENT
    with pytest.raises(signed.NotSound, match="another key"):
        signed.check(data, bytes(32))


@pytest.mark.parametrize(
    ("before", "after"), [(b"0.1", b"0.2"), (b"ocds-x-1", b"ocds-x-2"), (b'"sha256":"', b'"sha256":"0'), (b"signed/1", b"signed/2")]
)  # fmt: skip
def test_any_change_shows(key, before, after) -> None:
    data = signed.encode(signed.sign(DOCUMENT, key))
    assert before in data
    with pytest.raises(signed.NotSound):
        signed.check(data.replace(before, after, 1))


def test_a_digest_that_fits_a_changed_document_needs_the_key(key) -> None:
    stranger = signed.sign(DOCUMENT | {"value": 9}, Ed25519PrivateKey.generate())
    mine = signed.sign(DOCUMENT, key)
    forged = msgspec.structs.replace(stranger, signature=mine.signature)
    with pytest.raises(signed.NotSound, match="not of this document"):
        signed.check(signed.encode(forged))


def test_the_signature_is_over_two_lines_that_anybody_writes(key) -> None:
    """The form is fixed: another program checks it from the words of the page alone."""
    made = signed.sign(DOCUMENT, key)
    line = f"vitrina.insight.signed/1\n{made.sha256}\n".encode()
    key.public_key().verify(base64.b64decode(made.signature.value), line)


def test_the_commands(files, tmp_path, key) -> None:
    private, public = files
    source, out = tmp_path / "cards.jsonl", tmp_path / "signed.json"
    source.write_bytes(b"".join(cards.encode(card(id=f"ocds-x-{n}", ocid=f"ocds-x-{n}")) + b"\n" for n in (1, 2)))
    told = called("sign", str(source), "--id", "ocds-x-2", "--key", str(private), "--out", str(out))
    assert told.exit_code == 0, told.output
    assert json.loads(out.read_bytes())["document"]["ocid"] == "ocds-x-2"
    raw = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    vkey = "log+00000000+" + base64.b64encode(b"\x01" + key.public_key().public_bytes_raw()).decode()
    for signer in (str(public), raw, vkey):
        told = called("verify", str(out), "--signer", signer)
        assert (told.exit_code, "all the same" in told.output) == (0, True), told.output
    assert called("verify", str(out), "--signer", base64.b64encode(bytes(32)).decode()).exit_code == 1
    assert called("sign", str(source), "--key", str(private), "--out", str(out)).exit_code == 2  # which of the two
    private.chmod(0o644)
    told = called("sign", str(source), "--id", "ocds-x-2", "--key", str(private), "--out", str(out))
    assert (told.exit_code, "0600" in told.output) == (2, True)


def rezipped(data: bytes, **changed: bytes | None) -> bytes:
    """The same zip with files put in another's place, added, or left out (null)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name, content in ({n: old.read(n) for n in old.namelist()} | changed).items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def test_many_cards_travel_in_one_zip_under_one_signature(files, tmp_path, key) -> None:
    private, public = files
    source, page, out = tmp_path / "cards.jsonl", tmp_path / "cards.html", tmp_path / "cards.zip"
    source.write_bytes(b"".join(cards.encode(card(id=f"ocds-x-{n}", ocid=f"ocds-x-{n}")) + b"\n" for n in (1, 2)))
    page.write_text("<p>Indicio</p>")
    wrote = ("sign", str(source), "--key", str(private), "--out", str(out), "--with", str(page))
    assert called(*wrote).exit_code == 0
    data = out.read_bytes()
    told = called("verify", str(out), "--signer", str(public))
    assert (told.exit_code, "of 2 cards: all the same" in told.output) == (0, True), told.output
    assert called(*wrote).exit_code == 0
    assert out.read_bytes() == data  # the same bytes each time
    _, documents = bundle.check(data)
    assert [document["id"] for document in documents] == ["ocds-x-1", "ocds-x-2"]

    first = "documents/0001.json"
    for changed, said in (
        ({"cards.html": b"<p>Prueba</p>"}, "changed after it was signed: cards.html"),
        ({first: None}, f"missing, or not signed: {first}"),
        ({"more.json": b"{}"}, "missing, or not signed: more.json"),
        ({"manifest.json": b"{}"}, "no signed document"),
        ({"manifest.json": None}, "no zip of signed documents"),
    ):
        with pytest.raises(signed.NotSound, match=said):
            bundle.check(rezipped(data, **changed))
    for name in ("../x", "manifest.json"):
        with pytest.raises(ValueError, match="no name"):
            bundle.pack([], key, {name: b""})


def test_a_card_whose_values_do_not_follow_from_its_bids_is_not_sound(files, tmp_path, key) -> None:
    false = card()
    false = msgspec.structs.replace(false, signals=[msgspec.structs.replace(false.signals[0], value=9.0)])
    out = tmp_path / "signed.json"
    out.write_bytes(signed.encode(signed.sign(msgspec.to_builtins(false), key)))
    told = called("verify", str(out))
    assert (told.exit_code, false.signals[0].code in told.output) == (1, True)
