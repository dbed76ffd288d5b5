# SPDX-License-Identifier: Apache-2.0
"""Kinds of letters, how they may end, their limits. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

SHORTEST, LONGEST = 10, 4000  # characters of a letter, and of its answer
A_DAY = 400  # letters that one institution takes in
MOST_TRIES = 6  # of telling somebody that the answer is there
_FOLIO = re.compile(r"[Cc]?0{0,9}([0-9]{1,9})", re.ASCII)
_SECRET = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Kind(StrEnum):
    """What somebody writes for."""

    CORRECTION = "correction"
    COMPLAINT = "complaint"
    QUESTION = "question"


class Outcome(StrEnum):
    """How a letter ended."""

    CORRECTED = "corrected"
    EXPLAINED = "explained"
    PASSED_ON = "passed_on"
    NOT_OURS = "not_ours"


KIND_WORDS = {
    Kind.CORRECTION: _("A datum is wrong or is missing"),
    Kind.COMPLAINT: _("I have a complaint about how it was bought or delivered"),
    Kind.QUESTION: _("I have a question"),
}
MANY_WORDS = {
    Kind.CORRECTION: _("Corrections"),
    Kind.COMPLAINT: _("Complaints"),
    Kind.QUESTION: _("Questions"),
}
ONE_WORDS = {Kind.CORRECTION: _("correction"), Kind.COMPLAINT: _("complaint"), Kind.QUESTION: _("question")}
OUTCOME_WORDS = {
    Outcome.CORRECTED: _("It was corrected"),
    Outcome.EXPLAINED: _("It was explained"),
    Outcome.PASSED_ON: _("It was passed on to who investigates"),
    Outcome.NOT_OURS: _("It belongs to another authority"),
}
# What nobody should write here, said above the box.
KEEP_OUT = (
    _("names, health or addresses of other people"),
    _("passwords, CURP, numbers of accounts"),
    _("what would put you or somebody else in danger"),
)


def folio(number: int) -> str:
    """The folio of a letter.

    >>> folio(12), read_folio("c-000012"), read_folio(" 12 "), read_folio("x")
    ('C-000012', 12, 12, None)
    """
    return f"C-{number:06d}"


def read_folio(text: str) -> int | None:
    """The number of a folio as people write it; nothing when it is none."""
    found = _FOLIO.fullmatch("".join(text[:40].split()).replace("-", ""))
    return int(found[1]) if found else None


def is_secret(text: str) -> bool:
    """Whether a text has the form of a receipt's word: 32 hexadecimal figures."""
    return bool(_SECRET.fullmatch(text))


def plain_secret(text: str) -> str:
    """The word of a receipt as somebody copied it, without spaces and hyphens.

    >>> plain_secret("3F2A 0000-1111 2222 3333 4444 5555 6666")
    '3f2a0000111122223333444455556666'
    """
    return re.sub(r"[\s-]", "", text).lower()


def spaced(secret: str) -> str:
    """The word of a receipt in groups of four, for the eye."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
