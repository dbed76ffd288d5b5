# SPDX-License-Identifier: Apache-2.0
"""What is kept of another installation's purchase: the fields that lists show, each of the type that OCDS gives it.

Whoever signed a release may still have written anything into it. What does not have this shape is refused as a whole,
so that no page meets a list where it expects a name. Texts are bounded; amounts are below 10^13 pesos.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from vitrina.ledger.releases import compile_releases

MOST = 10**13  # pesos: the JSON numbers of amounts are exact below
Text = Annotated[str, msgspec.Meta(max_length=20_000)]
Key = Annotated[str, msgspec.Meta(max_length=300)]
Number = Annotated[float, msgspec.Meta(ge=-MOST, le=MOST)]
MOST_BYTES = 1 << 20  # of what is kept of one purchase
_CUT = {"title": 400, "name": 300, "description": 2000}
_SHORT_LISTS = {"items", "parties"}  # of which the first are enough to find a purchase; sums need all of the others


class Malformed(ValueError):
    """A purchase that does not have the shape of one; the text says where."""


class _Part(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Part of a compiled release; fields that are not named here are left out."""


class Value(_Part):
    """An amount."""

    amount: Number | None = None
    currency: Key | None = None


class Identifier(_Part):
    """The number of a party in a register."""

    id: Key | int | None = None


class Address(_Part):
    """Where a party is."""

    region: Key | None = None


class Party(_Part):
    """A buyer, unit, bidder or supplier."""

    id: Key | int | None = None
    name: Text | None = None
    roles: list[Key] | None = None
    identifier: Identifier | None = None
    address: Address | None = None


class Period(_Part):
    """From when to when."""

    startDate: datetime | None = None  # noqa: N815 - OCDS words
    endDate: datetime | None = None  # noqa: N815


class Classification(_Part):
    """The class of an item."""

    id: Key | int | None = None


class Item(_Part):
    """What is bought."""

    description: Text | None = None
    classification: Classification | None = None


class Tender(_Part):
    """The call."""

    id: Key | int | None = None
    title: Text | None = None
    description: Text | None = None
    status: Key | None = None
    procurementMethod: Key | None = None  # noqa: N815
    mainProcurementCategory: Key | None = None  # noqa: N815
    procedureNumber: Key | None = None  # noqa: N815
    procuringEntity: Party | None = None  # noqa: N815
    tenderPeriod: Period | None = None  # noqa: N815
    items: list[Item] | None = None


class Award(_Part):
    """To whom it went."""

    title: Text | None = None
    status: Key | None = None
    date: datetime | None = None
    value: Value | None = None
    suppliers: list[Party] | None = None


class Contract(_Part):
    """What was signed."""

    id: Key | int | None = None
    title: Text | None = None
    status: Key | None = None
    value: Value | None = None
    dateSigned: datetime | None = None  # noqa: N815


class Budget(_Part):
    """The money set aside."""

    amount: Value | None = None


class Planning(_Part):
    """What was planned."""

    budget: Budget | None = None
    contractingUnits: list[Party] | None = None  # noqa: N815


class Compiled(_Part):
    """A purchase."""

    ocid: Key
    buyer: Party | None = None
    tender: Tender | None = None
    planning: Planning | None = None
    awards: list[Award] | None = None
    contracts: list[Contract] | None = None
    parties: list[Party] | None = None


def told(releases: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], datetime]:
    """(what is kept of the purchase that these releases make, the instant of the last). Errors: `Malformed`."""
    try:
        compiled = compile_releases(releases)
        found = msgspec.convert(_without_nothing(compiled), Compiled)
        last = max(msgspec.convert(release["date"], datetime) for release in releases)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)[:300]) from error
    except Exception as error:  # what merging makes of lists where objects belong is anybody's guess
        raise Malformed(f"its releases cannot be merged: {type(error).__name__}") from error
    if last.tzinfo is None:
        raise Malformed("its date has no zone")
    try:
        last = last.astimezone(UTC)
    except OverflowError as error:
        raise Malformed("its date is beyond the calendar") from error
    plain: dict[str, Any] = _cut(msgspec.to_builtins(found))
    if len(msgspec.json.encode(plain)) > MOST_BYTES:
        raise Malformed("it is larger than any purchase should be")
    return plain, last


def _without_nothing(value: Any) -> Any:
    """The value without its nulls, which mean that there is nothing."""
    if isinstance(value, dict):
        return {key: _without_nothing(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nothing(inner) for inner in value if inner is not None]
    return value


def _cut(value: Any, name: str = "") -> Any:
    """The value with its texts as long as lists need them, numbers that are names as text, and no NUL in any."""
    if isinstance(value, dict):
        return {key: _cut(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cut(inner, name) for inner in (value[:200] if name in _SHORT_LISTS else value)]
    if isinstance(value, str):
        return value.replace("\x00", "")[: _CUT.get(name, 300)]
    return str(value) if name == "id" else value
