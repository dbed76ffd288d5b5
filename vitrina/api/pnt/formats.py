# SPDX-License-Identifier: Apache-2.0
"""The formats as data: fields, their numbers and types, and the fact that fills each."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any

import msgspec

DATA = Path(__file__).parent / "data"
FORMATS = tuple(sorted(path.stem for path in DATA.glob("*.toml")))


class Option(msgspec.Struct, frozen=True):
    """An entry of a catalogue: what is sent, what a person reads, and the fact that chooses it."""

    order: int
    label: str
    code: str


class Field(msgspec.Struct, frozen=True, rename={"source": "from", "fields": "field"}):
    """A field: `type` is text, date, money, catalogue, url or table; `source` the fact; `fields` those of a table."""

    id: int
    label: str
    type: str
    source: str
    options: tuple[Option, ...] = ()
    fields: tuple[Field, ...] = ()


class Format(msgspec.Struct, frozen=True, rename={"fields": "field"}):
    """A format; `method` holds the OCDS methods of the purchases that it is for."""

    id: str
    title: str
    method: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def tables(self) -> list[Field]:
        return [field for field in self.fields if field.type == "table"]


@functools.cache
def load(name: str) -> Format:
    """A format by its number. Errors: `KeyError` for a number that is not in `FORMATS`."""
    if name not in FORMATS:
        raise KeyError(name)
    raw: Any = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
    return msgspec.convert(raw, Format)
