# SPDX-License-Identifier: Apache-2.0
"""The public log alone: leaves per second into tiles, and what a receipt costs at a million leaves.

Peers, in the same run: SHA-256 of the same leaves and of as many inner nodes and nothing else, which no log of this
kind can outdo; and one Ed25519 verification, of which a receipt with two witnesses needs three.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks import Figure
from vitrina.ledger import merkle
from vitrina.ledger.logverify import verify_log
from vitrina.ledger.note import WITNESS, Checkpoint, Vkey, cosign, join, sign
from vitrina.ledger.policy import Policy
from vitrina.ledger.proof import format_proof, verify_proof
from vitrina.ledger.tiles import TileReader, TileStore

LEAVES, DURABLE, BATCH, LEAF_BYTES, ROUNDS = 1_000_000, 50_000, 1000, 182, 200
ORIGIN, WITNESSES = "bench.example/log", ("w1.example", "w2.example")


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _leaf(i: int) -> bytes:
    return b"%0*d" % (LEAF_BYTES, i)


def _fill(store: TileStore, size: int, until: int) -> bytes:
    root = b""
    while size < until:
        size, root = store.append(size, [_leaf(i) for i in range(size, min(size + BATCH, until))])
    return root


def _hash_only(n: int) -> None:
    sha256, pair = hashlib.sha256, bytes(64)
    for i in range(n):
        sha256(b"\x00" + _leaf(i)).digest()
        sha256(b"\x01" + pair).digest()


def _writing(folder: Path) -> tuple[list[Figure], bytes]:
    hashing = LEAVES / _seconds(lambda: _hash_only(LEAVES))
    roots: list[bytes] = []
    tiles = LEAVES / _seconds(lambda: roots.append(_fill(TileStore(folder / "log", durable=False), 0, LEAVES)))
    durable = DURABLE / _seconds(lambda: _fill(TileStore(folder / "durable"), 0, DURABLE))
    of = "leaves of {} bytes, {} at a time; {:.0%} of the peer"
    return [
        Figure(
            "tiles, without waiting for the disk", tiles, "leaves/s", of.format(LEAF_BYTES, BATCH, tiles / hashing)
        ),
        Figure("tiles, every batch on the disk", durable, "leaves/s", of.format(LEAF_BYTES, BATCH, durable / hashing)),
        Figure("peer: SHA-256 of leaves and nodes alone", hashing, "leaves/s"),
    ], roots[0]


def _note(root: bytes) -> tuple[str, Policy]:
    keys = {name: Ed25519PrivateKey.generate() for name in (ORIGIN, *WITNESSES)}
    text = Checkpoint(ORIGIN, LEAVES, root).text()
    lines = [cosign(text, name, keys[name], 1_800_000_000) for name in WITNESSES]
    vkeys = {name: Vkey.of(name, keys[name], WITNESS) for name in WITNESSES}
    return join(text, sign(text, ORIGIN, keys[ORIGIN]), *lines), Policy.of(
        [Vkey.of(ORIGIN, keys[ORIGIN])], vkeys, len(WITNESSES)
    )


def _reading(folder: Path, root: bytes) -> list[Figure]:
    note, policy = _note(root)
    read: list[str] = []
    store = TileStore(folder)
    reader = TileReader(lambda name: read.append(name) or store.read(name))
    chance = random.Random(6962)
    indices = [chance.randrange(LEAVES) for _ in range(ROUNDS)]
    proofs: list[list[bytes]] = []
    proving = _seconds(lambda: proofs.extend(reader.inclusion_proof(i, LEAVES) for i in indices))
    most = max(_tiles_read(store, i) for i in indices)
    receipts = [format_proof(i, proof, note) for i, proof in zip(indices, proofs, strict=True)]
    holds: list[bool] = []
    checking = _seconds(
        lambda: holds.extend(
            merkle.verify_inclusion(merkle.leaf_hash(_leaf(i)), i, LEAVES, proof, root)
            for i, proof in zip(indices, proofs, strict=True)
        )
    )
    assert all(holds)
    whole = _seconds(lambda: [verify_proof(r, _leaf(i), policy) for i, r in zip(indices, receipts, strict=True)])
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key(), key.sign(note.encode())
    one = _seconds(lambda: [public.verify(signature, note.encode()) for _ in range(ROUNDS)])
    grown = _seconds(lambda: [store.consistency_proof(1 + i, LEAVES) for i in indices])
    hashes = f"{max(map(len, proofs))} hashes at most"
    return [
        Figure("proof made, a million leaves", proving / ROUNDS * 1000, "ms", f"{most} tiles read at most"),
        Figure("proof size, a million leaves", max(map(len, proofs)) * merkle.HASH_BYTES, "bytes", hashes),
        Figure("receipt size with two witnesses", max(len(r.encode()) for r in receipts), "bytes"),
        Figure("proof verified", checking / ROUNDS * 1000, "ms", "hashes alone"),
        Figure("receipt verified with two witnesses", whole / ROUNDS * 1000, "ms", f"{whole / one:.1f} of the peer"),
        Figure("peer: one Ed25519 verification", one / ROUNDS * 1000, "ms"),
        Figure("consistency proved, a million leaves", grown / ROUNDS * 1000, "ms"),
        *_whole(folder, note, policy),
    ]


def _tiles_read(store: TileStore, index: int) -> int:
    names: list[str] = []
    TileReader(lambda name: names.append(name) or store.read(name)).inclusion_proof(index, LEAVES)
    return len(names)


def _whole(folder: Path, note: str, policy: Policy) -> list[Figure]:
    (folder / "checkpoint").write_text(note, encoding="utf-8")
    reports: list[Any] = []
    rate = LEAVES / _seconds(lambda: reports.append(verify_log(str(folder), policy)))
    assert reports[0].finding is None
    return [Figure("whole log verified, a million leaves", rate, "leaves/s", f"{reports[0].files} files")]


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        figures, root = _writing(Path(folder))
        return figures + _reading(Path(folder, "log"), root)
