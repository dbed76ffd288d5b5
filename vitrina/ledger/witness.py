# SPDX-License-Identifier: Apache-2.0
"""Witnesses (C2SP tlog-witness): what one signs and what it refuses, and how a log asks one for its cosignature.

A witness remembers per log the largest tree it has cosigned and cosigns only what continues it, so that a log cannot
show one history here and another there. Public log specification, section 6.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vitrina.kernel import clock

from .durable import keep
from .fetch import Unreachable, post
from .merkle import EMPTY_ROOT, HASH_BYTES, MAX_BITS, verify_consistency
from .note import (
    MAX_NOTE,
    WITNESS,
    Checkpoint,
    NoteError,
    Unverified,
    Vkey,
    cosign,
    decode64,
    encode64,
    join,
    number,
    open_note,
    split,
)

ADD = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
MAX_REQUEST = MAX_NOTE + 16 * 1024
MAX_EVIDENCE = 1000  # files for each log: whoever holds old checkpoints could make more
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
Reply = tuple[int, dict[str, str], bytes]


class Refusal(Exception):
    """What a witness answers instead of a cosignature."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class _Offer(NamedTuple):
    """A request whose log signature holds: what the log says it grew from, the proof, and its checkpoint."""

    old: int
    proof: list[bytes]
    checkpoint: Checkpoint
    text: str
    log_lines: list[str]


class Witness:
    """One witness with its state in a folder: the last cosigned checkpoint of every log, and evidence against logs.

    `trusted`: the keys of each log by its origin. Threads and processes may share the folder.
    """

    def __init__(
        self,
        state_dir: Path,
        name: str,
        key: Ed25519PrivateKey,
        trusted: Mapping[str, Sequence[Vkey]],
        *,
        now: Callable[[], datetime] = clock.system,
    ) -> None:
        self.folder, self.name, self.key, self.trusted, self.now = state_dir, name, key, trusted, now
        self.vkey = Vkey.of(name, key, WITNESS)
        self._locks = {origin: threading.Lock() for origin in trusted}

    def add_checkpoint(self, body: bytes) -> Reply:
        """Answer an `add-checkpoint` request: status, headers, body. What is signed is on the disk before that."""
        try:
            offer = self._read(body)
            with self._alone(offer.checkpoint.origin):
                return self._decide(offer)
        except Refusal as refusal:
            return refusal.status, TEXT, f"{refusal.reason}\n".encode()

    def latest(self, origin: str) -> tuple[Checkpoint, str] | None:
        """The last checkpoint that was cosigned for a log, and its note. Errors: `NoteError` for a broken file."""
        try:
            note = (self._place(origin) / "checkpoint").read_bytes().decode()
        except FileNotFoundError:
            return None
        return Checkpoint.parse(split(note)[0]), note

    def evidence(self, origin: str) -> list[dict[str, object]]:
        """What this log offered that does not continue what was seen of it, oldest first."""
        files = list((self._place(origin) / "evidence").glob("*.json"))
        return sorted((json.loads(f.read_bytes()) for f in files), key=lambda e: (e["at"], e["id"]))

    def _place(self, origin: str) -> Path:
        return self.folder / origin_id(origin)

    def _read(self, body: bytes) -> _Offer:
        """The checks that need no state, in the order of the specification's table. Errors: `Refusal`."""
        try:
            head, _, note = body.decode().partition("\n\n")
        except UnicodeDecodeError as error:
            raise Refusal(400, "the request is not UTF-8") from error
        if not note or len(body) > MAX_REQUEST:
            raise Refusal(400, "a request is an old size, a proof, an empty line and a checkpoint")
        origin = note.partition("\n")[0]
        if origin not in self.trusted:
            raise Refusal(404, "this witness does not know that log")
        try:
            lines = [s.line for s in open_note(note, self.trusted[origin])]
            text, _ = split(note)
            old, proof = _growth(head)
            checkpoint = Checkpoint.parse(text)
        except Unverified as error:
            raise Refusal(403, str(error)) from error
        except NoteError as error:
            raise Refusal(400, str(error)) from error
        if old > checkpoint.size:
            raise Refusal(400, "the old size is larger than that of the checkpoint")
        return _Offer(old, proof, checkpoint, text, lines)

    def _decide(self, offer: _Offer) -> Reply:
        """Compare with what was seen, keep, sign. The caller holds the log's lock. Errors: `Refusal`."""
        new = offer.checkpoint
        seen = self.latest(new.origin)
        size, root = (seen[0].size, seen[0].root) if seen else (0, EMPTY_ROOT)
        if offer.old != size:
            return 409, {"Content-Type": SIZE_TYPE}, b"%d\n" % size
        problem, is_proof = _contradiction(offer, root)
        if problem:
            self._accuse(offer, seen[1] if seen else None, problem, is_proof=is_proof)
            raise Refusal(422, problem)
        line = cosign(offer.text, self.name, self.key, int(self.now().timestamp()))
        keep(self._place(new.origin) / "checkpoint", join(offer.text, *offer.log_lines, line).encode())
        self._acquit(offer)
        return 200, TEXT, line.encode()

    def _accuse(self, offer: _Offer, seen: str | None, problem: str, *, is_proof: bool) -> None:
        """Keep both checkpoints. Equal sizes with other roots prove the fault; a proof that fails calls for a look."""
        folder = self._place(offer.checkpoint.origin) / "evidence"
        path = folder / f"{_evidence_id(offer)}.json"
        if path.exists() or (folder.is_dir() and len(list(folder.iterdir())) >= MAX_EVIDENCE):
            return
        keep(
            path,
            json.dumps(
                {
                    "id": path.stem,
                    "at": self.now().isoformat(),
                    "problem": problem,
                    "is_proof": is_proof,
                    "seen": seen,
                    "offered": join(offer.text, *offer.log_lines),
                    "proof": [encode64(h) for h in offer.proof],
                },
                ensure_ascii=False,
            ).encode(),
        )

    def _acquit(self, offer: _Offer) -> None:
        """A checkpoint that now came with a sound proof was no fault: somebody had sent it with a false one."""
        (self._place(offer.checkpoint.origin) / "evidence" / f"{_evidence_id(offer)}.json").unlink(missing_ok=True)

    @contextmanager
    def _alone(self, origin: str) -> Iterator[None]:
        """Compare and store for one log at a time, in this process and in any other with the same folder."""
        folder = self._place(origin)
        folder.mkdir(parents=True, exist_ok=True)
        with self._locks[origin], (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def origin_id(origin: str) -> str:
    """The name of a log in a witness's addresses: SHA-256 of its origin, hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _growth(head: str) -> tuple[int, list[bytes]]:
    """The old size and the proof from the lines above the checkpoint. Errors: `NoteError`."""
    first, *lines = head.split("\n")
    if not first.startswith("old ") or len(lines) > MAX_BITS:
        raise NoteError("a request begins with its old size and has at most 63 lines of proof")
    proof = [decode64(line) for line in lines]
    if any(len(h) != HASH_BYTES for h in proof):
        raise NoteError("a hash has 32 bytes")
    return number(first.removeprefix("old ")), proof


def _contradiction(offer: _Offer, root: bytes) -> tuple[str, bool]:
    """Why the offered tree does not continue the one that was seen; whether the signatures alone prove the fault."""
    new = offer.checkpoint
    if new.size == 0 and new.root != EMPTY_ROOT:
        return "an empty tree has another root", True
    if offer.old == 0:
        return "nothing comes before an empty tree: its proof is empty" if offer.proof else "", False
    if offer.old == new.size and new.root != root:
        return "the same size with another root", True
    is_sound = verify_consistency(offer.old, new.size, offer.proof, root, new.root)
    return "" if is_sound else "the proof does not lead to that tree", False


def _evidence_id(offer: _Offer) -> str:
    return hashlib.sha256(offer.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Conflict:
    """The witness has cosigned another size than the old one that was named: prove from this one."""

    size: int


class WitnessError(Exception):
    """No cosignature: `status` of the answer, 0 when there was none that can be read."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


def request_cosignature(
    url: str, vkey: Vkey, old_size: int, proof: Sequence[bytes], note: str, timeout: float = 2.0
) -> str | Conflict:
    """Ask the witness at `url` to cosign a checkpoint; its verified signature line, or the size that it has seen.

    `proof` leads from `old_size` leaves to the checkpoint; none for an old size of 0. Errors: `WitnessError`.
    """
    body = "".join([f"old {old_size}\n", *(f"{encode64(h)}\n" for h in proof), "\n", note]).encode()
    try:
        answer = post(f"{url.rstrip('/')}/{ADD}", body, "text/plain; charset=utf-8", timeout)
    except Unreachable as error:
        raise WitnessError(0, str(error)) from error
    try:
        said = answer.body.decode()
        if answer.status == 409:  # noqa: PLR2004
            return Conflict(number(said.removesuffix("\n")))
        if answer.status == 200:  # noqa: PLR2004
            return open_note(join(split(note)[0], said), [vkey])[0].line
    except (UnicodeDecodeError, NoteError) as error:
        raise WitnessError(0, f"an answer that is none: {error}") from error
    raise WitnessError(answer.status, said.strip()[:200])
