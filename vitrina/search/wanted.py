# SPDX-License-Identifier: Apache-2.0
"""What a person typed, as clauses that all have to hold: each a word or a number, with what stands for the same."""

from __future__ import annotations

from dataclasses import dataclass, field

from vitrina.kernel.text import squeeze

from . import synonyms, words

MOST_CLAUSES = 16
MOST_LETTERS = 200
SHORTEST_KEY = 3  # signs of a number that is looked for by its beginning
Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """`stems` all stand in a text, or those of one of `others` (stems -> their text) do, or a number begins with one
    of `keys`. `typed` is what the person wrote.
    """

    typed: str
    stems: Stems
    others: dict[Stems, str] = field(default_factory=dict)
    keys: frozenset[str] = frozenset()


def is_number(text: str) -> bool:
    """Whether a piece of what was typed can be (part of) a number.

    >>> is_number("E56-2017"), is_number("12"), is_number("reactivo")
    (True, False, False)
    """
    squeezed = squeeze(text)
    return len(squeezed) >= SHORTEST_KEY and any(c.isdigit() for c in squeezed)


def read(text: str, *, exact: bool = False) -> list[Clause]:
    """The clauses of a text. `exact`: no other words for the same thing."""
    found: list[Clause] = []
    run: list[str] = []
    for chunk in text[:MOST_LETTERS].split():
        if is_number(chunk):
            found += _of_words(run, exact=exact)
            run = []
            found.append(Clause(chunk, words.stems(chunk), keys=frozenset(words.asked_keys(chunk))))
        else:
            run += words.words(chunk)
    found += _of_words(run, exact=exact)
    return list({(c.stems, c.keys): c for c in found}.values())[:MOST_CLAUSES]


def whole_keys(text: str) -> frozenset[str]:
    """Keys of all that was typed as one number, where it may be one with spaces in it."""
    chunks = text[:MOST_LETTERS].split()
    is_one = len(chunks) > 1 and is_number(text) and any(is_number(chunk) for chunk in chunks)
    return frozenset(words.asked_keys(text)) if is_one else frozenset()


def _of_words(typed: list[str], *, exact: bool) -> list[Clause]:
    """Clauses of a run of folded words; the longest texts that have synonyms are taken together."""
    kept = [word for word in typed if word not in words.STOP] or typed
    found, at = [], 0
    while at < len(kept):
        for length in range(1 if exact else min(synonyms.longest(), len(kept) - at), 0, -1):
            run = kept[at : at + length]
            stems = tuple(words.stem(word) for word in run)
            others = {} if exact else synonyms.others(stems)
            if others or length == 1:
                found.append(Clause(" ".join(run), stems, others))
                at += length
                break
    return found
