# SPDX-License-Identifier: Apache-2.0
"""Arrays of a batch as columns of the store: texts, instants, money, all without a loop over rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vitrina.insight.store import schema

from . import dates
from .amounts import NONE

Array = npt.NDArray[Any]
CURRENCY = "MXN"


def table(name: str, n: int, **columns: Any) -> pa.Table:
    """A table of the store with these columns; a plain value fills its column, what is not named is null."""
    shape = schema.SCHEMAS[name]
    unknown = set(columns) - set(shape.names)
    assert not unknown, f"{name} has no column {', '.join(sorted(unknown))}"
    return pa.Table.from_arrays([_column(columns.get(f.name), f.type, n) for f in shape], schema=shape)


def _column(given: Any, kind: pa.DataType, n: int) -> pa.Array:
    if given is None:
        return pa.nulls(n, kind)
    if isinstance(given, (str, bool, int, float)):
        return pa.repeat(pa.scalar(given, kind), n)
    if isinstance(given, (pa.Array, pa.ChunkedArray)):
        return given.cast(kind) if given.type != kind else given
    return pa.array(given, from_pandas=True).cast(kind)


def text(prefix: str, numbers: Array, width: int = 1) -> pa.Array:
    """`prefix` and each number, padded with zeros."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def join(*parts: Any) -> pa.Array:
    """Texts side by side."""
    return pc.binary_join_element_wise(*parts, "")


def choose(words: Sequence[str | None], at: Array) -> pa.Array:
    """The word of each number."""
    return pa.array(words, pa.string()).take(pa.array(at))


def only(values: Any, mask: Array) -> pa.Array:
    """Values where the mask holds, else null."""
    array = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values, from_pandas=True)
    return pc.if_else(pa.array(mask), array, pa.scalar(None, array.type))


def instant(local: Array) -> pa.Array:
    """UTC of local times."""
    return pa.array(dates.utc(local).astype("datetime64[us]"), pa.timestamp("us"), from_pandas=True)


def day(local: Array) -> pa.Array:
    """The local days."""
    return pa.array(local.astype("datetime64[D]"), pa.date32(), from_pandas=True)


def stamp(instants: pa.Array) -> pa.Array:
    """The text of instants, as the releases write it."""
    return pc.strftime(instants.cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")


def money(centavos: Array) -> dict[str, Any]:
    """The columns amount, centavos and currency."""
    known = centavos != NONE
    return {
        "amount": only(centavos / 100, known),
        "centavos": only(centavos, known),
        "currency": only(choose([CURRENCY], np.zeros(len(centavos), np.int64)), known),
    }


def digest(numbers: Array) -> pa.Array:
    """Sixteen hexadecimal digits for each number, the same for the same number."""
    with np.errstate(over="ignore"):
        mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(0xD1B54A32D192ED03)
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    raw = mixed.astype(">u8").view(np.uint8).reshape(-1, 8)
    both = np.stack([digits[raw >> 4], digits[raw & 15]], axis=2).reshape(-1, 16)
    return (
        pa.array(both.copy().view("S16").ravel().astype("U16"), pa.string())
        if len(numbers)
        else pa.array([], pa.string())
    )
