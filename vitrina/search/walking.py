# SPDX-License-Identifier: Apache-2.0
"""A walk through all that is found: every page costs as much as the first, however far the walk has come.

By `recent` and by `amount` a page is asked for by the place of the last entry that was told, as an index of a database
would be: nothing is skipped. Likeness is not a column of the index, so a walk by `best` counts what it has told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import tantivy
from tantivy import FieldType, Occur, Query

from .entry import body_of
from .finding import SCHEMA, Asked, Hit, Wanted
from .opened import Open

Place = tuple[int | None, ...]  # by `recent`: (order,); by `amount`: (centavos, order); by `best`: (how many,)
Condition = Callable[[Query], Query]
FAR = 10_000
_far_down = threading.Lock()
NONE = float("-inf")  # sorts what has no amount behind what has one


class Walked(NamedTuple):
    """A page, and the place after which the next one begins; none at the end."""

    hits: list[Hit]
    place: Place | None


class _Row(NamedTuple):
    """An entry that is not read yet: what it is sorted by, its index, its address there."""

    key: tuple[float, ...]
    source: int
    address: tantivy.DocAddress


def walk(indexes: Sequence[Open], question: Wanted, after: Place | None = None, size: int = 20) -> Walked:
    """The `size` entries that follow a place, from the beginning without one."""
    asked = Asked(indexes, question)
    step = {"recent": _recent, "amount": _amount}.get(question.sorting, _best)
    rows = step(asked, after, size + 1)
    hits = [Hit(row.source, body_of(indexes[row.source].searcher, row.address)) for row in rows[:size]]
    if len(rows) <= size:
        return Walked(hits, None)
    if step is _best:
        return Walked(hits, ((after[0] or 0 if after else 0) + size,))
    return Walked(hits, tuple(None if part == NONE else int(part) for part in rows[size - 1].key))


def _recent(asked: Asked, after: Place | None, n: int) -> list[_Row]:
    return _ordered(asked, n, _below("order", after[0] if after else None))


def _best(asked: Asked, after: Place | None, n: int) -> list[_Row]:
    """What was told is found once more and left out; far down, where that takes memory, one walk at a time."""
    skipped = after[0] or 0 if after else 0
    found = []
    with _far_down if skipped > FAR else nullcontext():
        for source, index in enumerate(asked.indexes):
            most = min(skipped + n, max(index.searcher.num_docs, 1))
            hits = index.searcher.search(asked.query(index.searcher), most, count=False).hits
            found += [_Row((score,), source, address) for score, address in hits]
    found.sort(key=lambda row: row.key, reverse=True)
    return found[skipped : skipped + n]


def _amount(asked: Asked, after: Place | None, n: int) -> list[_Row]:
    """The largest amount first, of one amount the newest, at the end what has no amount."""
    centavos, order = after or (None, None)
    rows: list[_Row] = []
    if after is None or centavos is not None:
        if centavos is not None:
            rows = _of_amount(asked, centavos, n, order)
        if len(rows) < n:
            rows += _smaller(asked, centavos, n - len(rows))
        order = None
    if len(rows) < n:
        rest = _ordered(asked, n - len(rows), _both(_without_amount, _below("order", order)))
        rows += [row._replace(key=(NONE, *row.key)) for row in rest]
    return rows


def _smaller(asked: Asked, than: int | None, n: int) -> list[_Row]:
    """Entries of smaller amounts. Of the smallest of them the page may hold some only: those are asked for again."""
    rows: list[_Row] = []
    for source, index in enumerate(asked.indexes):
        query = _below("amount", than)(_with_amount(asked.query(index.searcher)))
        hits = index.searcher.search(query, n, count=False, order_by_field="amount").hits
        orders = index.searcher.fast_field_values("order", [address for _, address in hits])
        rows += [_Row((key, order or 0), source, address)
                 for (key, address), order in zip(hits, orders, strict=True)]  # fmt: skip
    rows.sort(key=lambda row: row.key, reverse=True)
    if len(rows) < n:
        return rows
    smallest = rows[n - 1].key[0]
    whole = [row for row in rows if row.key[0] > smallest]
    return whole + _of_amount(asked, int(smallest), n - len(whole), None)


def _of_amount(asked: Asked, centavos: int, n: int, order: int | None) -> list[_Row]:
    same: Condition = lambda query: _and(query, _range("amount", centavos, centavos))  # noqa: E731
    rows = _ordered(asked, n, _both(same, _below("order", order)))
    return [row._replace(key=(centavos, *row.key)) for row in rows]


def _ordered(asked: Asked, n: int, condition: Condition) -> list[_Row]:
    """The newest `n` under a condition."""
    rows = []
    for source, index in enumerate(asked.indexes):
        query = condition(asked.query(index.searcher))
        hits = index.searcher.search(query, n, count=False, order_by_field="order").hits
        rows += [_Row((key,), source, address) for key, address in hits]
    rows.sort(key=lambda row: row.key, reverse=True)
    return rows[:n]


def _both(one: Condition, other: Condition) -> Condition:
    return lambda query: other(one(query))


def _below(field: str, value: int | None) -> Condition:
    """What lies below a value; everything without one."""
    return lambda query: query if value is None else _and(query, _range(field, None, value - 1))


def _with_amount(query: Query) -> Query:
    return _and(query, Query.exists_query("amount"))


def _without_amount(query: Query) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, Query.exists_query("amount"))])


def _range(field: str, low: int | None, high: int | None) -> Query:
    bounds: dict[str, Any] = {"lower_bound": low, "upper_bound": high}
    return Query.range_query(SCHEMA, field, FieldType.Integer, **bounds)


def _and(query: Query, other: Query) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, other)])
