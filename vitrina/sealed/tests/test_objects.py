# SPDX-License-Identifier: Apache-2.0
"""What the format refuses: each fault of a reveal object, an index or an age file has its own code."""

import base64
import copy
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.kernel.canonical import canonical
from vitrina.sealed import agefile, index, keys
from vitrina.sealed.client import redeal, withdraw
from vitrina.sealed.errors import SealedError
from vitrina.sealed.objects import Decoy, Manifest, Redeal, Withdrawal, check_redeal, leaf, parse, to_jcs
from vitrina.sealed.rules import CODES
from vitrina.sealed.tests.tender import MONTH, offer, opener_secret, panel, sealed_bid

HEX = "ab" * 32


@pytest.fixture(scope="module")
def bid(tmp_path_factory):
    return sealed_bid(tmp_path_factory.mktemp("bid"))


@pytest.fixture(scope="module")
def told(bid):
    return json.loads(bid.manifest_bytes)


def refusal(data, **more):
    with pytest.raises(SealedError) as refused:
        parse(data if isinstance(data, bytes) else canonical(data), **more)
    assert refused.value.detail
    return refused.value.code


def changed(told, path, value):
    found = copy.deepcopy(told)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return found


def test_every_kind_is_read_back_as_it_was_written(bid):
    manifest = parse(bid.manifest_bytes)
    taken_back = parse(withdraw(manifest))
    dealt = parse(redeal(manifest, bid.identity, 3, panel(["suplente"])[0]))
    decoy = parse(canonical({"type": "sobre/v1/senuelo", "reveal_by": MONTH, "salt": HEX}))

    assert [type(one) for one in (manifest, taken_back, dealt, decoy)] == [Manifest, Withdrawal, Redeal, Decoy]
    assert to_jcs(manifest) == bid.manifest_bytes
    assert taken_back.bid == dealt.bid == bid.c
    assert len(leaf(bid.c, MONTH)) == 115


def test_only_canonical_bytes_are_read(bid, told):
    text = bid.manifest_bytes
    for other in (
        text + b"\n",
        b" " + text,
        json.dumps(told).encode(),
        text.replace(b'"k":2', b'"k":2.0'),
        text.replace(b'"k":2', b'"k":2e0'),
        text.replace(b'"k":2', b'"k":1,"k":2'),
        text.replace(b"economica", b"economic\\u0061"),
        text.replace(b"economica", b"\\ud800"),
        text.replace(b'"k":2', b'"k":9007199254740993'),
    ):
        assert refusal(other) in {"not_canonical", "not_json"}
    for other in (b"", b"{", b"\xff", b"\xef\xbb\xbf" + text, text[:-1], b"[" * 100_000, b"NaN"):
        assert refusal(other) in {"not_json", "not_canonical"}
    assert refusal(b'"' + b"x" * 2**20 + b'"') == "too_big"
    for other in ([], 1, "x", None, {}, {"type": 1}, {"type": "sobre/v2"}, {"type": ["sobre/v1"]}):
        assert refusal(other) == "unknown_type"


def test_no_key_may_be_missing_or_added(told):
    for key in set(told) - {"type"}:
        assert refusal({k: v for k, v in told.items() if k != key}) == "missing_key"
    assert refusal(told | {"note": ""}) == "unknown_key"
    for path in (("files", 0), ("shares", 0)):
        found = copy.deepcopy(told)
        found[path[0]][path[1]]["more"] = 1
        assert refusal(found) == "unknown_key"


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("ocid",), None, "wrong_type"),
        (("k",), "2", "wrong_type"),
        (("k",), True, "wrong_type"),
        (("envelope",), "otra", "wrong_type"),
        (("files",), {}, "wrong_type"),
        (("ocid",), "ocds-vt0001", "ocid_malformed"),
        (("ocid",), "ocds-vt0001_LA", "ocid_malformed"),
        (("ocid",), "ocds-vt0001-LA/x", "ocid_malformed"),
        (("supplier",), "aaa010101aaa", "supplier_malformed"),
        (("lot",), "", "lot_malformed"),
        (("lot",), "a\nb", "lot_malformed"),
        (("k",), 1, "quorum"),
        (("k",), 4, "quorum"),
        (("k",), 0, "quorum"),
        (("recipient",), "age1x", "recipient_malformed"),
        (("key_commit",), HEX.upper(), "key_commit_malformed"),
        (("replaces",), "", "replaces_malformed"),
        (("reveal_by",), "2026-13", "reveal_by_malformed"),
        (("reveal_by",), "2026-12-01", "reveal_by_malformed"),
        (("salt",), HEX[:-2], "salt_malformed"),
        (("shares", 0, "x"), 2, "share_x"),
        (("shares", 0, "opener"), "oic", "opener_repeated"),
        (("shares", 0, "opener"), "", "opener_malformed"),
        (("shares", 0, "commit"), HEX[1:], "share_commit_malformed"),
        (("shares", 0, "age"), "", "share_age"),
        (("files",), [], "files_count"),
        (("files", 0, "sha256"), "x", "file_sha256_malformed"),
        (("files", 0, "size"), 199, "file_size"),
        (("files", 0, "size"), 2**41, "file_size"),
        (("files", 0, "parts"), [], "file_parts"),
        (("files", 0, "parts"), [HEX, HEX], "file_parts"),
        (("files", 0, "parts"), [HEX], "file_parts"),
        (("files", 0, "parts"), ["x"], "part_malformed"),
        (("files", 0, "size"), 8 * 1024 * 1024 + 1, "file_parts"),
    ],
)
def test_each_fault_has_its_code(told, path, value, code):
    assert refusal(changed(told, path, value)) == code
    assert code in CODES or code == "wrong_type"


def test_the_same_ciphertext_twice_is_refused(told):
    assert refusal(changed(told, ("files",), [told["files"][0]] * 2)) == "file_repeated"


def test_openers_are_at_most_sixteen(told):
    shares = [told["shares"][0] | {"x": x, "opener": str(x)} for x in range(1, 18)]
    assert refusal(told | {"shares": shares, "k": 9}) == "quorum"
    assert parse(canonical(told | {"shares": shares[:16], "k": 9})).k == 9


def test_one_person_alone_opens_only_in_the_demonstration(told):
    alone = told | {"shares": told["shares"][:1], "k": 1}
    assert refusal(alone) == "panel_of_one"
    assert parse(canonical(alone), demo=True).k == 1


def test_parts_are_slices_of_eight_mebibytes(told):
    size = 8 * 1024 * 1024
    for length, parts in ((size, 1), (size + 1, 2), (2 * size, 2)):
        digests = [HEX] * parts
        found = changed(told, ("files", 1), {"sha256": HEX, "size": length, "parts": digests})
        assert parse(canonical(found)).files[1].size == length
        found["files"][1]["parts"] = digests + [HEX]
        assert refusal(found) == "file_parts"


def test_a_share_is_one_age_file_for_one_x25519_key(told):
    blob = base64.b64decode(told["shares"][0]["age"])
    two = agefile.encrypt_bytes(bytes(34), panel()[0]["recipient"])
    for bad in (
        blob[:-1],
        blob + b"x",
        two,
        blob.replace(b"X25519", b"X25518"),
        blob.replace(b"-> X25519", b"-> scrypt"),
        blob.replace(b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n"),
        blob.replace(b"-> X25519", b"-> a\n\n" * 9 + b"-> X25519"),
        blob.replace(b"--- ", b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n--- "),
        blob[:100],
        b"",
    ):
        assert refusal(changed(told, ("shares", 0, "age"), base64.b64encode(bad).decode())) == "share_age"
    text = base64.b64encode(blob).decode()
    for bad in (text[:-1], text + "=", text + "\n", " " + text, text[:-2] + "é", "A" * 10**6):
        assert refusal(changed(told, ("shares", 0, "age"), bad)) == "share_age"


def test_grease_stanzas_are_tolerated_and_are_no_recipients():
    recipient = panel()[0]["recipient"]
    for _ in range(20):  # the library adds them at random
        data = agefile.encrypt_bytes(b"x", recipient)
        assert len(data) == agefile.read_header(io.BytesIO(data)) + agefile.payload_size(1)
    greased = data.replace(b"--- ", b"-> 3-grease |x\nAAAA\n--- ", 1)
    assert agefile.read_header(io.BytesIO(greased)) == agefile.read_header(io.BytesIO(data)) + 20


def test_a_re_dealt_share_keeps_its_number_and_commitment(bid):
    manifest = parse(bid.manifest_bytes)
    to = panel(["suplente"])[0]
    found = parse(redeal(manifest, bid.identity, 2, to))
    check_redeal(manifest, found)
    value = agefile.decrypt_bytes(base64.b64decode(found.share.age), keys.identity(opener_secret("suplente")))
    assert value[-1] == 2

    data = json.loads(to_jcs(found))
    for path, value in (
        (("share", "x"), 3),
        (("share", "commit"), HEX),
        (("bid",), HEX),
        (("supplier",), "BBB010101BB2"),
        (("ocid",), manifest.ocid + "0"),
    ):
        with pytest.raises(SealedError, match="redeal_differs"):
            check_redeal(manifest, parse(canonical(changed(data, path, value))))
    with pytest.raises(SealedError, match="backup_differs"):
        redeal(manifest, keys.identity(opener_secret("oic")), 2, to)
    with pytest.raises(SealedError, match="share_x"):
        redeal(manifest, bid.identity, 4, to)


def entry(**more):
    return index.IndexFile(**{"name": "a.pdf", "media_type": "application/pdf", "sha256": HEX, "size": 1} | more)


def test_an_index_is_padded_so_that_its_length_tells_nothing():
    sizes = {len(index.build([entry(name="a" * n)], offer())) for n in range(1, 200)}
    assert sizes == {4096}
    assert len(index.build([entry(name="ñ" * 200) for _ in range(20)], offer())) % 4096 == 0
    assert index.parse(index.build([], None)).offer is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"files": [entry(name="")]}, "index_malformed"),
        ({"files": [entry(name="x" * 256)]}, "index_malformed"),
        ({"files": [entry(sha256=HEX.upper())]}, "index_malformed"),
        ({"files": [entry(size=-1)]}, "index_malformed"),
        ({"offer": {}}, "index_malformed"),
        ({"offer": offer() | {"note": ""}}, "index_malformed"),
        ({"offer": offer() | {"total": 1500}}, "index_malformed"),
        ({"offer": offer() | {"currency": "pesos"}}, "offer_malformed"),
        ({"offer": offer("1,500")}, "offer_malformed"),
        ({"offer": offer("-1")}, "offer_malformed"),
        ({"offer": offer("1e3")}, "offer_malformed"),
        ({"offer": offer("01")}, "offer_malformed"),
        ({"offer": offer("\ud800")}, "index_malformed"),
        ({"offer": offer() | {"lines": offer()["lines"] * 2}}, "offer_malformed"),
        ({"offer": offer() | {"lines": [offer()["lines"][0] | {"line": 0}]}}, "offer_malformed"),
    ],
)
def test_an_index_that_is_none_is_refused(more, code):
    with pytest.raises(SealedError) as refused:
        index.build(**{"files": [entry()], "offer": offer()} | more)
    assert refused.value.code == code


def test_an_index_without_its_padding_is_refused():
    data = json.loads(index.build([entry()], offer()))
    for pad in ("", "x" * len(data["pad"]), data["pad"] + " "):
        with pytest.raises(SealedError, match="index_malformed"):
            index.parse(canonical(data | {"pad": pad}))


@given(st.text(min_size=1, max_size=300), st.integers(1, 1000))
def test_no_name_leaves_its_folder(name, number):
    safe = index.safe_name(number, name)
    assert safe.startswith(f"{number:02d}-")
    assert not set(safe) & set('/\\\0\n:*?"<>|')
    assert len(safe.encode(errors="replace")) < 255


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_malformed_object_raises_another_error(told, data):
    """Any value in any place, and any bytes at all: accepted, or refused with a code."""
    keys_ = sorted(told)
    path = data.draw(
        st.one_of(
            st.tuples(st.sampled_from(keys_)),
            st.tuples(st.just("files"), st.integers(0, 2), st.sampled_from(["sha256", "size", "parts"])),
            st.tuples(st.just("shares"), st.integers(0, 2), st.sampled_from(["opener", "x", "commit", "age"])),
        )
    )
    found = changed(told, path, data.draw(json_values))
    raw = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    for text in (raw, data.draw(st.binary(max_size=200))):
        try:
            parse(text)
        except SealedError as refused:
            assert refused.code
            assert refused.detail


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_malformed_age_file_raises_another_error(data):
    """Changed, cut, lengthened or made up: it opens to the same, or is refused with a code."""
    secret = opener_secret("oic")
    text = bytearray(agefile.encrypt_bytes(b"propuesta" * 10_000, keys.recipient(secret)))
    kind = data.draw(st.sampled_from(["change", "cut", "insert", "random"]))
    at = data.draw(st.one_of(st.integers(0, 199), st.integers(0, 90_199)))
    if kind == "change":
        text[at] ^= data.draw(st.integers(1, 255))
    elif kind == "cut":
        del text[at:]
    elif kind == "insert":
        text[at:at] = data.draw(st.binary(min_size=1, max_size=40))
    else:
        text = b"age-encryption.org/v1\n" + data.draw(st.binary(max_size=300))
    with pytest.raises(SealedError) as refused:
        agefile.decrypt_bytes(bytes(text), keys.identity(secret))
    assert refused.value.code in {"age_header", "age_decrypt"}
