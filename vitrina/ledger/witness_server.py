# SPDX-License-Identifier: Apache-2.0
"""A witness over HTTP: `POST /add-checkpoint`, and for anybody what it has cosigned and holds against a log.

GET /                              its key and the logs it watches
GET /<SHA-256 of origin>/checkpoint    the last checkpoint it cosigned
GET /<SHA-256 of origin>/evidence      what does not continue it, as JSON
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .note import NoteError
from .witness import ADD, MAX_REQUEST, TEXT, Reply, Witness, origin_id

log = logging.getLogger(__name__)
JSON = {"Content-Type": "application/json; charset=utf-8"}
MOST_AT_ONCE = 64
PATIENCE = 10  # seconds for a client to say or read something


class Server(ThreadingHTTPServer):
    """Serves one witness; `serve_forever()` until `shutdown()`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, witness: Witness, host: str, port: int) -> None:
        self.witness = witness
        self.free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for each connection, and no more than `MOST_AT_ONCE`."""
        self.free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """A client that went away is no news."""
        log.debug("a connection broke off")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "vitrina-witness", ""
    timeout = PATIENCE
    server: Server

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > MAX_REQUEST:
            self.close_connection = True
            self._say((400, TEXT, b"a request says how long it is, and is not long\n"))
            return
        body = self.rfile.read(int(length))
        if self.path != f"/{ADD}":
            self._say((404, TEXT, b"not here\n"))
            return
        self._say(self._guarded(lambda: self.server.witness.add_checkpoint(body)))

    def do_GET(self) -> None:
        self._say(self._guarded(self._find))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _find(self) -> Reply:
        witness = self.server.witness
        origins = {origin_id(origin): origin for origin in witness.trusted}
        match self.path.strip("/").split("/"):
            case [""]:
                return (
                    200,
                    JSON,
                    _json({"witness": str(witness.vkey), "logs": [_shown(witness, o) for o in witness.trusted]}),
                )
            case [id_, "checkpoint"] if id_ in origins and (found := witness.latest(origins[id_])):
                return 200, TEXT, found[1].encode()
            case [id_, "evidence"] if id_ in origins:
                return 200, JSON, _json(witness.evidence(origins[id_]))
        return 404, TEXT, b"not here\n"

    def _guarded(self, answer: Any) -> Reply:
        """A state that cannot be read or written is told to the operator; nothing is signed."""
        try:
            reply: Reply = answer()
        except (OSError, NoteError, ValueError):
            log.exception("the witness cannot use its state")
            return 500, TEXT, b"this witness has a fault\n"
        return reply

    def _say(self, reply: Reply) -> None:
        status, headers, body = reply
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        log.info("%s %s", self.address_string(), format % args)


def _shown(witness: Witness, origin: str) -> dict[str, Any]:
    found = witness.latest(origin)
    return {"origin": origin, "id": origin_id(origin), "size": found[0].size if found else None}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def serve(witness: Witness, host: str, port: int) -> None:
    """Serve until interrupted. Errors: `OSError` when the address cannot be had."""
    with Server(witness, host, port) as server:
        server.serve_forever()
