# SPDX-License-Identifier: Apache-2.0
"""Receipts: `.tlog-proof` texts that show offline that a statement stands in the public log (C2SP tlog-proof).

Public log specification, section 7. Size and root come from the signed checkpoint inside, never from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .merkle import HASH_BYTES, MAX_BITS, leaf_hash, verify_inclusion
from .note import NoteError, decode64, encode64, number
from .policy import Policy

HEADER = "c2sp.org/tlog-proof@v1"


class ProofError(ValueError):
    """A receipt that proves nothing; `reason` says why, in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Proof:
    """The parts of a receipt, unverified: leaf index, inclusion proof, checkpoint note, extra data if any."""

    index: int
    hashes: list[bytes]
    note: str
    extra: bytes | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What a receipt proves: the statement is leaf `index` of the first `size` leaves, under `root`.

    `cosignatures`: the name of the key of each witness and when it cosigned, in seconds since 1970.
    """

    index: int
    size: int
    root: bytes
    log_name: str
    cosignatures: list[tuple[str, int]] = field(default_factory=list)


def format_proof(index: int, proof: Sequence[bytes], checkpoint_note: str, extra: bytes | None = None) -> str:
    """The text of a receipt. `extra` is carried along and vouched for by nobody."""
    lines = [HEADER, *([] if extra is None else [f"extra {encode64(extra)}"]), f"index {index}"]
    return "\n".join([*lines, *map(encode64, proof), "", checkpoint_note])


def parse_proof(text: str) -> Proof:
    """The parts of a receipt. Errors: `ProofError` when it is not one."""
    head, empty, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != HEADER or not empty:
        raise ProofError(f"it does not begin with {HEADER}")
    try:
        extra = decode64(lines.pop(0)[len("extra ") :]) if lines and lines[0].startswith("extra ") else None
        if not lines or not lines[0].startswith("index "):
            raise ProofError("no index")
        index = number(lines.pop(0)[len("index ") :])
        hashes = [decode64(line) for line in lines]
    except NoteError as error:
        raise ProofError(str(error)) from error
    if len(hashes) > MAX_BITS or any(len(h) != HASH_BYTES for h in hashes):
        raise ProofError("its hashes are not hashes of 32 bytes")
    return Proof(index, hashes, note, extra)


def verify_proof(proof_text: str, statement: bytes, policy: Policy) -> Verified:
    """Check a receipt for the exact bytes of a statement: signatures, quorum, inclusion. Errors: `ProofError`."""
    proof = parse_proof(proof_text)
    try:
        trusted = policy.check(proof.note)
    except NoteError as error:
        raise ProofError(str(error)) from error
    checkpoint = trusted.checkpoint
    if not verify_inclusion(leaf_hash(statement), proof.index, checkpoint.size, proof.hashes, checkpoint.root):
        raise ProofError("the statement is not that leaf of the signed tree")
    cosignatures = [(s.vkey.name, s.seconds or 0) for s in trusted.cosignatures]
    return Verified(proof.index, checkpoint.size, checkpoint.root, trusted.log.name, cosignatures)
