# SPDX-License-Identifier: Apache-2.0
"""Sharing a secret: the published vectors, and any k of any n. Source: sealed-bids, section 16 (1, 2, 4, 6)."""

import json
from itertools import combinations, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared import shared
from vitrina.sealed import keys
from vitrina.sealed.errors import SealedError
from vitrina.sealed.shares import coefficient, combine, inverse, key_commit, multiply, share_commit, split

CTX = "ocds-vt0001-prueba/age1prueba"
MOST_SUBSETS = 60

quorums = st.integers(1, 16).flatmap(lambda n: st.tuples(st.integers(n // 2 + 1, n), st.just(n)))
secrets = st.binary(min_size=32, max_size=32)


def vectors(name):
    return json.loads(shared(f"data/sealed-bids/{name}.json").read_text(encoding="utf-8"))


def test_the_field_multiplies_as_published():
    assert vectors("split")["gf_checks"] == {
        "mul(0x57,0x83)": f"{multiply(0x57, 0x83):02x}",
        "mul(0x02,0x80)": f"{multiply(0x02, 0x80):02x}",
        "inv(0x53)": f"{inverse(0x53):02x}",
    }
    assert all(multiply(a, inverse(a)) == 1 for a in range(1, 256))


def test_the_published_splits_come_out_to_the_byte():
    for one in vectors("split")["vectors"]:
        secret, ctx, k, n = bytes.fromhex(one["secret"]), one["ctx"], one["k"], one["n"]
        found = split(secret, k, n, ctx)

        assert keys.identity(secret) == one["identity"]
        assert keys.recipient(secret) == one["recipient"]
        assert [coefficient(secret, d, ctx).hex() for d in range(1, k)] == one["coefficients"]
        assert [s.hex() for s in found] == one["shares"]
        assert [share_commit(ctx, s) for s in found] == one["share_commits"]
        assert key_commit(ctx, secret) == one["key_commit"]
        assert all(combine(list(subset)) == secret for subset in combinations(found, k))


def test_all_256_changes_of_a_bit_are_refused_though_five_keep_the_public_key():
    one = vectors("bitflips")
    secret, ctx = bytes.fromhex(one["secret"]), one["ctx"]
    same = []
    for bit in range(256):
        changed = bytearray(secret)
        changed[bit // 8] ^= 1 << bit % 8
        assert key_commit(ctx, bytes(changed)) != one["key_commit"]
        if keys.recipient(bytes(changed)) == one["recipient"]:
            same.append(bit)

    assert same == one["same_public_key_bits"]


def test_the_published_faults_are_told_by_the_commitments():
    dealer, opener = vectors("faults")
    dealt = [bytes.fromhex(s) for s in dealer["shares"]]
    assert [share_commit(dealer["ctx"], s) for s in dealt] == dealer["share_commits"]
    for pair in dealer["pairs"]:
        secret = combine([dealt[x - 1] for x in pair["openers"]])
        assert secret.hex() == pair["combined"]
        assert (key_commit(dealer["ctx"], secret) == dealer["key_commit"]) is pair["matches_key_commit"]
        assert (keys.recipient(secret) == dealer["ctx"].split("/")[1]) is pair["same_public_key"]

    posted = bytes.fromhex(opener["posted"])
    assert (share_commit(opener["ctx"], posted) == opener["commit"]) is opener["commit_matches"]


@settings(deadline=None, max_examples=60)
@given(quorums, secrets, st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.randoms())
def test_any_k_recombine_and_fewer_tell_nothing_that_holds(quorum, secret, ctx, random):
    k, n = quorum
    found = split(secret, k, n, ctx)
    random.shuffle(found)

    for subset in islice(combinations(found, k), MOST_SUBSETS):
        assert combine(list(subset)) == secret
    assert combine(found) == secret
    for subset in islice(combinations(found, k - 1), MOST_SUBSETS if k > 1 else 0):
        assert key_commit(ctx, combine(list(subset))) != key_commit(ctx, secret)


@pytest.mark.parametrize(
    ("k", "n"), [(0, 1), (2, 1), (1, 2), (2, 4), (8, 16), (9, 17), (-1, 3), (True, 1), (2.0, 3), (2, "3")]
)
def test_quorums_against_the_rule_are_refused(k, n):
    with pytest.raises(ValueError, match="quorum"):
        split(bytes(32), k, n, CTX)


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33), "x" * 32, None, bytearray(32)])
def test_only_32_bytes_are_shared(secret):
    with pytest.raises(ValueError, match="secret_malformed"):
        split(secret, 2, 3, CTX)
    with pytest.raises(ValueError, match="secret_malformed"):
        key_commit(CTX, secret)


def test_shares_that_are_none_are_refused():
    one, two, _ = split(bytes(range(32)), 2, 3, CTX)
    for shares, code in (
        ([], "share_malformed"),
        ([one, two[:-1]], "share_malformed"),
        ([one, two + b"x"], "share_malformed"),
        ([one, "x" * 33], "share_malformed"),
        ([one, one], "share_x"),
        ([one, two[:-1] + b"\1"], "share_x"),
        ([one, two[:-1] + b"\0"], "share_x"),
    ):
        with pytest.raises(ValueError, match=code):
            combine(shares)
    with pytest.raises(ValueError, match="share_malformed"):
        share_commit(CTX, one[:-1])
    with pytest.raises(ValueError, match="context"):
        share_commit("\ud800", one)


@given(secrets)
def test_identities_are_read_back_and_a_mistyped_character_is_noticed(secret):
    text = keys.identity(secret)
    assert keys.secret_of(text) == secret
    assert str(keys.opener_key(text).to_public()) == keys.recipient(secret)
    for at in (20, 40, len(text) - 1):
        other = "Q" if text[at] != "Q" else "P"
        with pytest.raises(SealedError, match="identity_malformed"):
            keys.secret_of(text[:at] + other + text[at + 1 :])


@given(st.text(max_size=100))
def test_no_text_raises_another_error(text):
    for read, code in ((keys.secret_of, "identity_malformed"), (keys.public_of, "recipient_malformed")):
        with pytest.raises(SealedError) as refused:
            read(text)
        assert refused.value.code == code
