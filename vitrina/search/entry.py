# SPDX-License-Identifier: Apache-2.0
"""What an index keeps of a purchase or a contract, and the fields in which it keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec
import tantivy

from vitrina.kernel.text import squeeze

from . import words

VERSION = 4  # of the fields: an index of another version is built anew
FACETS = ("status", "buyer", "method", "category", "band", "place", "year")
BANDS = (50_000_000, 500_000_000, 5_000_000_000)  # centavos: up to 500 thousand, 5 million, 50 million pesos, more
_SEPARATOR = "\t"  # between the key of a buyer and its name
_DAY = 1 << 24  # places within a day: more than a country concludes contracts in all
_LEDGER = 1 << 40  # beyond any day; with a position still exact in the doubles of the engine
MOST = 1 << 53  # centavos, more or less, beyond which a sum of the engine, made of doubles, would not be exact


def band(centavos: int | None) -> str:
    """The band of an amount in pesos: `0` to `3`; empty without an amount.

    >>> band(50_000_000), band(50_000_001), band(None)
    ('0', '1', '')
    """
    return "" if centavos is None else str(sum(centavos > limit for limit in BANDS))


def of_ledger(position: int) -> int:
    """The place of a purchase of this ledger: that of its last act, after whatever has only a date.

    >>> of_source(70_000, 5) < of_ledger(1) < of_ledger(2)
    True
    """
    return _LEDGER + position


def of_source(day: int, n: int) -> int:
    """The place of what comes from elsewhere and has no place in this ledger: its day, counted from 1970, and within
    the day its number in the source, so that no two share a place and a walk can go on after any of them.

    >>> of_source(17_000, 9) < of_source(17_001, 0) < of_source(17_001, 1)
    True
    """
    return min(day, _LEDGER // _DAY - 1) * _DAY + n % _DAY


@dataclass(frozen=True, slots=True)
class Entry:
    """`id` is unique in its index; `title` and `texts` are searched, `numbers` in any spelling; `body` is shown.

    `centavos`: amount in pesos, of whatever kind; `contracted`: the part of it that contracts are for; `order`: the
    newest has the largest, no two the same (`of_ledger`, `of_source`). `status`, `method`, `category`: words of OCDS.
    """

    id: str
    title: str
    body: dict[str, Any]
    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    status: str = ""
    method: str = ""
    category: str = ""
    place: str = ""
    buyer_key: str = ""
    buyer_name: str = ""
    year: int = 0
    order: int = 0
    centavos: int | None = None
    contracted: int = 0


def schema() -> tantivy.Schema:
    """The fields of an index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("code", tokenizer_name="whitespace", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("order", "amount", "contracted"):
        builder.add_integer_field(name, fast=True)
    builder.add_bytes_field("body", stored=True)
    return builder.build()


def document(entry: Entry) -> tantivy.Document:
    """An entry as the engine takes it."""
    stems = words.stems(entry.title)
    keys = {key for number in entry.numbers for key in words.number_keys(number)}
    keys |= {squeeze(code) for code in entry.codes if code}
    found = tantivy.Document(id=entry.id, title=" ".join(stems), body=msgspec.json.encode(entry.body))
    found.add_text("text", " ".join(chain(stems, *map(words.stems, entry.texts))))
    found.add_text("code", " ".join(keys))
    buyer = f"{entry.buyer_key}{_SEPARATOR}{entry.buyer_name}" if entry.buyer_key else ""
    values = {
        "status": entry.status,
        "buyer": buyer,
        "method": entry.method,
        "category": entry.category,
        "band": band(entry.centavos),
        "place": entry.place,
        "year": str(entry.year) if entry.year else "",
    }
    for name, value in values.items():
        if value:
            found.add_text(name, value)
    found.add_integer("order", entry.order)
    found.add_integer("contracted", _bounded(entry.contracted))
    if entry.centavos is not None:
        found.add_integer("amount", _bounded(entry.centavos))
    return found


def _bounded(centavos: int) -> int:
    return max(-MOST, min(centavos, MOST))


def body_of(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> dict[str, Any]:
    """What is shown of an entry."""
    body: dict[str, Any] = msgspec.json.decode(searcher.doc(address).get_first("body") or b"{}")
    return body


def buyer_of(value: str) -> tuple[str, str]:
    """(key, name) of a value of the facet `buyer`."""
    key, _, name = value.partition(_SEPARATOR)
    return key, name


def buyer_prefix(key: str) -> str:
    """What the values of the facet `buyer` begin with for a key."""
    return f"{key}{_SEPARATOR}"
