# SPDX-License-Identifier: Apache-2.0
"""Text that a person wrote and everybody reads: a command takes it whether or not a form has cleaned it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from vitrina.cycle.core.refusal import refuse
from vitrina.kernel.text import has_unsafe_characters

MAX_REASON = 1000
MAX_DECISION = 2000
MAX_RULING = 4000


def plain(text: str, *, limit: int, field: str = "") -> str:
    """The text without space around it; refuses what is too long or holds characters that a page must not show."""
    text = text.strip()
    if len(text) > limit or has_unsafe_characters(text):
        raise refuse("text", _("Write plain text of at most %(n)s characters.") % {"n": limit}, field=field)
    return text
