# SPDX-License-Identifier: Apache-2.0
"""The process beside nginx: answers its calls on the loopback address alone, and archives what it recorded."""

from __future__ import annotations

import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from django.db import DatabaseError, connection

from vitrina.kernel import clock

from . import archive, hooks, places

log = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"
PATH = "/camara"
EVERY = 1.0  # seconds between two looks at what waits
UNAVAILABLE = 503


class Handler(BaseHTTPRequestHandler):
    """One call of nginx. Its query carries the key, so no line of it is written anywhere."""

    timeout = 10

    def do_GET(self) -> None:
        """Answer with a status and nothing else; 503 while there is no database, and nginx refuses the camera."""
        parts = urlsplit(self.path)
        if parts.path != PATH:
            self._say(404)
            return
        try:
            status = hooks.answer(parts.query, at=clock.now(), real=clock.system())
        except DatabaseError:
            log.warning("a call of nginx was not answered: no database")
            status = UNAVAILABLE
        finally:
            self.let_go()
        self._say(status)

    def let_go(self) -> None:
        """Give the database's connection back: the next call may be an hour away."""
        connection.close()

    def _say(self, status: int) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Nothing: the line would hold the key."""


def serve(port: int, stop: threading.Event) -> None:
    """Listen until `stop` is set; the archive is kept by a thread of its own. `OSError` when the port is taken."""
    places.make()
    server = HTTPServer((LOOPBACK, port), Handler)
    answering = threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True)
    answering.start()
    try:
        while not stop.is_set():
            look()
            stop.wait(EVERY)
    finally:
        server.shutdown()
        server.server_close()


def look() -> None:
    """One look at what waits; what fails is tried again at the next."""
    try:
        archive.work(at=clock.now(), real=clock.system())
    except DatabaseError:
        log.warning("the archive waits: no database")
    finally:
        connection.close()
