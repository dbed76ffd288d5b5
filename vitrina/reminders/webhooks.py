# SPDX-License-Identifier: Apache-2.0
"""One signed POST to somebody's server, and no way to make this one knock on doors of its own network.

Signature: Standard Webhooks 1.0 (`webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<HMAC-SHA256, base64>` over
`id.timestamp.body`), so that receivers find a library for it. A name is resolved once, every address of it must be
public, and the connection goes to the address that was looked at: a name that changes its mind in between gains
nothing. Redirections are not followed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import secrets
import socket
import ssl
from urllib.parse import urlsplit

from django.conf import settings

from vitrina.kernel.addresses import is_public

SECONDS = 5.0
MOST_ANSWER = 4096  # bytes of an answer that are read
PREFIX = "whsec_"
HTTPS, FIRST_FREE_PORT = 443, 1024


class RefusedTarget(ValueError):
    """Where the webhook is to go is not somewhere that it may; `code`: form, scheme, port, name, private."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Failed(Exception):
    """It was not taken; the words say why."""


def new_secret() -> str:
    """A secret as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`.

    >>> sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
    ...      b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    said = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def check(url: str) -> tuple[str, int, str, str]:
    """(host, port, path, address to connect to) of a target. Errors: `RefusedTarget`."""
    try:
        parts = urlsplit(url)
        port = parts.port or (HTTPS if parts.scheme == "https" else 80)
    except ValueError as error:
        raise RefusedTarget("form") from error
    host = parts.hostname or ""
    if not host or parts.username or parts.password or not url.isascii() or not url.isprintable() or " " in url:
        raise RefusedTarget("form")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_PRIVATE):
        raise RefusedTarget("scheme")
    if port != HTTPS and port < FIRST_FREE_PORT and not settings.WEBHOOKS_PRIVATE:
        raise RefusedTarget("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, port, path, _address(host, port)


def _address(host: str, port: int) -> str:
    """The first address of a name; refused unless every one of them is public."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise RefusedTarget("name") from error
    if not found:
        raise RefusedTarget("name")
    if not settings.WEBHOOKS_PRIVATE and not all(is_public(address) for address in found):
        raise RefusedTarget("private")
    return found[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that was given."""

    def __init__(self, host: str, port: int, address: str, *, is_https: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address, self._is_https = address, is_https

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_https:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def send(url: str, secret: str, message_id: str, timestamp: int, body: bytes) -> bytes:
    """POST a signed body; returns the start of the answer. Errors: `Failed`, `RefusedTarget`."""
    host, port, path, address = check(url)
    headers = {
        "content-type": "application/json",
        "user-agent": "Vitrina-Webhooks",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id, timestamp, body),
    }
    connection = _Pinned(host, port, address, is_https=url.startswith("https:"))
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        said = answer.read(MOST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise Failed(type(error).__name__) from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - taken
        raise Failed(f"HTTP {answer.status}")
    return said
