# SPDX-License-Identifier: Apache-2.0
"""The sequencer's hand on the public log: leaves, tiles, signature, publication, and taking up after a crash.

Order of writes (public log, section 8): tiles on the disk; leaves and signed head in one transaction; only then the
checkpoint by rename. The signature leaves this process once the database has the head, so after a crash at any point
the database says what was signed, and what lies on the disk beyond it was seen by nobody.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from vitrina.kernel import clock

from . import bulk, keys, leaves, published
from .log_keys import former_keys
from .merkle import EMPTY_ROOT
from .models import Head, Leaf
from .note import Checkpoint, NoteError, Vkey, join, open_note, sign
from .tiles import TileError, TileStore

log = logging.getLogger(__name__)
LEADER = 0x5653_4C47  # advisory lock: one writer of the log, on whatever machine
LOCK_FILE = ".lock"
REBUILT_AT_ONCE = 4096


class Refused(Exception):
    """Nothing is signed any more until a person has looked; `code` names why."""

    def __init__(self, code: str, problem: str) -> None:
        super().__init__(problem)
        self.code, self.problem = code, problem
        self.is_told = False


class Writer:
    """Extends the log from `size` on. Got from `take_over`, one at a time; used by one thread."""

    def __init__(self, store: TileStore, key: Ed25519PrivateKey, size: int) -> None:
        self.store, self.key, self.size = store, key, size
        self.epoch = _next_epoch()
        self.origin = published.origin()
        self.vkey = Vkey.of(self.origin, key)
        self.former = former_keys(self.vkey)
        self.publishing = threading.Lock()  # the checkpoint file: this thread, and the one that adds cosignatures
        self.halt: Refused | None = None  # set by whoever finds out that nothing more may be signed

    def extend(self, after_each: Callable[[int], None] = lambda _size: None) -> int:
        """Add every entry that waits, one signed checkpoint a batch; returns how many.

        `after_each(size)` is called with each published size. Errors: `Refused`; the database's when it fails or
        when a later sequencer has taken over: then this writer is of no more use.
        """
        done = 0
        while True:
            if self.halt:
                raise self.halt
            batch = leaves.waiting(self.size)
            if batch is None:
                return done
            self._add(batch)
            done += len(batch.leaves)
            after_each(self.size)

    def _add(self, batch: leaves.Batch) -> None:
        former = self.size
        size, root = self.store.append(former, batch.leaves)
        text = Checkpoint(self.origin, size, root).text()
        note = join(text, sign(text, self.origin, self.key))
        head = {"size": size, "previous": former, "root": root.hex(), "note": note, "epoch": self.epoch}
        rows = [{"position": batch.position + i, "data": data.decode()} for i, data in enumerate(batch.leaves)]
        with transaction.atomic():
            bulk.insert(Leaf, rows)
            bulk.insert(Head, [{**head, "at": clock.system(), "closes": batch.closes}])
        self.size = size
        self.publish(size, note)
        self.store.prune(former, size)

    def publish(self, size: int, note: str) -> None:
        """Put a checkpoint where the world reads it; never one behind what stands there. Errors: `Refused`."""
        with self.publishing:
            if (there := published.size()) > size:
                raise Refused("ahead", f"a checkpoint of {there} leaves is published, and this one has {size}")
            published.write(published.CHECKPOINT, note.encode())


@contextmanager
def leadership(try_lock: Callable[[int], bool]) -> Iterator[IO[str] | None]:
    """Within the block this process alone writes the log's folder; nothing is given while another does.

    `try_lock` takes the advisory lock of the database for as long as the leader lives.
    """
    published.folder().mkdir(parents=True, exist_ok=True)
    with (published.folder() / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield lock if try_lock(LEADER) else None


def take_over() -> Writer:
    """The log as the database has it, checked against everything that was published: a writer that continues it.

    Surplus on the disk is thrown away, what is missing there is made again from the leaves. Errors: `Refused` when
    what was published and what the database holds are not one log, or the key is not the one that signed.
    """
    head = Head.objects.order_by("-size").first()
    key = _key(head)
    vkey = Vkey.of(published.origin(), key)
    there = _published([vkey, *former_keys(vkey)])
    if there is not None:
        _compare(there, head)
    size, root = (head.size, bytes.fromhex(head.root)) if head else (0, EMPTY_ROOT)
    store = TileStore(published.folder())
    _restore(store, size, root)
    writer = Writer(store, key, size)
    if head is not None and (there is None or there.size < head.size):
        writer.publish(head.size, head.note)
    return writer


def _key(head: Head | None) -> Ed25519PrivateKey:
    path = published.key_file()
    try:
        key = keys.load(path)
    except FileNotFoundError:
        if head is not None or published.note() is not None:
            problem = f"the key that signed the log is not in {path}: put it back; a new one would begin another log"
            raise Refused("key", problem) from None
        log.warning("the public log begins: its key is made in %s", path)
        return keys.make(path)
    except keys.KeyRefused as error:
        raise Refused("key", str(error)) from error
    if head is not None:
        vkey = Vkey.of(published.origin(), key)
        try:
            open_note(head.note, [vkey, *former_keys(vkey)[:1]])  # the key that the last act made follow may begin
        except NoteError as error:
            problem = f"the last head is not signed by {published.origin()} with the key in {path}"
            raise Refused("key", problem) from error
    return key


def _published(vkeys: list[Vkey]) -> Checkpoint | None:
    """The checkpoint on the disk. Errors: `Refused` when it is not this log's."""
    try:
        note = published.note()
        if note is None:
            return None
        open_note(note, vkeys)
        found = published.checkpoint()
    except (NoteError, UnicodeDecodeError) as error:
        raise Refused("fork", f"the published checkpoint is not one of {vkeys[0].name}: {error}") from error
    return found


def _compare(there: Checkpoint, head: Head | None) -> None:
    """The published checkpoint must be one of the heads that the database holds."""
    size = head.size if head else 0
    if there.size > size:
        problem = f"{there.size} leaves are published and the database has {size}: it is older than what was published"
        raise Refused("ahead", problem)
    known = Head.objects.filter(size=there.size).values_list("root", flat=True).first()
    if known != there.root.hex():
        raise Refused("fork", f"the published checkpoint of {there.size} leaves is not what the database holds")


def _restore(store: TileStore, size: int, root: bytes) -> None:
    """Tiles that are exactly those of the last head."""
    try:
        store.discard_beyond(size)
        if store.root(size) == root:
            return
        problem = "they lead to another root"
    except (OSError, TileError) as error:
        problem = str(error)
    log.warning("the tiles of the public log are made again from its leaves: %s", problem)
    at, found = 0, EMPTY_ROOT
    while at < size:
        rows = Leaf.objects.filter(position__gt=at, position__lte=size).order_by("position")[:REBUILT_AT_ONCE]
        data = [text.encode() for text in rows.values_list("data", flat=True)]
        if not data:
            break
        at, found = store.append(at, data)
    if (at, found) != (size, root):
        raise Refused("fork", f"the leaves in the database do not lead to the root that was signed for {size} of them")


def _next_epoch() -> int:
    """A fresh epoch: from now on PostgreSQL refuses the head of any former sequencer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ledger_log_epoch')")
        return int(cursor.fetchone()[0])
