# SPDX-License-Identifier: Apache-2.0
"""Words that no text holds: the beginning of one, or one that is spelt nearly so. What exists is left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import tantivy
from rapidfuzz.distance import OSA
from tantivy import Query

from . import words
from .entry import body_of, schema
from .opened import Kept, Open
from .wanted import Clause

SCHEMA = schema()
SHORTEST = 3  # letters of a beginning
NEAR, FAR = 4, 7  # letters from which one sign may be wrong, and two
SAMPLE = 60  # texts in which a nearly so spelt word is looked up
_NEAREST = Kept(2000)
RARE, FREQUENT = 3, 100  # texts: a word in so few is asked about when one spelt nearly so is in so many times more


@dataclass(frozen=True, slots=True)
class Spelt:
    """A clause as it is looked for. `begins`: the beginning of a word, in place of `stems`."""

    stems: tuple[str, ...]
    others: tuple[tuple[str, ...], ...] = ()
    keys: frozenset[str] = frozenset()
    begins: str = ""


@dataclass(slots=True)
class Reading:
    """Clauses as they are looked for, and what was changed of what was typed."""

    clauses: list[Spelt] = field(default_factory=list)
    corrected: dict[str, str] = field(default_factory=dict)
    suggested: dict[str, str] = field(default_factory=dict)


def read(indexes: Sequence[Open], clauses: Iterable[Clause], *, exact: bool, as_spelt: bool = False) -> Reading:
    """Clauses against what the indexes hold. `as_spelt`: the beginning of a word counts, but no other spelling."""
    reading = Reading()
    for clause in clauses:
        others = tuple(clause.others)
        if exact or clause.keys or others or len(clause.stems) != 1:
            reading.clauses.append(Spelt(clause.stems, others, clause.keys))
        else:
            reading.clauses.append(_one(indexes, clause, reading, as_spelt=as_spelt))
    return reading


def _one(indexes: Sequence[Open], clause: Clause, reading: Reading, *, as_spelt: bool) -> Spelt:
    stem, searchers = clause.stems[0], [index.searcher for index in indexes]
    n = _frequency(searchers, stem)
    if n > RARE:
        return Spelt(clause.stems)
    if not n and len(stem) >= SHORTEST and any(s.terms_with_prefix("text", stem, limit=1) for s in searchers):
        return Spelt((), begins=stem)
    if as_spelt:
        return Spelt(clause.stems)
    key = (stem, *(index.generation for index in indexes))
    near, shown, m = _NEAREST.get(key, lambda: _nearest(searchers, stem))
    if not near or (n and m < n * FREQUENT):
        return Spelt(clause.stems)
    if n:
        reading.suggested[clause.typed] = shown
        return Spelt(clause.stems)
    reading.corrected[clause.typed] = shown
    return Spelt((near,))


def _frequency(searchers: Sequence[tantivy.Searcher], stem: str) -> int:
    return sum(searcher.doc_freq("text", stem) for searcher in searchers)


def _nearest(searchers: Sequence[tantivy.Searcher], stem: str) -> tuple[str, str, int]:
    """(stem, word, texts that hold it) of what is spelt most nearly so; of several the most frequent. Empty: none."""
    for distance in range(1, (len(stem) >= NEAR) + (len(stem) >= FAR) + 1):
        query = Query.fuzzy_term_query(SCHEMA, "text", stem, distance=distance)
        found: dict[str, str] = {}
        for searcher in searchers:
            for _, address in searcher.search(query, SAMPLE, count=False).hits:
                for word in words.words(" ".join(_texts(body_of(searcher, address)))):
                    if OSA.distance(stem, other := words.stem(word), score_cutoff=distance) <= distance:
                        found.setdefault(other, word)
        found.pop(stem, None)
        if found:
            best = max(found, key=lambda other: (-OSA.distance(sound(stem), sound(other)),
                                                 _frequency(searchers, other), other))  # fmt: skip
            return best, found[best], _frequency(searchers, best)
    return "", "", 0


def forget() -> None:
    """Look every word up anew: for measuring."""
    _NEAREST.clear()


_SOUNDS = (("qu", "k"), ("ce", "se"), ("ci", "si"), ("ge", "je"), ("gi", "ji"), ("c", "k"), ("z", "s"), ("v", "b"),
           ("ll", "y"), ("ph", "f"), ("h", ""), ("x", "s"))  # fmt: skip


def sound(word: str) -> str:
    """A folded word as it sounds, roughly: *reactibo* and *reactivo* sound alike."""
    for letters, sounds in _SOUNDS:
        word = word.replace(letters, sounds)
    return word


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
