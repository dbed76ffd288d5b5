# SPDX-License-Identifier: Apache-2.0
"""What a message says: the text of an e-mail, the body of a webhook. Plain words, one action, nothing that tracks."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.cycle.core.words import day_time
from vitrina.kernel import formats
from vitrina.kernel.canonical import canonical
from vitrina.portal.agenda import words
from vitrina.portal.agenda.ics import uid
from vitrina.portal.agenda.queries import Shown, shown
from vitrina.portal.agenda.schedule import CANCELLED

from . import told
from .commands import revived
from .models import Message, Subscription

SALT = "vitrina.reminders"
TYPES = {
    "confirm": "subscription.confirm",
    "reminder": "act.reminder",
    "change": "act.changed",
    "acts": "act.published",
}


def token(subscription: Subscription) -> str:
    """What the links of a subscription carry: its id and our signature. Nobody guesses another's."""
    return Signer(salt=SALT).sign(subscription.pk)


def read_token(text: str) -> Subscription | None:
    """The subscription of a link; nothing for a false one, or one that ended."""
    try:
        pk = Signer(salt=SALT).unsign(text)
    except BadSignature:
        return None
    return Subscription.objects.filter(pk=pk).first()


def address(name: str, subscription: Subscription) -> str:
    """The whole address of one of its pages."""
    return settings.PUBLIC_URL + reverse(f"reminders:{name}", args=[token(subscription)])


def email(message: Message, now: datetime) -> tuple[str, str]:
    """(subject, text) of an e-mail, in the language in force."""
    subscription = message.subscription
    if message.what == "confirm":
        lines = [
            _("Somebody, you we hope, asked to be told at this address of the public acts of:"),
            subscription.title,
            _("Confirm it here; nothing is sent before:"),
            address("confirm", subscription),
            _("If it was not you, do nothing: the address is forgotten in two days."),
        ]
        return _("Confirm your reminders of public acts"), "\n\n".join(lines) + "\n"
    if message.what == "acts":
        subject, parts = told.subject(message.acts), told.paragraphs(message.acts)
        return subject, _with_foot(subscription, parts)
    acts = shown(revived(kept) for kept in message.acts)
    subject = _subject(message, acts, now)
    return subject, _with_foot(subscription, ["\n".join(_told(one)) for one in acts])


def _with_foot(subscription: Subscription, parts: list[str]) -> str:
    foot = [
        _("You follow: %(what)s.") % {"what": subscription.title},
        _("Leave, in one step: %(url)s") % {"url": address("leave", subscription)},
    ]
    return "\n\n".join([*parts, "-- \n" + "\n".join(foot)]) + "\n"


def _subject(message: Message, acts: list[Shown], now: datetime) -> str:
    if not acts:
        return _("A public act changed")
    first = acts[0]
    values = {
        "act": words.name(first.act),
        "title": first.card.title,
        "when": words.when(first.act.starts_at, now, first.zone),
    }
    if message.what == "reminder":
        text = _("%(act)s %(when)s: %(title)s")
    elif first.act.status == CANCELLED:
        text = _("Called off: %(title)s")
    elif any(one.act.former_at for one in acts):
        text = _("Moved: %(title)s, %(act)s %(when)s")
    elif any(one.act.sequence for one in acts):
        text = _("It changed: %(title)s")
    else:
        text = _("New public acts: %(title)s")
    return re.sub(r"\s+", " ", text % values)[:180]


def _told(one: Shown) -> list[str]:
    lines = [
        f"{words.name(one.act)}: {one.card.title}",
        one.card.unit_name or one.card.buyer_name,
        day_time(one.act.starts_at, one.zone),
        words.change(one.act, one.zone),
        _("Its room, open to anybody: %(url)s") % {"url": settings.PUBLIC_URL + one.room_url},
    ]
    return [line.replace("\u00a0", " ") for line in lines if line]


def webhook(message: Message, now: datetime) -> bytes:
    """The body of a webhook: canonical JSON. A confirmation carries the `challenge` that the answer must hold."""
    subscription = message.subscription
    data: dict[str, Any] = {"subscription": subscription.pk, "follows": subscription.title}
    if message.what == "confirm":
        data["challenge"] = challenge(subscription)
    elif message.what == "acts":
        data["acts"] = told.plain(message.acts)
    else:
        data["acts"] = [_plain(one) for one in shown(revived(kept) for kept in message.acts)]
    return canonical({"type": TYPES[message.what], "timestamp": formats.iso(now), "data": data})


def challenge(subscription: Subscription) -> str:
    """What only the receiver of the confirmation can know and say back."""
    return Signer(salt=f"{SALT}.challenge").signature(subscription.pk)


def _plain(one: Shown) -> dict[str, Any]:
    act = one.act
    return {
        "uid": uid(act.id),
        "ocid": act.ocid,
        "act": act.kind,
        "name": words.name(act),
        "title": one.card.title,
        "starts_at": formats.iso(act.starts_at),
        "former_at": formats.iso(act.former_at) if act.former_at else None,
        "zone": one.zone,
        "status": act.status,
        "sequence": act.sequence,
        "reason": act.reason,
        "position": act.position,
        "room": settings.PUBLIC_URL + one.room_url,
    }
