# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of letters: that one came or was answered. No word of anybody's stands in them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from vitrina.ledger.kinds import Event, kind

from .rules import ONE_WORDS, OUTCOME_WORDS, folio


@kind("letter.received", stage="integrity")
class LetterReceived(Event):
    """Somebody of the public wrote to an institution. `subject`: correction, complaint, question; `text_sha256`:
    SHA-256 of the salt and the text, both kept apart.
    """

    number: int
    buyer: str
    subject: str
    text_sha256: str

    def sentence(self) -> str:
        values = {"what": ONE_WORDS[self.subject], "folio": folio(self.number)}
        return _("The public sent in a %(what)s, folio %(folio)s") % values


@kind("letter.answered", stage="integrity")
class LetterAnswered(Event):
    """An institution answered a letter of the public. `days`: whole days since it came; `answer_sha256` as above."""

    number: int
    buyer: str
    outcome: str
    days: int
    answer_sha256: str

    def sentence(self) -> str:
        return _("The letter of the public %(folio)s was answered") % {"folio": folio(self.number)}

    def detail(self) -> str:
        days = _("After %(n)d days.") % {"n": self.days} if self.days else _("On the same day.")
        return f"{OUTCOME_WORDS[self.outcome]}. {days}"
