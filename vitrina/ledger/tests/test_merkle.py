# SPDX-License-Identifier: Apache-2.0
"""The tree of the public log: the shared vectors, the definition of the RFC, and everything malformed."""

from __future__ import annotations

import hashlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.ledger import merkle
from vitrina.ledger.tile_reader import TileReader
from vitrina.ledger.tiles import TileStore

from .public_log import leaf_hashes, statement, statements, unhex, vectors

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(max_size=40), st.lists(st.integers())
)


def test_the_statements_and_leaves_of_the_vectors():
    found = vectors("merkle.json")

    assert [statement(i).decode() for i in range(5)] == found["statements_first_5"]
    for i, digest in found["statement_sha256"].items():
        assert hashlib.sha256(statement(int(i))).hexdigest() == digest
    for i, digest in found["leaf_hashes"].items():
        assert merkle.leaf_hash(statement(int(i))).hex() == digest


def test_the_roots_of_the_vectors():
    hashes = leaf_hashes(statements(600))

    for size, root in vectors("merkle.json")["roots"].items():
        assert merkle.root(hashes[: int(size)]).hex() == root


def test_the_inclusion_cases_of_the_vectors():
    cases = vectors("merkle.json")["inclusion"]

    assert len(cases) == 25
    for case in cases:
        leaf, root, proof = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"]), unhex(case["proof"])
        assert merkle.verify_inclusion(leaf, case["index"], case["size"], proof, root) is case["valid"], case


def test_the_consistency_cases_of_the_vectors():
    cases = vectors("merkle.json")["consistency"]

    assert len(cases) == 22
    for case in cases:
        roots, proof = unhex([case["root1"], case["root2"]]), unhex(case["proof"])
        assert merkle.verify_consistency(case["size1"], case["size2"], proof, *roots) is case["valid"], case


def mth(leaves: list[bytes]) -> bytes:
    """The tree head as RFC 6962 section 2.1 defines it, by recursion over the entries."""
    if len(leaves) <= 1:
        return sha256(b"\0" + leaves[0]).digest() if leaves else sha256(b"").digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """The audit path of leaf `m`: RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], *, is_whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2."""
    if m == len(leaves):
        return [] if is_whole else [mth(leaves)]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if m <= k:
        return [*subproof(m, leaves[:k], is_whole=is_whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], is_whole=False), mth(leaves[:k])]


def test_the_definition_of_the_rfc_agrees_on_every_root_and_proof(tmp_path):
    entries = [b"entry %d" % i for i in range(70)]
    store, hashes = TileStore(tmp_path, durable=False), leaf_hashes(entries)
    for size in range(1, len(entries) + 1):
        _, root = store.append(size - 1, [entries[size - 1]])
        assert root == mth(entries[:size]) == merkle.root(hashes[:size])

    for size in (1, 2, 3, 31, 64, 65, 70):
        root = mth(entries[:size])
        for index in range(size):
            assert (proof := store.inclusion_proof(index, size)) == path(index, entries[:size])
            assert merkle.verify_inclusion(hashes[index], index, size, proof, root)
        for old in range(1, size):
            assert (proof := store.consistency_proof(old, size)) == subproof(old, entries[:size], is_whole=True)
            assert merkle.verify_consistency(old, size, proof, mth(entries[:old]), root)


@given(st.integers(1, 600), st.data())
def test_a_leaf_is_included_where_it_stands_and_nowhere_else(size, data):
    index, elsewhere = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    reader, hashes = in_memory(size)
    root, proof = merkle.root(hashes[:size]), reader.inclusion_proof(index, size)

    assert reader.root(size) == root
    assert merkle.verify_inclusion(hashes[index], index, size, proof, root)
    assert merkle.verify_inclusion(hashes[index], elsewhere, size, proof, root) is (index == elsewhere)
    assert merkle.verify_inclusion(hashes[elsewhere], index, size, proof, root) is (index == elsewhere)


@given(st.integers(1, 600), st.integers(1, 600), st.data())
def test_a_tree_is_the_beginning_of_what_it_grew_into(a, b, data):
    old, new = sorted((a, b))
    reader, hashes = in_memory(new)
    roots, proof = (merkle.root(hashes[:old]), merkle.root(hashes[:new])), reader.consistency_proof(old, new)

    assert merkle.verify_consistency(old, new, proof, *roots)
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        broken = bytearray(proof[place])
        broken[bit // 8] ^= 1 << bit % 8
        proof[place] = bytes(broken)
        assert not merkle.verify_consistency(old, new, proof, *roots)
        assert not merkle.verify_consistency(old, new, proof[:-1], *roots)


def in_memory(size: int) -> tuple[TileReader, list[bytes]]:
    """A reader over tiles that are cut from the leaf hashes, without `TileStore`."""
    hashes = leaf_hashes(statements(600))

    def read(name: str) -> bytes:
        level, n = int(name.split("/")[1]), int(name.split("/")[2].partition(".")[0])
        span = 256**level
        row = [merkle.root(hashes[i : i + span]) for i in range(0, size // span * span, span)]
        return b"".join(row[n * 256 : n * 256 + 256])

    return TileReader(read), hashes


@pytest.mark.parametrize(
    ("leaf", "index", "size", "proof", "root"),
    [
        (b"", 0, 1, [], b""),
        (bytes(31), 0, 1, [], bytes(31)),
        (bytearray(32), 0, 1, [], bytes(32)),
        ("0" * 32, 0, 1, [], "0" * 32),
        (bytes(32), False, True, [], bytes(32)),
        (bytes(32), 0, True, [], bytes(32)),
        (bytes(32), 0.0, 1, [], bytes(32)),
        (bytes(32), "0", "1", [], bytes(32)),
        (bytes(32), -1, 1, [], bytes(32)),
        (bytes(32), 0, 0, [], bytes(32)),
        (bytes(32), 0, -1, [], bytes(32)),
        (bytes(32), 0, 1, None, bytes(32)),
        (bytes(32), 0, 1, b"", bytes(32)),
        (bytes(32), 0, 1, "", bytes(32)),
        (bytes(32), 0, 1, {}, bytes(32)),
        (bytes(32), 0, 1, iter([]), bytes(32)),
        (bytes(32), 0, 2, [None], bytes(32)),
        (bytes(32), 0, 2, [b""], bytes(32)),
        (None, None, None, None, None),
        (bytes(32), 0, 1 << 64, [bytes(32)] * 64, bytes(32)),
    ],
)
def test_malformed_inclusion_is_refused_without_an_exception(leaf, index, size, proof, root):
    assert merkle.verify_inclusion(leaf, index, size, proof, root) is False


@pytest.mark.parametrize(
    ("size1", "size2", "proof", "root1", "root2"),
    [
        (0, 0, [], merkle.EMPTY_ROOT, merkle.EMPTY_ROOT),
        (0, 1, [], merkle.EMPTY_ROOT, bytes(32)),
        (0, 600, [bytes(32)], bytes(32), bytes(32)),
        (-1, 1, [], bytes(32), bytes(32)),
        (True, True, [], bytes(32), bytes(32)),
        (1, 1, None, bytes(32), bytes(32)),
        (1, 1, [], "a", "a"),
        (1, 1, [], None, None),
        (1, 1, [], bytearray(32), bytearray(32)),
        (1, 2, [], bytes(32), bytes(32)),
        (1, 2, [bytes(31)], bytes(32), bytes(32)),
        (1, 2, [bytes(32)], b"", b""),
        (2, 1, [bytes(32)], bytes(32), bytes(32)),
        (1.0, 2.0, [bytes(32)], bytes(32), bytes(32)),
        (1, 1 << 64, [bytes(32)] * 64, bytes(32), bytes(32)),
    ],
)
def test_malformed_consistency_is_refused_without_an_exception(size1, size2, proof, root1, root2):
    assert merkle.verify_consistency(size1, size2, proof, root1, root2) is False


def test_equal_sizes_want_equal_roots_whatever_their_length_and_no_proof():
    assert merkle.verify_consistency(5, 5, [], b"any", b"any")
    assert not merkle.verify_consistency(5, 5, [], b"any", b"other")
    assert not merkle.verify_consistency(5, 5, [bytes(32)], b"any", b"any")


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_nothing_makes_the_verifiers_stumble(a, b, c, d, e):
    assert merkle.verify_inclusion(a, b, c, d, e) in {True, False}
    assert merkle.verify_consistency(a, b, c, d, e) in {True, False}


def test_a_size_beyond_all_measure_is_refused_at_once():
    assert not merkle.verify_inclusion(bytes(32), 1 << 1_000_000, 1 << 1_000_001, [bytes(32)] * 1000, bytes(32))
