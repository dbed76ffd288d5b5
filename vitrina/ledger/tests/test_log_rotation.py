# SPDX-License-Identifier: Apache-2.0
"""The log changes its key: in an act that both keys sign, whatever it is broken off at, and in no other way."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from typer.testing import CliRunner

from vitrina.ledger import keys, log, log_keys, published
from vitrina.ledger.append import append
from vitrina.ledger.cli import app
from vitrina.ledger.commands import OPERATOR
from vitrina.ledger.log_events import STREAM, LogKeyRotated
from vitrina.ledger.log_keys import NotRotated
from vitrina.ledger.logverify import verify_log
from vitrina.ledger.models import Entry, Head
from vitrina.ledger.monitor import Monitor, Verdict
from vitrina.ledger.note import Unverified, Vkey, open_note
from vitrina.ledger.policy import Policy
from vitrina.ledger.proof import verify_proof
from vitrina.ledger.rotation import rotate

from .kinds import Noted
from .log_keeping import AT, place_all, policy, write

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old() -> Vkey:
    """The key of a log that has begun."""
    write(Noted(n=0), Noted(n=1))
    return policy().logs[0]


def holds() -> bool:
    """The whole log, from its files alone, by the policy that it publishes."""
    return verify_log(str(published.folder()), policy()).finding is None


def rotations() -> list[Entry]:
    return list(Entry.objects.filter(kind=LogKeyRotated.kind))


def test_the_new_key_signs_and_the_old_one_goes_on_proving_what_it_signed(old):
    first = Entry.objects.earliest("id")
    receipt, before = log.receipt_of(first), published.note()

    act, new, aside = rotate(AT)
    write(Noted(n=2))

    assert policy().logs == [new, old]
    assert [s.vkey for s in open_note(published.note(), [new])] == [new]
    with pytest.raises(Unverified):
        open_note(published.note(), [old])
    assert holds()
    assert verify_log(str(published.folder()), policy(), saved=before).grew_from == 2
    for text in (receipt, log.receipt_of(first), log.receipt_of(act)):
        verify_proof(text, log.statement_of(first) if text != log.receipt_of(act) else log.statement_of(act), policy())
    assert {s.vkey for s in open_note(act.event.statement, [old, new])} == {old, new}
    announced = Head.objects.filter(size__gt=log.index_of(act)).earliest("size")
    assert open_note(announced.note, [old])  # the act stands in the log under the key that everybody knew
    assert (aside.stat().st_mode & 0o777, Vkey.of(old.name, keys.load(aside))) == (keys.MODE, old)
    assert not log_keys.next_file().exists()
    assert act.event.sentence() == "El registro público se firma desde ahora con una llave nueva"


def test_it_changes_again_and_the_first_key_still_counts(old):
    _, second, _ = rotate(AT)
    write(Noted(n=2))
    _, third, _ = rotate(AT)
    write(Noted(n=3))

    assert policy().logs == [third, second, old]
    assert holds()
    assert [e.event.vkey for e in rotations()] == [str(second), str(third)]


def test_whoever_watches_by_the_old_policy_is_told_and_goes_on_with_the_new_one(old, tmp_path):
    kept = policy()
    source = str(published.folder())
    assert Monitor(source, tmp_path, kept).look().verdict == Verdict.HOLDS

    rotate(AT)
    write(Noted(n=2))

    assert Monitor(source, tmp_path, kept).look().verdict == Verdict.BROKEN
    found = Monitor(source, tmp_path, policy()).look()
    assert (found.verdict, found.seen) == (Verdict.HOLDS, 2)


@pytest.mark.parametrize("step", ["append", "extend", "swap", "link", "rename", "after"])
def test_broken_off_anywhere_it_is_taken_up_with_the_same_new_key(old, monkeypatch, step):
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    places = {
        "append": ("vitrina.ledger.log_keys.append", dies),
        "extend": ("vitrina.ledger.writer.Writer.extend", dies),
        "swap": ("vitrina.ledger.log_keys.swap", dies),
        "link": ("os.link", dies),
        "rename": ("pathlib.Path.rename", dies),
        "after": ("vitrina.ledger.log_keys.sync_folder", dies),
    }
    keys.make(log_keys.next_file())  # so that what dies is not the making of the key itself
    new = Vkey.of(old.name, keys.load(log_keys.next_file()))
    with monkeypatch.context() as patch:
        patch.setattr(*places[step])
        with pytest.raises(KeyboardInterrupt):
            rotate(AT)

    place_all()
    write(Noted(n=2))  # the sequencer may run in between: one of the two keys is in its place
    assert holds()
    if step != "after":
        rotate(AT)
    write(Noted(n=3))

    assert policy().logs == [new, old]
    assert len(rotations()) == 1
    assert holds()


def test_a_key_that_no_act_announces_is_refused(old):
    path = published.key_file()
    path.unlink()
    keys.make(path)

    with pytest.raises(log.Refused, match="is not signed by"):
        write(Noted(n=2))


@pytest.mark.parametrize("forged", ["new alone", "another text", "another former"])
def test_an_act_that_the_former_key_did_not_sign_announces_nothing(old, forged, tmp_path):
    """Whoever can write to the database, and put a key file there, still cannot make the log follow it."""
    old_key = keys.load(published.key_file())
    path = published.key_file()
    path.unlink()
    new_key, other = keys.make(path), keys.make(tmp_path / "other")
    new = Vkey.of(old.name, new_key)
    note = {
        "new alone": log_keys.statement(new_key, new_key, old.name),
        "another text": log_keys.statement(old_key, new_key, old.name).replace("/v1", "/v2"),
        "another former": log_keys.statement(other, new_key, old.name),
    }[forged]
    event = LogKeyRotated(origin=old.name, former=str(old), vkey=str(new), statement=note, policy="")
    with transaction.atomic():
        append(STREAM, event, actor=OPERATOR, at=AT)

    with pytest.raises(log.Refused, match="is not signed by"):
        write(Noted(n=2))


def test_it_waits_for_the_sequencer_to_stop(old, monkeypatch):
    monkeypatch.setattr(log, "_try_lock", lambda _: False)
    with pytest.raises(NotRotated, match="stop it first"):
        rotate(AT)
    assert (rotations(), log_keys.next_file().exists()) == ([], False)


def test_a_log_that_has_signed_nothing_has_no_key_to_change():
    with pytest.raises(NotRotated, match="nothing has been signed"):
        rotate(AT)


def test_from_the_command_line(old):
    done = CliRunner().invoke(app, ["rotate-key", "--json"])

    assert done.exit_code == 0, done.output
    new = Vkey.parse(json.loads(done.stdout)["vkey"])
    assert policy() == Policy([new, old])
