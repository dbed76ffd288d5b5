# SPDX-License-Identifier: Apache-2.0
"""What others vouch for: cosignatures of witnesses and RFC 3161 time stamps, got beside the sequencer's way.

A witness or a provider that is slow or silent never holds up an act: the checkpoint is published with the log's own
signature first, and again when others have added theirs (public log, sections 6 and 8).
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Self

from django.db import DatabaseError, connection

from vitrina.kernel import clock

from . import published, stamps
from .cosigning import obtain
from .fetch import WebReader
from .log import note_of
from .merkle import verify_consistency
from .models import Cosignature, Head
from .note import Checkpoint, NoteError, Vkey, open_note, split
from .tile_reader import TileError
from .witness import WitnessError, origin_id
from .witnesses import Known, known
from .writer import Refused, Writer

log = logging.getLogger(__name__)
SECONDS = 2.0  # what a witness may take
AGAIN_SECONDS = 30.0  # until witnesses that were silent, and a provider that was, are asked again
CLAIMS = {409, 422}  # it has seen more than we have, or other than we have


class Anchors:
    """Within the block a thread asks witnesses and the time stamp provider; `ring` tells it of a new checkpoint."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.known = known()
        self.sizes: dict[str, int] = {}  # what each witness has cosigned last, as far as it is known here
        self._said: dict[str, str] = {}
        self._bell, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="anchors", daemon=True)

    def __enter__(self) -> Self:
        """Ask every witness about the last head before anything new is signed. Errors: `Refused`."""
        head = Head.objects.order_by("-size").first()
        if head is not None and self.known:
            self.cosign(head)
        if self.writer.halt:
            raise self.writer.halt
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._bell.set()
        self._thread.join(3 * SECONDS)

    def ring(self, _size: int) -> None:
        """A checkpoint was published."""
        self._bell.set()

    def cosign(self, head: Head) -> int:
        """Ask all witnesses at once for a head, keep what they sign and publish it; how many of them have signed."""
        with ThreadPoolExecutor(max(1, len(self.known))) as pool:
            answers = list(pool.map(lambda witness: self._ask(witness, head), self.known))
        lines = [(w, line) for w, line in zip(self.known, answers, strict=True) if line]
        for witness, line in lines:
            self._keep(head, witness, line)
        if lines:
            self._republish(head)
        return len(lines)

    def _run(self) -> None:
        done = 0  # the size that every witness has been asked about
        while not self._stop.is_set():
            self._bell.wait(AGAIN_SECONDS)
            self._bell.clear()
            try:
                head = Head.objects.order_by("-size").first()
                if head is None or self._stop.is_set():
                    continue
                if self.known and (head.size != done or head.cosignatures.count() < len(self.known)):
                    self.cosign(head)
                    done = head.size
                stamps.stamp_waiting(clock.system())
            except DatabaseError:
                log.warning("cosignatures and time stamps wait for the database")
            except Exception:
                log.exception("cosignatures and time stamps stumbled and go on")
            finally:
                connection.close()

    def _ask(self, witness: Known, head: Head) -> str | None:
        """The line of one witness, or nothing; in a thread of its own, so without the database."""
        seen = self.sizes.get(witness.name, 0)
        try:
            tiles = published.reader()
            line = obtain(witness.url, witness.vkey, tiles, head.note, seen=seen, timeout=SECONDS)
        except WitnessError as error:
            if error.status in CLAIMS:
                self._accused(witness, head, error.detail)
            else:
                self._say(witness, f"{error.status} {error.detail}")
            return None
        except (OSError, TileError, ValueError) as error:
            self._say(witness, f"nothing can be proved to it: {error}")
            return None
        self.sizes[witness.name] = head.size
        self._said.pop(witness.name, None)
        return line

    def _accused(self, witness: Known, head: Head, claim: str) -> None:
        """A witness says that this log is not the one that it knows: stop when it shows what our key has signed.

        One that shows nothing is believed only before this process has signed anything: then the database may be an
        old one. Later we know what we signed, and no witness can keep bidders from their receipts by a lie.
        """
        try:
            reader = WebReader(witness.url, SECONDS)
            note = reader(f"{origin_id(self.writer.origin)}/checkpoint").decode()
            open_note(note, [self.writer.vkey, *self.writer.former])
            seen = Checkpoint.parse(split(note)[0])
        except (OSError, NoteError, UnicodeDecodeError) as error:
            self._say(witness, f"{claim}, and shows no checkpoint: {error}")
            if not self._thread.is_alive():
                problem = f"the witness {witness.name} says of {head.size} leaves: {claim}"
                self.writer.halt = Refused("witness", f"{problem}; take it out of the file if it is wrong")
            return
        if seen.size > head.size:
            problem = f"the witness {witness.name} has seen {seen.size} leaves that this log has signed"
            self.writer.halt = Refused("ahead", f"{problem}, and the database has {head.size}: it is an older one")
        elif not self._continues(seen, head):
            problem = f"the witness {witness.name} has seen {seen.size} leaves that this log has signed"
            self.writer.halt = Refused("fork", f"{problem}, and the database has others in their place")
        else:
            self._say(witness, f"{claim}, but what it has seen is what this log has")

    def _continues(self, seen: Checkpoint, head: Head) -> bool:
        """Whether a head grew from what a witness has seen."""
        proof = published.reader().consistency_proof(seen.size, head.size)
        return verify_consistency(seen.size, head.size, proof, seen.root, bytes.fromhex(head.root))

    def _say(self, witness: Known, text: str) -> None:
        """Tell the operator, once as long as it stays the same."""
        if self._said.get(witness.name) != text:
            self._said[witness.name] = text
            log.warning("no cosignature from the witness %s: %s", witness.name, text)

    def _keep(self, head: Head, witness: Known, line: str) -> None:
        at = datetime.fromtimestamp(_seconds(head, witness.vkey, line), UTC)
        Cosignature.objects.get_or_create(head=head, witness=witness.name, defaults={"line": line, "at": at})

    def _republish(self, head: Head) -> None:
        """The same checkpoint with the cosignatures, unless a newer one stands there already."""
        with self.writer.publishing:
            if published.size() == head.size:
                published.write(published.CHECKPOINT, note_of(Head.objects.get(pk=head.pk)).encode())


def _seconds(head: Head, vkey: Vkey, line: str) -> int:
    return open_note(head.note + line, [vkey])[0].seconds or 0
