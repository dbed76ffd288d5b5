# SPDX-License-Identifier: Apache-2.0
"""Opening envelopes on the server: MB/s of comparing digests and decrypting, and how long the key takes to find.

Peers, in the same run: SHA-256 and the age library by themselves over the same file.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage

from benchmarks import Figure
from vitrina.sealed import client, contents, keys, opening
from vitrina.sealed.objects import Manifest, parse

MB = 1_000_000
SIZE = 200 * MB
REPEATS = 3
PANELS = ((3, 2), (16, 9))
OFFER = {"currency": "MXN", "total": "1.00", "lines": []}


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _rates(works: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """MB/s of the fastest of a few runs, taken by turns: the machine is shared."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(REPEATS):
        for name, work in works.items():
            best[name] = min(best[name], _seconds(work))
    return {name: SIZE / MB / seconds for name, seconds in best.items()}


def _seal(out: Path, documents: list[client.Document], n: int, k: int) -> tuple[client.Sealed, list[bytes]]:
    openers = [keys.new_secret() for _ in range(n)]
    panel = [{"id": f"opener-{x}", "recipient": keys.recipient(secret)} for x, secret in enumerate(openers, start=1)]
    sealed = client.seal(
        documents,
        OFFER,
        ocid="ocds-vt0001-bench",
        lot=None,
        envelope="economica",
        supplier="AAA010101AAA",
        panel=panel,
        k=k,
        reveal_by="2026-12",
        out=out,
    )
    dealt = zip(openers, sealed.manifest.shares, strict=True)
    return sealed, [opening.decrypt_share(keys.identity(secret), one.age) for secret, one in dealt]


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            total.update(data)
    return total.hexdigest()


def _act(manifest: Manifest, shares: list[bytes], store: contents.Store, out: Path) -> None:
    """What the act does with one envelope, from shares to documents."""
    found = opening.recover(manifest, shares)
    assert not contents.check_files(manifest, store)
    assert not contents.read(manifest, found.identity, store, out).problems


def _streams(folder: Path) -> list[Figure]:
    plain = folder / "plain"
    with plain.open("wb") as file:
        for _ in range(SIZE // MB):
            file.write(os.urandom(MB))
    sealed, shares = _seal(folder / "files", [("a.pdf", "application/pdf", plain)], 3, 2)
    identity = pyrage.x25519.Identity.from_str(sealed.identity)
    store, cipher, out = contents.Store(folder / "files"), sealed.files[1], folder / "out"
    out.mkdir()
    rates = _rates(
        {
            "opening": lambda: _act(sealed.manifest, shares, store, out),
            "decrypt": lambda: opening.decrypt_file(cipher, out / "one", sealed.identity),
            "age": lambda: pyrage.decrypt_file(str(cipher), str(out / "two"), [identity]),
            "sha": lambda: _sha256(cipher),
        }
    )
    of_age, of_sha = (f"opening has {rates['opening'] / rates[peer]:.2f} of it" for peer in ("age", "sha"))
    one_after_the_other = 1 / (1 / rates["age"] + 2 / rates["sha"])  # ciphertext, then plaintext too
    ratio = f"{rates['opening'] / one_after_the_other:.2f} of both digests and age one after the other"
    return [
        Figure("opening: shares, digests, decryption", rates["opening"], "MB/s", ratio),
        Figure("decryption with the digest of the plaintext", rates["decrypt"], "MB/s"),
        Figure("peer: age alone", rates["age"], "MB/s", of_age),
        Figure("peer: SHA-256 alone", rates["sha"], "MB/s", of_sha),
    ]


def _keys(folder: Path) -> list[Figure]:
    found = []
    for n, k in PANELS:
        sealed, shares = _seal(folder / f"{n}", [("a.txt", "text/plain", b"x")], n, k)
        fast = min(_seconds(lambda: opening.recover(sealed.manifest, shares)) for _ in range(REPEATS))  # noqa: B023
        note = "shares checked, combined, all recomputed"
        found.append(Figure(f"key of an envelope, {k} of {n}", fast * 1000, "ms", note))
        reading = min(_seconds(lambda: parse(sealed.manifest_bytes)) for _ in range(REPEATS))  # noqa: B023
        found.append(Figure(f"reading its manifest, {len(sealed.manifest_bytes):,} bytes", reading * 1000, "ms"))
    return found


def run() -> list[Figure]:
    """Rates over one file of 200 MB, and times of the smallest and the largest panel."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_streams(Path(folder)), *_keys(Path(folder))]
