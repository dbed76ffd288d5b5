# SPDX-License-Identifier: Apache-2.0
"""Reads of a release whose shape nobody promised: what has another type than its field is as if absent.

Instants are compared as instants where both have a time and an offset, else as days, so that a date alone never proves
that something came too early or too late.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from typing import Any

When = dt.datetime | dt.date


def objects(parent: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a list field, with their place."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return [(n, each) for n, each in enumerate(found) if isinstance(each, dict)] if isinstance(found, list) else []


def child(parent: Any, key: str) -> dict[str, Any]:
    """The object of a field; empty where there is none."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, dict) else {}


def text(parent: Any, key: str) -> str | None:
    """The text of a field that is not empty."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return found if isinstance(found, str) and found else None


def id_of(parent: Any, key: str = "id") -> str | None:
    """An id as text: publishers write numbers too."""
    found = parent.get(key) if isinstance(parent, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        return None
    return str(found)


def number(parent: Any, key: str) -> float | None:
    """A number of a field."""
    found = parent.get(key) if isinstance(parent, dict) else None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


@functools.lru_cache(maxsize=100_000)
def instant(written: str) -> When | None:
    """An aware instant, or a date where the text has no time or no offset; None for what is neither."""
    try:
        found = dt.datetime.fromisoformat(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.date()


def when(parent: Any, key: str) -> When | None:
    """The instant or day of a field."""
    found = text(parent, key)
    return instant(found) if found else None


def in_order(first: When, second: When) -> bool:
    """Whether the first is not after the second."""
    if isinstance(first, dt.datetime) and isinstance(second, dt.datetime):
        return first <= second
    return day(first) <= day(second)


def day(at: When) -> dt.date:
    """The day as written."""
    return at.date() if isinstance(at, dt.datetime) else at


def periods(release: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every period of a release with its path."""
    tender = child(release, "tender")
    for key in ("tenderPeriod", "enquiryPeriod", "awardPeriod", "contractPeriod"):
        yield f"tender.{key}", child(tender, key)
    for n, award in objects(release, "awards"):
        yield f"awards.{n}.contractPeriod", child(award, "contractPeriod")
    for n, contract in objects(release, "contracts"):
        yield f"contracts.{n}.period", child(contract, "period")


def sections(release: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Planning, tender, each award, each contract and its implementation, with their paths."""
    for key in ("planning", "tender"):
        yield key, child(release, key)
    for key in ("awards", "contracts"):
        for n, each in objects(release, key):
            yield f"{key}.{n}", each
            if key == "contracts":
                yield f"{key}.{n}.implementation", child(each, "implementation")


def listed(release: dict[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The milestones, documents or amendments of every section, with their paths."""
    for path, section in sections(release):
        for n, each in objects(section, key):
            yield f"{path}.{key}.{n}", each


def transactions(contract: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The payments of a contract."""
    return objects(child(contract, "implementation"), "transactions")


def money(parent: Any, key: str = "value") -> tuple[float, str] | None:
    """(amount, currency) of a value that has both and is not zero."""
    value = child(parent, key)
    amount, currency = number(value, "amount"), text(value, "currency")
    return (amount, currency) if amount and currency else None


def values(release: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every value (amount and currency) of planning, tender, awards, contracts and payments, with its path."""
    yield "planning.budget.amount", child(child(child(release, "planning"), "budget"), "amount")
    for key in ("value", "minValue"):
        yield f"tender.{key}", child(child(release, "tender"), key)
    for key in ("awards", "contracts"):
        for n, each in objects(release, key):
            yield f"{key}.{n}.value", child(each, "value")
            for m, payment in transactions(each):
                yield f"{key}.{n}.implementation.transactions.{m}.value", child(payment, "value")
