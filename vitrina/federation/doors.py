# SPDX-License-Identifier: Apache-2.0
"""At which doors other installations may be asked: public addresses over https, unless a setting allows others.

A name is resolved when the connection is made, every address of it must be public, and the connection goes to the
address that was looked at. It is the same for addresses to which an answer redirects.
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from django.conf import settings

from vitrina.kernel.addresses import is_public
from vitrina.ledger.fetch import Unreachable

LONGEST = 300


class BadAddress(ValueError):
    """An address at which no installation is asked; the text says why."""


def base_of(url: str) -> str:
    """The address of an installation with one slash at its end. Errors: `BadAddress`."""
    try:
        parts = urlsplit(url.strip())
        _port = parts.port
    except ValueError as error:
        raise BadAddress(f"not a web address: {url[:100]}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(url) > LONGEST or not url.isascii():
        raise BadAddress(f"not a web address: {url[:100]}")
    is_more = parts.username or parts.password or parts.query or parts.fragment
    if is_more or not url.isprintable() or " " in url.strip():
        raise BadAddress("give the address of the site alone: https://compras.example.gob.mx")
    if parts.scheme != "https" and not settings.FEDERATION_PRIVATE:
        raise BadAddress("an installation is read over https://")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


def resolve(host: str, port: int) -> str:
    """The address to connect to. Errors: `Unreachable` for a name without address, or one of somebody's own rooms."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"nobody has the name {host}") from error
    if not found:
        raise Unreachable(f"nobody has the name {host}")
    if not settings.FEDERATION_PRIVATE and not all(map(is_public, found)):
        raise Unreachable(f"{host} is not a public address")
    return found[0]
