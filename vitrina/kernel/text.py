# SPDX-License-Identifier: Apache-2.0
"""Text as people search it and as files must not carry it."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\-'’./_]+")
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# With spaces, marks of direction and width before it, a formula is one still.
_FORMULA = re.compile(r"[\s\x00-\x20\ufeff\u200b-\u200f]*[=+\-@\t\r\x00＝＋－＠]|[\t\r\n\x00]")


class _NoMarks(dict[int, int | None]):
    """For `str.translate`: takes marks (accents) away; each sign is looked up once."""

    def __missing__(self, sign: int) -> int | None:
        self[sign] = found = None if unicodedata.category(chr(sign)) == "Mn" else sign
        return found


_NO_MARKS = _NoMarks()


def fold(text: str) -> str:
    """Lower case, no accents (ñ stays apart from n), separators as single spaces.

    >>> fold("Reactivo  VIH-1, Muñoz")
    'reactivo vih 1, muñoz'
    """
    kept = text.lower().replace("ñ", "\x00")
    plain = kept if kept.isascii() else unicodedata.normalize("NFD", kept).translate(_NO_MARKS)
    return _SEPARATORS.sub(" ", plain.replace("\x00", "ñ")).strip()


def squeeze(text: str) -> str:
    """Folded text without any space: procedure numbers in any spelling meet here."""
    return fold(text).replace(" ", "").replace(",", "")


def plain_cell(text: str) -> str:
    """The text as a cell of a table that no spreadsheet takes for a formula.

    >>> plain_cell("=1+1"), plain_cell("1-1")
    ("'=1+1", '1-1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def for_xml(text: str) -> str:
    """The text without the characters that no XML document may hold, even escaped."""
    return _NOT_XML.sub("\ufffd", text)


def has_unsafe_characters(text: str) -> bool:
    """Whether the text holds control or direction-changing characters that a page must not show."""
    return bool(_UNSAFE.search(text))
