# SPDX-License-Identifier: Apache-2.0
"""F01 to F12: every occurrence of every field of OCDS: is it there, is it filled, is what it says well formed.

Lists that nobody ships with a program (registered ocid prefixes, schemes of org-id.guide) are given as files; without
them their checks are undefined. Media types are judged by form and top-level name; telephones by 7 to 15 digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from vitrina.insight.text import Text

from .declare import Book, Level
from .paths import KNOWN_TYPES, LANGUAGES, MEDIA, SECTION_OF

LONGEST = 250
YEARS = (1990, 2050)
DATE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:$|[T ])")
EMAIL = re.compile(r"[^@\s,;<>()\[\]]{1,64}@[^@\s.,;]{1,63}(\.[^@\s.,;]{1,63}){1,9}")
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}")
PHONE = re.compile(r"\+?[\d\s().\-/]{1,40}(?:\s{0,3}(?:ext|x|#)\.?\s*\d{1,7})?", re.IGNORECASE)
DIGITS = (7, 15)
OCID = re.compile(r"ocds-[a-z0-9]{6}-.+")

CHECKS = Book(Level.FIELD)
Leaf = Callable[[Any, str, "Lists"], bool | None]  # value, section of the path, lists -> holds; None is undefined


class Lists:
    """Lists from outside: registered prefixes of ocid, schemes of identifiers; None where not given."""

    def __init__(self, prefixes: frozenset[str] | None = None, schemes: frozenset[str] | None = None) -> None:
        self.prefixes, self.schemes = prefixes, schemes


@CHECKS(
    "F01",
    Text("Campo presente", "Field set"),
    Text("El campo está, por cada objeto que puede tenerlo.", "The field is set, per object that may have it."),
    Text("ningún objeto que pueda tenerlo", "no object that may have it"),
)
def _is_set(parent: Mapping[str, Any], name: str) -> bool:
    return name in parent


@CHECKS(
    "F02",
    Text("Campo lleno", "Field not empty"),
    Text("Lo que está no es nulo ni vacío.", "What is set is neither null nor empty."),
    Text("el campo no está", "the field is not set"),
)
def is_filled(value: Any) -> bool:
    """Whether a value says something."""
    return value is not None and value not in ("", [], {}) and not (isinstance(value, str) and not value.strip())


@CHECKS(
    "F03",
    Text("Prefijo de ocid", "Prefix of ocid"),
    Text("El prefijo de ocid está registrado.", "The prefix of the ocid is registered."),
    Text("sin la lista de prefijos (--prefixes)", "without the list of prefixes (--prefixes)"),
)
def _prefix(value: Any, _: str, lists: Lists) -> bool | None:
    if not isinstance(value, str) or not OCID.fullmatch(value):
        return False
    return None if lists.prefixes is None else value[:11] in lists.prefixes


@CHECKS(
    "F04",
    Text("Fecha verosímil", "Date realistic"),
    Text("Texto que empieza AAAA-MM-DD, entre 1990 y 2050.", "Text that begins YYYY-MM-DD, between 1990 and 2050."),
    Text("sin fecha", "no date"),
)
def _date(value: Any, _: str, __: Lists) -> bool:
    found = DATE.match(value) if isinstance(value, str) else None
    return bool(found) and YEARS[0] <= int(found[1]) <= YEARS[1]


@CHECKS(
    "F05",
    Text("Correo válido", "E-mail valid"),
    Text("El correo tiene forma de correo.", "The e-mail is well formed."),
    Text("sin correo", "no e-mail"),
)
def _email(value: Any, _: str, __: Lists) -> bool:
    return isinstance(value, str) and EMAIL.fullmatch(value) is not None


@CHECKS(
    "F06",
    Text("Esquema de identificador", "Identifier scheme"),
    Text("El esquema está en la lista de org-id.", "The scheme is on the org-id list."),
    Text("sin la lista de esquemas (--schemes)", "without the list of schemes (--schemes)"),
)
def _scheme(value: Any, _: str, lists: Lists) -> bool | None:
    return None if lists.schemes is None else isinstance(value, str) and value in lists.schemes


@CHECKS(
    "F07",
    Text("Teléfono posible", "Telephone possible"),
    Text("De 7 a 15 dígitos y signos de teléfono.", "7 to 15 digits and signs of telephones."),
    Text("sin teléfono", "no telephone"),
)
def _telephone(value: Any, _: str, __: Lists) -> bool:
    if not isinstance(value, str) or not PHONE.fullmatch(value.strip()):
        return False
    main = re.split(r"ext|x|#", value, flags=re.IGNORECASE)[0]
    return DIGITS[0] <= sum(c.isdigit() for c in main) <= DIGITS[1]


@CHECKS(
    "F08",
    Text("Descripción de documento", "Document description"),
    Text("A lo más 250 caracteres.", "At most 250 characters."),
    Text("sin descripción", "no description"),
)
def _description(value: Any, _: str, __: Lists) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST


@CHECKS(
    "F09",
    Text("Tipo de documento", "Document type"),
    Text("El tipo es de los de su sección.", "The type is one of its section."),
    Text("sin tipo, o de una lista local", "no type, or one of a local list"),
)
def _document_type(value: Any, section: str, _: Lists) -> bool | None:
    if not isinstance(value, str):
        return False
    return value in SECTION_OF[section] if value in KNOWN_TYPES else None


@CHECKS(
    "F10",
    Text("Formato", "Format"),
    Text("Tipo de medio de la IANA, u offline/print.", "A media type of IANA, or offline/print."),
    Text("sin formato", "no format"),
)
def _media(value: Any, _: str, __: Lists) -> bool:
    if not isinstance(value, str):
        return False
    top, slash, rest = value.partition("/")
    return value == "offline/print" or (bool(slash) and top in MEDIA and TOKEN.fullmatch(rest) is not None)


@CHECKS(
    "F11",
    Text("Número no negativo", "Number non-negative"),
    Text("El número es número y no es negativo.", "The number is a number and is not negative."),
    Text("sin número", "no number"),
)
def _number(value: Any, _: str, __: Lists) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


@CHECKS(
    "F12",
    Text("Idioma", "Language"),
    Text("Dos letras de ISO 639-1.", "Two letters of ISO 639-1."),
    Text("sin idioma", "no language"),
)
def _language(value: Any, _: str, __: Lists) -> bool:
    return isinstance(value, str) and value in LANGUAGES


LEAVES: dict[str, tuple[str, Leaf]] = {
    "o": ("F03", _prefix),
    "d": ("F04", _date),
    "e": ("F05", _email),
    "s": ("F06", _scheme),
    "p": ("F07", _telephone),
    "x": ("F08", _description),
    "y": ("F09", _document_type),
    "f": ("F10", _media),
    "n": ("F11", _number),
    "l": ("F12", _language),
}
