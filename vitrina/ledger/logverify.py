# SPDX-License-Identifier: Apache-2.0
"""Checking a whole public log from outside: signature, witnesses, every entry and tile, growth since another day.

Public log specification, section 10. It trusts nothing but the keys in the policy: where the log lies and who serves
it does not matter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from . import statement
from .fetch import Resolve, Unreachable, WebReader, opened
from .logwalk import Broken, Finding, Walk, first_difference
from .merkle import EMPTY_ROOT, verify_consistency
from .note import Checkpoint, NoteError, open_note, split
from .policy import Policy, Trusted, Untrusted
from .tile_reader import WIDTH, Read, TileReader, path

__all__ = ["Finding", "Report", "Undecidable", "served_policy", "verify_log"]

BACKWARDS_SECONDS = 120  # an instant may be so much before that of the leaf before: clocks differ
MOST_NOTICES = 100
ERASURE = "body.erased"  # the statement of such an act holds the digest of the content that went (section 9)
WITNESS_PATIENCE = (0.5, 1.0, 2.0)  # seconds: a checkpoint is published first and cosigned a moment later
Progress = Callable[[int, int], None]
Look = Callable[[int, Sequence[bytes]], None]
"""(index of the first, entries) of each bundle, in order. Only once the report has no finding do they hold."""


class Undecidable(Exception):
    """Nothing can be said either way: the log is not there, or what it is to be compared with is of no use."""


@dataclass(slots=True)
class Report:
    """What was checked and what was found: `finding`, the first thing that does not hold, or nothing.

    `root` in hex; `note` the checkpoint; `cosignatures` the name of each witness's key and seconds since 1970;
    `grew_from` the size of the earlier checkpoint. `notices` are oddities of statements that prove no fault, the first
    hundred of `n_notices`.
    """

    origin: str
    size: int
    root: str
    note: str
    cosignatures: list[tuple[str, int]] = field(default_factory=list)
    entries: int = 0
    files: int = 0
    grew_from: int | None = None
    finding: Finding | None = None
    notices: list[Finding] = field(default_factory=list)
    n_notices: int = 0


def served_policy(source: str, resolve: Resolve | None = None) -> Policy:
    """The policy that a log serves itself: its own word about its key. Errors: `Undecidable`."""
    try:
        with opened(source, resolve) as read:
            return Policy.parse(read("policy").decode())
    except (OSError, ValueError) as error:
        raise Undecidable(f"there is no policy at {source}, and no other was named") from error


def verify_log(
    source: str,
    policy: Policy,
    *,
    saved: str | None = None,
    against: str | None = None,
    only_new: bool = False,
    progress: Progress = lambda _done, _all: None,
    look: Look = lambda _index, _entries: None,
    resolve: Resolve | None = None,
    most: int | None = None,
) -> Report:
    """Check the log at a web address or in a folder against a policy, whole.

    `saved`: a checkpoint note of it from another day, which it must continue. `against`: another copy, which must
    have the same entries as far as both go. `only_new`: read no entries that `saved` covers, apart from those in the
    bundle where it ends. `look` sees every entry that is read; `resolve` says where a name leads; a log with more than
    `most` leaves is not read. Errors: `Undecidable`.
    """
    earlier = _earlier(saved, policy) if saved is not None else None
    try:
        with opened(source, resolve) as read:
            return _verify(read, policy, earlier, against, progress, look, only_new=only_new, most=most)
    except Unreachable as error:
        raise Undecidable(str(error)) from error


def _verify(
    read: Read,
    policy: Policy,
    earlier: Checkpoint | None,
    against: str | None,
    progress: Progress,
    look: Look,
    *,
    only_new: bool,
    most: int | None,
) -> Report:
    try:
        note, trusted, short = _checkpoint(read, policy)
    except NoteError as error:
        return Report("", 0, "", "", finding=Finding("checkpoint", str(error), "signature"))
    tiles, now = TileReader(read), trusted.checkpoint
    if most is not None and now.size > most:
        raise Undecidable(f"it has {now.size} leaves, more than the {most} that are read here")
    report = Report(now.origin, now.size, now.root.hex(), note)
    report.cosignatures = [(s.vkey.name, s.seconds or 0) for s in trusted.cosignatures]
    try:
        if earlier is not None:
            _not_behind(earlier, now)
        _walk(tiles, now, report, progress, look, start=earlier.size if earlier and only_new else 0)
        if earlier is not None:
            _continues(tiles, earlier, now)
            report.grew_from = earlier.size
        if against is not None:
            _same(tiles, now.size, against, policy)
    except Broken as broken:
        report.finding = broken.finding
    if short and report.finding is None:
        report.finding = Finding("checkpoint", short, "witnesses")
    return report


def _checkpoint(read: Read, policy: Policy) -> tuple[str, Trusted, str]:
    """The note, what the policy makes of it, and why it is short of the quorum if it is.

    Errors: `NoteError`, `Undecidable` when there is none to be had.
    """
    patience = list(WITNESS_PATIENCE) if isinstance(read, WebReader) else []
    while True:
        try:
            note = read("checkpoint").decode()
        except (OSError, UnicodeDecodeError) as error:
            raise Undecidable(f"there is no checkpoint: {error}") from error
        try:
            return note, policy.check(note), ""
        except Untrusted as error:
            if not patience:  # all else can be checked nevertheless
                return note, Policy(policy.logs, policy.witnesses).check(note), str(error)
        time.sleep(patience.pop(0))


def _earlier(saved: str, policy: Policy) -> Checkpoint:
    try:
        open_note(saved, policy.logs)
        return Checkpoint.parse(split(saved)[0])
    except NoteError as error:
        raise Undecidable(f"the earlier checkpoint is not one of this log: {error}") from error


def _not_behind(earlier: Checkpoint, now: Checkpoint) -> None:
    if earlier.origin != now.origin:
        raise Undecidable(f"the earlier checkpoint is one of {earlier.origin}")
    if now.size < earlier.size:
        raise Broken("checkpoint", f"rolled back: it had {earlier.size} leaves and now has {now.size}", "rollback")
    if now.size == earlier.size and now.root != earlier.root:
        raise Broken("checkpoint", f"forked: two signed roots over {now.size} leaves", "fork")


def _continues(tiles: TileReader, earlier: Checkpoint, now: Checkpoint) -> None:
    """The tiles, verified by now as far as the proof reads them, must contain the tree that was seen before."""
    if earlier.size == 0:
        holds = earlier.root == EMPTY_ROOT
    else:
        proof = tiles.consistency_proof(earlier.size, now.size)
        holds = verify_consistency(earlier.size, now.size, proof, earlier.root, now.root)
    if not holds:
        problem = f"forked: its first {earlier.size} leaves are not those that it signed before"
        raise Broken("checkpoint", problem, "fork")


def _same(tiles: TileReader, size: int, against: str, policy: Policy) -> None:
    """The other copy must be a whole log too, with the same leaves. Errors: `Broken` with the first that is not."""
    other = verify_log(against, Policy(policy.logs, policy.witnesses))
    if other.finding is not None:
        raise Undecidable(f"the other copy does not hold: {other.finding.where}: {other.finding.problem}")
    with opened(against) as read:
        leaf = first_difference(tiles, size, TileReader(read), other.size)
    if leaf is not None:
        raise Broken(path(0, leaf // WIDTH), f"forked: leaf {leaf} is another one than in {against}", "fork")


def _walk(
    tiles: TileReader, now: Checkpoint, report: Report, progress: Progress, look: Look, *, start: int
) -> None:  # fmt: skip
    """Every entry and tile. Errors: `Broken`, `Unreachable`."""
    last: datetime | None = None

    def see(index: int, entries: Sequence[bytes]) -> None:
        nonlocal last
        for i, entry in enumerate(entries, start=index):
            last = _look(i, entry, last, report)
        look(index, entries)
        progress(index + len(entries), now.size)

    walk = Walk(tiles, now.size, see, start=start)
    try:
        root = walk.run()
    finally:
        report.entries, report.files = walk.entries, walk.files
    if root != now.root:
        raise Broken("checkpoint", f"the root over its entries is {root.hex()}, not the one that is signed")


def _look(index: int, entry: bytes, last: datetime | None, report: Report) -> datetime | None:
    """Note what is odd about a statement; gives the latest instant so far."""
    try:
        said = statement.read(entry)
    except statement.StatementError as error:
        _notice(report, index, f"not a statement: {error}")
        return last
    if not statement.is_type(said["type"]):
        _notice(report, index, f"a type of no known form: {said['type'][:60]}")
    body = said.get("body")
    if said["type"] == ERASURE and isinstance(body, dict):
        _notice(report, index, f"the content with the digest {body.get('sha256')} was withdrawn by act {index + 1}")
    at = statement.instant(said)
    if at is None or last is None:
        return at or last
    if (last - at).total_seconds() > BACKWARDS_SECONDS:
        _notice(report, index, f"its instant, {at:%Y-%m-%dT%H:%M:%SZ}, lies before that of an earlier one")
    return max(at, last)


def _notice(report: Report, index: int, problem: str) -> None:
    report.n_notices += 1
    if len(report.notices) < MOST_NOTICES:
        report.notices.append(Finding(f"leaf {index}", problem))
