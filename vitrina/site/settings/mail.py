# SPDX-License-Identifier: Apache-2.0
"""The mail server of an installation, from one address."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class Server(NamedTuple):
    """What Django asks of a mail server; an empty host is none."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    tls: bool = False
    ssl: bool = False


def parse(url: str) -> Server:
    """`smtp://host`, `smtp+tls://user:password@host:587` (STARTTLS) or `smtps://...`; nothing for none.

    >>> parse("smtp+tls://avisos:se%40creto@correo.example.mx")
    Server(host='correo.example.mx', port=587, user='avisos', password='se@creto', tls=True, ssl=False)
    """
    if not url:
        return Server()
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ImproperlyConfigured("VITRINA_SMTP: write smtp://host, smtp+tls://user:password@host or smtps://...")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    port = parts.port or PORTS[parts.scheme]
    return Server(parts.hostname, port, user, password, parts.scheme == "smtp+tls", parts.scheme == "smtps")
