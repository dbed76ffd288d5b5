# SPDX-License-Identifier: Apache-2.0
"""Systems that may ask, and the tokens they ask with. A file names them; nothing about them is in the database.

Tokens are signed, not stored: a client that is taken out of the file is refused from that moment on.
"""

from __future__ import annotations

import functools
import logging
import tomllib
from pathlib import Path

import msgspec
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing

SALT = "vitrina.pdn"
SECONDS = 3600  # how long a token is good for, as in the platform's own installation
REFRESH_SECONDS = 3960  # how long another one is had with the token that came beside it, as there
SYSTEMS = ("s2", "s3", "s6")
log = logging.getLogger(__name__)


class Client(msgspec.Struct, frozen=True):
    """A system that may ask: `password` is a hash (`vitrina open client` makes one), `systems` what it may read."""

    name: str
    password: str
    systems: tuple[str, ...]


class File(msgspec.Struct, frozen=True):
    """The file of `VITRINA_PDN_CLIENTS`: a list of `[[client]]`."""

    client: tuple[Client, ...] = ()


def known() -> dict[str, Client]:
    """Every client by name; none when the file is absent or cannot be read, which the log then says."""
    found = {}
    if settings.PDN_DEMO_CLIENT:
        name, password = settings.PDN_DEMO_CLIENT
        found[name] = Client(name, _hashed(password), SYSTEMS)
    if settings.PDN_CLIENTS:
        path = Path(settings.PDN_CLIENTS)
        try:
            found |= {c.name: c for c in _read(path, path.stat().st_mtime_ns).client}
        except (OSError, ValueError) as error:
            log.error("VITRINA_PDN_CLIENTS %s: %s", path, error)  # noqa: TRY400 - the trace says nothing more
    return found


@functools.lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> File:
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), File)


@functools.cache
def _hashed(password: str) -> str:
    return make_password(password)


def token_for(name: str, password: str, system: str) -> str:
    """A token of a system for a client; empty when name, password or system are not right."""
    client = known().get(name)
    # an unknown name takes as long as a false password
    is_right = check_password(password, client.password if client else _hashed("nobody"))
    if client is None or not is_right or system not in client.systems:
        return ""
    return tokens(name, system)[0]


def tokens(name: str, system: str) -> tuple[str, str]:
    """(a token, the one with which it is renewed) of a system for a client who is known."""
    return signing.dumps([name, system], salt=SALT), signing.dumps([name, system], salt=f"{SALT}.refresh")


def holder(token: str, system: str) -> str:
    """The client that a token was made for; empty when it is false, old, or of another system."""
    return _of(token, system, SALT, SECONDS)


def renewing(token: str, system: str) -> str:
    """The client who may have another token for this one; empty when it is false, old, or of another system."""
    return _of(token, system, f"{SALT}.refresh", REFRESH_SECONDS)


def _of(token: str, system: str, salt: str, seconds: int) -> str:
    try:
        name, of = signing.loads(token, salt=salt, max_age=seconds)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    client = known().get(name)
    return name if of == system and client and system in client.systems else ""
