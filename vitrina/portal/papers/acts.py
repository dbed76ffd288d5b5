# SPDX-License-Identifier: Apache-2.0
"""Which paper an entry makes. Every public act has one; minutes, ruling and contract have their own form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vitrina import __version__
from vitrina.cycle.core import signed
from vitrina.cycle.core.words import day_time, rule_words
from vitrina.kernel.canonical import digest_of, parse
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event
from vitrina.ledger.models import Entry
from vitrina.parties.roles import ROLE_NAMES, Role
from vitrina.parties.signing import in_words

from .seal import kept, sealed
from .sheet import Sheet

Paper = Callable[[Sheet, Any, Entry], None]
PAPERS: dict[str, Paper] = {}
LARGE = 100_000  # letters of an act whose paper is kept: minutes of thousands of questions take seconds to set


def paper(kind: str) -> Callable[[Paper], Paper]:
    """Register the form of one kind of act."""

    def add(function: Paper) -> Paper:
        PAPERS[kind] = function
        return function

    return add


def pdf_of(entry: Entry, position: int, title: str, number: str, zone: str) -> bytes:
    """The paper of a public entry. `title` and `number` are the purchase's."""
    if len(entry.body) < LARGE:
        return _made(entry, position, title, number, zone)
    said = digest_of([__version__, entry.digest, position, title, number, zone, get_language() or "es"])
    return kept(said, lambda: _made(entry, position, title, number, zone))


def _made(entry: Entry, position: int, title: str, number: str, zone: str) -> bytes:
    event: Event = entry.event
    over = ", ".join(p for p in (title, number or entry.ocid) if p)
    foot = _("Ledger no. %(n)d, SHA-256 %(digest)s") % {"n": position, "digest": entry.digest}
    sheet = Sheet(title=event.sentence(), over=over, foot=f"{foot}\n{settings.PUBLIC_URL}/p/{entry.ocid}")
    sheet.say(day_time(entry.at, zone) + ".", event.detail())
    PAPERS.get(entry.kind, _general)(sheet, event, entry)
    if event.rules:
        sheet.heading(_("Rules applied"))
        sheet.say(*(rule_words(r) for r in event.rules))
    sheet.signatures([(entry.actor["name"], role_name(entry.actor["role"]), signatures_in_words(entry))])
    return sealed(sheet.pdf())


def role_name(role: str) -> str:
    """The office in words; of an official file of the past, whatever it says."""
    return str(ROLE_NAMES[Role(role)]) if role in set(Role) else role


def signatures_in_words(entry: Entry) -> str:
    """How an act was signed, by whom: the record that it carries, and the entry beside it that says who signed it."""
    beside = signed.entry_of(entry)
    events = [entry.event, *([beside.event] if beside else [])]
    return "\n".join(in_words(e.signature) for e in events if getattr(e, "signature", None))


def _general(sheet: Sheet, event: Event, entry: Entry) -> None:  # noqa: ARG001 - the shape of a paper
    """Every field of the act as it stands in the ledger."""
    body = parse(entry.body)
    rows = [
        (k, _flat(v)) for k, v in body.items() if k not in {"rules", "documents", "salt"} and v not in ("", [], None)
    ]
    if rows:
        sheet.table([(_("Field"), False), (_("Value"), False)], rows)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        if set(value) == {"centavos", "currency"}:
            return f"{Money(**value).decimal:,.2f} {value['currency']}"
        return "; ".join(f"{k}: {_flat(v)}" for k, v in value.items() if v not in ("", None))
    if isinstance(value, list):
        return "\n".join(_flat(v) for v in value)
    return str(value)
