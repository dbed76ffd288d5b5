# SPDX-License-Identifier: Apache-2.0
"""Hashes and proofs of the public log's tree: RFC 6962 section 2.1, public log specification section 3.

Pure: bytes in, bytes and truth out. An index or a size says nothing alone: take size and root together from one
signed checkpoint (a proof for 600 leaves also verifies with 599 and the same root).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

HASH_BYTES = 32
MAX_BITS = 63  # sizes of a tree fit a signed 64-bit number, as C2SP has them
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The 32-byte hash of a leaf: SHA-256 of a zero byte and the entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of an inner node: SHA-256 of a one byte and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in their order; `EMPTY_ROOT` when there are none."""
    if not leaf_hashes:
        return EMPTY_ROOT
    level, sha256 = leaf_hashes, hashlib.sha256  # `node_hash` written out: half the time of a log is spent here
    # Pairing from the left and carrying an odd last one up is the split at the largest power of two.
    while len(level) > 1:
        pairs = iter(level)
        above = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def _is_size(value: object) -> bool:
    return type(value) is int and value >= 0 and value.bit_length() <= MAX_BITS


def _is_hash(value: object) -> bool:
    return type(value) is bytes and len(value) == HASH_BYTES


def _are_hashes(proof: object) -> bool:
    return type(proof) in {list, tuple} and all(_is_hash(h) for h in proof)  # type: ignore[attr-defined]


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether the leaf stands at `index` (from 0) of the tree of `size` leaves with that root.

    `proof`: 32-byte hashes from the leaf's sibling up. Anything malformed, whatever its type, is False.
    """
    if not (_is_size(index) and _is_size(size) and index < size):
        return False
    if not (_is_hash(leaf_hash) and _is_hash(root) and _are_hashes(proof)):
        return False
    fn, sn, found = index, size - 1, leaf_hash
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(sibling, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def verify_consistency(size1: int, size2: int, proof: list[bytes], root1: bytes, root2: bytes) -> bool:
    """Whether the tree of `size1` leaves is the beginning of the tree of `size2` (0 < size1 <= size2).

    Equal sizes want an empty proof and equal roots. Anything malformed, whatever its type, is False; so is size 0,
    of which every tree would be a continuation.
    """
    if not (_is_size(size1) and _is_size(size2) and 0 < size1 <= size2 and _are_hashes(proof)):
        return False
    if type(root1) is not bytes or type(root2) is not bytes:
        return False
    if size1 == size2:
        return not proof and root1 == root2
    if not (_is_hash(root1) and _is_hash(root2)):
        return False
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        path.insert(0, root1)
    return bool(path) and _both_roots(size1 - 1, size2 - 1, path) == (root1, root2)


def _both_roots(fn: int, sn: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    """The old and the new root that a consistency path leads to, from the last leaf of each tree."""
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return (old, new) if sn == 0 else None
