# SPDX-License-Identifier: Apache-2.0
"""The post: plans with the sequencer's chores, and carries messages in threads of its own.

A mail server or a receiver that is slow never holds up an act: the chore only writes down what is to be sent and sees
that somebody carries it. Each message is carried at least once; its id is the same each time.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, connection
from django.utils import translation

from vitrina.kernel import clock

from . import commands, webhooks, words
from .models import Message

log = logging.getLogger(__name__)
PLANNING = 1.0  # seconds
CARRIERS = 4  # messages that travel at once
_carriers: list[threading.Thread] = []
_next_forgetting = 0
_next_planning = 0.0


def tend(now: datetime) -> int:
    """The chore: plan, clear away once an hour, and wake the carriers when there is something to carry."""
    global _next_forgetting, _next_planning  # noqa: PLW0603 - of this process
    if time.monotonic() < _next_planning:
        return 0  # the sequencer turns many times a second when acts fall fast; a reminder can wait for one
    _next_planning = time.monotonic() + PLANNING
    queued = commands.plan(now)
    if (hour := int(clock.system().timestamp()) // 3600) > _next_forgetting:
        _next_forgetting = hour
        commands.forget()
    _carriers[:] = [thread for thread in _carriers if thread.is_alive()]
    if not _carriers and commands.is_due():
        for n in range(CARRIERS):
            thread = threading.Thread(target=_carry, name=f"post-{n}", daemon=True)
            _carriers.append(thread)
            thread.start()
    return queued


def _carry() -> None:
    """Carry until nothing is due; the thread's connection to the database ends with it."""
    try:
        carry_all()
    except DatabaseError:
        log.warning("the post lost the database; what is left is carried later")
    finally:
        connection.close()


def carry_all() -> int:
    """Carry every message that is due; returns how many were taken."""
    taken = 0
    while message := commands.claim():
        taken += carry(message)
    return taken


def carry(message: Message) -> bool:
    """Send one message and note what became of it."""
    try:
        with translation.override(message.subscription.language):
            _send(message)
    except (OSError, webhooks.Failed, webhooks.RefusedTarget) as why:  # smtplib's errors are OSErrors
        commands.note_failed(message, f"{type(why).__name__}: {why}")
        return False
    commands.note_sent(message)
    return True


def _send(message: Message) -> None:
    subscription, now = message.subscription, clock.now()
    if subscription.channel == "webhook":
        body = words.webhook(message, now)
        stamp = int(clock.system().timestamp())
        answer = webhooks.send(subscription.target, subscription.secret, message.pk, stamp, body)
        if message.what == "confirm":
            if words.challenge(subscription).encode() not in answer:
                raise webhooks.Failed("the answer does not hold the challenge")
            commands.confirm(subscription)
        return
    subject, text = words.email(message, now)
    leave = words.address("leave", subscription)
    host = settings.PUBLIC_URL.partition("://")[2].partition(":")[0]
    headers = {
        "Message-ID": f"<{message.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    with get_connection() as server:
        EmailMessage(subject, text, to=[subscription.target], headers=headers, connection=server).send()
