# SPDX-License-Identifier: Apache-2.0
"""The law that a purchase keeps to its end, chosen by the date of its call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.law import LawError, profile, rulebook

from . import limits
from .methods import METHODS


def pin(process: Process, character: str, method: str, at: datetime) -> tuple[Any, str]:
    """Choose the law by the date of the call, pin it on the process, and refuse what its profile does not allow."""
    try:
        day = limits.calendar_of(process).local_day(at)
        book = rulebook(day, process.unit.jurisdiction, category=process.category)
        process.character, process.law, process.rulebook = character, book.law, book.id
        found = profile(at=at, **limits.question(process))
        allowed, ocds_method = found.evaluation_methods, found["ocds_method"]
    except LawError as error:
        raise refuse("law", error.say(get_language() or "es")) from error
    if method not in allowed or method not in METHODS:
        message = _("This evaluation method is not possible here. Choose another.")
        raise refuse("method", message, field="evaluation_method")
    return book, ocds_method
