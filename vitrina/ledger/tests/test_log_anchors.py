# SPDX-License-Identifier: Apache-2.0
"""What others vouch for: witnesses that cosign, are silent, know more or lie; time stamps of deadlines and days."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import transaction

from vitrina.kernel import clock
from vitrina.ledger import log, published, stamps, timestamp
from vitrina.ledger.anchors import SECONDS, Anchors
from vitrina.ledger.append import append
from vitrina.ledger.models import Cosignature, Head, Timestamp
from vitrina.ledger.policy import Untrusted
from vitrina.ledger.proof import ProofError, verify_proof
from vitrina.ledger.sequencer import catch_up, run
from vitrina.ledger.writer import Refused

from .kinds import CLERK, Closed, Noted
from .log_keeping import AT, place, policy, restore, witness, write
from .public_log import key
from .tsa import Authority, Tsa, served

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vkey():
    """The key of a log that has begun."""
    write(Noted(n=0))
    return policy().logs[0]


def told(tmp_path, settings, *lines: str) -> None:
    """The operator's file of witnesses."""
    (tmp_path / "witnesses").write_text("# who watches us\n" + "".join(lines))
    settings.LOG_WITNESSES = str(tmp_path / "witnesses")


def until(condition, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_checkpoint_is_published_at_once_and_again_with_the_cosignatures(tmp_path, settings, vkey):
    with witness(tmp_path / "1", "uno", vkey) as (one, line1), witness(tmp_path / "2", "dos", vkey) as (two, line2):
        told(tmp_path, settings, line1, line2)
        entries = place(*(Noted(n=n) for n in range(300)))
        with log.writing() as writer:
            writer.extend()
            alone = published.note()
            with Anchors(writer) as anchors:
                entries += place(Closed(), Noted())
                writer.extend(anchors.ring)
                until(lambda: published.note().count("testigo.example") == 2 and published.size() == 303)
        with pytest.raises(Untrusted):
            policy().check(alone)
        assert policy().check(published.note()).checkpoint.size == 303
        for entry in (entries[0], entries[-1]):
            found = verify_proof(log.receipt_of(entry), log.statement_of(entry), policy())
            assert [name for name, _ in found.cosignatures] == ["testigo.example/dos", "testigo.example/uno"]
            assert all(abs(seconds - time.time()) < 60 for _, seconds in found.cosignatures)
        assert one.latest(vkey.name)[0].size == two.latest(vkey.name)[0].size == 303
        assert (one.evidence(vkey.name), two.evidence(vkey.name)) == ([], [])
        assert {c.witness for c in Cosignature.objects.filter(head=303)} == {"uno", "dos"}


def test_a_receipt_holds_by_the_last_cosigned_checkpoint_while_a_newer_one_waits_for_its_witnesses(
    tmp_path, settings, vkey
):
    with witness(tmp_path / "1", "uno", vkey) as (_one, line1), witness(tmp_path / "2", "dos", vkey) as (_two, line2):
        told(tmp_path, settings, line1, line2)
        (old,) = write(Noted(n=1))
        with log.writing() as writer, Anchors(writer):
            assert Cosignature.objects.filter(head=2).count() == 2
    (new,) = write(Noted(n=2))  # nobody answers any more

    assert verify_proof(log.receipt_of(old), log.statement_of(old), policy()).size == 2
    with pytest.raises(ProofError, match="too few"):
        verify_proof(log.receipt_of(new), log.statement_of(new), policy())


def test_a_witness_that_is_silent_or_hangs_holds_nobody_up(tmp_path, settings, vkey):
    import socket

    with socket.socket() as deaf, witness(tmp_path / "1", "uno", vkey) as (_one, line):
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        hanging = f"witness hangs {_vkey_of('hangs')} http://127.0.0.1:{deaf.getsockname()[1]}\n"
        absent = f"witness absent {_vkey_of('absent')} http://127.0.0.1:9\n"
        told(tmp_path, settings, hanging, line, absent)
        place(Noted(n=1))
        with log.writing() as writer, Anchors(writer) as anchors:
            start = time.monotonic()
            writer.extend(anchors.ring)
            assert time.monotonic() - start < SECONDS / 2
            until(lambda: "testigo.example/uno" in published.note())
        assert set(Cosignature.objects.values_list("witness", flat=True)) == {"uno"}


def _vkey_of(name):
    from vitrina.ledger.note import WITNESS, Vkey

    return Vkey.of(f"testigo.example/{name}", key(name), WITNESS)


def test_a_witness_that_has_seen_more_than_the_database_has_stops_the_signing(tmp_path, settings, vkey):
    with witness(tmp_path / "1", "uno", vkey) as (one, line):
        told(tmp_path, settings, line)
        write(Noted(n=1), Noted(n=2))
        with log.writing() as writer, Anchors(writer):
            pass
        assert one.latest(vkey.name)[0].size == 3
        restore(1)
        (published.folder() / "checkpoint").unlink()  # the disk was lost with the database

        with pytest.raises(Refused, match="has seen 3 leaves") as refused, log.writing() as writer, Anchors(writer):
            pass
        assert refused.value.code == "ahead"

        place(Noted(n=7), Noted(n=8), Noted(n=9))  # other acts have taken the places of the lost ones
        with log.writing() as writer:
            writer.extend()  # as if no witness had been asked first
            with pytest.raises(Refused, match="others in their place") as refused, Anchors(writer):
                pass
        assert refused.value.code == "fork"
        (evidence,) = one.evidence(vkey.name)
        assert evidence["problem"]


def test_a_witness_that_lies_does_not_stop_the_log(tmp_path, settings, vkey, caplog):
    import http.server

    class Liar(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(409)
            self.end_headers()
            self.wfile.write(b"999999\n")

        def do_GET(self):
            self.send_error(404)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    line = f"witness lies {_vkey_of('lies')} http://127.0.0.1:{server.server_address[1]}\n"
    with log.writing() as writer, Anchors(writer) as anchors:  # a log that runs, and then the file names the liar
        told(tmp_path, settings, line)
        from vitrina.ledger.witnesses import known

        anchors.known = known()
        assert anchors.cosign(Head.objects.get()) == 0
        assert writer.halt is None
        assert "has seen 999999 leaves" in caplog.text and "shows no checkpoint" in caplog.text
    with pytest.raises(Refused, match="take it out of the file"), log.writing() as writer, Anchors(writer):
        pass  # after a start nobody can tell whether it lies: the operator must
    server.shutdown()
    server.server_close()


def test_a_file_of_witnesses_that_is_wrong_is_told_and_asks_nobody(tmp_path, settings, vkey, caplog):
    told(tmp_path, settings, "witness uno nonsense http://x\n")
    write(Noted())
    assert "no witness is asked" in caplog.text
    assert policy().quorum == "none"


def test_deadlines_and_days_are_stamped_by_a_provider(tmp_path, settings, vkey):
    authority, signing = Authority("tests: raíz"), ec.generate_private_key(ec.SECP256R1())
    tsa = Tsa(tmp_path / "tsa", authority.issue(signing), signing)
    (tmp_path / "roots.pem").write_bytes(authority.root.public_bytes(serialization.Encoding.PEM))
    write(Noted(), Closed(), Noted(), Closed(), Noted())
    now = clock.system()
    with served(tsa.reply) as url:
        settings.LOG_TSA_URL, settings.LOG_TSA_ROOTS = url, str(tmp_path / "roots.pem")
        assert stamps.stamp_waiting(now) == 2
        assert list(Timestamp.objects.values_list("head", flat=True)) == [3, 5]
        for found in Timestamp.objects.select_related("head"):
            assert timestamp.verify(bytes(found.token), stamps.digest(found.head), [authority.root]) == found.at
        assert stamps.stamp_waiting(now + timedelta(hours=1)) == 0
        assert stamps.stamp_waiting(now + timedelta(days=1, seconds=5)) == 1
        assert Timestamp.objects.order_by("-head").first().head_id == 6


def test_a_provider_that_nobody_trusts_or_reaches_is_told_and_tried_again(
    tmp_path, settings, vkey, caplog, monkeypatch
):
    authority, signing = Authority("tests: otra raíz"), ec.generate_private_key(ec.SECP256R1())
    tsa = Tsa(tmp_path / "tsa", authority.issue(signing), signing)
    stranger = Authority("tests: ajena").root
    (tmp_path / "roots.pem").write_bytes(stranger.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setattr(stamps, "_quiet_until", None)
    now = clock.system()
    with served(tsa.reply) as url:
        settings.LOG_TSA_URL, settings.LOG_TSA_ROOTS = url, str(tmp_path / "roots.pem")
        assert stamps.stamp_waiting(now) == 0
        assert "no time stamp from" in caplog.text
        (tmp_path / "roots.pem").write_bytes(authority.root.public_bytes(serialization.Encoding.PEM))
        assert stamps.stamp_waiting(now + timedelta(seconds=30)) == 0
        assert stamps.stamp_waiting(now + timedelta(seconds=90)) == 1


def test_the_sequencer_places_logs_and_has_cosigned(tmp_path, settings, vkey):
    stop = threading.Event()
    with witness(tmp_path / "1", "uno", vkey) as (one, line):
        told(tmp_path, settings, line)
        thread = threading.Thread(target=run, args=(stop,))
        thread.start()
        try:
            for n in range(5):
                with transaction.atomic():
                    append("watch:a", Noted(n=n), actor=CLERK, at=AT)
                time.sleep(0.05)
            until(lambda: published.size() == 6 and "testigo.example/uno" in published.note())
            assert log.extend() == 0  # another writes it
            assert catch_up() == 0
        finally:
            stop.set()
            thread.join()
        assert one.latest(vkey.name)[0].size == 6
        assert published.alarm() is None
