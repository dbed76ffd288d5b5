# SPDX-License-Identifier: Apache-2.0
"""Whom the installation trusts: folders of authorities, each with its dates, SHA-256 and source. Source: efirma, 4.

A folder holds `store.toml` and the certificates that it names:

    [[authority]]
    file = "ac5.cer"
    sha256 = "..."                    # of the file; another file under the name is refused
    anchor = true                     # a root; false for an authority between
    from = 2020-01-01T00:00:00Z       # trusted for signatures received from then on ...
    until = 2040-01-01T00:00:00Z      # ... and before then; optional
    source = "where it was obtained, by whom, when"
    ocsp = "http://..."               # who answers for the certificates that it issued; optional
    test = true                       # its certificates name nobody real; only demonstrations and tests take them
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FILE = "store.toml"
_TEST_NAME = re.compile(r"prueba|demostraci|\btest\b|\bdemo", re.IGNORECASE)
_NEEDED = {"file": str, "sha256": str, "anchor": bool, "from": datetime, "source": str}


@dataclass(frozen=True, slots=True)
class Authority:
    """One authority of the store. `subject` and `issuer` are the names in DER; `since` and `until` bound the trust."""

    certificate: x509.Certificate
    sha256: str
    subject: bytes
    issuer: bytes
    is_anchor: bool
    is_test: bool
    since: datetime
    until: datetime | None
    source: str
    ocsp: str

    def is_trusted(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True)
class TrustStore:
    """Every authority of the installation's folders."""

    authorities: tuple[Authority, ...]

    def named(self, subject: bytes) -> list[Authority]:
        """Authorities whose name is exactly this one, in DER."""
        return [a for a in self.authorities if a.subject == subject]

    def has_test_roots(self) -> bool:
        return any(a.is_test for a in self.authorities)


def the_store() -> TrustStore:
    """The authorities of `settings.SIGNING_TRUST`, read again when a folder changes. An absent folder holds none."""
    return load(tuple(settings.SIGNING_TRUST))


def load(folders: Sequence[Path]) -> TrustStore:
    """The authorities of these folders. Errors: `ImproperlyConfigured` with the file and what is wrong in it."""
    return _load(tuple((str(folder), _stamp(Path(folder) / FILE)) for folder in folders))


def refuse_test_roots() -> None:
    """Stop an installation that is no demonstration and trusts an authority of tests."""
    if settings.SIGNING_ALLOW_TEST_ROOTS:
        return
    tests = [f"{a.sha256[:16]} ({a.source})" for a in the_store().authorities if a.is_test]
    if tests:
        raise ImproperlyConfigured(
            f"Among the authorities that this installation trusts there is one of tests: {'; '.join(tests)}. "
            "Take it out of the folders of SIGNING_TRUST."
        )


def is_test_name(name: bytes) -> bool:
    """Whether a name in DER is one of an authority of tests: the SAT's say `de pruebas`, ours too."""
    return bool(_TEST_NAME.search(name.decode("latin-1")))


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


@functools.lru_cache(maxsize=8)
def _load(stamped: tuple[tuple[str, int], ...]) -> TrustStore:
    found: list[Authority] = []
    for folder, stamp in stamped:
        if stamp:
            found += _folder(Path(folder))
    return TrustStore(tuple(found))


def _folder(folder: Path) -> list[Authority]:
    try:
        rows = tomllib.loads((folder / FILE).read_text(encoding="utf-8")).get("authority", [])
        return [_authority(folder, row) for row in rows]
    except (tomllib.TOMLDecodeError, OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"{folder / FILE}: {error}") from error


def _authority(folder: Path, row: dict[str, Any]) -> Authority:
    for name, kind in _NEEDED.items():
        if not isinstance(row.get(name), kind):
            raise TypeError(f"{row.get('file', 'an authority')}: {name} is missing or is no {kind.__name__}")
    if Path(row["file"]).name != row["file"]:
        raise ValueError(f"{row['file']}: the certificate must lie in the same folder")
    der = (folder / row["file"]).read_bytes()
    if hashlib.sha256(der).hexdigest() != row["sha256"].lower():
        raise ValueError(f"{row['file']}: its SHA-256 is not the one that is written down")
    certificate = x509.load_der_x509_certificate(der)
    named = asn1.Certificate.load(der)  # as it stands, byte for byte: names are compared, not read
    subject, issuer = named.subject.dump(), named.issuer.dump()
    return Authority(
        certificate=certificate,
        sha256=row["sha256"].lower(),
        subject=subject,
        issuer=issuer,
        is_anchor=row["anchor"],
        is_test=bool(row.get("test")) or is_test_name(subject),
        since=_instant(row["from"]),
        until=_instant(row["until"]) if "until" in row else None,
        source=row["source"],
        ocsp=row.get("ocsp", ""),
    )


def _instant(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)
