# SPDX-License-Identifier: Apache-2.0
"""A small real server on the loopback: the bundles under the site's content policy, test data, and a place for parts.

It can cut a connection in the middle of an upload, as a line does: the socket is reset, nothing is answered.
"""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from vitrina.site.settings.security import content_policy

TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".json": "application/json"}
PAGE = b"<!doctype html><html lang=es><meta charset=utf-8><title>Sobre</title><link rel=icon href=data:,><input type=file multiple>"
POLICY = "; ".join(f"{name} {' '.join(of)}" for name, of in content_policy()["DIRECTIVES"].items())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Loopback

    def log_message(self, *_words) -> None:
        """Nothing: the test says what failed."""

    def _answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        if self.path.startswith(
            "/parts/"
        ):  # Chromium silently sends again what was cut on a connection it used before
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/":
            self._answer(200, PAGE, TYPES[".html"])
        elif path.startswith("/parts/"):
            self.server.asked += 1
            self._answer(
                200, json.dumps({"missing": self.server.missing(), "complete": not self.server.missing()}).encode()
            )
        elif path in self.server.files:
            file = self.server.files[path]
            content = file if isinstance(file, bytes) else file.read_bytes()
            self._answer(200, content, TYPES.get(Path(path).suffix, "application/octet-stream"))
        else:
            self._answer(404, b"{}")

    def do_PUT(self) -> None:
        wanted = self.path.rstrip("/").rsplit("/", 1)[1]
        length = int(self.headers["Content-Length"])
        at = self.server.cut_after.pop(0) if self.server.cut_after else None
        if at is not None and at < length:
            self.rfile.read(at)
            self._cut()
            return
        body = self.rfile.read(length)
        self.server.puts.append(wanted)
        if hashlib.sha256(body).hexdigest() != wanted:
            self._answer(422, json.dumps({"errors": [{"code": "hash", "message": "otra parte"}]}).encode())
        elif wanted not in self.server.wanted:
            self._answer(404, json.dumps({"errors": [{"code": "unknown", "message": "no es de este sobre"}]}).encode())
        else:
            self.server.parts[wanted] = body
            self._answer(204, b"")

    def _cut(self) -> None:
        self.server.cuts += 1
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()  # linger 0: a reset, not a good-bye


class Loopback(ThreadingHTTPServer):
    """`files`: path -> bytes or file. `wanted`: hashes of the envelope. `cut_after`: for each next PUT, the bytes after
    which the line is cut, or None."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes | Path] = {}
        self.wanted: list[str] = []
        self.parts: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.cut_after: list[int | None] = []
        self.cuts = self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_words) -> None:
        """A browser that goes away is no failure of the server."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def missing(self) -> list[str]:
        return [sha256 for sha256 in self.wanted if sha256 not in self.parts]

    def expect(self, manifest: dict) -> None:
        self.wanted = [part for file in manifest["files"] for part in file["parts"]]

    def ciphertext(self, file: dict) -> bytes:
        return b"".join(self.parts[part] for part in file["parts"])
