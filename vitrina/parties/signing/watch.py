# SPDX-License-Identifier: Apache-2.0
"""What the platform does about signatures by itself: asks again what is pending, tells when it trusts others.

The sequencer calls `tend` at every turn. Asking takes seconds, so it happens in a thread of its own.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import connection, transaction

from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties.events import AuthoritiesChanged, AuthorityRef
from vitrina.parties.models import RevocationCheck

from . import pending
from .store import Authority, TrustStore, the_store

STREAM = "authorities"
EVERY = timedelta(minutes=10)
log = logging.getLogger(__name__)


class _Asking:
    """The thread that asks, and when it last began."""

    began: datetime | None = None
    thread: threading.Thread | None = None


def tend(at: datetime) -> int:
    """Do what is due; returns how many entries were written at once. The thread's come later."""
    _ask_apart(at)
    return _tell_changes(the_store(), at)


def _ask_apart(at: datetime) -> None:
    busy = _Asking.thread is not None and _Asking.thread.is_alive()
    recent = _Asking.began is not None and timedelta() <= at - _Asking.began < EVERY
    if busy or recent or not RevocationCheck.objects.filter(decided_at=None).exists():
        return
    _Asking.began = at
    _Asking.thread = threading.Thread(target=_ask, args=(at,), name="revocation", daemon=True)
    _Asking.thread.start()


def _ask(at: datetime) -> None:
    try:
        pending.recheck(at)
    except Exception:
        log.exception("asking the authorities failed")
    finally:
        connection.close()


def _tell_changes(store: TrustStore, at: datetime) -> int:
    """One public entry when the authorities are not those that the ledger last named; none in a demonstration."""
    if settings.SIGNING_ALLOW_TEST_ROOTS:
        return 0
    now = {a.sha256: _ref(a) for a in store.authorities}
    with transaction.atomic():
        last = Entry.objects.filter(stream=STREAM).order_by("-seq").first()
        before = {a.sha256: a for a in last.event.authorities} if last else {}
        if now == before:
            return 0
        event = AuthoritiesChanged(
            authorities=tuple(now[k] for k in sorted(now)),
            added=len(now.keys() - before),
            removed=len(before.keys() - now),
        )
        append(STREAM, event, actor=pending.PLATFORM, at=at)
    return 1


def _ref(authority: Authority) -> AuthorityRef:
    der = authority.certificate.public_bytes(Encoding.DER)
    name = x509.Certificate.load(der).subject.native
    return AuthorityRef(
        sha256=authority.sha256, name=str(name.get("common_name", "")), is_root=authority.is_anchor,
        source=authority.source, since=authority.since, until=authority.until,
    )  # fmt: skip
