# SPDX-License-Identifier: Apache-2.0
"""Statements: the small canonical JSON objects that are the leaves of the public log (its specification, section 2).

A statement holds digests, never names, prices or text: a digest of something guessable is as good as the thing, so
what it digests has a salt. The writer refuses what is not on the list; a reader ignores keys that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vitrina.kernel.canonical import canonical, parse

from .tile_reader import MAX_ENTRY

VERSION = 1
ENVELOPE = "sobre"
"""A leaf of a sealed bid, withdrawal, re-dealt share or decoy: one like the other."""
RESERVED = "reservado"
"""Any other entry that only its digest is known of."""

_TYPE = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OCID = re.compile(r"[!-~]{1,200}")  # whatever its publisher made of it, as long as it is one word
_AT = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_TEXTS = {"c": _SHA256, "reveal_by": _MONTH, "ocid": _OCID, "entry": _SHA256}
_ACT = {"v", "type", "ocid", "release", "body", "entry", "at", "prev", "notice"}
_KEYS = {ENVELOPE: {"v", "type", "c", "reveal_by"}, RESERVED: {"v", "type", "body", "entry"}}
# entry: digest of the ledger entry's header, which says who did it and what came before it in its stream;
# notice: of an erasure, the digest of its own body (section 9)
_OPTIONAL = {"ocid", "release", "entry", "prev", "notice"}


class StatementError(ValueError):
    """A statement that the log does not take, or text that is none."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a statement says of bytes: SHA-256 in lower-case hex, and how many they are."""

    sha256: str
    size: int


def act(
    type_: str,
    *,
    body: Digest,
    at: datetime,
    ocid: str | None = None,
    release: Digest | None = None,
    entry: str | None = None,
    prev: int | None = None,
) -> bytes:
    """The leaf of a public act; `entry` is the digest of its header, `at` is cut to whole seconds.

    Errors: `StatementError`, `ValueError` without zone.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    found: dict[str, Any] = {"v": VERSION, "type": type_, "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    found["body"] = {"sha256": body.sha256, "size": body.size}
    if release is not None:
        found["release"] = {"sha256": release.sha256, "size": release.size}
    return build(found | {k: v for k, v in (("ocid", ocid), ("entry", entry), ("prev", prev)) if v is not None})


def reserved(body_sha256: str, entry: str | None = None) -> bytes:
    """The leaf of an entry that is not public: its digests and nothing else, neither size nor time nor process."""
    found: dict[str, Any] = {"v": VERSION, "type": RESERVED, "body": {"sha256": body_sha256}}
    return build(found | ({"entry": entry} if entry else {}))


def build(statement: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a statement, checked. Errors: `StatementError`."""
    if problem := _problem(statement):
        raise StatementError(problem)
    try:
        data = canonical(dict(statement))
    except ValueError as error:  # an integer that JSON readers would not read as it is
        raise StatementError(str(error)) from error
    if len(data) > MAX_ENTRY:
        raise StatementError(f"{len(data)} bytes, more than {MAX_ENTRY}")
    return data


def check(data: bytes) -> dict[str, Any]:
    """The statement in a leaf that our writer would have written to the byte. Errors: `StatementError`."""
    found = read(data)
    if build(found) != data:
        raise StatementError("not canonical JSON")
    return found


def read(data: bytes) -> dict[str, Any]:
    """The statement in any leaf, as a verifier reads it: unknown keys are no fault. Errors: `StatementError`."""
    try:
        found = parse(data.decode())
    except (ValueError, RecursionError) as error:
        raise StatementError("not JSON") from error
    if not isinstance(found, dict) or type(found.get("v")) is not int or found["v"] != VERSION:
        raise StatementError("not a statement of version 1")
    if not isinstance(found.get("type"), str):
        raise StatementError("a statement has a type")
    return found


def is_type(value: object) -> bool:
    """Whether a type is one that a statement may have: an act, `noun.verb`, or one of the two that say less."""
    return isinstance(value, str) and (value in _KEYS or bool(_TYPE.fullmatch(value)))


def instant(statement: Mapping[str, Any]) -> datetime | None:
    """When the act of a statement was committed, if it says so in the way statements do."""
    at = statement.get("at")
    if not isinstance(at, str) or not _AT.fullmatch(at):
        return None
    try:
        return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _problem(statement: Mapping[str, Any]) -> str:
    """The first thing that is wrong with a statement, or nothing."""
    kind = statement.get("type")
    if type(statement.get("v")) is not int or statement["v"] != VERSION:
        return "v is 1"
    allowed = _KEYS.get(kind, _ACT) if isinstance(kind, str) else _ACT
    if unknown := sorted(statement.keys() - allowed):
        return f"no key is called {unknown[0]}"
    if missing := sorted(allowed - statement.keys() - _OPTIONAL):
        return f"{missing[0]} is missing"
    return next((f"{key} is malformed" for key, value in statement.items() if not _is_sound(key, value, kind)), "")


def _is_sound(key: str, value: object, kind: object) -> bool:
    if key in _TEXTS:
        return isinstance(value, str) and bool(_TEXTS[key].fullmatch(value))
    match key:
        case "type":
            return is_type(value)
        case "at":
            return instant({"at": value}) is not None
        case "prev":
            return type(value) is int and value >= 0
        case "body" | "release" | "notice":
            return _is_digest(value, with_size=kind != RESERVED)
    return key == "v"


def _is_digest(value: object, *, with_size: bool) -> bool:
    if not isinstance(value, dict) or value.keys() != ({"sha256", "size"} if with_size else {"sha256"}):
        return False
    is_hash = isinstance(value["sha256"], str) and bool(_SHA256.fullmatch(value["sha256"]))
    return is_hash and (not with_size or (type(value["size"]) is int and value["size"] >= 0))
