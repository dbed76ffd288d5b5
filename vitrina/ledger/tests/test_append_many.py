# SPDX-License-Identifier: Apache-2.0
"""Many entries at once stand in the ledger exactly as one by one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from vitrina.ledger.append import CHANNEL, append, append_many
from vitrina.ledger.models import Entry, Outbox, Stream
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify

from .kinds import CLERK, Hidden, Noted

AT = datetime(2020, 10, 13, 16, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def test_streams_are_numbered_and_chained_and_the_bell_rings_once():
    parameters = {k: v for k, v in connection.get_connection_params().items() if k in {"dbname", "user", "host"}}
    with psycopg.connect(**parameters, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with transaction.atomic():
            append("watch:b", Noted(text="uno"), actor=CLERK, at=AT + timedelta(days=1))
        list(listener.notifies(timeout=1, stop_after=1))

        events = [("watch:b", Noted(text="dós")), ("watch:a", Hidden(text="x")), ("watch:b", Noted(text="tres", n=3))]
        with transaction.atomic():
            written = append_many(events, actor=CLERK, at=AT)
        rings = list(listener.notifies(timeout=0.3))

    assert len(rings) == 1
    assert [(e.stream, e.seq) for e in written] == [("watch:b", 2), ("watch:a", 1), ("watch:b", 3)]
    assert [e.pk for e in written] == sorted(e.pk for e in written)
    stored = {e.pk: e for e in Entry.objects.all()}
    for entry in written:
        assert stored[entry.pk].header() == entry.header()
        assert (stored[entry.pk].digest, stored[entry.pk].body) == (entry.digest, entry.body)
    assert written[2].previous == written[0].digest
    assert written[0].at == AT + timedelta(days=1)  # the instant of a stream never runs backwards
    assert written[1].at == AT
    assert Stream.objects.get(name="watch:b").head_digest == written[2].digest
    assert Outbox.objects.count() == 4

    with transaction.atomic():
        after = append("watch:b", Noted(text="cuatro"), actor=CLERK, at=AT)
    assert (after.seq, after.previous) == (4, written[2].digest)
    catch_up()
    assert (verify().entries, verify().finding) == (5, None)


def test_nothing_is_written_for_no_events_nor_outside_a_transaction():
    with transaction.atomic():
        assert append_many([], actor=CLERK, at=AT) == []
    with pytest.raises(ValueError, match="transaction"):
        append_many([("watch:a", Noted())], actor=CLERK, at=AT)
    assert not Entry.objects.exists()


def test_writers_of_the_same_streams_in_opposite_order_do_not_wait_for_each_other_for_ever():
    errors: list[Exception] = []

    def write(streams: list[str]) -> None:
        try:
            for n in range(20):
                with transaction.atomic():
                    append_many([(s, Noted(n=n)) for s in streams], actor=CLERK, at=AT)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    names = [f"watch:{n}" for n in range(12)]
    threads = [threading.Thread(target=write, args=(order,)) for order in (names, names[::-1], names[6:] + names[:6])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(Stream.objects.values_list("head", flat=True)) == {60}
    catch_up()
    assert verify().finding is None
