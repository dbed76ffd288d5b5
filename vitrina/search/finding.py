# SPDX-License-Identifier: Apache-2.0
"""Answers: what several indexes hold of what is wanted, counted, summed and in order, as if they were one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from typing import Any

import tantivy
from tantivy import Occur, Query

from . import spelling, wanted
from .entry import FACETS, body_of, buyer_of, buyer_prefix, schema
from .opened import Kept, Open

SCHEMA = schema()
ORDERS = {"recent": "order", "amount": "amount"}  # beside `best`, by likeness
MOST_KEPT = 60  # entries of an answer that is kept
MOST_VALUES = 400  # of a facet; there are more buyers only
_TITLE, _OTHER, _NUMBER = 1.5, 0.5, 20.0  # weights of a word in the title, of a synonym, of a number


@dataclass(frozen=True, slots=True)
class Wanted:
    """`text` as typed; `filters`: facet -> values of which one has to hold; `order`: `best`, `recent`, `amount`.

    `exact`: neither synonyms nor other spellings; `as_spelt`: no other spelling, for a search that is followed.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: str = ""
    exact: bool = False
    as_spelt: bool = False

    @property
    def sorting(self) -> str:
        """The order in force: by likeness where there are words, else the newest first."""
        return self.order if self.order in {"best", *ORDERS} else ("best" if self.text.strip() else "recent")


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found. `source` is the number of its index."""

    source: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """`total` entries, contracts of `contracted` centavos; `facets`: facet -> value -> how many; `corrected`: typed
    word -> the word that was looked for; `suggested`: typed word -> a far more frequent one; `also`: synonyms.
    """

    total: int
    contracted: int
    facets: dict[str, Counter[str]]
    hits: list[Hit]
    corrected: dict[str, str]
    suggested: dict[str, str]
    also: list[str]


class Asked:
    """A question read against the indexes that are open now."""

    def __init__(self, indexes: Sequence[Open], question: Wanted) -> None:
        self.indexes, self.question = indexes, question
        clauses = wanted.read(question.text, exact=question.exact)
        self.also = [text for clause in clauses for text in clause.others.values()]
        self.spelt = spelling.read(indexes, clauses, exact=question.exact, as_spelt=question.as_spelt)
        self.read = (question.text, tuple(self.spelt.clauses))  # beside other indexes they are read otherwise
        self.text = self._text() if question.text.strip() else None
        self.filters = tuple(sorted((name, values) for name, values in question.filters.items() if values))

    def _text(self) -> Query:
        if not self.spelt.clauses:
            return Query.empty_query()
        together = Query.boolean_query([(Occur.Must, _clause(one)) for one in self.spelt.clauses])
        keys = wanted.whole_keys(self.question.text)
        return _any([together, *(_number(key) for key in keys)]) if keys else together

    def query(self, searcher: tantivy.Searcher, *, without: str = "") -> Query:
        """The question for one index, leaving one facet out."""
        parts = [(Occur.Must, self.text)] if self.text is not None else []
        for name, values in self.filters:
            if name != without:
                parts.append((Occur.Must, Query.const_score_query(_one_of(searcher, name, values), 0.0)))
        return Query.boolean_query(parts) if parts else Query.all_query()

    def counts(self, index: Open, names: tuple[str, ...], *, without: str = "") -> dict[str, Any]:
        """Counts of an index: all, their sum, and each of these facets; `without` the filter of one."""
        key = (index.generation, *self.read, self.filters, names, without)
        found: dict[str, Any] = _COUNTS.get(
            key, lambda: _aggregate(index.searcher, self.query(index.searcher, without=without), names)
        )
        return found

    def hits(self, limit: int) -> Iterator[Hit]:
        """The first entries of all indexes, in order."""
        by = ORDERS.get(self.question.sorting)
        runs = []
        for number, index in enumerate(self.indexes):
            rows = self._rows(index, by, max(limit, 1))
            runs.append([(_key(key), number, address) for key, address in rows])
        ordered = merge(*runs, key=lambda row: row[0], reverse=True)
        for _, number, address in islice(ordered, limit):
            yield Hit(number, body_of(self.indexes[number].searcher, address))

    def _rows(self, index: Open, by: str | None, limit: int) -> list[tuple[Any, tantivy.DocAddress]]:
        """(key of the order, address) of the first entries of an index; what a page or two show is kept."""
        options: dict[str, Any] = {"order_by_field": by} if by else {}

        def search() -> list[tuple[Any, tantivy.DocAddress]]:
            found: list[tuple[Any, tantivy.DocAddress]] = index.searcher.search(
                self.query(index.searcher), limit, count=False, **options
            ).hits
            return found

        if limit > MOST_KEPT:
            return search()
        key = (index.generation, *self.read, self.filters, by, limit)
        found: list[tuple[Any, tantivy.DocAddress]] = _ROWS.get(key, search)
        return found


def find(indexes: Sequence[Open], question: Wanted, *, first: int = 0, size: int = 20) -> Found:
    """Entries `first` to `first + size` of what is wanted, with the counts of every facet."""
    asked = Asked(indexes, question)
    chosen = tuple(name for name, _ in asked.filters)
    total = contracted = 0
    facets: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for index in indexes:
        told = asked.counts(index, tuple(name for name in FACETS if name not in chosen))
        total += int(told["n"]["value"])
        contracted += int(told["sum"]["value"] or 0)
        for name in chosen:  # what choosing another value would give
            told = {**told, name: asked.counts(index, (name,), without=name)[name]}
        for name in FACETS:
            for bucket in told[name]["buckets"]:
                facets[name][bucket["key"]] += bucket["doc_count"]
    hits = list(islice(asked.hits(first + size), first, None)) if first < total else []
    return Found(total, contracted, facets, hits, asked.spelt.corrected, asked.spelt.suggested, asked.also)


def one(index: Open, key: str) -> dict[str, Any] | None:
    """The entry with an id."""
    rows = index.searcher.search(Query.term_query(SCHEMA, "id", key, "basic"), 1, count=False).hits
    return body_of(index.searcher, rows[0][1]) if rows else None


def which(indexes: Sequence[Open], question: Wanted, ids: Sequence[str]) -> set[str]:
    """Those of these entries of the first index that are wanted; words are read against all of the indexes."""
    searcher = indexes[0].searcher
    only = Query.const_score_query(Query.term_set_query(SCHEMA, "id", list(ids)), 0.0)
    query = Query.boolean_query([(Occur.Must, only), (Occur.Must, Asked(indexes, question).query(searcher))])
    rows = searcher.search(query, max(len(ids), 1), count=False).hits
    found = (body_of(searcher, address) for _, address in rows)
    return {str(body.get("id") or body["ocid"]) for body in found}


def _aggregate(searcher: tantivy.Searcher, query: Query, names: tuple[str, ...]) -> dict[str, Any]:
    wish: dict[str, Any] = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in names}
    wish |= {"n": {"value_count": {"field": "order"}}, "sum": {"sum": {"field": "contracted"}}}
    return searcher.aggregate(query, wish)


_COUNTS, _ROWS = Kept(1000), Kept(1000)


def forget_counts() -> None:
    """Work everything out anew: for measuring."""
    _COUNTS.clear()
    _ROWS.clear()
    spelling.forget()


def _key(key: Any) -> float:
    return float("-inf") if key is None else key


def _any(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries))


def _clause(one: spelling.Spelt) -> Query:
    """What one clause asks: its word, in the title rather than elsewhere; a synonym; a number."""
    choices = [_all(one.stems)] if one.stems else []
    if one.begins:
        choices = [Query.fuzzy_term_query(SCHEMA, "text", one.begins, distance=0, prefix=True)]
    choices += [Query.boost_query(_all(stems), _OTHER) for stems in one.others]
    choices += [_number(key) for key in one.keys]
    return _any(choices)


def _all(stems: Sequence[str]) -> Query:
    return Query.boolean_query([(Occur.Must, _word(stem)) for stem in stems]) if len(stems) > 1 else _word(stems[0])


def _word(stem: str) -> Query:
    title = Query.boost_query(Query.term_query(SCHEMA, "title", stem, "freq"), _TITLE)
    return Query.boolean_query([(Occur.Must, Query.term_query(SCHEMA, "text", stem, "freq")), (Occur.Should, title)])


def _number(key: str) -> Query:
    begins = Query.fuzzy_term_query(SCHEMA, "code", key, distance=0, prefix=True)
    return Query.const_score_query(begins, _NUMBER)


def _one_of(searcher: tantivy.Searcher, name: str, values: Sequence[str]) -> Query:
    """One of these values; a buyer is told by its key, whatever its name was then."""
    if name == "buyer":
        values = [term for key in values for term, _ in searcher.terms_with_prefix(name, buyer_prefix(key))]
    return Query.term_set_query(SCHEMA, name, list(values))


def by_buyer(counts: Counter[str]) -> dict[str, tuple[str, int]]:
    """Key -> (name, how many), the most first."""
    found: dict[str, tuple[str, int]] = {}
    for value, n in counts.most_common():
        key, name = buyer_of(value)
        found[key] = (found.get(key, (name, 0))[0], found.get(key, (name, 0))[1] + n)
    return found
