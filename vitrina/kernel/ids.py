# SPDX-License-Identifier: Apache-2.0
"""Identifiers: ocid, ULID, RFC. Random ones come from the operating system."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from ulid import ULID

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


def rfc_check_digit_holds(value: str) -> bool:
    """Whether the last character is the check digit. Real registers hold false ones: warn, never refuse."""
    if not is_rfc(value):
        return False
    body = value[:-1].rjust(12)
    weighed = sum(_RFC_ALPHABET.index(c) * (13 - i) for i, c in enumerate(body))
    expected = 11 - weighed % 11
    return value[-1] == {11: "0", 10: "A"}.get(expected, str(expected))
