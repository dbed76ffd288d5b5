# SPDX-License-Identifier: Apache-2.0
"""A search as the platform's specifications write it: `{sort, page, pageSize, query}`. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from vitrina.kernel.text import fold

MOST_ROWS, MOST_TEXT, MOST_PAGES = 200, 300, 10**9
ORDERS = {"asc": False, "desc": True}


class Wrong(ValueError):
    """What is wrong with a search, and what it should be; `code` names the place."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Shape:
    """What a system may be asked: names of texts, lists with their values, instants, whole numbers; its sorts."""

    sorts: tuple[str, ...]
    texts: tuple[str, ...]
    lists: dict[str, frozenset[Any]] = field(default_factory=dict)
    instants: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A search that was understood. `sort` holds `(name, descending)` in the order in which they were written."""

    query: dict[str, Any]
    sort: tuple[tuple[str, bool], ...]
    page: int
    page_size: int

    @property
    def start(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.page_size


def read(body: bytes, shape: Shape) -> Asked:
    """The search of a body; `Wrong` says what is not understood. What the specification does not name is ignored."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Wrong("json", f"The body is no JSON: {error}.") from None
    if not isinstance(told, dict):
        raise Wrong("json", "The body is an object: {sort, page, pageSize, query}.")
    page = _whole(told.get("page", 1), "page", 1, MOST_PAGES)
    size = _whole(told.get("pageSize", 10), "pageSize", 1, MOST_ROWS)
    return Asked(_query(told.get("query", {}), shape), _sort(told.get("sort", {}), shape), page, size)


def answer(asked: Asked, n_rows: int, results: list[Any]) -> dict[str, Any]:
    """The rows of the page with their place among all."""
    pagination = {
        "pageSize": asked.page_size,
        "page": asked.page,
        "totalRows": n_rows,
        "hasNextPage": asked.start + asked.page_size < n_rows,
    }
    return {"pagination": pagination, "results": results}


def spanish(text: str) -> str:
    """What puts texts into Spanish order when compared byte by byte: no accents, ñ between n and o.

    >>> sorted(["Ortiz", "Ñáñez", "Núñez", "Álvarez"], key=spanish)
    ['Álvarez', 'Núñez', 'Ñáñez', 'Ortiz']
    """
    return fold(text).replace("ñ", "n~")


def _sort(told: Any, shape: Shape) -> tuple[tuple[str, bool], ...]:
    if not isinstance(told, dict):
        raise Wrong("sort", f"sort is an object of {', '.join(shape.sorts)}: asc or desc.")
    chosen = {name: order for name, order in told.items() if name in shape.sorts}
    for name, order in chosen.items():
        if not isinstance(order, str) or order not in ORDERS:
            raise Wrong("sort", f"sort.{name}: asc or desc.")
    return tuple((name, ORDERS[order]) for name, order in chosen.items())


def _query(told: Any, shape: Shape) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Wrong("query", "query is an object.")
    found: dict[str, Any] = {}
    for name in shape.texts:
        if text := _text(told.get(name, ""), name):
            found[name] = text
    for name, values in shape.lists.items():
        if chosen := _list(told.get(name, []), name, values):
            found[name] = chosen
    for name in shape.instants:
        if text := _text(told.get(name, ""), name):
            found[name] = _instant(text, name)
    for name in shape.numbers:
        if name in told:
            found[name] = _whole(told[name], name, -(2**31), 2**31 - 1)
    return found


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT or "\x00" in value:
        raise Wrong(f"query.{name}", f"query.{name}: a text of at most {MOST_TEXT} characters.")
    return value.strip()


def _list(value: Any, name: str, values: frozenset[Any]) -> list[Any]:
    is_list = isinstance(value, list) and all(not isinstance(v, (list, dict, bool)) and v in values for v in value)
    if not is_list or len(set(value)) != len(value):
        raise Wrong(f"query.{name}", f"query.{name}: a list without repetition of {sorted(values)}.")
    return list(value)


def _instant(text: str, name: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        in_utc = found.astimezone(UTC)  # one whose zone takes it out of the calendar has none
    except (ValueError, OverflowError):
        found = in_utc = datetime.min  # noqa: DTZ901 - says that there is none
    if found.tzinfo is None:
        raise Wrong(f"query.{name}", f"query.{name}: an instant such as 2026-01-21T17:32:28Z.")
    return in_utc


def _whole(value: Any, name: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Wrong(name, f"{name}: a whole number from {least} to {most}.")
    return value
