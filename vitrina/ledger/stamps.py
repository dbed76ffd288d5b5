# SPDX-License-Identifier: Apache-2.0
"""RFC 3161 time stamps of checkpoints: one for each deadline and one a day, where a provider is configured.

What is stamped is the signed note of a head without cosignatures: the bytes that the log alone answers for.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings

from . import timestamp
from .models import Head, Timestamp

log = logging.getLogger(__name__)
A_DAY = timedelta(days=1)
AT_ONCE = 10
SECONDS = 5.0  # what the provider may take
_AGAIN = timedelta(minutes=1)
_quiet_until: datetime | None = None  # after a failure the provider is left alone for a while


def digest(head: Head) -> bytes:
    """What a token of this head vouches for: SHA-256 of its signed note."""
    return hashlib.sha256(head.note.encode()).digest()


def stamp_waiting(now: datetime) -> int:
    """Have every head stamped that waits for it; returns how many were. A provider that fails is asked again later."""
    global _quiet_until  # noqa: PLW0603 - one provider for the process
    if not settings.LOG_TSA_URL or (_quiet_until and now < _quiet_until):
        return 0
    done = 0
    try:
        trusted = roots()
        for head in _waiting(now):
            token = timestamp.stamp(settings.LOG_TSA_URL, digest(head), SECONDS)
            at = timestamp.verify(token, digest(head), trusted)
            Timestamp.objects.create(head=head, provider=settings.LOG_TSA_URL, token=token, at=at)
            done += 1
    except (timestamp.TimestampError, OSError, ValueError) as error:
        _quiet_until = now + _AGAIN
        log.error("no time stamp from %s: %s", settings.LOG_TSA_URL, error)  # noqa: TRY400 - the words say it all
    return done


def roots() -> list[x509.Certificate]:
    """The provider's roots that the operator trusts. Errors: `OSError`, `ValueError` for what is no certificate."""
    if not settings.LOG_TSA_ROOTS:
        raise ValueError("VITRINA_TSA_ROOTS names no file with its roots")
    return x509.load_pem_x509_certificates(Path(settings.LOG_TSA_ROOTS).read_bytes())


def _waiting(now: datetime) -> Iterator[Head]:
    """Deadlines without a token, the oldest first; the newest head when the last token is a day old."""
    yield from list(Head.objects.filter(closes=True, timestamp=None).order_by("size")[:AT_ONCE])
    newest = Head.objects.order_by("-size").first()
    last = Timestamp.objects.order_by("-at").values_list("at", flat=True).first()
    if newest and (last is None or now - last >= A_DAY):
        yield newest
