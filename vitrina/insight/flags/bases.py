# SPDX-License-Identifier: Apache-2.0
"""What the words of `basis` mean: those that several flags use, and the reading of a verdict's basis.

A basis is words joined by `|`. A flag explains each of its own: in `bases` the ones that are true of any unit that was
judged (which limit was taken, which year), in `reasons` those that say why a unit is flagged and mean nothing on one
that is clear. `{year}`, `{currency}`, `{class}` and `{buyer}` stand for what the data told; the text takes it at `{}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vitrina.insight.text import Text

if TYPE_CHECKING:
    from .declare import Flag

YEAR_KEY, DATA = "{year}", ("{currency}", "{class}", "{buyer}")
YEAR = {"{year}": Text("año {}", "year {}")}
CURRENCY = {"{currency}": Text("montos en {}", "amounts in {}")}
CLASS = {"{class}": Text("clase {} del clasificador", "class {} of the classification")}
BUYER = {"{buyer}": Text("parte de lo que adjudicó el comprador {}", "share of what the buyer {} awarded")}
TOP_BRACKET = {
    "top_bracket": Text(
        "no se conoce el presupuesto del comprador: se toma el tramo más alto de los topes",
        "the buyer's budget is not known: the top bracket of the ceilings is taken",
    )
}
BRACKET = {
    "bracket": Text(
        "los topes son los del tramo de su presupuesto", "the ceilings are those of the bracket of its budget"
    )
}
ABOVE = {"above": Text("por encima de la mediana de sus pares", "above the median of the peers")}
BELOW = {"below": Text("por debajo de la mediana de sus pares", "below the median of the peers")}
BY_ID = {"id": Text("es la misma persona por su identificador", "it is the same person by id")}
BY_NAME_AND_BIRTH = {
    "name_and_birth": Text(
        "es la misma persona por nombre y año de nacimiento", "it is the same person by name and year of birth"
    )
}
BY_NAME = {
    "name": Text("coincide solo el nombre: puede ser otra persona", "only the name matches: it may be another person")
}
PHONE = {"phone": Text("el teléfono es el mismo", "the telephone is the same")}
STREET = {"street": Text("el domicilio es el mismo", "the address is the same")}


class NoWords(LookupError):
    """A basis has a word that its flag does not explain."""


def told(flag: Flag, basis: str | None, *, flagged: bool) -> list[Text]:
    """What a basis says, in its order; of a unit that is not flagged without the reasons. Errors: `NoWords`."""
    found = [_text(flag, part, place) for place, part in enumerate((basis or "").split("|")) if part]
    return [text for text, is_reason in found if flagged or not is_reason]


def _text(flag: Flag, part: str, place: int) -> tuple[Text, bool]:
    if part in flag.reasons:
        return flag.reasons[part], True
    if part in flag.bases:
        return flag.bases[part], False
    keys = (YEAR_KEY,) if YEAR_KEY in flag.bases and place == 0 else DATA
    for key in keys:
        if key in flag.bases:
            return Text(*(text.format(part) for text in flag.bases[key])), False
    raise NoWords(f"{flag.code}: {part}")
