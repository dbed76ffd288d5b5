# SPDX-License-Identifier: Apache-2.0
"""What the tests of the public log share: the shared vectors, and a log of their own with two witnesses."""

from __future__ import annotations

import functools
import hashlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.shared import shared
from vitrina.kernel.canonical import canonical, digest
from vitrina.ledger import merkle
from vitrina.ledger.note import WITNESS, Checkpoint, Vkey, cosign, join, sign
from vitrina.ledger.policy import Policy
from vitrina.ledger.tiles import TileStore

ORIGIN = "vitrina.municipio.example/log"
WITNESSES = ("testigo.example/uno", "testigo.example/dos")
TYPES = ("tender.published", "tender.clarified", "bid.opened", "award.published", "contract.signed")
AT = 1_800_000_000


def vectors(name: str):
    """A JSON file of the shared vectors; the test is skipped where they are absent."""
    return json.loads(shared(f"data/public-log/{name}").read_text(encoding="utf-8"))


def text(name: str) -> str:
    """A text file of the shared vectors, to the byte."""
    return shared(f"data/public-log/{name}").read_bytes().decode()


def unhex(hashes: list[str]) -> list[bytes]:
    return [bytes.fromhex(h) for h in hashes]


@functools.cache
def statement(i: int) -> bytes:
    """Statement i by the rule of the public log specification, section 11."""
    return canonical(
        {
            "v": 1,
            "type": TYPES[i % 5],
            "ocid": f"ocds-vt0001-{i // 5:05}",
            "release": {"sha256": digest(f"release {i}".encode()), "size": 1000 + i},
            "at": f"2026-11-{1 + i // 1440:02}T{i // 60 % 24:02}:{i % 60:02}:00Z",
        }
    )


def statements(n: int) -> list[bytes]:
    return [statement(i) for i in range(n)]


def key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"tests: {name}".encode()).digest())


LOG_VKEY = Vkey.of(ORIGIN, key("log"))
WITNESS_VKEYS = {name: Vkey.of(name, key(name), WITNESS) for name in WITNESSES}


def policy(k: int = 2) -> Policy:
    return Policy.of([LOG_VKEY], WITNESS_VKEYS, k)


def checkpoint(size: int, root: bytes, cosigners: tuple[str, ...] = WITNESSES, log_key: str = "log") -> str:
    """A checkpoint note of the tests' log, cosigned."""
    body = Checkpoint(ORIGIN, size, root).text()
    lines = [sign(body, ORIGIN, key(log_key))]
    return join(body, *lines, *(cosign(body, name, key(name), AT + i) for i, name in enumerate(cosigners)))


def make_log(folder: Path, entries: list[bytes], sizes: tuple[int, ...] = (), k: int = 2) -> TileStore:
    """A whole log in a folder as it is served: tiles of every size named, checkpoint of all entries, policy."""
    store, size = TileStore(folder, durable=False), 0
    for stop in (*sizes, len(entries)):
        size, root = store.append(size, entries[size:stop])
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint").write_text(checkpoint(size, root), encoding="utf-8")
    (folder / "policy").write_text(str(policy(k)), encoding="utf-8")
    return store


def leaf_hashes(entries: list[bytes]) -> list[bytes]:
    return [merkle.leaf_hash(entry) for entry in entries]


@contextmanager
def file_server(folder: Path) -> Iterator[str]:
    """`python -m http.server`, which knows nothing of logs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(url, timeout=5).close()
                break
            except OSError:
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait()
