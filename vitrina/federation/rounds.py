# SPDX-License-Identifier: Apache-2.0
"""Keeping members up to date: a thread beside the sequencer looks at those whose turn has come, one by one."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from vitrina.kernel import clock

from .models import Member
from .reading import Busy, look

log = logging.getLogger(__name__)
POLL_SECONDS = 20.0  # between two questions whose turn it is
_beside: threading.Thread | None = None
_next_question = 0.0


def due() -> QuerySet[Member]:
    """Members whose turn it is, by the clock of the world outside; who was never looked at comes first."""
    before = clock.system() - timedelta(minutes=settings.FEDERATION_MINUTES)
    found = Member.objects.filter(Q(checked_at=None) | Q(checked_at__lt=before), removed_at=None)
    return found.order_by("checked_at", "key")


def tend(now: datetime) -> int:  # noqa: ARG001 - the shape of a chore; this one goes by the clock of the world outside
    """Begin a round when somebody's turn has come and none is under way; nothing is waited for."""
    global _beside, _next_question  # noqa: PLW0603 - one thread in a process
    if time.monotonic() < _next_question or (_beside is not None and _beside.is_alive()):
        return 0
    _next_question = time.monotonic() + POLL_SECONDS
    if settings.FEDERATION_MINUTES and due().exists():
        _beside = threading.Thread(target=_round, name="federation", daemon=True)
        _beside.start()
    return 0


def _round() -> None:
    try:
        run()
    except Exception:
        log.exception("the members could not be looked at")
    finally:
        connection.close()


def run() -> None:
    """Look at every member whose turn it is; one that fails is told, and the others go on."""
    for member in due():
        try:
            found = look(member)
        except Busy:
            log.info("another process looks at %s", member.key)
        except Exception:
            log.exception("%s could not be looked at", member.key)
        else:
            log.info("%s: %s", member.key, found.verdict)
