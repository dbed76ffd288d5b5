# SPDX-License-Identifier: Apache-2.0
"""Reading and asking over HTTP with bounds on time and size: other logs, witnesses, time stamp providers."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from .tile_reader import MAX_ENTRY, WIDTH, Read

MAX_FILE = WIDTH * (MAX_ENTRY + 2)  # the largest bundle
_CHUNK = 64 * 1024
_GZIP = 31  # zlib's window bits for gzip
_MOST_REDIRECTS = 3
_MOVED = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_OK = 200


class Unreachable(OSError):
    """Nobody answers, or not in time, or not in a way that can be read: nothing can be said either way."""


class TooLong(Unreachable):
    """The answer has more bytes than any file of a log: a page may be asked for in smaller parts."""


Resolve = Callable[[str, int], str]
"""(host, port) -> the address to connect to, for who may not knock on every door. Errors: `Unreachable`."""


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


class Connection:
    """One server, asked again and again over the same connection. For one thread. Errors: `Unreachable`."""

    def __init__(self, url: str, timeout: float, resolve: Resolve | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Unreachable(f"not a web address: {url[:200]}")
        self.host, self.is_secure, self.timeout = parts.netloc.rpartition("@")[2], parts.scheme == "https", timeout
        self.resolve = resolve
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, its whole answer within the time that was given for it, at most `MAX_FILE` bytes of it."""
        is_kept = self._connection is not None
        try:
            return self._ask(method, path, body, headers or {})
        except Unreachable:
            if not is_kept:
                raise
        return self._ask(method, path, body, headers or {})  # a server may hang up between two requests

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def abort(self) -> None:
        """Break off what another thread is waiting for."""
        if self._connection is not None and self._connection.sock is not None:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        deadline = time.monotonic() + self.timeout
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.request(method, path, body, dict(headers))
            response = self._connection.getresponse()
            found = bytearray()
            while chunk := response.read1(_CHUNK):
                found += chunk
                _check_bounds(len(found), deadline)
            response.read()  # nothing is left, and the connection knows it only now
        except TooLong:
            self.close()
            raise
        except (OSError, http.client.HTTPException, UnicodeError, OverflowError) as error:  # the last: of its port
            self.close()
            raise Unreachable(f"{self.host}: {error or type(error).__name__}") from error
        if response.will_close:
            self.close()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, bytes(found))

    def _connect(self) -> http.client.HTTPConnection:
        if self.resolve is not None:
            return Pinned(self.host, self.timeout, self.resolve, is_secure=self.is_secure)
        if self.is_secure:
            return http.client.HTTPSConnection(self.host, timeout=self.timeout, context=ssl.create_default_context())
        return http.client.HTTPConnection(self.host, timeout=self.timeout)


class Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that was given: a name that changes its mind
    between the look and the connection gains nothing.
    """

    def __init__(self, host: str, timeout: float, resolve: Resolve, *, is_secure: bool) -> None:
        if is_secure:
            self.default_port = http.client.HTTPS_PORT
        super().__init__(host, timeout=timeout)
        self._resolve, self._is_secure = resolve, is_secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self._resolve(self.host, self.port), self.port), self.timeout)
        if self._is_secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _check_bounds(size: int, deadline: float) -> None:
    if size > MAX_FILE:
        raise TooLong("the answer is too long")
    if time.monotonic() > deadline:
        raise Unreachable("the answer takes too long")


class WebReader:
    """The files under the prefix of a log on the web, as `TileReader` reads them; from any number of threads."""

    def __init__(self, url: str, timeout: float = 30.0, resolve: Resolve | None = None) -> None:
        self.url, self.timeout, self.resolve = url.rstrip("/") + "/", timeout, resolve
        self._idle: dict[str, list[Connection]] = {_server(self.url): [Connection(self.url, timeout, resolve)]}

    def __call__(self, name: str) -> bytes:
        """The file's bytes. Errors: `FileNotFoundError` when the server says there is none, else `Unreachable`."""
        url = urljoin(self.url, name)
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._get(url)
            if answer.status not in _MOVED:
                return _content(answer, url)
            url = self._next(url, answer.headers.get("location", ""))
        raise Unreachable(f"{self.url}{name} leads from one address to the next")

    def _next(self, url: str, location: str) -> str:
        """Where an answer leads. Who is asked over https is not asked otherwise because an answer says so."""
        try:
            found = urljoin(url, location)
        except ValueError as error:
            raise Unreachable(f"{url} leads to what is no address") from error
        if self.url.startswith("https:") and not found.startswith("https:"):
            raise Unreachable(f"{url} leads away from https")
        return found

    def close(self) -> None:
        """Hang up."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()

    def _get(self, url: str) -> Answer:
        """Ask over a connection that nobody else uses now. Appending and popping are safe between threads."""
        idle = self._idle.setdefault(_server(url), [])
        try:
            connection = idle.pop()
        except IndexError:
            connection = Connection(url, self.timeout, self.resolve)
        guard = _guard(connection, self.timeout) if self.resolve else nullcontext()
        try:
            with guard:
                return connection.ask("GET", _path(url), headers={"Accept-Encoding": "gzip, identity"})
        finally:
            idle.append(connection)


def _server(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _content(answer: Answer, url: str) -> bytes:
    if answer.status in _GONE:
        raise FileNotFoundError(url)
    if answer.status != _OK:
        raise Unreachable(f"{url} answers {answer.status}")
    if answer.headers.get("content-encoding", "identity") != "gzip":
        return answer.body
    unpacker = zlib.decompressobj(_GZIP)
    try:
        data = unpacker.decompress(answer.body, MAX_FILE + 1)
    except zlib.error as error:
        raise Unreachable(f"{url} is not the gzip that it claims to be") from error
    if len(data) > MAX_FILE:
        raise TooLong(f"{url} unpacks to more than any file of a log")
    if not unpacker.eof:
        raise Unreachable(f"{url} does not unpack")
    return data


@contextmanager
def opened(source: str, resolve: Resolve | None = None) -> Iterator[Read]:
    """Within the block, the files of a log: a web address, or a folder. Errors: `Unreachable` when it is neither."""
    if source.startswith(("http://", "https://")):
        web = WebReader(source, resolve=resolve)
        try:
            yield web
        finally:
            web.close()
        return
    folder = Path(source)
    if not folder.is_dir():
        raise Unreachable(f"neither a web address nor a folder: {source}")
    yield lambda name: (folder / name).read_bytes()


def post(url: str, body: bytes, content_type: str, timeout: float) -> Answer:
    """One request with a body, within `timeout` seconds. Errors: `Unreachable`."""
    connection = Connection(url, timeout)
    try:
        with _guard(connection, timeout):
            return connection.ask("POST", _path(url), body, {"Content-Type": content_type})
    finally:
        connection.close()


@contextmanager
def _guard(connection: Connection, timeout: float) -> Iterator[None]:
    """Break off what takes longer: a server that answers a byte at a time never times out by itself."""
    guard = threading.Timer(timeout, connection.abort)
    guard.daemon = True
    guard.start()
    try:
        yield
    finally:
        guard.cancel()
