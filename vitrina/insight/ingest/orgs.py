# SPDX-License-Identifier: Apache-2.0
"""Organisations told apart: by (scheme, id) where a register is named, by RFC where the id has its form, else by the
publisher's id, else by name. An id of one to three characters is local to its release, so it counts with the name.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Any

from vitrina.insight.store import schema
from vitrina.kernel import ids

from . import shape

COLUMNS = tuple(schema.COLUMNS["org"])
AT = {name: n for n, name in enumerate(COLUMNS)}
RFC_SCHEME = "MX-RFC"
LOCAL = 3
COMPANY_LENGTH = 12
_GAP = re.compile(r"[^A-Z0-9&]+")

Key = tuple[str, str]


@functools.lru_cache(maxsize=100_000)
def norm(name: str) -> str:
    """A name for comparison: capitals without accents, one space between words. Ñ is kept apart from N as NI."""
    text = unicodedata.normalize("NFKD", name.upper().replace("Ñ", "N\x01"))
    return _GAP.sub(" ", text.replace("\x01", "I").encode("ascii", "ignore").decode()).strip()


def rfc_of(scheme: str | None, identifier: str | None, key: str | None) -> str | None:
    """The RFC among what a party calls its ids, recognised by its shape; generic ones name nobody."""
    for text in (identifier, key):
        if not text:
            continue
        tidy = text.upper().removeprefix("MX-RFC-").replace("-", "").strip()
        if (scheme in {None, RFC_SCHEME} or text is key) and ids.is_rfc(tidy) and tidy not in ids.GENERIC_RFCS:
            return tidy
    return None


class Orgs:
    """The organisations of a batch: numbers from 0, one row each, filled as more is told."""

    def __init__(self) -> None:
        self.numbers: dict[Key, int] = {}
        self.rows: list[list[Any]] = []
        self._others: dict[tuple[int, str], list[Any]] = {}

    def number(self, key: Key, **told: Any) -> int:
        """The number of an organisation; what is told fills what was not known."""
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.rows)
            row = [None] * len(COLUMNS)
            row[0] = number
            row[AT["key"]] = "|".join(key)
            self.rows.append(row)
        row = self.rows[number]
        for name, value in told.items():
            if value is not None and row[AT[name]] is None:
                row[AT[name]] = value
        name_norm = told.get("name_norm")
        if name_norm and name_norm != row[AT["name_norm"]]:
            self._others.setdefault((number, name_norm), _named(row, name_norm))
        return number

    def listed(self) -> list[list[Any]]:
        """The rows, then a row for each further name of an organisation: its number, key and that name."""
        return self.rows + list(self._others.values())


def _named(row: list[Any], name_norm: str) -> list[Any]:
    found = [None] * len(COLUMNS)
    for name in ("oid", "key"):
        found[AT[name]] = row[AT[name]]
    found[AT["name_norm"]] = name_norm
    return found


class Roster:
    """The organisations of one release: its parties, and those that are named in passing."""

    __slots__ = ("found", "orgs")

    def __init__(self, orgs: Orgs, parties: list[shape.Party] | None) -> None:
        self.orgs = orgs
        self.found: dict[str | None, int] = {}
        for party in parties or ():
            number = self.add(party)
            if number is not None and party.id is not None:
                self.found.setdefault(party.id, number)

    def add(self, party: shape.Party) -> int | None:
        """The number of a party told in full."""
        register = party.identifier
        scheme, identifier = (register.scheme, register.id) if register else (None, None)
        name = party.name or (register.legal_name if register else None)
        rfc = rfc_of(scheme, identifier, party.id)
        key = _key(rfc, scheme, identifier or party.id, name, is_registered=bool(scheme and identifier))
        if key is None:
            return None
        where, whom = party.address, party.contact_point
        details = party.details
        lawyer = next((c.name for c in party.additional_contact_points or () if c.type == "attorney"), None)
        told = {
            "id": party.id,
            "scheme": RFC_SCHEME if rfc else scheme,
            "rfc": rfc,
            "name": name,
            "kind": kind_of(rfc, register.legal_personality if register else None),
            "representative": lawyer,
        }
        if where:
            told |= {
                "region": where.region,
                "locality": where.locality,
                "street": where.street_address,
                "postal_code": where.postal_code,
                "country": where.country_name,
            }
        if whom:
            told |= {"phone": whom.telephone, "email": whom.email, "url": whom.url, "contact_name": whom.name}
            if whom.type == "attorney" and not lawyer:
                told["representative"] = whom.name
        if details:
            told |= {
                "size": details.scale or details.scale_by_supplier or details.scale_by_buyer,
                "bank_account": details.bank_account,
            }
            if not (whom and whom.url):
                told["url"] = details.url
        return self._number(key, told)

    def named(self, ref: shape.Ref | None) -> int | None:
        """The number of an organisation that is named in passing."""
        if ref is None:
            return None
        number = self.found.get(ref.id) if ref.id is not None else None
        if number is not None:
            return number
        rfc = rfc_of(None, None, ref.id)
        key = _key(rfc, None, ref.id, ref.name, is_registered=False)
        if key is None:
            return None
        told = {
            "id": ref.id,
            "name": ref.name,
            "rfc": rfc,
            "scheme": RFC_SCHEME if rfc else None,
            "kind": kind_of(rfc, None),
        }
        number = self._number(key, told)
        if ref.id is not None:
            self.found[ref.id] = number
        return number

    def _number(self, key: Key, told: dict[str, Any]) -> int:
        if told.get("name"):
            told["name_norm"] = norm(told["name"])
        return self.orgs.number(key, **told)


def _key(
    rfc: str | None, scheme: str | None, identifier: str | None, name: str | None, *, is_registered: bool
) -> Key | None:
    if rfc:
        return RFC_SCHEME, rfc
    if is_registered and scheme and identifier:
        return scheme, identifier
    if identifier and len(identifier) > LOCAL:
        return "", identifier
    if identifier or name:
        return "name", f"{identifier or ''}|{norm(name or '')}"
    return None


def kind_of(rfc: str | None, personality: str | None) -> str | None:
    """Company or person, by what is told or by the length of the RFC."""
    if personality in {"legalPerson", "naturalPerson"}:
        return "company" if personality == "legalPerson" else "person"
    return None if rfc is None else "company" if len(rfc) == COMPANY_LENGTH else "person"
