# SPDX-License-Identifier: Apache-2.0
"""What the ledger tells of its own log: its beginning, witnesses that come and go, an anchor a day; each thing once."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from vitrina.ledger import log, log_acts, published, stamps
from vitrina.ledger.log_events import STREAM
from vitrina.ledger.models import Cosignature, Entry, Head, Timestamp
from vitrina.ledger.note import WITNESS, Vkey

from .kinds import Noted
from .log_keeping import AT, place_all, policy, write
from .public_log import key

pytestmark = pytest.mark.django_db(transaction=True)


def acts() -> list[Entry]:
    return list(Entry.objects.filter(stream=STREAM).order_by("seq"))


def kinds() -> list[str]:
    return [e.kind for e in acts()]


def tell(days: float = 0) -> int:
    """Let the chore look, some days after the start, and log what it wrote."""
    done = log_acts.tend(AT + timedelta(days=days))
    place_all()
    log.extend()
    return done


def witnessed(settings, tmp_path, *names: str, quorum: str = "") -> None:
    """The operator's file of witnesses, read when the log is taken up the next time."""
    lines = [f"witness {n} {Vkey.of(f'testigo.example/{n}', key(n), WITNESS)} http://127.0.0.1:9" for n in names]
    (tmp_path / "witnesses").write_text("\n".join([*lines, quorum, ""]))
    settings.LOG_WITNESSES = str(tmp_path / "witnesses")
    log.extend()


def test_nothing_is_told_of_a_log_that_has_not_begun():
    assert (tell(), acts()) == (0, [])


def test_its_beginning_is_told_once_with_name_key_and_policy():
    write(Noted())

    assert (tell(), tell(), tell(0.9)) == (2, 0, 0)

    created = acts()[0].event
    assert (kinds(), created.origin) == (["log.created", "anchor.daily"], published.origin())
    assert (created.vkey, created.policy) == (str(policy().logs[0]), log.policy_text())
    assert created.sentence() == f"El registro público {published.origin()} comenzó"
    assert log.statement_of(acts()[0]) is not None  # and it stands in the log itself


def test_witnesses_that_come_and_go_are_told(settings, tmp_path):
    write(Noted())
    tell()

    witnessed(settings, tmp_path, "uno", "dos")
    assert (tell(), tell()) == (2, 0)
    witnessed(settings, tmp_path, "dos", "tres")
    assert (tell(), tell()) == (2, 0)

    told = [(e.kind, e.event.name) for e in acts()[2:]]
    assert told == [
        ("witness.added", "uno"), ("witness.added", "dos"), ("witness.removed", "uno"), ("witness.added", "tres"),
    ]  # fmt: skip
    added = acts()[2].event
    assert (added.vkey, added.url) == (str(Vkey.of("testigo.example/uno", key("uno"), WITNESS)), "http://127.0.0.1:9")
    assert acts()[-1].event.policy == log.policy_text()
    assert acts()[2].event.sentence() == "uno se agregó a los testigos del registro público"


def test_another_quorum_of_the_same_witnesses_is_told(settings, tmp_path):
    write(Noted())
    witnessed(settings, tmp_path, "uno", "dos")
    tell()

    witnessed(settings, tmp_path, "uno", "dos", quorum="group g any uno dos\nquorum g")

    assert (tell(), tell(), kinds()[-1]) == (1, 0, "log.policy.changed")


def test_a_file_of_witnesses_that_two_processes_look_at_is_told_once(settings, tmp_path, monkeypatch):
    """The second one saw the news before the first one wrote it, and looks again once it has the lock."""
    write(Noted())
    tell()
    witnessed(settings, tmp_path, "uno")
    before = list(log_acts._news(AT))
    tell()
    answers = iter([iter(before)])
    again = log_acts._news
    monkeypatch.setattr(log_acts, "_news", lambda at: next(answers, None) or again(at))

    assert (tell(), kinds().count("witness.added")) == (0, 1)


def test_the_log_is_anchored_once_a_day():
    write(*(Noted(n=n) for n in range(5)))
    tell()
    size = Head.objects.order_by("-size").first().size

    assert [tell(d) for d in (0.5, 0.99, 1, 1.01, 2.5)] == [0, 0, 1, 0, 1]

    anchors = [e.event for e in acts() if e.kind == "anchor.daily"]
    assert [a.size for a in anchors] == [5, size, size + 1]
    head = Head.objects.get(size=size)
    assert (anchors[1].root, anchors[1].checkpoint_sha256) == (head.root, stamps.digest(head).hex())
    assert (anchors[1].token_sha256, anchors[1].n_witnesses) == ("", 0)
    assert anchors[0].sentence() == "El registro público quedó anclado en 5 actos"


def test_the_anchor_names_the_token_of_a_head_that_was_stamped_since_the_last_one():
    write(Noted())
    tell()
    head = Head.objects.order_by("-size").first()
    Timestamp.objects.create(head=head, provider="https://tsa.example", token=b"token", at=AT)
    Cosignature.objects.create(head=head, witness="uno", line="", at=AT)
    write(Noted(n=2))

    tell(1)
    tell(2)

    second, third = [e.event for e in acts() if e.kind == "anchor.daily"][1:]
    assert (second.size, second.token_sha256) == (head.size, hashlib.sha256(b"token").hexdigest())
    assert second.n_witnesses == 1
    assert (third.token_sha256, third.size > head.size) == ("", True)


def test_a_log_that_stands_still_is_not_anchored():
    write(Noted())
    published.sound("fork", "something", AT)

    assert (tell(), acts()) == (0, [])
