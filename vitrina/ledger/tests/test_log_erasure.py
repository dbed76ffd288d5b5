# SPDX-License-Identifier: Apache-2.0
"""A body is withdrawn for ever, by an act; header, chain, leaf and receipt stay what they were."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connection, transaction
from typer.testing import CliRunner

from vitrina.kernel.canonical import digest, digest_of
from vitrina.ledger import feed, log, published
from vitrina.ledger.cli import app
from vitrina.ledger.commands import ErasureRefused, erase
from vitrina.ledger.logverify import verify_log
from vitrina.ledger.models import Entry, Erasure, Leaf
from vitrina.ledger.projections import rebuild
from vitrina.ledger.proof import verify_proof
from vitrina.ledger.verify import verify

from .kinds import CLERK, Hidden, Logged, Noted
from .log_keeping import AT, behind_the_trigger, place, place_all, policy, write

pytestmark = pytest.mark.django_db(transaction=True)
COURT = "Juzgado Octavo de Distrito, expediente 12/2026"


def test_the_body_goes_and_everything_that_proves_it_stays():
    first, second, third = write(Noted(text="uno"), Noted(text="CANARIO 55 1234 5678"), Noted(text="tres"))
    receipt, statement, digests = log.receipt_of(second), log.statement_of(second), (second.body_sha256, second.digest)

    act = erase(2, reason="court_order", authority=COURT, actor=CLERK, at=AT)
    place_all()
    log.extend()

    gone = Entry.objects.get(pk=second.pk)
    assert (gone.body, gone.is_erased, gone.body_sha256, gone.digest) == ("", True, *digests)
    assert digest_of(gone.header()) == gone.digest
    assert verify_proof(receipt, statement, policy()).index == 1
    assert verify_proof(log.receipt_of(gone), log.statement_of(gone), policy()).size == 4
    found = verify()
    assert (found.finding, found.leaves, found.withdrawn) == (None, 4, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry e WHERE e::text LIKE '%%CANARIO%%'")
        assert cursor.fetchone() == (0,)

    told = feed.page(0)["entries"]
    assert "CANARIO" not in json.dumps(told)
    assert told[1]["body"] == {"sha256": digests[0], "size": len(second.body.encode())}
    assert told[1]["withdrawn"] == {"position": 4, "reason": "court_order", "authority": COURT}
    assert told[3]["body"]["position"] == 2
    assert gone.event.sentence() == "El contenido de este acto se retiró con el acto n.º 4"
    assert act.event.sentence() == "Se retiró el contenido del acto n.º 2"
    assert COURT in act.event.detail()
    assert Entry.objects.get(pk=first.pk).body == first.body and Entry.objects.get(pk=third.pk).body == third.body


def test_the_leaf_of_the_act_names_the_digest_that_went_and_that_of_its_own_body():
    (entry,) = write(Noted(text="uno"), stream="ocid:ocds-x-1")
    size = len(entry.body.encode())
    act = erase(1, reason="cancellation", authority="INAI", actor=CLERK, at=AT)
    place_all()
    log.extend()

    told = json.loads(log.statement_of(act))
    assert (told["type"], told["ocid"]) == ("body.erased", "ocds-x-1")
    assert told["body"] == {"sha256": entry.body_sha256, "size": size}
    assert told["notice"] == {"sha256": digest(act.body.encode()), "size": len(act.body.encode())}
    report = verify_log(str(published.folder()), policy())
    assert report.finding is None
    assert report.size == 2
    assert [n.problem for n in report.notices] == [
        f"the content with the digest {entry.body_sha256} was withdrawn by act 2"
    ]


def test_projections_that_are_replayed_come_out_the_same():
    write(Noted(text="uno"), Hidden(text="dos"), Logged(c="ab" * 32), Noted(text="tres"))
    for position in (1, 2, 3):
        erase(position, reason="leak", authority=COURT, actor=CLERK, at=AT)
    place_all()
    log.extend()
    assert all(before == after for before, after in rebuild().values())
    found = verify()
    assert (found.finding, found.leaves, found.withdrawn) == (None, 7, 3)


def test_what_may_not_be_erased_is_refused_in_words():
    write(Noted(text="uno"))
    place(Noted(text="dos"))
    refused = {
        (1, "whim", COURT): "one of",
        (1, "leak", "  "): "authority",
        (9, "leak", COURT): "no act",
        (2, "leak", COURT): "not in the public log yet",
    }
    for (position, reason, authority), words in refused.items():
        with pytest.raises(ErasureRefused, match=words):
            erase(position, reason=reason, authority=authority, actor=CLERK, at=AT)
    erase(1, reason="leak", authority=COURT, actor=CLERK, at=AT)
    place_all()
    log.extend()
    with pytest.raises(ErasureRefused, match="already"):
        erase(1, reason="leak", authority=COURT, actor=CLERK, at=AT)
    with pytest.raises(ErasureRefused, match="stays"):
        erase(3, reason="leak", authority=COURT, actor=CLERK, at=AT)
    assert Erasure.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET body = '' WHERE id = {entry}",
        "UPDATE ledger_entry SET body = '', actor = '{{}}' WHERE id = {entry}",
        "INSERT INTO ledger_erasure (entry_id, act_id, body_size) VALUES ({entry}, {other}, {size})",
        "INSERT INTO ledger_erasure (entry_id, act_id, body_size) VALUES ({other}, {act}, {size} + 1)",
        "UPDATE ledger_entry SET body = '{{}}' WHERE id = {gone}",
        "DELETE FROM ledger_erasure",
    ],
)
def test_postgresql_lets_a_body_go_only_with_its_act(sql):
    gone, entry, other = write(Noted(text="uno"), Noted(text="dos"), Noted(text="tres"))
    act = erase(1, reason="leak", authority=COURT, actor=CLERK, at=AT)
    values = {"gone": gone.pk, "entry": entry.pk, "other": other.pk, "act": act.pk, "size": len(entry.body.encode())}
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(**values))


def test_verify_finds_a_body_that_is_gone_without_an_act_or_with_another_ones():
    first, second = write(Noted(text="uno"), Noted(text="dos"))
    behind_the_trigger("UPDATE ledger_entry SET body = '' WHERE id = %s", first.pk)
    assert "no act withdrew it" in verify().finding.problem
    behind_the_trigger("UPDATE ledger_entry SET body = %s WHERE id = %s", first.body, first.pk)
    assert verify().finding is None

    act = erase(2, reason="leak", authority=COURT, actor=CLERK, at=AT)
    place_all()
    behind_the_trigger("UPDATE ledger_erasure SET entry_id = %s, body_size = %s", first.pk, len(first.body.encode()))
    behind_the_trigger("UPDATE ledger_entry SET body = '' WHERE id = %s", first.pk)
    behind_the_trigger("UPDATE ledger_entry SET body = %s WHERE id = %s", second.body, second.pk)
    finding = verify().finding
    assert f"(entry {act.pk}) names another body" in finding.problem


def test_the_command_erases_and_says_so():
    write(Noted(text="uno"), Noted(text="CANARIO"))
    runner = CliRunner()
    done = runner.invoke(app, ["erase", "2", "--reason", "leak", "--authority", COURT, "--json"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"position": 2, "act": 3})
    again = runner.invoke(app, ["erase", "2", "--reason", "leak", "--authority", COURT])
    assert again.exit_code == 1
    assert "withdrawn already" in again.stderr
    log.extend()
    checked = runner.invoke(app, ["verify", "--json"])
    told = json.loads(checked.stdout)
    assert (checked.exit_code, told["withdrawn"], told["leaves"]) == (0, 1, Leaf.objects.count())
    assert runner.invoke(app, ["rebuild", "--check"]).exit_code == 0
