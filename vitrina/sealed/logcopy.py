# SPDX-License-Identifier: Apache-2.0
"""Blinded leaves from a copy of the log itself, so that the folder's own list need not be believed.

Sources: public-log, sections 3 to 7 (C2SP tlog-tiles, checkpoints, policies); sealed-bids, section 7 (deadline).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrina.ledger import merkle
from vitrina.ledger.note import Checkpoint, NoteError, split
from vitrina.ledger.policy import Policy, PolicyError
from vitrina.ledger.tile_reader import TileReader

from .errors import SealedError
from .objects import load

_MARK = b'"type":"sobre"'
_MOST_LEAF = 65_535


@dataclass(frozen=True, slots=True)
class LogCopy:
    """The blinded leaves of a log, with what does not hold as (code, words), and whether signatures were checked.

    Codes: log_differs (the entries are not those of the checkpoint), checkpoint_unsigned, deadline_differs.
    """

    size: int
    leaves: dict[int, dict[str, Any]]
    problems: tuple[tuple[str, str], ...]
    signatures_checked: bool


def read(log: Path, deadline_size: int, deadline: Path, policy: Path) -> LogCopy:
    """Every entry of the copy in `log`, hashed against its checkpoint; `deadline` and `policy` may be absent.

    Errors: `SealedError` "log_unreadable" when nothing can be decided: no checkpoint, a missing or malformed tile.
    """
    try:
        rules = Policy.parse(policy.read_text(encoding="utf-8")) if policy.is_file() else None
        note = (log / "checkpoint").read_text(encoding="utf-8")
        checkpoint = Checkpoint.parse(split(note)[0])
        reader = TileReader(lambda name: (log / name).read_bytes())
        hashes, leaves = [], {}
        for index, entry in enumerate(reader.entries(0, checkpoint.size)):
            hashes.append(merkle.leaf_hash(entry))
            if _MARK in entry and (leaf := _leaf(entry)):
                leaves[index] = leaf
        problems = _signed(note, "the checkpoint", rules)
        if merkle.root(hashes) != checkpoint.root:
            problems.append(("log_differs", "the entries of the log are not those of its checkpoint"))
        if deadline.is_file():
            problems += _deadline(deadline.read_text(encoding="utf-8"), deadline_size, hashes, rules)
    except (OSError, UnicodeDecodeError, NoteError, PolicyError, ValueError) as error:
        raise SealedError("log_unreadable", f"{log}: {error}") from error
    return LogCopy(checkpoint.size, leaves, tuple(problems), rules is not None)


def _deadline(note: str, size: int, hashes: list[bytes], rules: Policy | None) -> list[tuple[str, str]]:
    """What is wrong with the deadline checkpoint: its signature, its size, or its root over the same log."""
    checkpoint = Checkpoint.parse(split(note)[0])
    problems = _signed(note, "the deadline's checkpoint", rules)
    if checkpoint.size != size:
        text = f"the deadline's checkpoint has {checkpoint.size} leaves, audit.json says {size}"
        problems.append(("deadline_differs", text))
    elif size > len(hashes) or merkle.root(hashes[:size]) != checkpoint.root:
        problems.append(("deadline_differs", "the deadline's checkpoint is of another log than this one"))
    return problems


def _signed(note: str, what: str, rules: Policy | None) -> list[tuple[str, str]]:
    if rules is None:
        return []
    try:
        rules.check(note)
    except NoteError as error:
        return [("checkpoint_unsigned", f"{what}: {error}")]
    return []


def _leaf(entry: bytes) -> dict[str, Any] | None:
    """The blinded leaf that an entry is; an entry of another type that quotes one is none."""
    try:
        value = load(entry, _MOST_LEAF)
    except SealedError:
        return None
    return value if isinstance(value, dict) and value.get("type") == "sobre" else None
