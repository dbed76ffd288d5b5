# SPDX-License-Identifier: Apache-2.0
"""The demonstration's own authority: a root, an authority under it, and the e.firma of people who do not exist.

Made at the first use under `settings.DEMO_AUTHORITY`, and trusted only where `settings` say so: never in production.
Every password is `vitrina-demo`. An e.firma holds four years, as the SAT's; there is one for each four years of the
demonstration's calendar.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from vitrina.kernel import clock
from vitrina.parties.models import Person, Supplier
from vitrina.parties.signing.certificate import COMPANY_LENGTH
from vitrina.sealed.signature import sign_efirma

from . import issuing

SINCE, UNTIL = datetime(2010, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
YEARS = 4
PASSWORD = "vitrina-demo"  # noqa: S105 - of every .key file; everybody may know it
ROOT_NAME, NAME = "A.C. raíz de demostración Vitrina", "A.C. de demostración Vitrina"
ORGANISATION, RFC = "Autoridad de demostración", "VIT260101AAA"
_STORE = """# SPDX-License-Identifier: Apache-2.0
# Made by the demonstration for itself. Whatever this authority signs names nobody real.
"""
_ROW = """
[[authority]]
file = "{file}"
sha256 = "{sha256}"
anchor = {anchor}
from = {since}
source = "made by this installation for its demonstration"
test = true
"""


def demo_efirma(who: Supplier | Person | str, at: datetime | None = None) -> tuple[bytes, bytes, str]:
    """The e.firma of a supplier or an official (or of the one with this RFC): `.cer`, `.key`, password.

    Valid at `at` (now by default). Errors: `ImproperlyConfigured` outside a demonstration, `LookupError` when the RFC
    is of nobody here.
    """
    holder = _holder(who)
    since, until = _period(at or clock.now())
    folder = _folder() / "efirma"
    stem = f"{hashlib.sha256(holder.rfc.encode()).hexdigest()[:16]}-{since.year}"
    cer, key = folder / f"{stem}.cer", folder / f"{stem}.key"
    if not (cer.exists() and key.exists()):
        issuer = _issuer()
        with _alone():
            if not (cer.exists() and key.exists()):
                fresh = rsa.generate_private_key(65537, 2048)
                der = issuing.certificate(
                    subject=issuing.sat_name(holder), key=fresh.public_key(), issuer=issuer,
                    number=issuing.number_for("efirma", holder.rfc, since.year), since=since, until=until,
                    extensions=issuing.efirma_extensions(),
                )  # fmt: skip
                _write(cer, der)
                _write(key, issuing.key_file(fresh, PASSWORD))
    return cer.read_bytes(), key.read_bytes(), PASSWORD


def demo_claim(who: Supplier | Person | str, payload_type: str, body: bytes, at: datetime) -> dict[str, str]:
    """What the browser would send after signing with the demonstration's e.firma at an instant."""
    cer, locked, password = demo_efirma(who, at)
    return sign_efirma(_key(locked, password), cer, payload_type, body, at)


def paper_seal() -> tuple[bytes, rsa.RSAPrivateKey, list[bytes]]:
    """What seals the demonstration's papers at any time: certificate, key, the certificates above it."""
    folder, trust = _folder() / "seal", make()
    cer, key = folder / "seal.cer", folder / "seal.p8"
    if not cer.exists():
        issuer = _issuer()
        with _alone():
            if not cer.exists():
                fresh = rsa.generate_private_key(65537, 2048)
                der = issuing.certificate(
                    subject=issuing.authority_name("Sello de demostración de Vitrina", ORGANISATION, RFC),
                    key=fresh.public_key(), issuer=issuer, number=issuing.number_for("seal"), since=SINCE,
                    until=UNTIL, extensions=issuing.seal_extensions(),
                )  # fmt: skip
                _write(key, _plain(fresh))
                _write(cer, der)
    chain = [(trust / name).read_bytes() for name in ("authority.cer", "root.cer")]
    return cer.read_bytes(), _key(key.read_bytes(), None), chain


def make() -> Path:
    """Make the authority unless it stands; returns its folder of trusted certificates."""
    folder = _folder()
    trust = folder / "trust"
    if (trust / "store.toml").exists():
        return trust
    with _alone():
        if (trust / "store.toml").exists():
            return trust
        root_name = issuing.authority_name(ROOT_NAME, ORGANISATION, RFC)
        root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        root = issuing.Issuer(root_name.dump(), root_key)
        rows = {}
        for file, subject, public in (
            ("root.cer", root_name, root_key.public_key()),
            ("authority.cer", issuing.authority_name(NAME, ORGANISATION, RFC), key.public_key()),
        ):
            rows[file] = issuing.certificate(
                subject=subject, key=public, issuer=root, number=issuing.number_for(file), since=SINCE, until=UNTIL,
                extensions=issuing.authority_extensions(),
            )  # fmt: skip
            _write(trust / file, rows[file])
        _write(folder / "authority.p8", _plain(key))  # the root's key is not kept: it has signed all that it will
        text = _STORE + "".join(
            _ROW.format(
                file=file, sha256=hashlib.sha256(der).hexdigest(), anchor=str(file == "root.cer").lower(),
                since=SINCE.isoformat(),
            )
            for file, der in rows.items()
        )  # fmt: skip
        _write(trust / "store.toml", text.encode())
    return trust


def _holder(who: Supplier | Person | str) -> issuing.Holder:
    if isinstance(who, str):
        found = Supplier.objects.filter(rfc=who).first() or Person.objects.filter(rfc=who).first()
        if found is None:
            raise LookupError(f"nobody here has the RFC {who}")
        who = found
    if isinstance(who, Supplier):
        if len(who.rfc) != COMPANY_LENGTH:
            return issuing.Holder(name=who.name.upper(), rfc=who.rfc, curp=_curp(who.rfc))
        representative = "LARX800101AB1"
        return issuing.Holder(
            name=who.name.upper(), rfc=who.rfc, rep_rfc=representative, rep_curp=_curp(representative)
        )  # fmt: skip
    if not who.rfc:
        raise LookupError(f"{who} has no RFC in the register")
    return issuing.Holder(name=str(who).upper(), rfc=who.rfc, curp=_curp(who.rfc))


def _curp(rfc: str) -> str:
    """A text with the form of a CURP, of nobody."""
    return f"{rfc[:10]}HDFXXX09".replace("&", "X").replace("Ñ", "X")


def _period(at: datetime) -> tuple[datetime, datetime]:
    year = at.astimezone(UTC).year
    first = year - year % YEARS
    return datetime(first, 1, 1, tzinfo=UTC), datetime(first + YEARS, 1, 1, tzinfo=UTC)


def _folder() -> Path:
    if not settings.VITRINA_DEMO:
        raise ImproperlyConfigured("the demonstration's authority signs nothing outside a demonstration")
    return Path(settings.DEMO_AUTHORITY)


def _issuer() -> issuing.Issuer:
    make()
    name = x509.Certificate.load((_folder() / "trust" / "authority.cer").read_bytes()).subject.dump()
    return issuing.Issuer(name, _key((_folder() / "authority.p8").read_bytes(), None))


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes keys; the others wait and find them made."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    fresh.rename(file)


def _plain(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@functools.lru_cache(maxsize=64)
def _key(data: bytes, password: str | None) -> Any:
    return load_der_private_key(data, password.encode() if password else None)
