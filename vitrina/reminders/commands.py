# SPDX-License-Identifier: Apache-2.0
"""Everything that writes here: who follows, what is to be told to whom, what became of each message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from django.db import transaction
from django.db.models import Q

from vitrina.kernel import clock, ids
from vitrina.ledger import feed
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


def scope_of(subscription: Subscription) -> Scope:
    """Whose acts a subscription follows."""
    if subscription.ocid:
        return Scope(ocid=subscription.ocid)
    return read_scope(parse_qsl(subscription.query))


@transaction.atomic
def subscribe(*, channel: str, target: str, scope: Scope, title: str, hours: int, language: str) -> Subscription:
    """Begin to follow; a message asks for the confirmation. Asked again by the same target, the same row answers."""
    real = clock.system()
    row, is_new = Subscription.objects.get_or_create(
        channel=channel,
        target=target,
        ocid=scope.ocid,
        query="" if scope.ocid else scope.query(),
        defaults={
            "id": ids.ulid(real), "title": title[:300], "hours": hours, "language": language, "made_at": real,
            "secret": webhooks.new_secret(),
        },
    )  # fmt: skip
    if not is_new:
        Subscription.objects.filter(pk=row.pk).update(hours=hours, language=language)
    _queue(row, f"confirm:{ids.ulid(real)}", "confirm", [])
    return row


def confirm(subscription: Subscription) -> None:
    """The target said yes: what is near is planned for it at once."""
    if subscription.confirmed_at:
        return
    with transaction.atomic():
        Subscription.objects.filter(pk=subscription.pk).update(confirmed_at=clock.system())
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


def plan(now: datetime) -> int:
    """Queue what the hour and the ledger ask for; returns messages queued. Cheap when nothing is new."""
    with transaction.atomic():
        return _plan_changes(now) + _plan_reminders(now)


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
    for subscription, ocids in _followers({act.ocid for act in fresh.values()}):
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
    for subscription, ocids in _followers({ocid for ocid, _ in entries}) if entries else []:
        for (ocid, position), acts in entries.items():
            if ocid in ocids:
                n += _queue(subscription, f"{ocid}:{position}", "change", acts)
    return n


def _followers(ocids: set[str]) -> Iterable[tuple[Subscription, set[str]]]:
    """Confirmed subscriptions with those of the purchases that each follows; a scope is looked up once."""
    rows = Subscription.objects.exclude(confirmed_at=None).filter(Q(ocid="") | Q(ocid__in=ocids))
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows.iterator():
        scope = (row.ocid, row.query)
        if scope not in found:
            cards = scope_of(row).purchases().filter(ocid__in=ocids)
            found[scope] = {row.ocid} if row.ocid else set(cards.values_list("ocid", flat=True))
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
