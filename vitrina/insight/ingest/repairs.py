# SPDX-License-Identifier: Apache-2.0
"""The slow path: a release whose fields have wrong types, read in two ways. Lenient mends by rule and tells each mend;
published takes nothing that has a wrong type, as Cardinal reads it. Source: design of the analytics engine, 2.1.
"""

from __future__ import annotations

import functools
import json
import math
import re
import types
import typing
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from .shape import Release, Shape
from .shape_parts import UNREADABLE

SHOWN = 80
DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
SURROGATE = re.compile("[\ud800-\udfff]")
YES, NO = {"true", "si", "sí", "yes"}, {"false", "no"}  # what files have where true or false is due
DEPTH = 64
STATUS = {  # words met in files -> code of OCDS, by place
    "award": {
        "active": "active activo activa adjudicado adjudicada awarded vigente",
        "cancelled": "cancelled canceled cancelado cancelada",
        "unsuccessful": "unsuccessful desierto desierta",
        "pending": "pending pendiente",
    },
    "bid": {
        "valid": "valid valida válida valido válido",
        "disqualified": "disqualified desechada desechado descalificada descalificado",
        "withdrawn": "withdrawn retirada retirado",
        "pending": "pending pendiente",
        "invited": "invited invitado invitada",
    },
    "tender": {
        "active": "active activo activa",
        "cancelled": "cancelled canceled cancelado cancelada",
        "unsuccessful": "unsuccessful desierto desierta",
        "complete": "complete completed completo concluido concluida",
        "planned": "planned planeado planeada",
        "planning": "planning",
        "withdrawn": "withdrawn",
    },
    "contract": {
        "active": "active activo activa vigente",
        "pending": "pending pendiente",
        "cancelled": "cancelled canceled cancelado cancelada",
        "terminated": "terminated terminado terminada expirado expirada",
    },
}
_CODES = {place: {w: code for code, words in table.items() for w in words.split()} for place, table in STATUS.items()}


def status_of(place: str, text: str) -> str:
    """The code of a status that was written in another way; the text itself when it is none that is known."""
    codes = _CODES[place]
    return text if codes.get(text) == text else codes.get(text.strip().casefold(), text)


class Repair(NamedTuple):
    """A value that was mended: where, by which rule, before and after."""

    path: str
    rule: str
    before: str
    after: str


class Field(NamedTuple):
    """A field of a shape: attribute, kind (str float int bool any list or a shape) and what a list holds."""

    attribute: str
    kind: Any
    inner: Any


@functools.cache
def fields(shape: type[Shape]) -> dict[str, Field]:
    """Name in JSON -> field."""
    hints = typing.get_type_hints(shape)
    found = {}
    for field in msgspec.structs.fields(shape):
        hint = hints[field.name]
        options = [a for a in typing.get_args(hint) if a is not types.NoneType] or [hint]
        kind = options[0]
        inner = typing.get_args(kind)[0] if typing.get_origin(kind) is list else None
        found[field.encode_name] = Field(field.name, list if inner else kind, inner)
    return found


class NotReadable(ValueError):
    """The text is no JSON object that we read. `strict` readers may refuse more."""


@dataclass(slots=True)
class Read:
    """A decoded text, and whether a strict reader of JSON would have taken it."""

    value: Any
    is_strict: bool
    repairs: list[Repair]


def decode(text: bytes) -> Read:
    """JSON as plain objects. Lone surrogates and numbers beyond a double are mended; `NotReadable` for the rest."""
    try:
        return Read(msgspec.json.decode(text), is_strict=True, repairs=[])
    except UNREADABLE:
        pass
    repairs: list[Repair] = []
    try:
        value = json.loads(text.decode(), parse_constant=_refuse, parse_int=_whole, parse_float=_finite)
    except RecursionError:
        raise NotReadable("nested too deep") from None
    except ValueError as error:
        raise NotReadable(str(error)) from None
    mended = _mend(value, "", repairs, 0)
    return Read(mended, is_strict=not repairs, repairs=repairs)


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _whole(text: str) -> Any:
    return int(text) if len(text) < 300 else math.inf  # noqa: PLR2004 - a double ends at 308 digits


def _finite(text: str) -> float:
    return float(text)


def _mend(value: Any, path: str, repairs: list[Repair], depth: int) -> Any:
    if depth > DEPTH:
        raise NotReadable(f"nested deeper than {DEPTH} levels: {path[:SHOWN]}")
    if isinstance(value, dict):
        return {
            _text(k, path, repairs): _mend(v, f"{path}/{_plain(k)}" if path else _plain(k), repairs, depth + 1)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [_mend(v, f"{path}/{n}", repairs, depth + 1) for n, v in enumerate(value)]
    if isinstance(value, str):
        return _text(value, path, repairs)
    if isinstance(value, float) and not math.isfinite(value):
        repairs.append(Repair(path, "number_too_large", "", ""))
        return None
    return value


def _plain(text: str) -> str:
    return SURROGATE.sub("\ufffd", text)


def _text(text: str, path: str, repairs: list[Repair]) -> str:
    if not SURROGATE.search(text):
        return text
    plain = _plain(text)
    repairs.append(Repair(path, "lone_surrogate", plain[:SHOWN], plain[:SHOWN]))
    return plain


def published(value: dict[str, Any]) -> Release:
    """The release with every value of a wrong type absent. Members of lists that are no objects stay, empty."""
    release: Release = strict(value, Release)
    return release


def strict(value: dict[str, Any], shape: type[Any]) -> Any:
    """An object as a shape, with what has another type than the shape's absent."""
    taken = {}
    for name, field in fields(shape).items():
        given = value.get(name)
        if given is not None and (found := _taken(given, field.kind, field.inner)) is not None:
            taken[field.attribute] = found
    return shape(**taken)


def _taken(given: Any, kind: Any, inner: Any) -> Any:  # noqa: PLR0911 - a case for each kind
    if kind is Any:
        return given
    if kind is list:
        if not isinstance(given, list):
            return None
        if inner is str:
            return [v for v in given if isinstance(v, str)]
        return [strict(v, inner) if isinstance(v, dict) else inner() for v in given]
    if isinstance(kind, type) and issubclass(kind, Shape):
        return strict(given, kind) if isinstance(given, dict) else None
    if kind is float:
        return _double(given)
    if kind is int:
        return given if _is_number(given) and isinstance(given, int) else None
    return given if isinstance(given, kind) else None


def _is_number(given: Any) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool)


def _double(given: Any) -> float | None:
    if not _is_number(given):
        return None
    try:
        found = float(given)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


class Lenient:
    """Reads a release and mends it by rule; `repairs` tells each mend."""

    def __init__(self, repairs: list[Repair]) -> None:
        self.repairs = repairs

    def read(self, value: dict[str, Any]) -> Release:
        """The release, mended where it can be; what cannot be mended is left out and told (`dropped`)."""
        release: Release = self._shape(value, Release, "")
        self._statuses(release)
        return release

    def _statuses(self, release: Release) -> None:
        found: list[tuple[str, str, Any]] = [("tender", "tender/status", release.tender)]
        found += [("bid", f"bids/details/{n}/status", b) for n, b in enumerate(details(release))]
        found += [("award", f"awards/{n}/status", a) for n, a in enumerate(release.awards or ())]
        found += [("contract", f"contracts/{n}/status", c) for n, c in enumerate(release.contracts or ())]
        for place, path, thing in found:
            if thing is not None and thing.status and (code := status_of(place, thing.status)) != thing.status:
                self._tell(path, "status", thing.status, code)
                thing.status = code

    def _tell(self, path: str, rule: str, before: Any, after: Any) -> None:
        self.repairs.append(Repair(path, rule, _shown(before), _shown(after)))

    def _shape(self, value: dict[str, Any], shape: type[Any], path: str) -> Any:
        taken = {}
        for name, field in fields(shape).items():
            given = value.get(name)
            if given is None:
                continue
            found = self._mended(given, field.kind, field.inner, f"{path}/{name}" if path else name)
            if found is not None:
                taken[field.attribute] = found
        return shape(**taken)

    def _mended(self, given: Any, kind: Any, inner: Any, path: str) -> Any:
        if kind is Any:
            return given
        if kind is list:
            return self._list(given, inner, path)
        if isinstance(kind, type) and issubclass(kind, Shape):
            return self._object(given, kind, path)
        if kind is str:
            return self._string(given, path)
        if kind is bool:
            return self._truth(given, path)
        return self._number(given, kind, path)

    def _list(self, given: Any, inner: Any, path: str) -> list[Any] | None:
        if not isinstance(given, list):
            fits = isinstance(given, str) if inner is str else isinstance(given, dict)
            if not fits:
                return self._drop(path, given)
            self._tell(path, "single_to_list", given, "[…]")
            given = [given]
        found = [self._mended(v, inner, None, f"{path}/{n}") for n, v in enumerate(given) if v is not None]
        return [v for v in found if v is not None]

    def _object(self, given: Any, kind: type[Shape], path: str) -> Any:
        if isinstance(given, dict):
            return self._shape(given, kind, path)
        if isinstance(given, list) and len(given) == 1 and isinstance(given[0], dict):
            self._tell(path, "list_to_single", given, "{…}")
            return self._shape(given[0], kind, path)
        return self._drop(path, given)

    def _string(self, given: Any, path: str) -> str | None:
        if isinstance(given, str):
            return given
        if _is_number(given):
            text = str(int(given)) if isinstance(given, float) and given.is_integer() else str(given)
            self._tell(path, "number_to_text", given, text)
            return text
        return self._drop(path, given)

    def _truth(self, given: Any, path: str) -> bool | None:
        if isinstance(given, bool):
            return given
        word = str(given).strip().casefold()
        if word in YES | NO | {"0", "1"}:
            self._tell(path, "text_to_truth", given, word in YES | {"1"})
            return word in YES | {"1"}
        return self._drop(path, given)

    def _number(self, given: Any, kind: type, path: str) -> Any:
        if isinstance(given, str) and DIGITS.fullmatch(given.strip()):
            found = _double(float(given))
            if found is not None and (kind is float or found.is_integer()):
                mended = kind(found)
                self._tell(path, "text_to_number", given, mended)
                return mended
        if kind is float and (found := _double(given)) is not None:
            return found
        if kind is int and (found := _double(given)) is not None and found.is_integer():
            if isinstance(given, float):
                self._tell(path, "float_to_whole", given, int(given))
            return int(given)
        return self._drop(path, given)

    def _drop(self, path: str, given: Any) -> None:
        self._tell(path, "dropped", given, "")


def details(release: Release) -> list[Any]:
    """The bids of a release."""
    return (release.bids.details if release.bids else None) or []


def _shown(value: Any) -> str:
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = "…"
    return text[:SHOWN]
