# SPDX-License-Identifier: Apache-2.0
"""What a question says, without how it was typed: its words, which neighbour which, and nothing of capitals, accents,
courtesies or the number under which it stood in its sheet. Pure; the lists of words are data (`data/likeness.toml`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

Pair = tuple[str, str]
Said = list[tuple[str, bool]]  # a word, and whether a sentence or a clause begins with it

_TOKEN = re.compile(
    r"(?P<break>[.,;:?!¿¡()\[\]{}\"«»“”]+)"
    r"|(?P<thousands>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w))"
    r"|(?P<word>[^\W_]+(?:[-./:'][^\W_]+)*)"
    r"|(?P<sign>[%$°±<>≥≤=+×&#*/])"
)
_GLUED = re.compile(r"(\d+(?:[.]\d+)?)([^\W\d_]+\d?)")
_INNER = re.compile(r"[-./:']")
_LISTED = re.compile(r"\s*\d{1,4}\)\s*(?=\S)")
_BARE_NUMBER = re.compile(r"\s*(\d{1,4})\s*(?:[.)\-–:]+)(?=\s|¿|[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists and limits of `data/likeness.toml`, ready to use."""

    version: str
    empty: frozenset[str]
    exact: frozenset[str]
    units: frozenset[str]
    numbers: dict[str, str]
    split: dict[str, str]
    before: tuple[tuple[str, ...], ...]
    after: tuple[tuple[str, ...], ...]
    numbering: re.Pattern[str]
    most_typos: int
    typo_share: Fraction
    least_letters: int
    least_letters_changed: int
    least_letters_exact: int
    times_rarer: int
    most_moved: int
    alike: Fraction


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a question in their order; `strict`: neighbours inside a clause, `loose`: those across clauses too.

    Two questions of the same words may differ in what they ask: who pays whom, how many of which lot. The neighbours
    tell: whole sentences may change places, words may not.
    """

    words: tuple[str, ...]
    strict: frozenset[Pair]
    loose: frozenset[Pair]

    @property
    def key(self) -> tuple[str, ...]:
        """The words whatever their order."""
        return tuple(sorted(self.words))


@cache
def lists() -> Lists:
    """The data, read once."""
    data = tomllib.loads(Path(__file__).with_name("data").joinpath("likeness.toml").read_text(encoding="utf-8"))
    words, limits, phrases = data["words"], data["limits"], data["phrases"]
    empty = frozenset(words["empty"])
    named = "|".join(sorted(phrases["numbering"], key=len, reverse=True))
    return Lists(
        version=data["version"],
        empty=empty,
        exact=frozenset([*words["exact"], *words["units"]]),
        units=frozenset(words["units"]),
        numbers=words["numbers"],
        split=words["split"],
        before=_phrases(phrases["before"], empty),
        after=_phrases(phrases["after"], empty),
        numbering=re.compile(rf"\s*(?:(?:{named})\b[\s.#°º-]*)+\d{{1,4}}\s*(?:[.:)\-–]+\s*|(?=¿))"),
        most_typos=limits["most_typos"],
        typo_share=Fraction(limits["typo_share"]),
        least_letters=limits["least_letters"],
        least_letters_changed=limits["least_letters_changed"],
        least_letters_exact=limits["least_letters_exact"],
        times_rarer=limits["times_rarer"],
        most_moved=limits["most_moved"],
        alike=Fraction(limits["alike"]),
    )


def _phrases(texts: Iterable[str], empty: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    found = {tuple(w for w in plain(text).split() if w not in empty) for text in texts}
    return tuple(sorted(found - {()}, key=lambda p: (-len(p), p)))


def plain(text: str) -> str:
    """Lower case, no accents (ñ apart), one form of each sign.

    >>> plain("¿Cuántos  AÑOS?")
    '¿cuantos  años?'
    """
    lower = unicodedata.normalize("NFKC", text).lower()
    if lower.isascii():
        return lower
    kept = lower.replace("ñ", "\x00")
    return "".join(c for c in unicodedata.normalize("NFD", kept) if not unicodedata.combining(c)).replace("\x00", "ñ")


def bare_number(text: str) -> int | None:
    """The number that a text begins with, when it may be its place in a list: `12.- ¿Se acepta...?` is 12."""
    found = _BARE_NUMBER.match(plain(text))
    return int(found[1]) if found else None


def wording(text: str, *, is_numbered: bool = False) -> Wording:
    """What a question says. `is_numbered`: the bare number that it begins with is its place in a list."""
    known = lists()
    rest = plain(text)
    rest = rest[found.end() :] if (found := known.numbering.match(rest)) else rest
    listed = _LISTED.match(rest)  # nobody writes `33)` for a point of the call
    if found := listed or (_BARE_NUMBER.match(rest) if is_numbered else None):
        rest = rest[found.end() :]
    said = _said(rest, known)
    kept = _without_courtesy(said, known) or said
    words = tuple(word for word, _ in kept)
    loose = frozenset(pairwise(words))
    strict = frozenset((a, b) for (a, _), (b, begins) in pairwise(kept) if not begins)
    return Wording(words, strict, loose)


def _said(text: str, known: Lists) -> Said:
    said: Said = []
    begins = True
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "break":
            begins = True
            continue
        for word in _words(match[0], known):
            said.append((word, begins))
            begins = False
    return said


def _words(token: str, known: Lists) -> list[str]:
    """The words of a token that count: a code stays whole, `y/o` and `S.A.` do not, `5ml` is `5 ml`."""
    if not any(c.isdigit() for c in token):
        parts = [known.split.get(p, p) for p in _INNER.split(token)]
        return [known.numbers.get(p, p) for p in parts if p not in known.empty]
    glued = _GLUED.fullmatch(token)
    if glued and glued[2] in known.units:
        return [glued[1], glued[2]]
    return [token.replace(",", "")]


def _without_courtesy(said: Said, known: Lists) -> Said:
    words = [word for word, _ in said]
    first, last = 0, len(words)
    while size := _fits(words[first:last], known.before, at_end=False):
        first += size
    while size := _fits(words[first:last], known.after, at_end=True):
        last -= size
    return said[first:last]


def _fits(words: list[str], phrases: Iterable[tuple[str, ...]], *, at_end: bool) -> int:
    for phrase in phrases:
        n = len(phrase)
        if tuple(words[-n:] if at_end else words[:n]) == phrase:
            return n
    return 0
