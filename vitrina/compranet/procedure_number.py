# SPDX-License-Identifier: Apache-2.0
"""The grammar of a federal procedure number.

Since 2022 `LA-50-GYR-050GYR047-T-12-2026`: type, ramo, entity, buying unit, character, consecutive, year.
Before that `LA-050GYR013-E68-2022`. A draft call is `PC-2026-00000129`.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_NEW = re.compile(r"([A-Z]{2})-([0-9]{2})-([0-9A-Z]{3})-([0-9A-Z]{9})-([NTI])-([0-9]{1,9})-([0-9]{4})")
_OLD = re.compile(r"([A-Z]{2,3})-([0-9A-Z]{9})-([A-Z])([0-9]{1,9})-([0-9]{4})")
_DRAFT = re.compile(r"PC-([0-9]{4})-([0-9]{8})")
_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]\s*")
_LONGEST = 60

# First letters of the number -> our procedure code and the law under which it runs.
TYPES: dict[str, tuple[str | None, str | None]] = {
    "LA": ("licitacion_publica", "LAASSP"),
    "IA": ("invitacion_tres_personas", "LAASSP"),
    "AA": ("adjudicacion_directa", "LAASSP"),
    "SA": ("adjudicacion_directa", "LAASSP"),
    "OA": ("licitacion_publica", "LAASSP"),
    "LO": ("licitacion_publica", "LOPSRM"),
    "IO": ("invitacion_tres_personas", "LOPSRM"),
    "AO": ("adjudicacion_directa", "LOPSRM"),
    "SO": ("adjudicacion_directa", "LOPSRM"),
    "EP": ("entre_entes", "CEEP"),
    "EPO": ("entre_entes", "CEEP"),
    "PC": ("licitacion_publica", None),
    "PO": ("licitacion_publica", "LOPSRM"),
    "CE": ("otra_contratacion", None),
    "XX": ("otra_contratacion", None),
    "AM": ("contrato_especifico_acuerdo_marco", "LAASSP"),
}


class ProcedureNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure number: as published (`raw`), normalised (`text`), and its parts as far as it has them.

    `form` is `new`, `old`, `draft` or `other` (no known grammar: then only `raw` and `text` are filled).
    """

    raw: str
    text: str
    form: str
    type: str | None = None
    unit: str | None = None
    character: str | None = None
    consecutive: int | None = None
    year: int | None = None

    @property
    def procedure(self) -> str | None:
        """Our procedure code by the first letters, or nothing."""
        return TYPES.get(self.type or "", (None, None))[0]

    @property
    def law(self) -> str | None:
        """The law by the first letters, or nothing."""
        return TYPES.get(self.type or "", (None, None))[1]


@lru_cache(maxsize=4096)
def parse_number(raw: str) -> ProcedureNumber | None:
    """The number of a cell; nothing when it is empty. Case, spaces, apostrophes and kinds of dash do not matter.

    >>> parse_number("'la-50-gyr-050gyr047 - T-12-2026").text
    'LA-50-GYR-050GYR047-T-12-2026'
    """
    text = _DASHES.sub("-", raw[:_LONGEST].strip().lstrip("'’").strip().upper())
    if not text:
        return None
    if found := _NEW.fullmatch(text):
        kind, _, _, unit, character, consecutive, year = found.groups()
        return ProcedureNumber(
            raw=raw, text=text, form="new", type=kind, unit=unit, character=character,
            consecutive=int(consecutive), year=int(year),
        )  # fmt: skip
    if found := _DRAFT.fullmatch(text):
        year, consecutive = found.groups()
        return ProcedureNumber(
            raw=raw, text=text, form="draft", type="PC", consecutive=int(consecutive), year=int(year)
        )
    if found := _OLD.fullmatch(text):
        # The letter before the consecutive is not the character: E is electronic, N was given to anything.
        kind, unit, _, consecutive, year = found.groups()
        return ProcedureNumber(
            raw=raw, text=text, form="old", type=kind, unit=unit, consecutive=int(consecutive), year=int(year)
        )
    return ProcedureNumber(raw=raw, text=text, form="other")
