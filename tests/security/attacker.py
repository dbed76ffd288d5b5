# SPDX-License-Identifier: Apache-2.0
"""A visitor without manners: sends what it likes, follows nothing, keeps cookies."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from html import unescape
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urlsplit

from vitrina.ledger.models import Entry
from vitrina.parties.actors import PLATFORM
from vitrina.parties.models import Person

HIV = "Reactivo para VIH 1 y 2"  # receives bids
BLOOD = "Tubos para muestra de sangre"  # at its opening
OFFICIALS = ("requester", "officer", "approver", "oic", "witness", "warehouse", "treasury", "auditor", "operator")
PEOPLE = (*OFFICIALS, "evaluator1", "evaluator2", "evaluator3", "supplier1", "supplier2", "supplier3")
_TOKEN = re.compile(r'name="(csrfmiddlewaretoken|token)" value="([^"]+)"')


def written() -> int:
    """How many entries people wrote: what the platform does when an hour comes, decoys too, goes on beside a test."""
    return Entry.objects.exclude(actor__name=PLATFORM.name).exclude(kind="envelope.logged").count()


@dataclass(frozen=True)
class Answer:
    """What came back; `headers` ignores case."""

    status: int
    headers: Message
    body: bytes
    url: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


class Visitor:
    """One browser's worth of cookies, without the browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self.timeout = 20.0  # seconds
        self._opener = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Any request; header names with underscores for hyphens. No redirect is followed, no status raises."""
        named = {k.replace("_", "-"): v for k, v in headers.items()}
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=named)
        try:
            with self._opener.open(request, timeout=self.timeout) as answer:
                return Answer(answer.status, answer.headers, answer.read(), answer.url)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read(), error.url)

    def digest(self, path: str, most: int = 1 << 40) -> tuple[str, int]:
        """SHA-256 and size of what an address answers, read in pieces; the visitor leaves once `most` bytes came."""
        found, size = hashlib.sha256(), 0
        with self._opener.open(self.url + path, timeout=self.timeout) as answer:
            while size < most and (piece := answer.read(1 << 20)):
                found.update(piece)
                size += len(piece)
        return found.hexdigest(), size

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask(path, **headers)

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, files: Sequence[tuple] = (), **headers: str
    ) -> Answer:
        """A form as it is given here, with no token but those in `fields`. `files`: (field, name, type, bytes)."""
        pairs = [
            (k, v) for k, given in (fields or {}).items() for v in (given if isinstance(given, list) else [given])
        ]
        if files:
            body, kind = multipart(pairs, files)
        else:
            body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        return self.ask(path, method="POST", body=body, **{"Content_Type": kind, **headers})

    def say(self, path: str, body: Any, *, method: str = "POST") -> Answer:
        """JSON with the token that the visitor has already got from some page."""
        data, token = json.dumps(body).encode(), self.cookie("csrftoken")
        return self.ask(path, method=method, body=data, Content_Type="application/json", X_CSRFToken=token)

    def tokens(self, path: str) -> dict[str, str]:
        """The tokens of the form at an address: against forgery, against sending twice."""
        return dict(_TOKEN.findall(self.get(path).text))

    def send(
        self, path: str, fields: Mapping[str, Any], files: Sequence[tuple] = (), *, confirm: bool = True
    ) -> Answer:
        """The form at an address, sent with its own tokens."""
        own = self.tokens(path)
        return self.post(path, {**own, **({"confirm": "1"} if confirm else {}), **fields}, files)

    def enter(self, email: str) -> Visitor:
        """Sign in as one of the invented people."""
        person = Person.objects.get(user__email=email)
        own = self.tokens("/demo/quien/")
        answer = self.post("/demo/entrar/", {**own, "person": person.pk})
        assert answer.location == "/mi-espacio/", answer.status
        return self

    def cookie(self, name: str) -> str:
        return next((c.value or "" for c in self.cookies if c.name == name), "")


def multipart(fields: Sequence[tuple[str, Any]], files: Sequence[tuple[str, str, str, bytes]]) -> tuple[bytes, str]:
    """(body, content type); the names of files go in as they are, however odd."""
    mark = secrets.token_hex(12)
    parts = [f'Content-Disposition: form-data; name="{k}"\r\n\r\n{v}'.encode() for k, v in fields]
    parts += [
        f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode()
        + data
        for field, name, kind, data in files
    ]
    body = b"".join(f"--{mark}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"


def connect(url: str, seconds: float = 10) -> socket.socket:
    """A plain connection to the site."""
    place = urlsplit(url)
    return socket.create_connection((place.hostname, place.port), timeout=seconds)


def raw(url: str, target: str, *headers: str, method: str = "GET", host: str = "") -> bytes:
    """The whole answer to a request written by hand; `target` goes out in latin-1 as it is."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host or urlsplit(url).netloc}", *headers, "Connection: close"]
    with connect(url) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        found = b""
        while piece := line.recv(65536):
            found += piece
        return found


def step_path(ocid: str, command: str, key: str = "") -> str:
    return f"/mi-espacio/compra/{ocid}/{command}/" + (f"?key={key}" if key else "")


def forms_of(text: str) -> list[tuple[str, str]]:
    """(address, inner text) of every form of a page that is sent by POST."""
    found = re.findall(r'<form[^>]*method="post"[^>]*?(?:action="([^"]*)")?[^>]*>(.*?)</form>', text, re.DOTALL)
    return [(unescape(action), inner) for action, inner in found]
