# SPDX-License-Identifier: Apache-2.0
"""Identifiers: ocid, ULID, RFC. Random ones come from the operating system."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime

from ulid import ULID

from .text import fold

_OCID = re.compile(r"ocds-[a-z0-9]{6}-[A-Za-z0-9._-]{1,80}", re.ASCII)
_RFC = re.compile(r"[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}")
_RFC_ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
GENERIC_RFCS = frozenset({"XAXX010101000", "XEXX010101000"})


def ocid(prefix: str, process_id: str) -> str:
    """`<prefix>-<process id>` (OCDS 1.1 open contracting process identifier); `ValueError` when malformed."""
    value = f"{prefix}-{process_id}"
    if not _OCID.fullmatch(value):
        raise ValueError(value)
    return value


def ulid(at: datetime) -> str:
    """A new ULID whose time part is `at`: sortable, unique, says nothing else."""
    return str(ULID.from_datetime(at))


def token(n_bytes: int = 16) -> str:
    """A random token of `n_bytes` bytes as lower-case hex."""
    return secrets.token_hex(n_bytes)


NATURAL_RFC = 13  # characters


def is_rfc(value: str) -> bool:
    """Whether the text has the form of an RFC (12 characters for a company, 13 for a person)."""
    return bool(_RFC.fullmatch(value))


def legal_personality(rfc: str) -> str:
    """Of whom an RFC is, in the codes of EDCA-MX: 13 characters of a person, 12 of a company or body.

    >>> legal_personality("BTL100203AB1"), legal_personality("XAXX010101000")
    ('legalPerson', 'naturalPerson')
    """
    return "naturalPerson" if len(rfc) == NATURAL_RFC else "legalPerson"


def told_rfc(rfc: str | None) -> str:
    """The RFC as pages may show it: that of a company; of a natural person nothing, as it tells the day of birth.

    >>> told_rfc("BTL100203AB1"), told_rfc("GOMA800101AB1"), told_rfc(None)
    ('BTL100203AB1', '', '')
    """
    return rfc if rfc and len(rfc) < NATURAL_RFC else ""


def supplier_key(party: str | None, name: str | None, rfc: str | None) -> str:
    """The key under which a supplier has a page: a company by its RFC, another by its id of the publisher, else by a
    digest of its name, which namesakes share. Never the RFC of a natural person. Empty where nothing is known.

    >>> supplier_key("P1", "Farmacia", "FMA770707PL9"), supplier_key("P1", "Ana", "GOMA800101AB1")
    ('MX-RFC-FMA770707PL9', 'P1')
    >>> supplier_key("MX-RFC-GOMA800101AB1", "Ana Gómez", "GOMA800101AB1")
    'MX-NOMBRE-475be091e1cc0e2e'
    """
    if told := told_rfc(rfc):
        return f"MX-RFC-{told}"
    party = (party or "").strip()
    bare = party.upper().removeprefix("MX-RFC-").replace("-", "")
    if party and not (len(bare) == NATURAL_RFC and is_rfc(bare)):
        return party
    return f"MX-NOMBRE-{hashlib.sha256(fold(name).encode()).hexdigest()[:16]}" if name else ""


def rfc_check_digit_holds(value: str) -> bool:
    """Whether the last character is the check digit. Real registers hold false ones: warn, never refuse."""
    if not is_rfc(value):
        return False
    body = value[:-1].rjust(12)
    weighed = sum(_RFC_ALPHABET.index(c) * (13 - i) for i, c in enumerate(body))
    expected = 11 - weighed % 11
    return value[-1] == {11: "0", 10: "A"}.get(expected, str(expected))
