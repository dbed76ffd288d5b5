# SPDX-License-Identifier: Apache-2.0
"""Text as the search keeps it: stems of Spanish words, and keys of numbers in which any spelling of one meets.

The same functions read what is kept and what is asked. Stems: plural and gender are taken away, as in J. Savoy's
light stemmer for Spanish (CLEF 2001), changed for short words (*gasas*, *redes*) and kept apart from *gas*, *red*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from vitrina.kernel.text import fold, squeeze

_STOP_WORDS = """
a al ante con de del e el en la las lo los o para por que se sin su sus u un una unas unos y the of and
"""
STOP = frozenset(_STOP_WORDS.split())
SHORT = 4  # letters up to which a word is its own stem
LONGEST = 40  # letters of a word that are kept
MOST_PARTS = 9  # of a number
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[^\W_]+|[\W_]+")
_PART = re.compile(r"[^\W\d_]+|\d+")


def words(text: str) -> list[str]:
    """Folded words of a text, in order, stop words too.

    >>> words("Reactivo VIH-1, p/ Muñoz (50 %)")
    ['reactivo', 'vih', '1', 'p', 'muñoz', '50']
    """
    return [word[:LONGEST] for word in _WORD.findall(fold(text))]


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word.

    >>> [stem(w) for w in ("reactivos", "gasas", "gasa", "hospitales", "redes", "luz", "luces", "enlaces", "laptops")]
    ['reactiv', 'gasa', 'gasa', 'hospital', 'red', 'luc', 'luc', 'enlac', 'laptop']
    """
    if not word.isalpha():
        return word
    if word.endswith("z"):
        return f"{word[:-1]}c"  # luz, luces; enlace, enlaces
    if len(word) <= SHORT:
        return word[:-1] if len(word) == SHORT and word.endswith(("as", "es", "os")) else word  # vía, vías
    found = word
    if found.endswith("ces"):
        return found[:-2]
    if len(found) == SHORT + 1 and found.endswith(("des", "les", "nes", "res")):
        found = found[:-2]
    elif found.endswith("s") and not found.endswith(("ss", "us")):
        found = found[:-1]
    return found[:-1] if len(found) > SHORT and found[-1] in "aeo" else found


@lru_cache(maxsize=50_000)
def stems(text: str) -> tuple[str, ...]:
    """The stems that are kept of a text: no stop words, each as often as it stands there."""
    return tuple(stem(word) for word in words(text) if word not in STOP)


def number_keys(text: str) -> set[str]:
    """Keys of a number: it and its ends from each of its parts, squeezed, with and without zeros on the left.

    What is asked finds a number when its own key is the beginning of one of these, so any run of parts will do.

    >>> sorted(number_keys("LA-019GYR-E56"))
    ['019gyre56', '19gyre56', 'e56', 'la019gyre56', 'la19gyre56']
    """
    parts = fold(text).split()[-MOST_PARTS:]
    found: set[str] = set()
    for start in range(len(parts)):
        end = "".join(parts[start:])
        found |= {end, plain_number(parts[start:])}
    return {key for key in found if any(c.isdigit() for c in key)}


def plain_number(parts: Iterable[str]) -> str:
    """Parts of a number as one, each run of digits without zeros on the left."""
    runs: Iterator[str] = (run.lstrip("0") or "0" if run.isdigit() else run for p in parts for run in _PART.findall(p))
    return "".join(runs)


def asked_keys(text: str) -> set[str]:
    """The keys under which a number that somebody typed is looked for."""
    return {squeeze(text), plain_number(fold(text).split())}


def pieces(text: str) -> list[str]:
    """A text cut into its words and what stands between them, as written; together they are the text."""
    return _PIECE.findall(text)
