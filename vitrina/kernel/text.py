# SPDX-License-Identifier: Apache-2.0
"""Text as people search it and as files must not carry it."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-'’./_]+")
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def fold(text: str) -> str:
    """Lower case, no accents (ñ stays apart from n), separators as single spaces.

    >>> fold("Reactivo  VIH-1, Muñoz")
    'reactivo vih 1, muñoz'
    """
    kept = text.lower().replace("ñ", "\x00")
    plain = "".join(c for c in unicodedata.normalize("NFD", kept) if unicodedata.category(c) != "Mn")
    return _SEPARATORS.sub(" ", plain.replace("\x00", "ñ")).strip()


def squeeze(text: str) -> str:
    """Folded text without any space: procedure numbers in any spelling meet here."""
    return fold(text).replace(" ", "").replace(",", "")


def has_unsafe_characters(text: str) -> bool:
    """Whether the text holds control or direction-changing characters that a page must not show."""
    return bool(_UNSAFE.search(text))
