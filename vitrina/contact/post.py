# SPDX-License-Identifier: Apache-2.0
"""Tells those who left an address that their answer is there: beside the sequencer, in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, connection
from django.utils import translation
from django.utils.translation import gettext as _

from . import commands
from .models import Letter
from .pages import answer_url

log = logging.getLogger(__name__)
LOOKING = 2.0  # seconds
_next_look = 0.0
_carriers: list[threading.Thread] = []


def tend(now: datetime) -> int:  # noqa: ARG001 - the shape of a chore
    """The chore: wakes somebody who carries when there is something to carry."""
    global _next_look  # noqa: PLW0603 - of this process
    if time.monotonic() < _next_look:
        return 0
    _next_look = time.monotonic() + LOOKING
    _carriers[:] = [thread for thread in _carriers if thread.is_alive()]
    if not _carriers and commands.is_due():
        thread = threading.Thread(target=_carry, name="letters", daemon=True)
        _carriers.append(thread)
        thread.start()
    return 0


def _carry() -> None:
    try:
        carry_all()
    except DatabaseError:
        log.warning("the post of letters lost the database; what is left is carried later")
    finally:
        connection.close()


def carry_all() -> int:
    """Tell everybody who is to be told now; returns how many mails were taken."""
    taken = 0
    while letter := commands.claim():
        try:
            with translation.override(letter.language):
                _send(letter)
        except OSError as why:  # smtplib's errors are OSErrors
            log.warning("the answer to %s could not be told: %s", letter.folio, type(why).__name__)
            commands.note_untold(letter)
        else:
            commands.note_told(letter)
            taken += 1
    return taken


def _send(letter: Letter) -> None:
    lines = [
        _("Your letter %(folio)s was answered. Read the answer here:") % {"folio": letter.folio},
        answer_url(letter),
        _("This is the only message: your address is deleted now."),
    ]
    subject = _("Your letter %(folio)s was answered") % {"folio": letter.folio}
    headers = {"Auto-Submitted": "auto-generated"}
    with get_connection() as server:
        mail = EmailMessage(subject, "\n\n".join(lines) + "\n", to=[letter.email], headers=headers, connection=server)
        mail.send()
