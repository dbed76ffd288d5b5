# SPDX-License-Identifier: Apache-2.0
"""Kill -9 of the sequencer and of the database at random points, and at every single step: one log, nothing lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from tests.fixtures.durable import kill_server
from vitrina.ledger import log, published
from vitrina.ledger.append import append_many
from vitrina.ledger.merkle import leaf_hash, root
from vitrina.ledger.models import Entry, Head, Leaf, Outbox, Position
from vitrina.ledger.note import Checkpoint, open_note, split
from vitrina.ledger.verify import verify
from vitrina.ledger.verify_leaves import Edge
from vitrina.site import embedded_db, paths
from vitrina.site.settings.test import CLUSTER

from .kinds import CLERK, Closed, Noted
from .log_keeping import AT, place, policy, witness

SEQUENCER_KILLS, DATABASE_KILLS = 42, 8
ZYGOTE = """
import os, signal, sys, threading
os.environ["PGAPPNAME"] = "vitrina-sequencer"
import django
django.setup()
import vitrina.ledger.tests.kinds
from vitrina.ledger.sequencer import run
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in sys.stdin:
    child = os.fork()
    if not child:
        run(threading.Event())
        os._exit(0)
    print(child, flush=True)
"""


class Sequencers:
    """Sequencer processes one after the other, forked from one that has loaded everything, so that a start is quick."""

    def __init__(self, environment: dict[str, str], output) -> None:
        command = [sys.executable, "-c", ZYGOTE]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": output}
        self.zygote = subprocess.Popen(command, env=environment, cwd=paths.ROOT, text=True, **pipes)
        self.pid = 0

    def start(self) -> None:
        self.zygote.stdin.write("\n")
        self.zygote.stdin.flush()
        self.pid = int(self.zygote.stdout.readline())

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self.kill()
        self.zygote.stdin.close()
        self.zygote.wait(10)


class Writer(threading.Thread):
    """Writes all the time; `kept` are the acts whose transaction was confirmed."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.chance = random.Random(number)
        self.stream, self.kept, self.is_over = f"watch:{number}", [], False

    def run(self) -> None:
        n = 0
        while not self.is_over:
            events = [(self.stream, Noted(n=n + i)) for i in range(self.chance.randint(1, 8))]
            if self.chance.random() < 0.1:
                events.append((self.stream, Closed()))
            try:
                with transaction.atomic():
                    written = append_many(events, actor=CLERK, at=AT)
                self.kept += [(e.stream, e.seq, e.digest) for e in written]
            except DatabaseError:
                connection.close()
                time.sleep(0.05)
            n += len(events)
            time.sleep(self.chance.random() * 0.03)
        connection.close()


class Reader(threading.Thread):
    """A citizen who notes every checkpoint that is ever to be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, str] = {}
        self.sizes: list[int] = []
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            if note := published.note():
                self.seen.setdefault(Checkpoint.parse(split(note)[0]).size, note)
                self.sizes.append(Checkpoint.parse(split(note)[0]).size)
            time.sleep(0.002)


@contextmanager
def going_on(*threads: threading.Thread) -> Iterator[None]:
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.is_over = True
        for thread in threads:
            thread.join()


def is_all_logged() -> bool:
    try:
        return not Outbox.objects.exists() and published.size() == Position.objects.count() > 0
    except DatabaseError:
        connection.close()
        return False


def until(condition, seconds: float, told: Path) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, told.read_text(errors="replace")[-3000:]
        time.sleep(0.05)


@pytest.mark.slow
def test_killed_fifty_times_the_log_goes_on_without_fork_or_loss(durable, tmp_path):
    chance = random.Random()
    told = tmp_path / "sequencers.log"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.test",
        "DATABASE_URL": durable.url("killed"),
        "VITRINA_TEST_DATABASE": "killed",
        "VITRINA_WITNESSES": str(tmp_path / "witnesses"),
    }
    place(Noted(n=-1))
    log.extend()
    vkey = policy().logs[0]
    with ExitStack() as stack:
        watching, line = stack.enter_context(witness(tmp_path / "witness", "uno", vkey))
        (tmp_path / "witnesses").write_text(line)
        output = stack.enter_context(told.open("w"))
        sequencers = Sequencers(environment, output)
        stack.callback(sequencers.end)
        writers, reader = [Writer(n) for n in range(2)], Reader()
        kills = ["sequencer"] * SEQUENCER_KILLS + ["database"] * DATABASE_KILLS
        chance.shuffle(kills)
        with going_on(*writers, reader):
            sequencers.start()
            for victim in kills:
                time.sleep(0.05 + chance.random() * 0.4)
                if victim == "database":
                    kill_server(durable)
                else:
                    sequencers.kill()
                    sequencers.start()
            for writer in writers:
                writer.is_over = True
                writer.join()
            until(is_all_logged, 40, told)
            until(lambda: "testigo.example/uno" in published.note(), 20, told)

        evidence = watching.evidence(vkey.name)
        cosigned = watching.latest(vkey.name)[0]

    kept = {row for writer in writers for row in writer.kept}
    assert len(kept) > 200
    assert kept <= set(Entry.objects.values_list("stream", "seq", "digest")), "an act that was confirmed is lost"
    found = verify()
    assert (found.finding, found.leaves) == (None, Entry.objects.count())
    assert evidence == [], "the witness was shown another history"
    assert cosigned.size == published.size()
    assert len(reader.seen) > SEQUENCER_KILLS
    assert reader.sizes == sorted(reader.sizes), "a published checkpoint was taken back"
    edge, at = Edge(), {}
    for text in Leaf.objects.order_by("position").values_list("data", flat=True).iterator():
        edge.add(text.encode())
        at[edge.size] = edge.root()
    for size, note in reader.seen.items():
        assert open_note(note, [vkey])
        assert Checkpoint.parse(split(note)[0]).root == at[size], "a fork was published"
    closing = [p for p, k in Position.objects.values_list("position", "entry__kind") if k == Closed.kind]
    assert set(closing) == set(Head.objects.filter(closes=True).values_list("size", flat=True))
    assert published.alarm() is None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_sequencers_one_publishes_and_the_other_takes_over(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "vitrina.site.settings.test",
        "DATABASE_URL": embedded_db.external_url() or CLUSTER.url(connection.settings_dict["NAME"]),
        "VITRINA_TEST_DATABASE": connection.settings_dict["NAME"],
    }
    told = tmp_path / "sequencers.log"

    def epochs_after(n: int) -> list[int]:
        for i in range(n):
            with transaction.atomic():
                append_many([("watch:a", Noted(n=i))], actor=CLERK, at=AT)
            time.sleep(0.05)
        until(is_all_logged, 20, told)
        return list(Head.objects.order_by("size").values_list("epoch", flat=True))

    with told.open("w") as output, ExitStack() as stack:
        first, second = Sequencers(environment, output), Sequencers(environment, output)
        stack.callback(first.end)
        stack.callback(second.end)
        first.start()
        (epoch,) = set(epochs_after(3))
        second.start()
        assert set(epochs_after(20)) == {epoch}
        first.kill()
        epochs = epochs_after(10)
    assert epochs == sorted(epochs)
    assert len(set(epochs)) == 2
    assert published.alarm() is None
    assert verify().finding is None


def _die_at(step: int) -> None:
    """In a forked child: die, as by kill -9, just before the step-th thing that leaves a trace, just after odd ones."""
    from django.db.backends.utils import CursorWrapper

    count = -1

    def dying(function):
        def call(*arguments, **options):
            nonlocal count
            count += 1
            mine = count
            if mine * 2 == step:
                os.kill(os.getpid(), signal.SIGKILL)
            result = function(*arguments, **options)
            if mine * 2 + 1 == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    for name in ("fsync", "replace", "rename", "link"):
        setattr(os, name, dying(getattr(os, name)))
    Path.replace = dying(Path.replace)
    CursorWrapper.execute = dying(CursorWrapper.execute)
    transaction.Atomic.__exit__ = dying(transaction.Atomic.__exit__)


def _extend_in_a_child(step: int) -> bool:
    """Whether the child got to the end."""
    connection.close()
    child = os.fork()
    if not child:
        try:
            _die_at(step)
            os._exit(0 if log.extend() else 4)
        except BaseException:
            os._exit(3)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}
    until(_is_alone, 10, Path(os.devnull))  # until PostgreSQL has noticed it, the dead one holds the lock
    return status == 0


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0] == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_before_and_after_each_step_it_goes_on(tmp_path):
    step, expected = 0, 0
    seen: dict[int, bytes] = {}
    while True:
        expected += 40
        place(*(Noted(n=n) for n in range(39)), Closed())
        is_done = _extend_in_a_child(step)
        if found := published.checkpoint():
            seen[found.size] = found.root
        log.extend()
        assert published.size() == expected
        found = published.checkpoint()
        seen[found.size] = found.root
        step += 1
        if is_done:
            break
    assert step > 40, "the child must have died at every step"
    leaves = [leaf_hash(t.encode()) for t in Leaf.objects.order_by("position").values_list("data", flat=True)]
    assert all(root(leaves[:size]) == value for size, value in seen.items())
    assert verify().finding is None
    assert len(seen) == step
