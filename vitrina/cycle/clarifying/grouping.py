# SPDX-License-Identifier: Apache-2.0
"""Which questions are one question asked several times. Pure and deterministic; in doubt a question stays alone.

Two questions are one when they have the same words (courtesies, capitals, accents and punctuation apart), with the
same neighbours but for sentences that changed places, and when the few words in which they differ are typing errors:
one letter more, one less, two swapped, or one that is its neighbour on the keyboard, in a word that nobody else used.
Numbers, codes, signs, units, negations and the like are never typing errors, so questions that differ in one of them
never meet. Distances are whole numbers (rapidfuzz, MIT), limits are fractions, both as data.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel

from .wording import Lists, Wording, bare_number, lists, plain, wording

_ROWS = ("qwertyuiop", "asdfghjklñ", "zxcvbnm")
_NEAR = frozenset(
    frozenset((a, b))
    for y, row in enumerate(_ROWS)
    for x, a in enumerate(row)
    for other in _ROWS[max(0, y - 1) : y + 2]
    for b in other[max(0, x - 1) : x + 2]
    if a != b
)
_SOUNDS = frozenset(frozenset(pair) for pair in ("bv", "sc", "sz", "cz", "gj", "yi", "nñ", "mn"))


class Asked(NamedTuple):
    """A question as grouping reads it: in the order asked, `who` any word that is one for one company."""

    id: str
    who: str
    text: str


@dataclass(slots=True)
class _Form:
    """Questions with the same words in the same order: the places at which they were asked, and their wording."""

    said: Wording
    places: list[int] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)


def group(questions: Sequence[Asked]) -> list[list[str]]:
    """Ids of the questions, those that are one together: groups by their first question, members as they were asked.

    Every question stands in exactly one group. Errors: none.
    """
    known = lists()
    forms = _forms(questions)
    heads = _attach(forms, known)
    members: dict[int, list[int]] = defaultdict(list)
    for n, form in enumerate(forms):
        members[heads[n]] += form.places
    return [[questions[place].id for place in sorted(places)] for places in sorted(members.values(), key=min)]


def _forms(questions: Sequence[Asked]) -> list[_Form]:
    """Questions that say the same word by word, the most asked first, then the earliest."""
    numbered = _numbered(questions)
    buckets: dict[tuple[str, ...], list[_Form]] = defaultdict(list)
    for place, question in enumerate(questions):
        said = wording(question.text, is_numbered=place in numbered)
        bucket = buckets[said.key]
        form = next((f for f in bucket if said.words and _same_order(f.said, said)), None)
        if form is None:
            form = _Form(said, counted=Counter(said.words))
            bucket.append(form)
        form.places.append(place)
    return sorted((f for bucket in buckets.values() for f in bucket), key=lambda f: (-len(f.places), f.places[0]))


def _numbered(questions: Sequence[Asked]) -> set[int]:
    """Places of the questions whose bare number is their place in their company's list: the next one counts on.

    Without that, `33. ¿...` may well be point 33 of the call, and stays.
    """
    found: set[int] = set()
    last: dict[str, tuple[int, int | None]] = {}
    for place, question in enumerate(questions):
        number = bare_number(question.text)
        before, former = last.get(question.who, (-1, None))
        if number is not None and former is not None and number == former + 1:
            found |= {before, place}
        last[question.who] = (place, number)
    return found


def _attach(forms: list[_Form], known: Lists) -> list[int]:
    """For each form the form whose group it stands in: itself, or the one of which it is a typing error.

    A form that could be an error of two goes to neither; errors do not chain.
    """
    using: dict[str, list[int]] = defaultdict(list)
    for n, form in enumerate(forms):
        for word in form.counted:
            using[word].append(n)
    heads = list(range(len(forms)))
    for n, form in enumerate(forms):
        fits = {
            m
            for m in _candidates(form, using, known)
            if m < n and heads[m] == m and _is_slip(form, forms[m], using, known)
        }
        if len(fits) == 1:
            heads[n] = fits.pop()
    return heads


def _candidates(form: _Form, using: dict[str, list[int]], known: Lists) -> set[int]:
    """Forms that share one of the rarest words that this one has in common with any: a slip leaves one whole."""
    shared = sorted((w for w in form.counted if len(using[w]) > 1), key=lambda w: (len(using[w]), w))
    return {m for word in shared[: known.most_typos + 1] for m in using[word]}


def _is_slip(form: _Form, other: _Form, using: dict[str, list[int]], known: Lists) -> bool:
    """Whether the words in which two forms differ are typing errors, and few."""
    total = len(form.said.words)
    if total != len(other.said.words):
        return False
    mine, theirs = form.counted - other.counted, other.counted - form.counted
    n = mine.total()
    if not 0 < n <= known.most_typos or n > known.typo_share * total:
        return False
    for order in permutations(theirs.elements()):
        pairs = dict(zip(mine.elements(), order, strict=True))
        if all(_is_typo(a, b, using, known) for a, b in pairs.items()):
            return _same_order(_mended(form.said, pairs), other.said)
    return False


def _is_typo(a: str, b: str, using: dict[str, list[int]], known: Lists) -> bool:
    """Whether one of two words is the other typed wrong: not when both are words that people use."""
    if min(len(a), len(b)) < known.least_letters or not (a.isalpha() and b.isalpha()):
        return False
    wrong, right = sorted((a, b), key=lambda w: (w in known.exact, len(using[w])))
    if wrong in known.exact or not (
        len(using[wrong]) == 1 or len(using[right]) >= known.times_rarer * len(using[wrong])
    ):
        return False
    is_exact = right in known.exact
    if OSA.distance(a, b, score_cutoff=1) != 1 or (is_exact and len(right) < known.least_letters_exact):
        return False
    if len(a) != len(b):
        return not (a.endswith(b) or b.endswith(a))  # `ilegal` is no slip of `legal`
    if sorted(a) == sorted(b):
        return True
    changed = frozenset(next((x, y) for x, y in zip(a, b, strict=True) if x != y))
    return not is_exact and len(a) >= known.least_letters_changed and (changed in _NEAR or changed in _SOUNDS)


def _mended(said: Wording, pairs: dict[str, str]) -> Wording:
    def mend(found: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        return frozenset((pairs.get(a, a), pairs.get(b, b)) for a, b in found)

    return Wording(tuple(pairs.get(w, w) for w in said.words), mend(said.strict), mend(said.loose))


def _same_order(a: Wording, b: Wording) -> bool:
    """Whether the words stand beside the same neighbours, but for sentences that changed places."""
    if a.words == b.words:
        return True
    moved = len(a.strict - b.loose) + len(b.strict - a.loose)
    return moved <= lists().most_moved


def alike(text: str, others: Sequence[str], *, limit: int = 5) -> Iterator[int]:
    """Places of the texts nearest to one, the nearest first: not the same question, but worth a look beside it."""
    share, mine = lists().alike, plain(text)
    kept = [plain(other) for other in others]
    found = process.extract(mine, kept, scorer=Indel.distance, limit=limit)
    for other, distance, place in found:
        if distance * share.denominator <= share.numerator * (len(mine) + len(other)):
            yield place
