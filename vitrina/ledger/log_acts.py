# SPDX-License-Identifier: Apache-2.0
"""The chore that writes down what happens to the public log: its beginning, its witnesses, its anchor of each day.

What it compares is the policy that is published and the one that the last act told; so it says each thing once,
whoever changed it and however often it looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from . import published, stamps, witnesses
from .append import append_many
from .commands import OPERATOR
from .kinds import Event
from .log_events import STREAM, DailyAnchor, LogCreated, PolicyAct, PolicyChanged, WitnessAdded, WitnessRemoved
from .log_keys import last_of
from .models import Head, Timestamp
from .policy import Policy, PolicyError

LOCK = 0x5653_4C41  # advisory lock: one looks at a time


def tend(at: datetime) -> int:
    """Write what is new about the log since the last act about it; returns acts done."""
    if published.alarm() is not None or not (published.folder() / published.CHECKPOINT).exists():
        return 0
    if not list(_news(at)):
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        news = list(_news(at))  # again: another process may have told it meanwhile
        append_many([(STREAM, event) for event in news], actor=OPERATOR, at=at)
    return len(news)


def _news(at: datetime) -> Iterator[Event]:
    yield from _policy_news()
    if anchor := _anchor(at):
        yield anchor


def _policy_news() -> Iterator[Event]:
    """What changed between the policy that the last act told and the published one."""
    try:
        text = published.read(published.POLICY).decode()
        now = Policy.parse(text)
    except (FileNotFoundError, UnicodeDecodeError, PolicyError):
        return
    last = last_of(PolicyAct)
    if last is None:
        yield LogCreated(origin=now.logs[0].name, vkey=str(now.logs[0]), policy=text)
        before = Policy()
    elif last[0].policy == text:
        return
    else:
        before = Policy.parse(last[0].policy)
    urls = {w.name: w.url for w in witnesses.known()}
    gone = [(n, v) for n, v in before.witnesses.items() if now.witnesses.get(n) != v]
    new = [(n, v) for n, v in now.witnesses.items() if before.witnesses.get(n) != v]
    yield from (WitnessRemoved(name=n, vkey=str(v), policy=text) for n, v in gone)
    yield from (WitnessAdded(name=n, vkey=str(v), url=urls.get(n, ""), policy=text) for n, v in new)
    if last is not None and not gone and not new:
        yield PolicyChanged(policy=text)


def _anchor(at: datetime) -> DailyAnchor | None:
    """The anchor of the day: of the head that was stamped since the last one, else of the newest; or nothing yet."""
    last = last_of(DailyAnchor)
    if last is not None and at - last[1].at < stamps.A_DAY:
        return None
    stamped = Timestamp.objects.select_related("head").order_by("-head").first()
    if stamped is not None and (last is None or stamped.head_id > last[0].size):
        head, token = stamped.head, hashlib.sha256(bytes(stamped.token)).hexdigest()
    elif (newest := Head.objects.order_by("-size").first()) is not None:
        head, token = newest, ""
    else:
        return None
    return DailyAnchor(
        size=head.size,
        root=head.root,
        checkpoint_sha256=stamps.digest(head).hex(),
        token_sha256=token,
        n_witnesses=head.cosignatures.count(),
    )
