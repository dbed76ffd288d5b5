# SPDX-License-Identifier: Apache-2.0
"""Blinded leaves from a copy of the log itself, so that the folder's own list need not be believed.

Sources: public-log, sections 3 to 7 (C2SP tlog-tiles, checkpoints, policies); sealed-bids, section 7 (deadline).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrina.ledger import merkle
from vitrina.ledger.note import Checkpoint, NoteError, split
from vitrina.ledger.policy import Policy
from vitrina.ledger.tile_reader import TileReader

from .errors import SealedError
from .objects import load

_MARK = b'"type":"sobre"'
CANCELLED, OPENED = "tender.cancelled", "bids.opened"
_MARK_OF_ACT = re.compile(rb'"type":"(tender\.cancelled|bids\.opened)"')
_MOST_LEAF = 65_535


Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LogCopy:
    """The blinded leaves of a log, with what does not hold as (code, words), and whether signatures were checked.

    Codes: log_differs (the entries are not those of the checkpoint), checkpoint_unsigned, deadline_differs. `leaves`
    is None where there is no copy of the log, only a checkpoint of the deadline. `cancelled`: the leaf with which the
    tender was cancelled, if none of before says that its bids were opened.
    """

    leaves: dict[int, dict[str, Any]] | None
    problems: tuple[Problem, ...]
    signatures_checked: bool
    cancelled: int | None = None


def read(log: Path | None, deadline_size: int, deadline: Path, policy: Path, *, ocid: str = "") -> LogCopy:
    """Every entry of the copy in `log`, hashed against its checkpoint; `deadline` and `policy` may be absent.

    Errors: `SealedError` "log_unreadable" when nothing can be decided: no checkpoint, a missing or malformed tile.
    """
    problems: list[Problem] = []
    leaves, hashes = None, None
    acts: dict[str, int] = {}
    try:
        rules = Policy.parse(policy.read_text(encoding="utf-8")) if policy.is_file() else None
        if log is not None:
            leaves, hashes, acts = _entries(log, rules, problems, ocid)
        if deadline.is_file():
            note = deadline.read_text(encoding="utf-8")
            problems += [*_signed(note, "the deadline's checkpoint", rules), *_deadline(note, deadline_size, hashes)]
    except (OSError, ValueError) as error:  # notes, policies, tiles and texts that are malformed are all ValueError
        raise SealedError("log_unreadable", f"{log or deadline}: {error}") from error
    is_signed = rules is not None and (log is not None or deadline.is_file())
    cancelled, opened = acts.get(CANCELLED), acts.get(OPENED)
    is_first = cancelled is not None and (opened is None or cancelled < opened)
    return LogCopy(leaves, tuple(problems), is_signed, cancelled if is_first else None)


def _entries(
    log: Path, rules: Policy | None, problems: list[Problem], ocid: str
) -> tuple[dict[int, dict[str, Any]], list[bytes], dict[str, int]]:
    """The blinded leaves by their index, the hash of every entry, where the tender was first cancelled and opened."""
    note = (log / "checkpoint").read_text(encoding="utf-8")
    checkpoint = Checkpoint.parse(split(note)[0])
    reader = TileReader(lambda name: (log / name).read_bytes())
    hashes, leaves = [], {}
    acts: dict[str, int] = {}
    for index, entry in enumerate(reader.entries(0, checkpoint.size)):
        hashes.append(merkle.leaf_hash(entry))
        if _MARK in entry and (leaf := _leaf(entry)):
            leaves[index] = leaf
        elif _MARK_OF_ACT.search(entry) and (kind := _act_of(entry, ocid)):
            acts.setdefault(kind, index)
    problems += _signed(note, "the checkpoint", rules)
    if merkle.root(hashes) != checkpoint.root:
        problems.append(("log_differs", "the entries of the log are not those of its checkpoint"))
    return leaves, hashes, acts


def _deadline(note: str, size: int, hashes: list[bytes] | None) -> Iterator[Problem]:
    """What is wrong with the deadline's checkpoint: its size, or its root over the same log."""
    checkpoint = Checkpoint.parse(split(note)[0])
    if checkpoint.size != size:
        text = f"the deadline's checkpoint has {checkpoint.size} leaves, audit.json says {size}"
        yield "deadline_differs", text
    elif hashes is not None and (size > len(hashes) or merkle.root(hashes[:size]) != checkpoint.root):
        yield "deadline_differs", "the deadline's checkpoint is of another log than this one"


def _signed(note: str, what: str, rules: Policy | None) -> list[Problem]:
    if rules is None:
        return []
    try:
        rules.check(note)
    except NoteError as error:
        return [("checkpoint_unsigned", f"{what}: {error}")]
    return []


def _leaf(entry: bytes) -> dict[str, Any] | None:
    """The blinded leaf that an entry is; an entry of another type that quotes one is none."""
    value = _value(entry)
    return value if value.get("type") == "sobre" else None


def _act_of(entry: bytes, ocid: str) -> str:
    """Which act of this tender an entry is, if it is one that ends the wait for its bids."""
    value = _value(entry)
    return str(value["type"]) if value.get("type") in {CANCELLED, OPENED} and value.get("ocid") == ocid else ""


def _value(entry: bytes) -> dict[str, Any]:
    try:
        value = load(entry, _MOST_LEAF)
    except SealedError:
        return {}
    return value if isinstance(value, dict) else {}
