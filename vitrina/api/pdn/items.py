# SPDX-License-Identifier: Apache-2.0
"""Lists as the second version of S3 asks for them: `fields, limit, offset, sort, filter, search, meta`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from vitrina.kernel.text import fold

from .asked import MOST_TEXT, Wrong

Json = dict[str, Any]
DEFAULT, MOST = 100, 1000
FIELDS = ("id", "date_created", "date_updated", "fecha", "expediente")  # that may be sorted and filtered
OPERATORS: dict[str, Callable[[str, Any], bool]] = {
    "_eq": lambda have, want: have == want,
    "_neq": lambda have, want: have != want,
    "_in": lambda have, want: isinstance(want, list) and have in want,
    "_contains": lambda have, want: isinstance(want, str) and fold(want) in fold(have),
    "_gte": lambda have, want: isinstance(want, str) and have >= want,
    "_lte": lambda have, want: isinstance(want, str) and have <= want,
}


def answer(items: list[Json], told: Mapping[str, str]) -> Json:
    """The page of a list. `Wrong` says which parameter cannot be understood."""
    rules = _filter(told.get("filter", ""))
    found = [item for item in items if _holds(item, rules)]
    if words := fold(_text(told.get("search", ""), "search")):
        found = [item for item in found if any(words in fold(text) for text in _texts(item))]
    for name in reversed(_names(told.get("sort", ""), "sort", FIELDS)):
        found.sort(key=lambda item: str(item.get(name.lstrip("-"), "")), reverse=name.startswith("-"))
    start, size = _whole(told, "offset", 0, 0, 10**9), _whole(told, "limit", DEFAULT, -1, MOST)
    page = found[start:] if size < 0 else found[start : start + size]
    if wanted := [n for n in _names(told.get("fields", ""), "fields", ()) if n != "*"]:
        page = [{name: item[name] for name in wanted if name in item} for item in page]
    body: Json = {"data": page}
    if told.get("meta"):
        body["meta"] = {"total_count": len(items), "filter_count": len(found)}
    return body


def _texts(value: Any) -> Iterator[str]:
    """Every text within, not the names of the fields."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _names(text: str, parameter: str, known: tuple[str, ...]) -> list[str]:
    names = [name.strip() for name in _text(text, parameter).split(",") if name.strip()]
    if known and any(name.lstrip("-") not in known for name in names):
        raise Wrong(parameter, f"{parameter}: of {', '.join(known)}, with - to reverse.")
    return names


def _filter(text: str) -> dict[str, dict[str, Any]]:
    if not text:
        return {}
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        told = None
    is_filter = isinstance(told, dict) and all(
        name in FIELDS and isinstance(rule, dict) and set(rule) <= set(OPERATORS) for name, rule in told.items()
    )
    if not is_filter:
        known = f"fields {', '.join(FIELDS)}; operators {', '.join(OPERATORS)}"
        raise Wrong("filter", f'filter: JSON such as {{"expediente": {{"_eq": "X"}}}}; {known}.')
    return told  # type: ignore[no-any-return]


def _holds(item: Json, rules: dict[str, dict[str, Any]]) -> bool:
    return all(
        OPERATORS[name](str(item.get(field, "")), want) for field, rule in rules.items() for name, want in rule.items()
    )


def _text(text: str, name: str) -> str:
    if len(text) > MOST_TEXT:
        raise Wrong(name, f"{name}: at most {MOST_TEXT} characters.")
    return text


def _whole(told: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = told.get(name, "")
    number = int(text) if text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= 11 else None  # noqa: PLR2004
    if text and (number is None or not least <= number <= most):
        raise Wrong(name, f"{name}: a whole number from {least} to {most}.")
    return default if number is None else number
