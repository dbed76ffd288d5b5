# SPDX-License-Identifier: Apache-2.0
"""Everything that writes here: who follows, what is to be told to whom, what became of each message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from vitrina.kernel import clock, ids
from vitrina.ledger import feed
from vitrina.ledger.kinds import KINDS
from vitrina.ledger.models import Cursor, Position
from vitrina.portal.agenda.queries import Scope, read_scope
from vitrina.portal.agenda.schedule import CONFIRMED
from vitrina.portal.models import ScheduledAct

from . import webhooks
from .models import Message, Planned, Progress, Subscription

AHEAD = (1, 24, 72)  # hours that one may choose
BACK_OFF = (5, 30, 120, 900, 3600, 6 * 3600, 24 * 3600)  # seconds until each next try
LEASE = timedelta(minutes=5)  # a message whose sender died is tried again after this
UNCONFIRMED = timedelta(hours=48)  # an address that nobody confirmed is forgotten
KEPT = timedelta(days=30)  # messages, so that one can see and repeat them
GATHERED = timedelta(seconds=20)  # what falls in one purchase within it goes out together
MORNING = time(8)  # when a summary of the day goes out
AT_ONCE = 5000  # positions of the ledger that are looked through in one turn
CALENDAR, ACTS = "calendar", "acts"
_STREAM = "ocid:"


def scope_of(subscription: Subscription) -> Scope:
    """Whose acts a subscription follows."""
    if subscription.ocid:
        return Scope(ocid=subscription.ocid)
    return read_scope(parse_qsl(subscription.query))


@transaction.atomic
def subscribe(
    *, channel: str, target: str, scope: Scope, title: str, hours: int, language: str, wants: str = CALENDAR,
    is_daily: bool = False,
) -> Subscription:  # fmt: skip
    """Begin to follow; a message asks for the confirmation. Asked again by the same target, the same row answers."""
    real = clock.system()
    row, is_new = Subscription.objects.get_or_create(
        channel=channel,
        target=target,
        ocid=scope.ocid,
        query="" if scope.ocid else scope.query(),
        wants=wants,
        defaults={
            "id": ids.ulid(real), "title": title[:300], "hours": hours, "language": language, "made_at": real,
            "secret": webhooks.new_secret(), "is_daily": is_daily,
        },
    )  # fmt: skip
    if not is_new:
        Subscription.objects.filter(pk=row.pk).update(hours=hours, language=language, is_daily=is_daily)
    _queue(row, f"confirm:{ids.ulid(real)}", "confirm", [])
    return row


def confirm(subscription: Subscription) -> None:
    """The target said yes: what is near is planned for it at once."""
    if subscription.confirmed_at:
        return
    with transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).update(confirmed_at=clock.system())
        if subscription.wants == ACTS:
            return  # from the next act on
        now = clock.now()
        near = scope_of(subscription).acts().filter(_ahead(now, subscription.hours))
        for act in near:
            _queue(subscription, _key(act, subscription.hours), "reminder", [act])


def end(subscription: Subscription) -> None:
    """Stop following: the address and its messages are deleted."""
    Subscription.objects.filter(pk=subscription.pk).delete()


def again(message: Message) -> None:
    """Send a message once more, as it was."""
    Message.objects.filter(pk=message.pk).update(next_try_at=clock.system(), tries=0, error="")


def forget() -> int:
    """Delete what is no longer needed; returns how many rows."""
    real = clock.system()
    old, _ = Subscription.objects.filter(confirmed_at=None, made_at__lt=real - UNCONFIRMED).delete()
    told, _ = Message.objects.filter(next_try_at=None, made_at__lt=real - KEPT).delete()
    return old + told


class _Behind(Exception):
    """The search does not know yet what is to be told: nothing is, until it does."""


def plan(now: datetime) -> int:
    """Queue what the hour and the ledger ask for; returns messages queued. Cheap when nothing is new."""
    n = 0
    for part in (lambda: _plan_changes(now), lambda: _plan_reminders(now), _plan_acts):
        try:
            with transaction.atomic():
                n += part()
        except _Behind:
            continue  # in a second again: how far it was told has not moved
    return n


def _ahead(now: datetime, hours: int) -> Q:
    return Q(starts_at__gt=now, starts_at__lte=now + timedelta(hours=hours), began_at=None, status=CONFIRMED)


def _key(act: ScheduledAct, hours: int) -> str:
    return f"{act.id}:{act.sequence}:{hours}"


def _plan_reminders(now: datetime) -> int:
    """Each act that has come within its hours, for all who follow it, once."""
    due = {(_key(act, h), h): act for h in AHEAD for act in ScheduledAct.objects.filter(_ahead(now, h))}
    known = set(Planned.objects.filter(key__in=[key for key, _ in due]).values_list("key", flat=True))
    fresh = {key: act for key, act in due.items() if key[0] not in known}
    if not fresh:
        return 0
    Planned.objects.bulk_create([Planned(key=key) for key, _ in fresh], ignore_conflicts=True)
    n = 0
    for subscription, ocids in _followers({act.ocid for act in fresh.values()}, CALENDAR):
        for (key, hours), act in fresh.items():
            if act.ocid in ocids and hours == subscription.hours:
                n += _queue(subscription, key, "reminder", [act])
    return n


def _plan_changes(now: datetime) -> int:
    """The acts that an entry announced, moved or called off, one message for each purchase and entry."""
    progress = Progress.objects.select_for_update().first()
    if progress is None:
        Progress.objects.create(position=feed.head())  # what happened before there were reminders is not news
        return 0
    changed = list(ScheduledAct.objects.filter(position__gt=progress.position).order_by("starts_at", "id"))
    if not changed:
        return 0
    progress.position = max(act.position for act in changed)
    progress.save()
    entries: dict[tuple[str, int], list[ScheduledAct]] = defaultdict(list)
    for act in changed:
        if act.began_at is None and act.starts_at > now:
            entries[act.ocid, act.position].append(act)
    n = 0
    for subscription, ocids in _followers({o for o, _ in entries}, CALENDAR, progress.position) if entries else []:
        for (ocid, position), acts in entries.items():
            if ocid in ocids:
                n += _queue(subscription, f"{ocid}:{position}", "change", acts)
    return n


def _plan_acts() -> int:
    """Every public act since the last turn, for who follows new acts of its purchase as it stands after it.

    What an import of history brings in is no news.
    """
    progress = Progress.objects.select_for_update().first()
    head = Cursor.objects.filter(projection="portal").values_list("position", flat=True).first() or 0
    if progress is None or head <= (progress.acts if progress.acts is not None else -1):
        return 0
    if progress.acts is None:
        Progress.objects.filter(pk=progress.pk).update(acts=head)
        return 0
    last = min(head, progress.acts + AT_ONCE)
    history = [name for name, kind in KINDS.items() if kind.stage == "history"]
    rows = Position.objects.filter(position__gt=progress.acts, position__lte=last, entry__visibility="public")
    rows = rows.filter(entry__stream__startswith=_STREAM).exclude(entry__kind__in=history).order_by("position")
    acts: dict[str, list[int]] = defaultdict(list)
    for position, stream in rows.values_list("position", "entry__stream"):
        acts[stream.removeprefix(_STREAM)].append(position)
    n = 0
    for subscription, ocids in _followers(set(acts), ACTS, last) if acts else []:
        if subscription.is_daily:  # one message for all of them
            n += _gather(subscription, "", sorted(position for ocid in ocids for position in acts[ocid]))
            continue
        for ocid in sorted(ocids, key=lambda one: acts[one][0]):
            n += _gather(subscription, ocid, acts[ocid])
    Progress.objects.filter(pk=progress.pk).update(acts=last)
    return n


def _gather(subscription: Subscription, ocid: str, positions: list[int]) -> int:
    """Put acts into the message that waits for them, or a new one; returns how many were queued."""
    real = clock.system()
    about, at = (f"acts:{ocid}:", real + GATHERED)
    if subscription.is_daily:
        about, at = "daily:", _morning(real)
    waiting = Message.objects.select_for_update().filter(
        subscription=subscription, what=ACTS, tries=0, next_try_at__gt=real, key__startswith=about
    )
    if message := waiting.first():
        message.acts = [*message.acts, *positions]
        message.save(update_fields=["acts"])
        return 0
    Message.objects.create(
        id=ids.ulid(real), subscription=subscription, key=f"{about}{positions[0]}", what=ACTS, acts=positions,
        made_at=real, next_try_at=at,
    )  # fmt: skip
    return 1


def _morning(real: datetime) -> datetime:
    """The next hour of summaries."""
    local = real.astimezone(ZoneInfo(settings.TIME_ZONE))
    found = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    return found if found > local else found + timedelta(days=1)


def _followers(ocids: set[str], wants: str, position: int = 0) -> Iterable[tuple[Subscription, set[str]]]:
    """Confirmed subscriptions with those of the purchases that each follows; a scope is looked up once.

    `position`: what the search must know. Errors: `_Behind`.
    """
    rows = Subscription.objects.exclude(confirmed_at=None).filter(Q(ocid="") | Q(ocid__in=ocids), wants=wants)
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows.iterator():
        scope = (row.ocid, row.query)
        if scope not in found:
            matching = {row.ocid} if row.ocid else scope_of(row).among(ocids, position=position)
            if matching is None:
                raise _Behind
            found[scope] = matching
        if found[scope]:
            yield row, found[scope]


def _queue(subscription: Subscription, key: str, what: str, acts: list[ScheduledAct]) -> int:
    """Queue a message unless the subscription has it; returns how many were queued."""
    real = clock.system()
    _row, is_new = Message.objects.get_or_create(
        subscription=subscription,
        key=key,
        defaults={"id": ids.ulid(real), "what": what, "acts": [snapshot(a) for a in acts], "made_at": real,
                  "next_try_at": real},
    )  # fmt: skip
    return int(is_new)


INSTANTS = ("starts_at", "former_at")
KEPT_OF_ACTS = ("id", "ocid", "key", "kind", "status", "sequence", "reason", "lot", "party", "position")


def snapshot(act: ScheduledAct) -> dict[str, object]:
    """An act as a message keeps it, in JSON values."""
    instants = {name: value and value.isoformat() for name in INSTANTS for value in [getattr(act, name)]}
    return {name: getattr(act, name) for name in KEPT_OF_ACTS} | instants


def revived(kept: dict[str, object]) -> ScheduledAct:
    """The act of a snapshot, never saved."""
    instants = {name: value and datetime.fromisoformat(str(value)) for name in INSTANTS for value in [kept[name]]}
    return ScheduledAct(**{name: kept[name] for name in KEPT_OF_ACTS}, **instants)


def claim() -> Message | None:
    """The next message that is due, leased to whoever asked; several may ask at once."""
    real = clock.system()
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_try_at__lte=real)
        message = rows.select_related("subscription").order_by("next_try_at").first()
        if message is None:
            return None
        message.tries += 1
        message.next_try_at = real + LEASE
        message.save(update_fields=["tries", "next_try_at"])
    return message


def is_due() -> bool:
    """Whether anything waits to be sent now."""
    return Message.objects.filter(next_try_at__lte=clock.system()).exists()


def note_sent(message: Message) -> None:
    """It was taken."""
    Message.objects.filter(pk=message.pk).update(sent_at=clock.system(), next_try_at=None, error="")


def note_failed(message: Message, why: str) -> None:
    """It was not taken: try again later, each time later, and one day no more."""
    n = message.tries - 1
    later = clock.system() + timedelta(seconds=BACK_OFF[n]) if n < len(BACK_OFF) else None
    Message.objects.filter(pk=message.pk).update(next_try_at=later, error=why[:300])
