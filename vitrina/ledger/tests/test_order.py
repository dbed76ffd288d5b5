# SPDX-License-Identifier: Apache-2.0
"""The public order: nothing lost, nothing doubled, nothing inverted, whatever the writers do."""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction

from vitrina.ledger import feed, sequencer
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry, Outbox, Position
from vitrina.ledger.sequencer import catch_up, place_batch
from vitrina.ledger.verify import verify

from .kinds import CLERK, Noted

AT = datetime(2020, 10, 13, 16, tzinfo=UTC)
WRITERS, EACH, STREAMS = 8, 1250, 6
pytestmark = pytest.mark.django_db(transaction=True)


def writer(seed: int, errors: list[BaseException]) -> None:
    """Transactions of one to five entries, some of them waiting before they commit."""
    chance = random.Random(seed)
    left = EACH
    try:
        while left:
            n = min(left, chance.randint(1, 5))
            with transaction.atomic():
                for _ in range(n):
                    append(f"watch:{seed % STREAMS}", Noted(n=left), actor=CLERK, at=AT)
                if chance.random() < 0.02:
                    time.sleep(chance.random() * 0.02)
            left -= n
    except BaseException as error:
        errors.append(error)
        raise
    finally:
        connection.close()


def test_eight_writers_and_a_reader_agree_on_one_order():
    errors: list[BaseException] = []
    threads = [threading.Thread(target=writer, args=(n, errors)) for n in range(WRITERS)]
    copied: list[tuple[int, str]] = []
    naive: set[int] = set()
    cursor = last_id = 0
    for thread in threads:
        thread.start()
    while any(t.is_alive() for t in threads) or Outbox.objects.exists():
        place_batch()
        page = feed.page(cursor, 1000)
        copied += [(e["position"], f"{e['stream']} {e['seq']}") for e in page["entries"]]
        cursor = page["next"]
        seen = list(Entry.objects.filter(id__gt=last_id).order_by("id").values_list("id", flat=True)[:1000])
        naive |= set(seen)
        last_id = seen[-1] if seen else last_id

    copied += [(e["position"], f"{e['stream']} {e['seq']}") for e in feed.page(cursor, 1000)["entries"]]
    total = WRITERS * EACH
    assert not errors
    assert [p for p, _ in copied] == list(range(1, total + 1))  # no gap, no duplicate, nothing lost
    by_stream: dict[str, list[int]] = {}
    for _, name in copied:
        stream, seq = name.split()
        by_stream.setdefault(stream, []).append(int(seq))
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in by_stream.values())  # no stream inverted
    assert len(naive) < total, "the planted delays must make a naive reader lose entries, or this test proves nothing"
    assert verify().finding is None


def test_an_entry_waits_for_an_older_transaction_and_for_its_predecessor():
    """Transaction 10 takes its number and waits; 12 writes A1 and commits; 10 then writes A2 and commits; 11 runs on."""
    with _session() as ten, _session() as eleven, _session() as twelve:
        ten.execute("SELECT pg_current_xact_id()")
        eleven.execute("SELECT pg_current_xact_id()")
        _write(twelve, "watch:A", 1)
        twelve.commit()
        _write(ten, "watch:A", 2)
        ten.commit()

        place_batch()
        assert not Position.objects.exists()  # A2 is old enough to be placed, but A1 is not, and A2 waits for it

        eleven.rollback()
        place_batch()
    assert list(Position.objects.order_by("position").values_list("entry__seq", flat=True)) == [1, 2]


def test_two_sequencers_at_once_place_each_entry_once():
    for n in range(50):
        with transaction.atomic():
            append("watch:A", Noted(n=n), actor=CLERK, at=AT)

    def sequence() -> None:
        catch_up()
        connection.close()

    threads = [threading.Thread(target=sequence) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    catch_up()
    assert list(Position.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 51))


def _session() -> psycopg.Connection:
    parameters = connection.get_connection_params()
    known = {k: parameters[k] for k in ("dbname", "user", "password", "host", "port") if parameters.get(k)}
    return psycopg.connect(**known)


def _write(session: psycopg.Connection, stream: str, seq: int) -> None:
    session.execute(
        "WITH e AS (INSERT INTO ledger_entry (stream, seq, kind, visibility, at, actor, body, body_sha256, previous,"
        " digest, release_id) VALUES (%s, %s, 'test.noted', 'public', now(), '{}', '{}', '', '', '', '') RETURNING id)"
        " INSERT INTO ledger_outbox (entry_id) SELECT id FROM e",
        (stream, seq),
    )


def test_under_a_stream_that_never_rests_each_turn_ends_and_is_projected(monkeypatch):
    """Another entry is there after each batch, as when acts come faster than one is placed."""
    turns = []

    def restless() -> int:
        assert len(turns) < 20, "it goes on as long as somebody writes"
        n = place_batch()
        turns.append(n)
        write_one()
        return n

    def write_one() -> None:
        with transaction.atomic():
            append("watch:a", Noted(n=len(turns)), actor=CLERK, at=AT)

    monkeypatch.setattr(sequencer, "place_batch", restless)
    projected = []
    monkeypatch.setattr(sequencer, "advance_all", lambda: projected.append(Position.objects.count()))
    write_one()
    end = time.monotonic() + 30
    while Position.objects.count() < 3:  # another run's open transaction on the same server may hold them back
        assert time.monotonic() < end
        turns.clear()
        catch_up()
    assert projected[-1] == Position.objects.count()
    assert Outbox.objects.exists()
