# SPDX-License-Identifier: Apache-2.0
"""The folder that an outsider audits: what the site exports, and beside it a copy of the log. Source: sealed-bids, 9.

audit.json      {ocid, deadline_size, opened: [c]}; optional: identities {c: identity},
failed {c: {reason, shares: [hex]}} for envelopes that could not be opened, cancelled: index of the
leaf that cancelled the tender before its bids were opened (a log decides whether that is so)
reveals.jsonl   {index, object, signature} per leaf that was explained; object as JSON or as its text
leaves.jsonl    {index, leaf}: the blinded leaves, where no log is at hand
files/          ciphertexts, each under its SHA-256
log/            the log as served: checkpoint, tile/...; with it, leaves are read from there and nowhere else
deadline        the signed checkpoint of the deadline;  policy  whose signatures count (C2SP tlog-policy)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from .audit import Revealed
from .errors import SealedError

_MOST_LINE: Final = 8 * 1024 * 1024
Json = dict[str, Any]


class Row(msgspec.Struct, frozen=True):
    """A line of leaves.jsonl."""

    index: int
    leaf: Json | str


class Shown(msgspec.Struct, frozen=True):
    """A line of reveals.jsonl."""

    index: int
    object: Json | str
    signature: Any = None


class Failed(msgspec.Struct, frozen=True):
    """An envelope that could not be opened, and the shares that were posted for it, hex."""

    reason: str = ""
    shares: tuple[str, ...] = ()


class Case(msgspec.Struct, frozen=True):
    """audit.json."""

    ocid: str
    deadline_size: int
    opened: tuple[str, ...]
    identities: dict[str, str] = msgspec.field(default_factory=dict)
    failed: dict[str, Failed] = msgspec.field(default_factory=dict)
    cancelled: int | None = None


@dataclass(slots=True)
class Folder:
    """What was read: `leaves` as the folder lists them (a log, where there is one, takes their place)."""

    path: Path
    case: Case
    reveals: dict[int, Revealed]
    leaves: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    has_leaves: bool = False


def read(path: Path) -> Folder:
    """A folder from disk. Errors: `SealedError` "folder_incomplete", "folder_malformed" naming file and line."""
    case = _decode(path / "audit.json", _bytes(path / "audit.json"), Case)
    reveals: dict[int, Revealed] = {}
    for number, shown in _rows(path / "reveals.jsonl", Shown):
        if shown.index in reveals:
            raise _malformed(path / "reveals.jsonl", f"line {number}: leaf {shown.index} is explained twice")
        reveals[shown.index] = Revealed(_json(path / "reveals.jsonl", shown.object), shown.signature)
    leaves: dict[int, Mapping[str, Any]] = {}
    has_leaves = (path / "leaves.jsonl").exists()
    if has_leaves:
        for number, row in _rows(path / "leaves.jsonl", Row):
            if row.index in leaves or row.index < 0:
                raise _malformed(path / "leaves.jsonl", f"line {number}: there is another leaf {row.index}")
            leaves[row.index] = _json(path / "leaves.jsonl", row.leaf)
    return Folder(path, case, reveals, leaves, has_leaves)


def _rows(path: Path, kind: type[Any]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(_bytes(path).splitlines(), start=1):
        if line.strip():
            yield number, _decode(path, line, kind, number)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SealedError("folder_incomplete", f"{path}: {error.strerror}") from error


def _decode(path: Path, data: bytes, kind: type[Any], line: int = 0) -> Any:
    where = f"line {line}: " if line else ""
    if len(data) > _MOST_LINE:
        raise _malformed(path, f"{where}it has more than {_MOST_LINE} bytes")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _malformed(path, f"{where}{error}") from error


def _json(path: Path, value: Json | str) -> Json:
    found: Json = _decode(path, value.encode(errors="replace"), dict[str, Any]) if isinstance(value, str) else value
    return found


def _malformed(path: Path, what: str) -> SealedError:
    return SealedError("folder_malformed", f"{path.name}: {what}")
