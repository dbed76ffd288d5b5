# SPDX-License-Identifier: Apache-2.0
"""A witness: the shared transcripts, what it keeps before it answers, races, evidence, and the log that asks it."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.ledger import merkle
from vitrina.ledger.note import WITNESS, Checkpoint, Vkey, encode64, join, open_note, sign, split
from vitrina.ledger.policy import Policy
from vitrina.ledger.tiles import TileStore
from vitrina.ledger.witness import Conflict, Witness, WitnessError, origin_id, request_cosignature
from vitrina.ledger.witness_server import Server

from .public_log import LOG_VKEY, ORIGIN, key, statements, vectors

NAME = "testigo.example/w"
NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
VKEY = Vkey.of(NAME, key(NAME), WITNESS)


def witness(folder: Path, *vkeys: Vkey) -> Witness:
    trusted = {vkey.name: [vkey] for vkey in vkeys or (LOG_VKEY,)}
    return Witness(folder, NAME, key(NAME), trusted, now=lambda: NOW)


def signed(size: int, root: bytes, origin: str = ORIGIN, log_key: str = "log") -> str:
    body = Checkpoint(origin, size, root).text()
    return join(body, sign(body, origin, key(log_key)))


def request(old: int, proof: list[bytes], note: str) -> bytes:
    return "".join([f"old {old}\n", *(f"{encode64(h)}\n" for h in proof), "\n", note]).encode()


class History:
    """A tree whose every size has its root, proofs and signed note."""

    def __init__(self, folder: Path, entries: list[bytes]) -> None:
        self.store, self.roots = TileStore(folder, durable=False), {0: merkle.EMPTY_ROOT}
        for size, entry in enumerate(entries):
            self.roots[size + 1] = self.store.append(size, [entry])[1]

    def note(self, size: int) -> str:
        return signed(size, self.roots[size])

    def proof(self, old: int, new: int) -> list[bytes]:
        return self.store.consistency_proof(old, new) if old else []

    def request(self, old: int, new: int) -> bytes:
        return request(old, self.proof(old, new), self.note(new))


@pytest.fixture(scope="module")
def history(tmp_path_factory) -> History:
    return History(tmp_path_factory.mktemp("log"), statements(60))


def status(judge: Witness, body: bytes) -> int:
    return judge.add_checkpoint(body)[0]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_the_transcripts_of_the_vectors(tmp_path, n):
    found = vectors("witness.json")
    log = Vkey.parse(found["log_vkey"])
    judge = witness(tmp_path, log)

    for step in found["transcripts"][n]:
        code, headers, body = judge.add_checkpoint(step["request"].encode())
        latest = judge.latest(log.name)
        assert code == step["status"], step["name"]
        assert (latest[0].size if latest else 0) == step["latest_size_after"], step["name"]
        if code == 409:
            assert (headers, body) == ({"Content-Type": "text/x.tlog.size"}, b"%d\n" % step["latest_size_after"])
        if code == 200:
            offered = split(step["request"].partition("\n\n")[2])[0]
            (signature,) = open_note(join(offered, body.decode()), [VKEY])
            assert signature.seconds == int(NOW.timestamp())


def test_growth_is_cosigned_and_what_was_signed_is_on_the_disk(tmp_path, history):
    judge = witness(tmp_path)
    for old, new in ((0, 7), (7, 7), (7, 60)):
        code, _, line = judge.add_checkpoint(history.request(old, new))
        assert code == 200
        kept = (tmp_path / origin_id(ORIGIN) / "checkpoint").read_text(encoding="utf-8")
        assert kept == history.note(new) + line.decode()
        assert Policy.of([LOG_VKEY], {"w": VKEY}, 1).check(kept).checkpoint.size == new

    assert witness(tmp_path).latest(ORIGIN) == judge.latest(ORIGIN)
    assert status(witness(tmp_path), history.request(0, 60)) == 409


def test_nothing_is_answered_that_is_not_kept(tmp_path, history, monkeypatch):
    judge = witness(tmp_path)
    status(judge, history.request(0, 7))

    def full(*_):
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="no space"):
            judge.add_checkpoint(history.request(7, 60))

    assert judge.latest(ORIGIN)[0].size == 7
    assert status(judge, history.request(7, 60)) == 200


def test_strangers_in_a_note_are_neither_checked_nor_kept(tmp_path, history):
    judge, note = witness(tmp_path), history.note(7)
    stranger = sign(split(note)[0], "otro.example", key("other"))

    assert status(judge, request(0, [], note + stranger)) == 200
    assert stranger not in judge.latest(ORIGIN)[1]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (400, b""),
        (400, b"\xff\xfe"),
        (400, b"old 0\n"),
        (400, b"old 0\n\n"),
        (404, b"old 0\n\notro.example/log\n"),
        (404, b"nonsense\n\notro.example/log\n0\n"),
        (400, f"old 0\n\n{ORIGIN}\n".encode()),
        (400, request(0, [], signed(7, bytes(32)))[:-1]),
        (400, request(0, [], signed(7, bytes(32))).replace(b"old 0", b"old 00")),
        (400, request(0, [], signed(7, bytes(32))).replace(b"old 0", b"old -1")),
        (400, request(0, [], signed(7, bytes(32))).replace(b"old 0", b"old")),
        (400, request(0, [], signed(7, bytes(32))).replace(b"old 0", b"new 0")),
        (400, request(0, [], signed(7, bytes(32))).replace(b"old 0", b"old 8")),
        (400, request(0, [bytes(31)], signed(7, bytes(32)))),
        (400, request(0, [bytes(32)] * 64, signed(7, bytes(32)))),
        (400, request(0, [], signed(7, bytes(32))).replace(b"\n\n", b"\n!!\n\n", 1)),
        (400, request(0, [], signed(7, bytes(32))) + b"\x01\n"),
        (400, request(0, [], signed(7, bytes(32))) + b"x" * 400_000),
        (403, request(0, [], signed(7, bytes(32), log_key="other"))),
        (403, request(0, [], signed(7, bytes(32)).replace("7", "8", 1))),
        (403, request(9, [bytes(32)] * 64, signed(7, bytes(32), log_key="other"))),
        (422, request(0, [bytes(32)], signed(7, bytes(32)))),
        (422, request(0, [], signed(0, bytes(32)))),
    ],
)
def test_what_is_refused_at_first_sight(tmp_path, code, body):
    judge = witness(tmp_path)

    assert status(judge, body) == code
    assert judge.latest(ORIGIN) is None


def test_a_signed_checkpoint_of_another_shape_is_refused(tmp_path):
    body = f"{ORIGIN}\n07\n{encode64(bytes(32))}\n"

    assert status(witness(tmp_path), request(0, [], join(body, sign(body, ORIGIN, key("log"))))) == 400


@given(st.binary(min_size=1, max_size=300), st.integers(0, 60))
@settings(max_examples=50)
def test_nothing_makes_a_witness_stumble_or_sign(tmp_path_factory, history, junk, place):
    judge = witness(tmp_path_factory.mktemp("w"))
    body = history.request(0, 7)

    assert status(judge, junk) in {400, 404}
    assert status(judge, body[:place] + junk + body[place:]) in {400, 403, 404, 409}
    assert judge.latest(ORIGIN) is None


def test_forged_history_is_refused_and_kept_as_evidence(tmp_path, history):
    forged = History(tmp_path / "forged", [*statements(6), b"altered", *statements(60)[7:]])
    judge = witness(tmp_path / "w")
    status(judge, history.request(0, 20))

    assert judge.evidence(ORIGIN) == []
    assert status(judge, forged.request(20, 60)) == 422
    assert status(judge, forged.request(20, 20)) == 422
    assert status(judge, forged.request(20, 20)) == 422

    first, second = sorted(judge.evidence(ORIGIN), key=lambda e: e["is_proof"])
    assert (first["is_proof"], first["problem"]) == (False, "the proof does not lead to that tree")
    assert (second["is_proof"], second["problem"]) == (True, "the same size with another root")
    for one in (first, second):
        seen, offered = (Policy.of([LOG_VKEY]).check(one[side]).checkpoint for side in ("seen", "offered"))
        assert (seen.size, seen.root) == (20, history.roots[20])
        assert offered.root == forged.roots[offered.size]
    assert judge.latest(ORIGIN)[0].root == history.roots[20]


def test_a_false_proof_of_an_honest_tree_accuses_nobody_for_long(tmp_path, history):
    judge = witness(tmp_path)
    status(judge, history.request(0, 20))

    assert status(judge, request(20, [bytes(32)], history.note(60))) == 422
    assert status(judge, request(20, [bytes(32)], history.note(20))) == 422
    assert [e["is_proof"] for e in judge.evidence(ORIGIN)] == [False, False]
    assert status(judge, history.request(20, 20)) == 200
    assert status(judge, history.request(20, 60)) == 200
    assert judge.evidence(ORIGIN) == []


def test_rollback_and_stale_requests(tmp_path, history):
    judge = witness(tmp_path)
    status(judge, history.request(0, 20))
    status(judge, history.request(20, 60))

    assert status(judge, request(60, [], history.note(20))) == 400
    assert judge.add_checkpoint(history.request(20, 60)) == (409, {"Content-Type": "text/x.tlog.size"}, b"60\n")
    assert judge.add_checkpoint(history.request(10, 20))[2] == b"60\n"
    assert judge.latest(ORIGIN)[0].size == 60


def test_logs_do_not_touch_each_other(tmp_path, history):
    other = Vkey.of("otro.example/log", key("other"))
    judge = witness(tmp_path, LOG_VKEY, other)
    status(judge, history.request(0, 20))

    assert status(judge, request(0, [], signed(3, bytes(32), other.name, "other"))) == 200
    assert status(judge, request(0, [], signed(3, bytes(32), other.name, "log"))) == 403
    assert judge.latest(ORIGIN)[0].size == 20
    assert judge.latest(other.name)[0].size == 3


def test_of_many_at_once_exactly_one_grows_the_tree(tmp_path, history):
    judge = witness(tmp_path)
    status(judge, history.request(0, 7))

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda new: status(judge, history.request(7, new)), range(8, 61)))

    assert codes.count(200) == 1
    assert set(codes) == {200, 409}
    assert judge.latest(ORIGIN)[0].size == 8 + codes.index(200)


def offer(folder: Path, bodies: list[bytes], results) -> None:
    judge = witness(folder)
    results.put([status(judge, body) for body in bodies])


def test_two_processes_with_one_folder_are_one_witness(tmp_path, history):
    context = multiprocessing.get_context("fork")
    results, bodies = context.Queue(), [history.request(new - 1, new) for new in range(1, 40)]
    processes = [context.Process(target=offer, args=(tmp_path, bodies, results)) for _ in range(3)]
    for process in processes:
        process.start()
    found = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()

    for step in zip(*found, strict=True):
        assert list(step).count(200) <= 1
    assert sum(codes.count(200) for codes in found) == witness(tmp_path).latest(ORIGIN)[0].size


@contextmanager
def running(judge: Witness):
    server = Server(judge, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def get(url: str, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, dict, bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request(method, path, body)
    response = connection.getresponse()
    found = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return found


def test_over_http_a_log_gets_its_cosignatures(tmp_path, history):
    with running(witness(tmp_path)) as url:
        line = request_cosignature(url, VKEY, 0, [], history.note(7))
        assert request_cosignature(url + "/", VKEY, 3, history.proof(3, 60), history.note(60)) == Conflict(7)
        grown = request_cosignature(url, VKEY, 7, history.proof(7, 60), history.note(60))

        (signature,) = open_note(join(split(history.note(7))[0], line), [VKEY])
        assert signature.seconds == int(NOW.timestamp())
        code, headers, note = get(url, f"/{origin_id(ORIGIN)}/checkpoint")
        assert (code, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert note.decode() == history.note(60) + grown


def test_over_http_refusals_say_why(tmp_path, history):
    with running(witness(tmp_path)) as url:
        request_cosignature(url, VKEY, 0, [], history.note(7))
        for old, proof, note, expected in (
            (7, [], signed(7, bytes(32)), 422),
            (7, [], history.note(3), 400),
            (7, [], signed(7, bytes(32), log_key="other"), 403),
            (7, [], signed(7, bytes(32), "otro.example/log"), 404),
        ):
            with pytest.raises(WitnessError) as error:
                request_cosignature(url, VKEY, old, proof, note)
            assert error.value.status == expected
            assert error.value.detail

        (accusation,) = json.loads(get(url, f"/{origin_id(ORIGIN)}/evidence")[2])
        assert accusation["is_proof"] is True
        shown = json.loads(get(url, "/")[2])
        assert shown == {"witness": str(VKEY), "logs": [{"origin": ORIGIN, "id": origin_id(ORIGIN), "size": 7}]}


def test_over_http_what_is_not_there(tmp_path):
    with running(witness(tmp_path)) as url:
        assert get(url, f"/{origin_id(ORIGIN)}/checkpoint")[0] == 404
        assert get(url, f"/{origin_id(ORIGIN)}/evidence")[2] == b"[]\n"
        assert get(url, f"/{'0' * 64}/checkpoint")[0] == 404
        assert get(url, "/../../etc/passwd")[0] == 404
        assert get(url, "/elsewhere", "POST", b"old 0\n")[0] == 404
        assert get(url, "/add-checkpoint", "POST", b"")[0] == 400
        assert get(url, "/add-checkpoint", "DELETE")[0] == 501
        assert get(url, "/", "HEAD")[2] == b""
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        connection.putrequest("POST", "/add-checkpoint")
        connection.putheader("Content-Length", "1000000000")
        connection.endheaders()
        assert connection.getresponse().status == 400
        connection.close()


def test_a_broken_state_signs_nothing(tmp_path, history):
    with running(witness(tmp_path)) as url:
        request_cosignature(url, VKEY, 0, [], history.note(7))
        (tmp_path / origin_id(ORIGIN) / "checkpoint").write_bytes(b"half")

        with pytest.raises(WitnessError) as error:
            request_cosignature(url, VKEY, 7, history.proof(7, 60), history.note(60))
        assert error.value.status == 500


def test_an_answer_that_is_none_is_not_taken(tmp_path, history):
    stranger = Vkey.of(NAME, key("another witness"), WITNESS)
    with running(witness(tmp_path)) as url, pytest.raises(WitnessError, match="an answer that is none"):
        request_cosignature(url, stranger, 0, [], history.note(7))
    with pytest.raises(WitnessError) as error:
        request_cosignature("http://127.0.0.1:9", VKEY, 0, [], history.note(7))
    assert error.value.status == 0
    with pytest.raises(WitnessError, match="not a web address"):
        request_cosignature("gopher://127.0.0.1", VKEY, 0, [], history.note(7))


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"])
def test_a_witness_that_dawdles_is_given_up(history, answer):
    """It takes the request and then says a byte now and then, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def dawdle():
        connection, _ = listener.accept()
        with connection:
            connection.sendall(answer)
            while not stop.wait(0.1):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=dawdle, daemon=True)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(WitnessError):
        request_cosignature(f"http://127.0.0.1:{listener.getsockname()[1]}", VKEY, 0, [], history.note(7), timeout=0.6)
    assert time.monotonic() - begun < 3
    stop.set()
    thread.join()
    listener.close()
