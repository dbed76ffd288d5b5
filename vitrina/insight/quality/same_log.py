# SPDX-License-Identifier: Apache-2.0
"""Q12: a release in the public log and the same release as published are one and the same, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from vitrina.insight.ingest.reading import File
from vitrina.insight.text import Text
from vitrina.kernel.canonical import digest_of

from .collection import SHOWN, undefined
from .declare import OURS, Answer, Book, Level, State

CHECKS = Book(Level.COLLECTION, OURS)
WITHOUT = Text("sin el registro (--log) y lo publicado (--source)", "without the log (--log) and the files (--source)")


def _digests(files: Iterable[Path]) -> Iterator[tuple[str, str, str]]:
    """(ocid, release id, digest of the canonical JSON) of every release that tells both."""
    for number, path in enumerate(files):
        for record in File(number, path).records():
            try:
                release = msgspec.json.decode(record.data) if not record.fault else None
                if isinstance(release, dict) and release.get("ocid") and release.get("id"):
                    yield str(release["ocid"]), str(release["id"]), digest_of(release)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, TypeError):
                continue


@CHECKS(
    "Q12",
    Text("Registro igual a lo publicado", "Log equals publication"),
    Text(
        "Cada publicación del registro es igual a la publicada con la misma clave.",
        "Each release of the log equals the one published with the same id.",
    ),
    WITHOUT,
)
def _equal(log: Iterable[Path], source: Iterable[Path]) -> Answer:
    log, source = list(log), list(source)
    if not log or not source:
        return undefined(WITHOUT.en)
    published = {(ocid, own): digest for ocid, own, digest in _digests(source)}
    tested, bad = 0, []
    for ocid, own, digest in _digests(log):
        if (ocid, own) in published:
            tested += 1
            if published[ocid, own] != digest:
                bad.append((None, ocid, own))
    if not tested:
        return undefined("no release is in both", log=len(log))
    return Answer(State.FAIL if bad else State.PASS, {"n": tested, "failed": len(bad)}, "", tuple(bad[:SHOWN]))
