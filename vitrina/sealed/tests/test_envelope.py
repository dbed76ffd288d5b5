# SPDX-License-Identifier: Apache-2.0
"""One published envelope, received, opened and forged. Source: sealed-bids, section 16 (3, 4)."""

import base64
import hashlib
import json
from itertools import combinations

import msgspec
import pytest

from tests.shared import shared
from vitrina.kernel.canonical import canonical
from vitrina.ledger import merkle
from vitrina.sealed.dsse import pae
from vitrina.sealed.errors import SealedError, Unopenable
from vitrina.sealed.objects import PAYLOAD_TYPES, ShareRef, leaf, parse, reveal_digest, to_jcs
from vitrina.sealed.opening import (
    check_share,
    decrypt_file,
    decrypt_index,
    decrypt_share,
    recover,
    recover_from_backup,
    verify_file,
)
from vitrina.sealed.shares import combine
from vitrina.sealed.signature import verify_record


@pytest.fixture(scope="module")
def vector():
    return json.loads(shared("data/sealed-bids/envelope.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manifest(vector):
    return parse(vector["manifest_jcs"].encode())


@pytest.fixture(scope="module")
def shares(vector, manifest):
    return [decrypt_share(vector["opener_identities"][one.opener], one.age) for one in manifest.shares]


@pytest.fixture
def stored(vector, tmp_path):
    paths = []
    for number, text in enumerate(vector["ciphertexts_base64"]):
        path = tmp_path / f"{number}.age"
        path.write_bytes(base64.b64decode(text))
        paths.append(path)
    return paths


def test_bytes_digest_leaf_and_signature(vector, manifest):
    data = vector["manifest_jcs"].encode()
    assert to_jcs(manifest) == data == canonical(vector["manifest"])
    assert reveal_digest(data) == vector["c"]
    assert leaf(vector["c"], manifest.reveal_by) == vector["leaf_jcs"].encode()
    assert len(vector["leaf_jcs"]) == 115
    assert merkle.leaf_hash(leaf(vector["c"], manifest.reveal_by)).hex() == vector["leaf_hash_rfc6962"]
    assert PAYLOAD_TYPES[manifest.type] == vector["payload_type"]
    assert hashlib.sha256(pae(vector["payload_type"], data)).hexdigest() == vector["pae_sha256"]

    pem = vector["signature"]["public_key_spki_pem"].splitlines()
    record = {"kind": "efirma", "value": vector["signature"]["value"], "public_key": "".join(pem[1:-1])}
    assert verify_record(record, vector["payload_type"], data)
    assert not verify_record(record, vector["payload_type"], data + b" ")


def test_withdrawal_and_decoy_have_their_digests(vector):
    for kind in ("withdraw", "decoy"):
        found = parse(canonical(vector[kind]["reveal"]))
        assert reveal_digest(to_jcs(found)) == vector[kind]["c"]


def test_every_pair_opens_and_nobody_alone(vector, manifest, shares):
    assert all(check_share(manifest.ctx, o.commit, s) for o, s in zip(manifest.shares, shares, strict=True))
    for pair in combinations(shares, 2):
        assert combine(list(pair)).hex() == vector["bid_secret"]
        found = recover(manifest, pair)
        assert found.identity == vector["bid_identity"]
        assert found.share_audit == (True, True, True)
    for alone in shares:
        with pytest.raises(Unopenable, match="too_few_shares"):
            recover(manifest, [alone])
        with pytest.raises(Unopenable, match="too_few_shares"):
            recover(manifest, [alone, alone])


def test_index_and_file_come_out_as_they_went_in(vector, manifest, stored, tmp_path):
    identity = vector["bid_identity"]
    assert all(verify_file(path, ref) for path, ref in zip(stored, manifest.files, strict=True))

    decrypt_file(stored[0], tmp_path / "index", identity)
    assert hashlib.sha256((tmp_path / "index").read_bytes()).hexdigest() == vector["plaintext_index_jcs_sha256"]
    index = decrypt_index(stored[0], identity)
    plain = vector["plaintext_index_without_pad"]
    told = {"v": 1, "files": list(index.files), "offer": index.offer}
    assert json.loads(msgspec.json.encode(told)) == {name: plain[name] for name in told}

    sha256 = decrypt_file(stored[1], tmp_path / "file", identity)
    assert sha256 == index.files[0].sha256
    assert (tmp_path / "file").read_text(encoding="utf-8") == vector["plaintext_file_utf8"]


def test_one_changed_byte_of_a_ciphertext_is_refused_by_its_digest(manifest, stored):
    data = bytearray(stored[1].read_bytes())
    data[-1] ^= 1
    stored[1].write_bytes(data)
    assert not verify_file(stored[1], manifest.files[1])
    stored[1].write_bytes(data[:-1])
    assert not verify_file(stored[1], manifest.files[1])


def test_a_damaged_ciphertext_leaves_no_file_behind(vector, stored, tmp_path):
    data = bytearray(stored[1].read_bytes())
    data[-1] ^= 1
    stored[1].write_bytes(data)
    with pytest.raises(SealedError, match="age_decrypt"):
        decrypt_file(stored[1], tmp_path / "out", vector["bid_identity"])
    assert {p.name for p in tmp_path.iterdir()} == {"0.age", "1.age"}


def test_another_opener_reads_no_share(vector, manifest):
    one, other = manifest.shares[0], manifest.shares[1]
    with pytest.raises(SealedError, match="age_decrypt"):
        decrypt_share(vector["opener_identities"][other.opener], one.age)


def test_a_false_share_is_named_and_the_others_open(manifest, shares):
    false = bytes([shares[1][0] ^ 1]) + shares[1][1:]
    found = recover(manifest, [shares[0], false, shares[2]])
    assert found.false == (2,)
    with pytest.raises(Unopenable) as refused:
        recover(manifest, [shares[0], false])
    assert (refused.value.code, refused.value.false, refused.value.accepted) == ("too_few_shares", (2,), (1,))


def test_the_suppliers_backup_opens_what_openers_lost(vector, manifest):
    assert recover_from_backup(manifest, vector["bid_identity"]).secret.hex() == vector["bid_secret"]
    with pytest.raises(Unopenable, match="backup_differs"):
        recover_from_backup(manifest, vector["opener_identities"]["oic"])


def test_a_dealer_who_lies_to_one_is_found_out_and_its_bid_opens(manifest):
    """The published fault: commitments of the dealer hold, one pair opens, the audit of shares blames the third."""
    fault = json.loads(shared("data/sealed-bids/faults.json").read_text(encoding="utf-8"))[0]
    ocid, recipient = fault["ctx"].split("/")
    dealt = tuple(
        ShareRef(one.opener, one.x, commit, one.age)
        for one, commit in zip(manifest.shares, fault["share_commits"], strict=True)
    )
    bad = msgspec.structs.replace(
        manifest, ocid=ocid, recipient=recipient, key_commit=fault["key_commit"], shares=dealt
    )
    posted = [bytes.fromhex(s) for s in fault["shares"]]

    found = recover(bad, posted)
    assert found.secret.hex() == fault["pairs"][0]["combined"]
    assert list(found.share_audit) == fault["share_audit_after_opening"]
    assert found.false == ()
    for pair in fault["pairs"]:
        if not pair["matches_key_commit"]:
            with pytest.raises(Unopenable, match="no_subset_matches"):
                recover(bad, [posted[x - 1] for x in pair["openers"]])
