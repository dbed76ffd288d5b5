# SPDX-License-Identifier: Apache-2.0
"""Taking an installation in, letting it go, and keeping what a look at it brought. The installation itself acts.

Membership is an act and stands in the ledger. What is taken of members is theirs, signed by their logs: rows here that
can be taken again. Transactions are short: nothing is fetched within one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q

from vitrina.kernel.canonical import parse
from vitrina.ledger import bulk
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Signer
from vitrina.parties.commands import OPERATOR

from .events import MemberJoined, MemberLeft
from .models import Member, Purchase, Taken
from .shape import Malformed, told

BATCH = 2000
_LOCK = 0x5653_4645  # one who counts changes at a time, so that they are committed in their order


@transaction.atomic
def join(
    *, at: datetime, key: str, url: str, name: str, origin: str, policy: str, by: Signer = OPERATOR
) -> Member:  # fmt: skip
    """Take an installation in, with the keys of its log. One that left comes back with nothing of what it was."""
    event = MemberJoined(key=key, name=name, url=url, origin=origin, policy=policy)
    entry = append(f"member:{key}", event, actor=by, at=at)
    values = {"url": url, "name": name, "origin": origin, "policy": policy, "entry": entry, "added_at": at}
    fresh = {"removed_at": None, "note": "", "size": 0, "grew_at": None, "verdict": "", "sentence": "", "offered": "",
             "checked_at": None, "held_at": None}  # fmt: skip
    member, _ = Member.objects.update_or_create(key=key, defaults=values | fresh)
    return member


@transaction.atomic
def leave(member: Member, *, at: datetime, reason: str = "", by: Signer = OPERATOR) -> None:
    """Let an installation go: what was taken of it goes with it."""
    append(f"member:{member.key}", MemberLeft(key=member.key, name=member.name, reason=reason), actor=by, at=at)
    Taken.objects.filter(member=member).delete()
    Purchase.objects.filter(member=member).update(told={}, change=_next_change())  # whoever indexes them learns of it
    member.removed_at = at
    member.save(update_fields=["removed_at"])


@transaction.atomic
def conclude(
    member: Member, *, at: datetime, verdict: str, sentence: str, offered: str = "", held: bool = False
) -> None:  # fmt: skip
    """Write down how a look ended. When it hides what was shown, or shows it again, every purchase has changed."""
    was_shown = member.is_shown
    member.verdict, member.sentence, member.offered, member.checked_at = verdict, sentence[:1000], offered, at
    member.held_at = at if held else member.held_at
    member.save(update_fields=["verdict", "sentence", "offered", "checked_at", "held_at"])
    if member.is_shown != was_shown:
        Purchase.objects.filter(member=member).update(change=_next_change())


def keep_log(member: Member, rows: Iterable[Mapping[str, Any]], *, note: str, size: int, at: datetime) -> None:
    """Keep what a verified log has beyond what was seen: rows of `position, ocid, sha256, size, body_sha256`, and rows
    of `erased` alone. The checkpoint is written last: a run that was cut off is done again.
    """
    Taken.objects.filter(member=member, position__gt=member.size).delete()
    batch: list[bulk.Row] = []
    erased: list[str] = []
    for row in rows:
        if "erased" in row:
            erased.append(row["erased"])
            continue
        own = {"id": f"{member.key}/{row['position']}", "member_id": member.key, "body": "", "is_withdrawn": False}
        batch.append({**own, **row})
        if len(batch) == BATCH:
            bulk.insert(Taken, batch, replace=True)
            batch = []
    bulk.insert(Taken, batch, replace=True)
    with transaction.atomic():
        _withdraw(member, erased)
        member.grew_at = at if size > member.size or member.grew_at is None else member.grew_at
        member.note, member.size = note, size
        member.save(update_fields=["note", "size", "grew_at"])


def _withdraw(member: Member, erased: Sequence[str]) -> None:
    """Forget the releases of acts whose content was withdrawn; their purchases are compiled without them."""
    gone = Taken.objects.filter(member=member, body_sha256__in=erased, is_withdrawn=False)
    ocids = set(gone.values_list("ocid", flat=True))
    gone.update(is_withdrawn=True, body="")
    _compile(member, ocids)


@transaction.atomic
def take(member: Member, bodies: Mapping[int, str]) -> None:
    """Keep the bytes of releases by their position, each the one that the log names, and compile their purchases."""
    rows = list(Taken.objects.filter(member=member, position__in=bodies))
    for row in rows:
        row.body = bodies[row.position]
    Taken.objects.bulk_update(rows, ["body"], batch_size=BATCH)
    _compile(member, {row.ocid for row in rows})


def _compile(member: Member, ocids: set[str]) -> None:
    """Compile purchases of which every release is here; one of which a release is missing stays what it was."""
    if not ocids:
        return
    releases: dict[str, list[tuple[int, str]]] = {}
    for ocid, position, body in (
        Taken.objects.filter(member=member, ocid__in=ocids, is_withdrawn=False)
        .order_by("position")
        .values_list("ocid", "position", "body")
    ):
        releases.setdefault(ocid, []).append((position, body))
    change, rows = _next_change(), []
    for ocid, found in releases.items():
        if all(body for _position, body in found):
            rows.append({"id": f"{member.key}/{ocid}", "member_id": member.key, "ocid": ocid, "change": change,
                         "position": found[-1][0], **_told([body for _position, body in found])})  # fmt: skip
    bulk.insert(Purchase, rows, replace=True)
    silent = ocids - set(releases)  # all that these said was withdrawn
    Purchase.objects.filter(member=member, ocid__in=silent).update(told={}, change=change)


def _told(bodies: Sequence[str]) -> dict[str, Any]:
    releases = [parse(body) for body in bodies]
    try:
        what, at = told(releases)
    except Malformed as bad:
        return {"told": {"refused": str(bad)}, "at": datetime.fromisoformat("1970-01-01T00:00:00+00:00")}
    return {"told": what, "at": at}


def _next_change() -> int:
    """The number of the next change, for this transaction alone until it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return (Purchase.objects.aggregate(last=Max("change"))["last"] or 0) + 1


def waiting(member: Member) -> Q:
    """The condition of releases that the log names and that have not come yet."""
    return Q(member=member, body="", is_withdrawn=False)
