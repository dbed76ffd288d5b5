# SPDX-License-Identifier: Apache-2.0
"""A look at another installation: does its log continue what was seen, and are its releases those that the log names?

What comes is hostile until the log has vouched for it. A log with more leaves than a setting allows, or that takes too
long, is not read; a release is taken only where its SHA-256 is the next that the log names.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

import msgspec
import orjson
from django.conf import settings
from django.db import connection

from vitrina.kernel import clock
from vitrina.kernel.canonical import canonical, digest
from vitrina.ledger import statement
from vitrina.ledger.fetch import TooLong, Unreachable, WebReader
from vitrina.ledger.logverify import ERASURE, Report, Undecidable, verify_log
from vitrina.ledger.monitor import STALE_AFTER
from vitrina.ledger.policy import Policy

from . import commands, doors
from .models import Member, Taken
from .verdicts import BROKEN, FALSE_RELEASE, HIDDEN, HOLDS, INCOMPLETE, OF_FINDING, STALE, UNREACHABLE

PAGE = 500  # releases asked for at once
SECONDS = 30.0  # for each file
MOST_SECONDS = 2 * 3600.0  # for a whole look
PATIENCE, WAIT_SECONDS = 12, 5.0  # with a server that answers 429
SUSPECT_SECONDS = 5.0  # until a log has signed what it was given
Tell = Callable[[int, int], None]


class Busy(RuntimeError):
    """Another process looks at this member now."""


class Looked(NamedTuple):
    """How a look ended: one of `verdicts`, in a sentence; how many releases it brought."""

    verdict: str
    sentence: str
    n: int = 0


class _Suspect(Exception):
    """A release that the log does not name, or does not name yet: by its SHA-256, and its id as it says."""

    def __init__(self, sha256: str, said_id: str) -> None:
        super().__init__(f"release {said_id} is not in its log")
        self.sha256 = sha256


class _Failed(Exception):
    def __init__(self, verdict: str, sentence: str, offered: str = "") -> None:
        super().__init__(sentence)
        self.verdict, self.offered = verdict, offered


def look(member: Member, *, seconds: float = MOST_SECONDS, tell: Tell = lambda _done, _all: None) -> Looked:
    """Bring a member up to date, as far as it holds, and write down how it ended. Errors: `Busy`."""
    with _alone(member):
        member.refresh_from_db()
        until = time.monotonic() + seconds
        try:
            n = _round(member, until, tell)
            found, offered = Looked(*_aged(member), n), ""
        except _Failed as failed:
            found, offered = Looked(failed.verdict, str(failed)), failed.offered
        except Exception as error:
            _conclude(member, Looked(UNREACHABLE, f"it could not be looked at: {type(error).__name__}"), "")
            raise
        return _conclude(member, found, offered)


def _conclude(member: Member, found: Looked, offered: str) -> Looked:
    """Write down how a look ended, and tell it. What does not hold stays written, with its evidence, until a whole
    look holds or finds other evidence: nobody is shown again for keeping silent, or for giving less.
    """
    says_less = found.verdict in {UNREACHABLE, INCOMPLETE} or (
        found.verdict in HIDDEN and member.offered and not offered
    )
    if member.verdict in HIDDEN and says_less:
        commands.conclude(member, at=clock.system(), verdict=member.verdict, sentence=member.sentence,
                          offered=member.offered)  # fmt: skip
        return Looked(member.verdict, f"{member.sentence}; and now: {found.sentence}", found.n)
    commands.conclude(member, at=clock.system(), verdict=found.verdict, sentence=found.sentence, offered=offered,
                      held=found.verdict not in HIDDEN | {UNREACHABLE})  # fmt: skip
    return found


def _round(member: Member, until: float, tell: Tell) -> int:
    _read_log(member, until, tell)
    try:
        return _take_releases(member, until)
    except _Suspect as suspect:
        time.sleep(SUSPECT_SECONDS)  # its act may have been committed a moment ago: then it is in the log by now
        _read_log(member, until, tell)
        if not Taken.objects.filter(member=member, sha256=suspect.sha256).exists():
            raise _Failed(FALSE_RELEASE, str(suspect)) from suspect
    try:
        return _take_releases(member, until)
    except _Suspect as another:  # acts fall all the time, and one of those before is not given
        raise _Failed(INCOMPLETE, "a release that its log names is not given") from another


def _aged(member: Member) -> tuple[str, str]:
    """A log that nobody renews is told apart: whoever freezes one shows an old state for ever, well signed."""
    if member.grew_at and clock.system() - member.grew_at > STALE_AFTER:
        told = f"{member.origin} has shown {member.size} leaves, and nothing new, since {member.grew_at:%Y-%m-%d}"
        return STALE, told
    return HOLDS, f"{member.origin} has {member.size} leaves"


def recheck(member: Member, *, tell: Tell = lambda _done, _all: None) -> Looked:
    """Check a whole log again, from its first leaf, and every release that is held here against it. Writes nothing."""
    names = dict(Taken.objects.filter(member=member).values_list("position", "sha256"))
    bodies = Taken.objects.filter(member=member).exclude(body="").values_list("position", "sha256", "body")
    wrong = [position for position, sha256, body in bodies.iterator(1000) if digest(body.encode()) != sha256]
    seen: dict[int, str] = {}

    def see(index: int, entries: Sequence[bytes]) -> None:
        seen.update({row["position"]: row["sha256"] for row in _named(index, entries) if "sha256" in row})

    try:
        report = _verified(member, see, tell, only_new=False)
    except _Failed as failed:
        return Looked(failed.verdict, str(failed))
    changed = [position for position, sha256 in names.items() if seen.get(position) != sha256]
    if wrong or changed:
        return Looked(FALSE_RELEASE, f"release of act {min(wrong + changed)} is not the one that the log names")
    told = f"{member.origin} has {report.size} leaves, and {len(names)} releases are those that it names"
    return Looked(HOLDS, told)


def _verified(member: Member, see: Any, tell: Tell, *, only_new: bool) -> Report:
    """The report of a log that holds. Errors: `_Failed`."""
    try:
        report = verify_log(
            f"{member.url}log", Policy.parse(member.policy), saved=member.note or None, only_new=only_new,
            look=see, progress=tell, resolve=doors.resolve, most=settings.FEDERATION_LEAVES,
        )  # fmt: skip
    except Undecidable as error:
        raise _Failed(UNREACHABLE, str(error)) from error
    if report.finding is not None:
        verdict = OF_FINDING.get(report.finding.code, BROKEN)
        raise _Failed(verdict, f"{report.finding.where}: {report.finding.problem}", report.note)
    if report.origin != member.origin:
        raise _Failed(BROKEN, f"it is the log of {report.origin[:200]}, not of {member.origin}", report.note)
    return report


def _read_log(member: Member, until: float, tell: Tell) -> None:
    """Check what is new of a log and keep which releases it names. Errors: `_Failed`."""
    with tempfile.TemporaryFile() as spool:  # nothing of it is kept before all of it holds

        def see(index: int, entries: Sequence[bytes]) -> None:
            if time.monotonic() > until:
                raise Unreachable("it takes too long")
            for row in _named(index, entries):
                if row.get("position", member.size + 1) > member.size:
                    spool.write(msgspec.json.encode(row) + b"\n")

        report = _verified(member, see, tell, only_new=True)
        spool.seek(0)
        rows: Iterator[dict[str, Any]] = (msgspec.json.decode(line) for line in spool)
        commands.keep_log(member, rows, note=report.note, size=report.size, at=clock.system())


def _named(index: int, entries: Sequence[bytes]) -> Iterator[dict[str, Any]]:
    """What leaves say of releases: their names, and whose acts were withdrawn. Leaves of another form say nothing."""
    for position, entry in enumerate(entries, start=index + 1):
        try:
            said = statement.check(entry)
        except statement.StatementError:
            continue
        if said["type"] == ERASURE:
            yield {"erased": said["body"]["sha256"]}
        if "release" in said and "ocid" in said:
            yield {"position": position, "ocid": said["ocid"], "sha256": said["release"]["sha256"],
                   "size": said["release"]["size"], "body_sha256": said["body"]["sha256"]}  # fmt: skip


def _take_releases(member: Member, until: float) -> int:
    """Fetch the releases that the log names and that are not here yet; returns how many came.

    Errors: `_Suspect` at one that the log does not name where it names another, `_Failed`.
    """
    after = n = missing = 0
    waiting = Taken.objects.filter(commands.waiting(member)).order_by("position")
    with closing(WebReader(member.url, SECONDS, doors.resolve)) as read:
        while first := waiting.filter(position__gt=after).first():
            if time.monotonic() > until:
                raise _Failed(UNREACHABLE, "it takes too long")
            bodies, stranger = _matched(member, _page(read, first.position - 1))
            commands.take(member, bodies)
            n += len(bodies)
            if stranger and waiting.filter(position__gt=max(bodies, default=0)).exists():
                raise stranger
            if max(bodies, default=0) < first.position:
                break  # it gives nothing more of what is waited for, or again what is here
            after = max(bodies)
        missing = waiting.count()
    if missing:
        raise _Failed(INCOMPLETE, f"{missing} releases that its log names are not given")
    return n


def _page(read: WebReader, after: int) -> list[dict[str, Any]]:
    """Releases after a position, as many as one answer may hold. Errors: `_Failed`."""
    limit, patience = PAGE, PATIENCE
    while True:
        try:
            found = orjson.loads(read(f"api/ocds/releases?after={after}&limit={limit}"))["releases"]
            if not isinstance(found, list) or len(found) > limit or not all(isinstance(r, dict) for r in found):
                raise _Failed(UNREACHABLE, "what it gives is no package of releases")
        except TooLong as error:
            if limit == 1:
                raise _Failed(UNREACHABLE, f"the release after act {after} is too long") from error
            limit = max(limit // 8, 1)
        except Unreachable as error:
            if patience == 0 or "answers 429" not in str(error):
                raise _Failed(UNREACHABLE, f"no releases are to be had: {str(error)[:200]}") from error
            patience -= 1
            time.sleep(WAIT_SECONDS)  # it asks for patience, as it does of everybody
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _Failed(UNREACHABLE, f"no releases are to be had: {str(error)[:200]}") from error
        else:
            return found


def _matched(member: Member, page: Sequence[dict[str, Any]]) -> tuple[dict[int, str], _Suspect | None]:
    """(position -> bytes of the releases that the log names, the first one after these that it does not name).

    Releases come in the order of their acts, so what is newer than the log that was read comes last. Errors:
    `_Suspect` for a stranger before one that the log names.
    """
    read = [_bytes(release) for release in page]
    rows = Taken.objects.filter(member=member, is_withdrawn=False, sha256__in=[digest(body) for body in read])
    known = {row.sha256: row for row in rows.defer("body")}
    bodies: dict[int, str] = {}
    stranger: _Suspect | None = None
    for release, body in zip(page, read, strict=True):
        row = known.get(digest(body))
        if row is None or row.ocid != release.get("ocid"):
            stranger = stranger or _Suspect(digest(body), str(release.get("id"))[:60])
        elif stranger is not None:
            raise stranger
        else:
            bodies[row.position] = body.decode()
    return bodies, stranger


def _bytes(release: dict[str, Any]) -> bytes:
    """The bytes that a publisher of this kind signs; of what has none, others than any log names."""
    try:
        return canonical(release)
    except (ValueError, TypeError, RecursionError):
        return b""


@contextmanager
def _alone(member: Member) -> Iterator[None]:
    """One look at a member at a time, in whatever process. Errors: `Busy`."""
    name = f"federation {member.key}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise Busy(member.key)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
