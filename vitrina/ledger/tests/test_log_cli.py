# SPDX-License-Identifier: Apache-2.0
"""`vitrina log` from outside: a plain file server, files alone, a witness of its own; exit codes 0, 1, 2."""

from __future__ import annotations

import gzip
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.shared import ROOT, shared
from vitrina.ledger.fetch import Unreachable, WebReader
from vitrina.ledger.log_cli import app
from vitrina.ledger.note import Vkey, open_note
from vitrina.ledger.policy import Policy
from vitrina.ledger.proof import format_proof, parse_proof
from vitrina.ledger.tiles import TileStore

from .public_log import (
    LOG_VKEY,
    ORIGIN,
    WITNESSES,
    checkpoint,
    file_server,
    make_log,
    policy,
    statement,
    statements,
    text,
)

N = 600


@pytest.fixture
def log(tmp_path) -> Path:
    make_log(tmp_path / "log", statements(N), sizes=(300,))
    (tmp_path / "mine.policy").write_text(str(policy()), encoding="utf-8")
    return tmp_path / "log"


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.stdout, done.stderr


def told(*arguments: object) -> tuple[int, dict]:
    code, out, _ = run(*arguments, "--json")
    return code, json.loads(out)


def test_a_copy_on_a_plain_file_server_verifies_from_the_command_line(log, tmp_path):
    assert told("export", "--source", log, "--out", tmp_path / "copy") == (
        0,
        {"size": N, "out": str(tmp_path / "copy")},
    )
    with file_server(tmp_path / "copy") as url:
        command = [sys.executable, "-m", "vitrina", "log", "verify", url, "--policy", tmp_path / "mine.policy"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith(f"Holds: {ORIGIN}, {N} leaves, root e9feb6d7d7a8b324")
        assert "Cosigned by testigo.example/uno at 2027-01-15T08:00:00Z, testigo.example/dos" in done.stdout

        (tmp_path / "copy/tile/entries/001").unlink()
        done = subprocess.run([*command, "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert json.loads(done.stdout)["where"] == "tile/entries/001"

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Cannot be decided: there is no checkpoint")


def test_the_log_of_the_vectors_verifies(tmp_path):
    store, size = TileStore(tmp_path), 0
    for stop in (257, N):
        size, _ = store.append(size, statements(N)[size:stop])
    (tmp_path / "checkpoint").write_text(parse_proof(text("example.tlog-proof")).note, encoding="utf-8")

    code, found = told("verify", tmp_path, "--policy", shared("data/public-log/example.policy"))

    assert code == 0
    assert (found["holds"], found["size"], found["entries"]) == (True, N, N)
    assert [c["seconds"] for c in found["cosignatures"]] == [1_795_000_600, 1_795_000_601]


def test_without_a_policy_the_logs_own_is_taken_and_that_is_said(log):
    code, out, err = run("verify", log)

    assert code == 0
    assert out.startswith("Holds: ")
    assert "The policy is the log's own" in err
    assert told("verify", log)[1]["policy"] == "served by the log"
    (log / "policy").unlink()
    assert run("verify", log)[0] == 2
    assert told("verify", log, "--vkey", LOG_VKEY)[1]["policy"] == "given"
    assert run("verify", log, "--vkey", "nonsense")[0] == 2


def test_a_checkpoint_is_kept_and_followed(log, tmp_path):
    last, store = tmp_path / "last", TileStore(log)
    (log / "checkpoint").write_text(checkpoint(300, store.root(300)), encoding="utf-8")
    assert run("verify", log, "--save", last)[0] == 0
    (log / "checkpoint").write_text(checkpoint(N, store.root(N)), encoding="utf-8")

    code, out, _ = run("verify", log, "--from", last, "--save", last)

    assert code == 0
    assert "It continues the checkpoint of 300 leaves." in out
    (log / "checkpoint").write_text(checkpoint(300, store.root(300)), encoding="utf-8")
    code, found = told("verify", log, "--from", last, "--save", last)
    assert (code, found["problem"]) == (1, "rolled back: it had 600 leaves and now has 300")
    assert last.read_text(encoding="utf-8") == checkpoint(N, store.root(N))
    last.write_text("no checkpoint")
    assert run("verify", log, "--from", last)[0] == 2


def test_a_fork_is_named_against_another_copy(log, tmp_path):
    entries = statements(N)
    make_log(tmp_path / "fork", [*entries[:500], b"another", *entries[501:]])

    code, out, err = run("verify", tmp_path / "fork", "--against", log)

    assert (code, out) == (1, "")
    assert f"Does not hold: tile/0/001: forked: leaf 500 is another one than in {log}." in err


@pytest.fixture
def receipt(log, tmp_path) -> Path:
    proof = TileStore(log).inclusion_proof(7, N)
    file = tmp_path / "fallo.tlog-proof"
    file.write_text(format_proof(7, proof, (log / "checkpoint").read_text(encoding="utf-8")), encoding="utf-8")
    (tmp_path / "fallo.statement.json").write_bytes(statement(7))
    shutil.copy(tmp_path / "mine.policy", tmp_path / "fallo.policy")
    return file


def test_a_receipt_with_its_companions_beside_it(receipt):
    code, out, err = run("receipt", receipt)

    assert code == 0
    assert "The policy lies beside the receipt" in err
    assert run("receipt", receipt, "--policy", receipt.with_suffix(".policy"))[2] == ""
    assert out.startswith(f"Holds: leaf 7 of {ORIGIN}, among {N}. Cosigned by {WITNESSES[0]} at ")
    assert out.splitlines()[1] == statement(7).decode()
    code, found = told("receipt", receipt)
    assert (code, found["holds"], found["index"], found["size"]) == (0, True, 7, N)
    assert [c["name"] for c in found["cosignatures"]] == list(WITNESSES)


def test_the_receipt_of_the_vectors(tmp_path):
    folder = shared("data/public-log")

    assert told("receipt", folder / "example.tlog-proof")[1]["index"] == 512
    alone = shutil.copy(folder / "example.tlog-proof", tmp_path)
    assert run("receipt", alone)[0] == 2
    options = ["--statement", folder / "example.statement.json", "--policy", folder / "example.policy"]
    assert run("receipt", alone, *options)[0] == 0


def test_a_receipt_that_carries_its_statement(receipt, tmp_path):
    (tmp_path / "fallo.statement.json").unlink()
    assert run("receipt", receipt)[0] == 2
    parts = parse_proof(receipt.read_text(encoding="utf-8"))
    receipt.write_text(format_proof(7, parts.hashes, parts.note, statement(7)), encoding="utf-8")

    assert run("receipt", receipt)[0] == 0


def test_a_receipt_that_is_one_file_with_all_its_parts(receipt, tmp_path):
    parts = {"v": 1, "type": "vitrina/acuse/v1", "index": 7, "proof": receipt.read_text(encoding="utf-8")}
    parts |= {"statement": statement(7).decode(), "policy": str(policy())}
    whole = tmp_path / "acuse.json"

    def bring(**more: object) -> int:
        whole.write_text(json.dumps(parts | more), encoding="utf-8")
        return run("receipt", whole)[0]

    assert bring() == 0
    assert told("receipt", whole)[1]["policy"] == "in the receipt"
    assert told("receipt", whole, "--policy", tmp_path / "fallo.policy")[1]["policy"] == "named"
    assert bring(statement=statement(8).decode()) == 1
    assert bring(proof=parts["proof"].replace("index 7", "index 8")) == 1
    assert bring(policy="quorum") == 2
    assert bring(policy=None) == 2
    assert bring(statement=None) == 2
    assert bring(proof=5) == 1
    whole.write_text("[" * 100_000, encoding="utf-8")
    assert run("receipt", whole)[0] == 1
    assert run("receipt", whole, "--statement", tmp_path / "fallo.statement.json")[0] == 2


def test_receipts_that_do_not_hold_and_that_cannot_be_decided(receipt, tmp_path):
    (tmp_path / "other.json").write_bytes(statement(8))
    code, found = told("receipt", receipt, "--statement", tmp_path / "other.json")
    assert (code, found["holds"]) == (1, False)
    assert "not that leaf" in found["problem"]

    (tmp_path / "other.policy").write_text("quorum all of them", encoding="utf-8")
    code, found = told("receipt", receipt, "--policy", tmp_path / "other.policy")
    assert (code, found["holds"]) == (2, None)
    assert run("receipt", tmp_path / "nothing")[0] == 2
    receipt.write_bytes(b"\xff\xfe")
    assert run("receipt", receipt)[0] == 2
    receipt.write_text("no receipt", encoding="utf-8")
    assert run("receipt", receipt)[0] == 1


@contextmanager
def witness_process(folder: Path, *arguments: object):
    command = [sys.executable, "-m", "vitrina", "log", "witness", "--dir", folder, "--name", "testigo.example/cli"]
    command += ["--listen", "127.0.0.1:0", "--json", *arguments]
    process = subprocess.Popen(
        [str(c) for c in command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stdout.close()


def test_a_witness_runs_cosigns_remembers_and_refuses(log, tmp_path):
    folder, store = tmp_path / "w", TileStore(log)
    (log / "checkpoint").write_text(checkpoint(300, store.root(300), ()), encoding="utf-8")
    with witness_process(folder, "--log", LOG_VKEY) as (process, said):
        assert said["logs"] == [ORIGIN]
        ask = ["cosign", log, "--witness", said["url"], "--vkey", said["vkey"]]
        assert run(*ask)[0] == 0
        (log / "checkpoint").write_text(checkpoint(N, store.root(N), ()), encoding="utf-8")
        code, line, _ = run(*ask)
        assert code == 0
    assert process.returncode == 0
    assert (folder / "witness.key").stat().st_mode & 0o777 == 0o600

    vkey = Vkey.parse(said["vkey"])
    cosigned = (log / "checkpoint").read_text(encoding="utf-8") + line
    assert [s.vkey for s in open_note(cosigned, [vkey])] == [vkey]
    (tmp_path / "one.policy").write_text(str(Policy.of([LOG_VKEY], {"cli": vkey}, 1)), encoding="utf-8")
    assert run("verify", log, "--policy", tmp_path / "one.policy")[0] == 1
    (log / "checkpoint").write_text(cosigned, encoding="utf-8")
    assert run("verify", log, "--policy", tmp_path / "one.policy")[0] == 0

    with witness_process(folder, "--policy", log / "policy") as (_, again):
        assert again["vkey"] == said["vkey"]
        ask = ["--witness", again["url"], "--vkey", again["vkey"]]
        entries = statements(N)
        make_log(tmp_path / "fork", [*entries[:9], b"another", *entries[10:], b"more"])
        code, found = told("cosign", tmp_path / "fork", *ask)
        assert (code, found["holds"]) == (1, False)
        assert "does not lead to that tree" in found["problem"]
        (log / "checkpoint").write_text(checkpoint(300, store.root(300), ()), encoding="utf-8")
        code, found = told("cosign", log, *ask)
        assert (code, found["problem"]) == (
            1,
            "Not cosigned: the witness has seen 600 leaves, and this checkpoint has 300.",
        )
    assert run("cosign", log, *ask)[0] == 2


def test_a_witness_that_cannot_start(tmp_path):
    base = ["witness", "--dir", tmp_path, "--name", "a.example"]
    for wrong in (
        ["--listen", "nonsense"],
        ["--log", "nonsense"],
        ["--listen", "127.0.0.1:99999"],
        ["--listen", "203.0.113.7:1"],
    ):
        assert run(*base, *wrong)[0] == 2
    assert run("witness", "--dir", tmp_path, "--name", "with space")[0] == 2
    (tmp_path / "witness.key").chmod(0o644)
    assert "others may read" in run(*base)[2]


def test_a_copy_needs_a_log(tmp_path):
    code, found = told("export", "--source", tmp_path, "--out", tmp_path / "copy")

    assert code == 1
    assert "no log" in found["problem"]
    assert not (tmp_path / "copy").exists()


def test_this_installations_log_is_exported(tmp_path):
    """Without a source the settings say where it lies; no database is asked for."""
    make_log(tmp_path / "var" / "log", statements(9))
    command = [sys.executable, "-m", "vitrina", "log", "export", "--out", tmp_path / "copy", "--json"]
    environment = {**os.environ, "VITRINA_VAR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": ""}
    environment.pop("DJANGO_SETTINGS_MODULE")

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["size"] == 9
    assert run("verify", tmp_path / "copy")[0] == 0
    assert not (tmp_path / "var" / "pg").exists()


@contextmanager
def odd_server(folder: Path, answer):
    """A web server for a log that behaves as `answer(handler, bytes or None)` says."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            file = folder / self.path.lstrip("/").removeprefix("moved/")
            answer(self, file.read_bytes() if file.is_file() else None)

        def send(self, code: int, body: bytes = b"", **headers: str):
            self.send_response(code)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_log_is_read_compressed_moved_and_over_connections_that_stay(log):
    connections = set()

    def answer(handler, data):
        connections.add(handler.client_address)
        if data is None:
            handler.send(404)
        elif not handler.path.startswith("/moved/"):
            handler.send(301, Location=f"/moved{handler.path}")
        else:
            handler.send(200, gzip.compress(data), Content_Encoding="gzip")

    with odd_server(log, answer) as url:
        assert told("verify", url)[1]["holds"] is True
    assert len(connections) <= 9


@pytest.mark.parametrize("code", [500, 503, 403, 302])
def test_a_server_that_fails_decides_nothing(log, code):
    with odd_server(log, lambda handler, data: handler.send(code, Location=handler.path)) as url:
        assert run("verify", url, "--vkey", LOG_VKEY)[0] == 2


@pytest.mark.parametrize("where", ["https://[::1", "http://127.0.0.1:99999999999999999999/", "ftp://127.0.0.1/"])
def test_a_server_that_leads_to_no_address_decides_nothing(log, where):
    with odd_server(log, lambda handler, data: handler.send(302, Location=where)) as url:
        assert run("verify", url, "--vkey", LOG_VKEY)[0] == 2


def test_who_is_asked_over_https_is_not_asked_otherwise():
    with pytest.raises(Unreachable, match="leads away from https"):
        WebReader("https://a.example")._next("https://a.example/checkpoint", "http://b.example/checkpoint")


def test_a_bomb_is_not_unpacked(log):
    bomb = gzip.compress(bytes(200_000_000), 1)
    with odd_server(log, lambda handler, data: handler.send(200, bomb, Content_Encoding="gzip")) as url:
        assert "unpacks to more than any file" in run("verify", url, "--vkey", LOG_VKEY)[2]


def test_no_django_is_loaded_for_what_needs_none():
    program = (
        "import sys; from vitrina.ledger import log_cli, timestamp, witness_server, statement; "
        "print(any(name.split('.')[0] in {'django', 'psycopg'} for name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
