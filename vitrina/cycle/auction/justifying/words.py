# SPDX-License-Identifier: Apache-2.0
"""A mark as a sentence: a reason to ask, no judgement."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext as _

from vitrina.cycle.auction.abnormal import MEAN40, Mark
from vitrina.cycle.core.words import lang
from vitrina.kernel import formats

from .bodies import MarkRef


def mark_words(mark: Mark) -> str:
    """A mark of the room."""
    return _sentence(mark.name, mark.below)


def mark_sentence(mark: MarkRef) -> str:
    """A mark of the ledger."""
    return _sentence(mark.name, Fraction(mark.below))


def _sentence(name: str, share: Fraction) -> str:
    tenths = (2000 * share.numerator + share.denominator) // (2 * share.denominator)
    if name == MEAN40:
        text = _("The first offer lies %(share)s under the mean of what the others asked at first.")
    else:
        text = _("The first offer lies %(share)s under the next one.")
    return text % {"share": formats.percent(f"{tenths // 10}.{tenths % 10}", lang())}
