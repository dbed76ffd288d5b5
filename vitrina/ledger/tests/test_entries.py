# SPDX-License-Identifier: Apache-2.0
"""Entries are written once, never changed, and any change behind PostgreSQL's back is found and named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from vitrina.kernel.canonical import canonical, parse
from vitrina.ledger import feed
from vitrina.ledger.append import append
from vitrina.ledger.kinds import body_of
from vitrina.ledger.models import Entry, Position
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify

from .kinds import CLERK, Hidden, Noted

AT = datetime(2020, 10, 13, 16, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def write(n: int = 3, stream: str = "watch:a") -> list[Entry]:
    entries = []
    for i in range(n):
        with transaction.atomic():
            entries.append(append(stream, Noted(text=f"nota {i}", n=i), actor=CLERK, at=AT + timedelta(seconds=i)))
    return entries


def behind_the_trigger(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_an_entry_is_read_back_as_it_was_written():
    first, second, _ = write()

    stored = Entry.objects.get(pk=second.pk)

    assert stored.event == Noted(text="nota 1", n=1)
    assert (stored.seq, stored.previous) == (2, first.digest)
    assert stored.header() == second.header()
    written = parse(stored.body)
    assert len(bytes.fromhex(written.pop("salt"))) == 32  # a body may be erased: its digest must tell nothing of it
    assert written == {"documents": [], "n": 1, "rules": [], "text": "nota 1"}
    assert stored.body.encode() == canonical(parse(stored.body))
    assert verify().finding is None


@pytest.mark.parametrize("sql", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize(("table", "change"), [("ledger_entry", "body = '{{}}'"), ("ledger_position", "position = 9")])
def test_postgresql_refuses_to_change_the_ledger(sql, table, change):
    write()
    catch_up()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table, change))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE ledger_entry SET body = replace(body, 'nota 1', 'nota 9') WHERE id = %s", "body"),
        ("UPDATE ledger_entry SET at = at + interval '1 second' WHERE id = %s", "header"),
        ('UPDATE ledger_entry SET actor = \'{"role":"oic","name":"x","party":""}\' WHERE id = %s', "header"),
        ("UPDATE ledger_entry SET previous = digest WHERE id = %s", "before it"),
        ("UPDATE ledger_entry SET kind = 'test.hidden' WHERE id = %s", "header"),
    ],
)
def test_verify_names_the_first_entry_that_was_edited_behind_the_trigger(change, problem):
    _, second, _ = write()
    catch_up()

    behind_the_trigger(change, second.pk)

    finding = verify().finding
    assert finding is not None
    assert f"entry {second.pk} " in finding.where
    assert problem in finding.problem


def test_verify_finds_a_row_whose_digests_were_all_recomputed():
    first, *_ = write()
    first.body, n = first.body.replace("nota 0", "nota 7"), first.pk
    from vitrina.kernel.canonical import digest, digest_of

    first.body_sha256 = digest(first.body.encode())
    behind_the_trigger(
        "UPDATE ledger_entry SET body = %s, body_sha256 = %s, digest = %s WHERE id = %s",
        first.body,
        first.body_sha256,
        digest_of(first.header()),
        n,
    )

    finding = verify().finding
    assert finding is not None
    assert "does not name the digest" in finding.problem


def test_verify_finds_a_deleted_last_entry_and_a_missing_position():
    *_, last = write()
    behind_the_trigger("DELETE FROM ledger_outbox WHERE entry_id = %s", last.pk)
    behind_the_trigger("DELETE FROM ledger_entry WHERE id = %s", last.pk)
    assert "its head is 3" in verify().finding.problem


def test_verify_finds_a_missing_position():
    write()
    catch_up()
    behind_the_trigger("DELETE FROM ledger_position WHERE position = 2")
    assert verify().finding.where == "position 2"


def test_a_blinded_entry_shows_its_place_and_digest_only():
    with transaction.atomic():
        entry = append("bid:01ABC", Hidden(text="canario 123.45"), actor=CLERK, at=AT)
    write(1)
    catch_up()

    shown = feed.page(0)["entries"]

    assert shown[0] == {"position": 1, "visibility": "blinded", "digest": entry.digest}
    assert shown[1]["body"]["text"] == "nota 0"
    assert "salt" in entry.body  # so that nobody guesses the body from its digest


def test_the_instant_of_a_stream_never_runs_backwards():
    write(1)
    with transaction.atomic():
        later = append("watch:a", Noted(), actor=CLERK, at=AT - timedelta(days=1))
    assert later.at == AT


def test_an_act_that_fails_leaves_no_entry():
    def fails() -> None:
        with transaction.atomic():
            append("watch:a", Noted(), actor=CLERK, at=AT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    write(1)
    catch_up()
    assert list(Position.objects.values_list("position", flat=True)) == [1]
    assert verify().finding is None


def test_an_entry_outside_a_transaction_or_with_a_float_is_refused():
    with pytest.raises(ValueError, match="transaction"):
        append("watch:a", Noted(), actor=CLERK, at=AT)
    with pytest.raises(TypeError, match="float"):
        body_of(Noted(text="x", n=1.5))  # type: ignore[arg-type]
