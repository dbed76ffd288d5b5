# SPDX-License-Identifier: Apache-2.0
"""What an opened envelope holds, read from exported files: digests, then decryption. Source: sealed-bids, 8.7."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, cast

from .agefile import decrypt_stream
from .errors import SealedError, Unopenable
from .index import Index, safe_name
from .objects import FileRef, Manifest
from .opening import decrypt_index, recover, verify_file

_READ: Final = 1024 * 1024
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Document:
    """One document that came out: its number among the ciphertexts, its name in the index, where it was written."""

    number: int
    name: str
    written: str
    sha256: str
    size: int
    matches: bool


@dataclass(slots=True)
class Contents:
    """The index (None when it could not be read), the documents, and problems as (code, words).

    Codes: ciphertext_missing, ciphertext_changed, contents_unreadable, contents_differ.
    """

    index: Index | None = None
    documents: list[Document] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


class Store:
    """Exported ciphertexts in a folder: each under its digest (`<sha256>`, `<sha256>.age`), or in parts so named."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def whole(self, ref: FileRef) -> Iterator[Path | None]:
        """The file of a reference, put together from its parts where need be; None when something is missing."""
        if found := self._named(ref.sha256):
            yield found
            return
        parts = [self._named(part) for part in ref.parts]
        if None in parts:
            yield None
            return
        with tempfile.TemporaryDirectory() as scratch:
            joined = Path(scratch, "joined")
            with joined.open("wb") as target:
                for part in parts:
                    _copy(cast("Path", part), target)
            yield joined

    def _named(self, digest: str) -> Path | None:
        paths = (self.folder / (digest + ending) for ending in ("", ".age", ".part"))
        return next((path for path in paths if path.is_file()), None)


def check_files(manifest: Manifest, store: Store, progress: Progress = lambda _: None) -> list[tuple[str, str]]:
    """Problems of the stored ciphertexts against the manifest: missing, changed. Nothing is decrypted."""
    problems, done = [], 0
    for number, ref in enumerate(manifest.files):
        with store.whole(ref) as path:
            if path is None:
                problems.append(("ciphertext_missing", f"file {number} ({ref.sha256}) is not there"))
            elif not verify_file(path, ref):
                problems.append(("ciphertext_changed", f"file {number} is not the one of the manifest ({ref.sha256})"))
        done += ref.size
        progress(done)
    return problems


def read(
    manifest: Manifest,
    identity: str,
    store: Store,
    out: Path | None = None,
    progress: Progress = lambda _: None,
) -> Contents:
    """Decrypt every file and compare it with the index; write them into `out` under safe names, or only compare.

    The digests must have been compared (`check_files`). `progress` gets the bytes of ciphertext done.
    """
    found = Contents()
    try:
        with store.whole(manifest.files[0]) as path:
            found.index = decrypt_index(cast("Path", path), identity)
    except SealedError as error:
        found.problems.append(("contents_unreadable", f"the index: {error}"))
        return found
    named, sent = len(found.index.files), len(manifest.files) - 1
    if named != sent:
        found.problems.append(("contents_differ", f"the index names {named} files, {sent} are in the envelope"))
        return found
    done = manifest.files[0].size
    for number, (ref, told) in enumerate(zip(manifest.files[1:], found.index.files, strict=True), start=1):
        try:
            with store.whole(ref) as path:
                written = safe_name(number, told.name)
                sha256, size = _decrypt(cast("Path", path), identity, out / written if out else None)
        except SealedError as error:
            found.problems.append(("contents_unreadable", f"file {number}: {error}"))
            continue
        matches = (sha256, size) == (told.sha256, told.size)
        if not matches:
            found.problems.append(("contents_differ", f"file {number} is not the one that the index names"))
        found.documents.append(Document(number, told.name, written if out else "", sha256, size, matches))
        done += ref.size
        progress(done)
    return found


def proves_dealer_fault(manifest: Manifest, shares: list[bytes]) -> bool:
    """Whether k or more of the shares, all as committed to, and all their k-subsets fail to open: the dealer lied."""
    try:
        recover(manifest, shares)
    except Unopenable as error:
        return error.code in {"no_subset_matches", "recipient_differs"}
    return False


def _decrypt(path: Path, identity: str, target: Path | None) -> tuple[str, int]:
    with path.open("rb") as source:
        if target is None:
            return decrypt_stream(source, cast("BinaryIO", _Nowhere()), identity)
        partial = target.with_name(f".{target.name}.part")
        try:
            with partial.open("wb") as file:
                result = decrypt_stream(source, file, identity)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return result


class _Nowhere:
    """A file that keeps nothing."""

    def write(self, data: bytes) -> int:
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def _copy(path: Path, target: BinaryIO) -> None:
    with path.open("rb") as source:
        while data := source.read(_READ):
            target.write(data)
