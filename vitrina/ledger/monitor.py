# SPDX-License-Identifier: Apache-2.0
"""Watching a public log from outside, round after round: what the last round saw, the next one holds it to.

Public log specification, section 12, "Monitor". Each round reads the checkpoint and the tiles that are new; what was
verified is kept, in one file that is replaced whole, so a process that is killed at any point forgets nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from vitrina.kernel import clock

from .durable import keep
from .logverify import Report, Undecidable, served_policy, verify_log
from .logwalk import Finding
from .policy import Policy

STALE_AFTER = timedelta(hours=26)  # a log that is alive says something every day: its anchor
STATE, FINDINGS = "state.json", "findings.jsonl"


class Verdict(StrEnum):
    """How a round ended."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNREACHABLE = "unreachable"
    STALE = "stale"
    ROLLED_BACK = "rolled back"
    FORKED = "forked"


EXIT = {v: n for n, v in enumerate(Verdict)}
"""The exit code of each verdict: 0 holds, 1 broken, 2 unreachable, 3 stale, 4 rolled back, 5 forked."""
_OF_FINDING = {"fork": Verdict.FORKED, "rollback": Verdict.ROLLED_BACK}
_SAID = {
    Verdict.HOLDS: "Holds",
    Verdict.BROKEN: "Does not hold",
    Verdict.UNREACHABLE: "Cannot be decided",
    Verdict.STALE: "Stale",
    Verdict.ROLLED_BACK: "Does not hold",
    Verdict.FORKED: "Does not hold",
}


@dataclass(frozen=True, slots=True)
class Round:
    """What one look at a log found: a verdict, and why in a sentence.

    `size` of the tree that was offered, `seen` of the one that was kept before (nothing at the first look), `entries`
    that were read. `offered` and `kept` are both notes when one does not continue the other: the evidence.
    """

    at: datetime
    source: str
    verdict: Verdict
    sentence: str
    size: int | None = None
    seen: int | None = None
    entries: int = 0
    cosignatures: list[tuple[str, int]] = field(default_factory=list)
    notices: list[Finding] = field(default_factory=list)
    offered: str | None = None
    kept: str | None = None

    def told(self) -> dict[str, Any]:
        """The round as plain values for JSON."""
        cosigned = [{"name": name, "seconds": seconds} for name, seconds in self.cosignatures]
        odd = [{"where": n.where, "problem": n.problem} for n in self.notices]
        plain = asdict(self) | {"at": self.at.isoformat(), "cosignatures": cosigned, "notices": odd}
        return {key: value for key, value in plain.items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was verified last: its note and size, the policy it was judged by, when this size was first seen here."""

    note: str
    size: int
    policy: str
    since: datetime


class Monitor:
    """Looks at one log (a web address or a folder) and remembers in a folder of its own below `state_dir`.

    Without a policy it keeps the one that the log serves at the first look, and never takes another by itself.
    """

    def __init__(
        self,
        source: str,
        state_dir: Path,
        policy: Policy | None = None,
        *,
        stale_after: timedelta = STALE_AFTER,
        now: Callable[[], datetime] = clock.system,
    ) -> None:
        self.source, self.policy, self.stale_after, self.now = source, policy, stale_after, now
        self.folder = state_dir / hashlib.sha256(source.encode()).hexdigest()[:16]

    def look(self) -> Round:
        """One round. Errors: `Undecidable` when what was kept cannot be read: nobody begins anew unasked."""
        with self._alone():
            kept = self._kept()
            found = self._look(kept)
            self._note_finding(found)
            return found

    def _look(self, kept: _Kept | None) -> Round:
        at = self.now()
        try:
            policy = self.policy or (Policy.parse(kept.policy) if kept else served_policy(self.source))
            report = verify_log(self.source, policy, saved=kept.note if kept else None, only_new=True)
        except Undecidable as error:
            seen = kept.size if kept else None
            return Round(at, self.source, Verdict.UNREACHABLE, f"Cannot be decided: {error}.", seen=seen)
        told = _told(at, self.source, kept, report)
        if report.finding is not None:
            verdict = _OF_FINDING.get(report.finding.code, Verdict.BROKEN)
            sentence = f"{_SAID[verdict]}: {report.finding.where}: {report.finding.problem}."
            before = kept.note if kept else None
            return replace(told, verdict=verdict, sentence=sentence, offered=report.note or None, kept=before)
        since = kept.since if kept and kept.size == report.size else at
        # Kept even when stale: it was verified, and it must never come back smaller.
        self._keep(_Kept(report.note, report.size, str(policy), since))
        return self._aged(told, report, since)

    def _aged(self, told: Round, report: Report, since: datetime) -> Round:
        """A log that nobody renews is told apart: whoever freezes one shows an old state for ever, well signed."""
        seconds = max((s for _, s in report.cosignatures), default=since.timestamp())
        age = told.at.timestamp() - seconds
        if age <= self.stale_after.total_seconds():
            return told
        hours = f"{age / 3600:.0f} hours"
        sentence = f"Stale: {report.origin} has shown {report.size} leaves, and nothing new, for {hours}."
        return replace(told, verdict=Verdict.STALE, sentence=sentence)

    def _kept(self) -> _Kept | None:
        path = self.folder / STATE
        try:
            found = json.loads(path.read_bytes())
            since = datetime.fromisoformat(found["since"])
            return _Kept(found["note"], found["size"], found["policy"], since.astimezone(UTC))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Undecidable(f"what was kept in {path} cannot be read") from error

    def _keep(self, kept: _Kept) -> None:
        told = {"source": self.source, **asdict(kept), "since": kept.since.isoformat()}
        keep(self.folder / STATE, json.dumps(told, ensure_ascii=False).encode())

    def _note_finding(self, found: Round) -> None:
        """One line for each finding that is not the one of the line before, with both notes as evidence."""
        if found.verdict in {Verdict.HOLDS, Verdict.UNREACHABLE}:
            return
        path = self.folder / FINDINGS
        lines = path.read_bytes().splitlines() if path.exists() else []
        told = found.told()
        if lines:
            last = json.loads(lines[-1])
            if (last["verdict"], last.get("offered")) == (told["verdict"], told.get("offered")):
                return
        keep(path, b"".join(line + b"\n" for line in [*lines, json.dumps(told, ensure_ascii=False).encode()]))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One round at a time over the same state, in whatever process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _told(at: datetime, source: str, kept: _Kept | None, report: Report) -> Round:
    grown = f", {report.size - kept.size} more than before" if kept and report.size > kept.size else ""
    n = len(report.cosignatures)
    witnesses = f" {n} witness{'' if n == 1 else 'es'} cosigned it." if n else ""
    return Round(
        at,
        source,
        Verdict.HOLDS,
        f"Holds: {report.origin} has {report.size} leaves{grown}.{witnesses}",
        size=report.size,
        seen=kept.size if kept else None,
        entries=report.entries,
        cosignatures=report.cosignatures,
        notices=report.notices,
    )
