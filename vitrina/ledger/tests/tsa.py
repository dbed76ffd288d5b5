# SPDX-License-Identifier: Apache-2.0
"""A time stamp authority for tests: certificates of any age and purpose, and `openssl ts` behind a real HTTP server."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CONFIG = """
[tsa]
default_tsa = stamps
[stamps]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    """A root and what it issues."""

    def __init__(self, common: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        self.root = (
            x509.CertificateBuilder(name(common), name(common), self.key.public_key(), 1)
            .not_valid_before(now - timedelta(days=4000))
            .not_valid_after(now + timedelta(days=4000))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def issue(
        self,
        key: ec.EllipticCurvePrivateKey,
        days: tuple[int, int] = (-1, 30),
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
        serial: int = 77,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder(self.root.subject, name("stamps"), key.public_key(), serial)
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
            .sign(self.key, hashes.SHA256())
        )


class Tsa:
    """`openssl ts -reply` with one key and certificate."""

    def __init__(self, folder: Path, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey, ess="sha256"):
        if not shutil.which("openssl"):
            pytest.skip("needs the openssl program")
        folder.mkdir(parents=True)
        self.folder = folder
        pem = serialization.Encoding.PEM
        (folder / "signer.pem").write_bytes(certificate.public_bytes(pem))
        (folder / "signer.key").write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(CONFIG.format(folder=folder, ess=ess))

    def reply(self, request: bytes) -> bytes:
        (self.folder / "request.tsq").write_bytes(request)
        command = ["openssl", "ts", "-reply", "-config", self.folder / "config", "-queryfile"]
        run = [*command, self.folder / "request.tsq", "-out", self.folder / "answer.tsr"]
        subprocess.run(run, check=True, capture_output=True)
        return (self.folder / "answer.tsr").read_bytes()


@contextmanager
def served(reply) -> Iterator[str]:
    """The address of an HTTP server that answers POST with what `reply(body)` gives: bytes, or (status, bytes)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.headers["Content-Type"] == "application/timestamp-query"
            found = reply(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = found if isinstance(found, tuple) else (200, found)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
