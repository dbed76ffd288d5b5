# SPDX-License-Identifier: Apache-2.0
"""The published rules of what may be asked: what is refused at the door, and why a question may be hidden. Pure."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 12, 500  # characters
A_MINUTE, A_DAY = 6, 200  # questions that one purchase takes in

# What would publish somebody's data, or lead readers away; refused before it is written anywhere.
DOOR = {
    "email": re.compile(r"[\w.+-]+@[\w-]+\.\w"),
    "phone": re.compile(r"(?:\d[\s.()-]*){10,}"),
    "rfc": re.compile(r"\b[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}\b", re.IGNORECASE),
    "curp": re.compile(r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b", re.IGNORECASE),
    "link": re.compile(r"https?:|www\.", re.IGNORECASE),
}
DOOR_WORDS = {
    "email": _("an e-mail address"),
    "phone": _("a telephone or account number"),
    "rfc": _("an RFC"),
    "curp": _("a CURP"),
    "link": _("a link"),
}
# Why internal control may hide a question from the room.
HIDING = {
    "personal": _("It tells personal data of somebody."),
    "insult": _("It insults or threatens somebody."),
    "advertising": _("It advertises something."),
    "other": _("It asks nothing about this purchase or how it is run."),
}


def held_back(text: str) -> str:
    """The first of `DOOR` that a text trips over, or nothing.

    >>> held_back("¿Por qué se movió la apertura?"), held_back("Escríbanme a ana@correo.example")
    ('', 'email')
    """
    return next((name for name, pattern in DOOR.items() if pattern.search(text)), "")
