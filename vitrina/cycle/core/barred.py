# SPDX-License-Identifier: Apache-2.0
"""Suppliers whom a sanction bars on a day. The cycle asks here; who knows of sanctions says so (`SOURCES`).

A sanction is a dated event: it bars from its first day to its last, both included, while it stands. What follows
is for the law of the purchase: `eligibility.debarred` says whether a bid is received, `sanction.judged_at` on which
day an award is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from vitrina.law import LawError, Rule, rule
from vitrina.parties.models import Supplier

from .laws import applied
from .models import Process
from .words import day as day_words
from .words import rule_words

RECEIVED, AWARDED = "eligibility.debarred", "sanction.judged_at"


@dataclass(frozen=True, slots=True)
class Bar:
    """A debarment in force: which sanction, of which authority and file, its first and its last day."""

    sanction: str
    authority: str
    file: str
    first: date
    last: date

    def words(self) -> str:
        """`from ... to ..., by resolution SAN-7/2026 of ...`."""
        values = {"first": day_words(self.first), "last": day_words(self.last), "file": self.file,
                  "authority": self.authority}  # fmt: skip
        return _("debarred from %(first)s to %(last)s by resolution %(file)s of %(authority)s") % values


Source = Callable[[Collection[str], date], dict[str, Bar]]
SOURCES: list[Source] = []


def bars(rfcs: Collection[str], on: date) -> dict[str, Bar]:
    """RFC -> the debarment in force that day which ends last, of those that have one."""
    found: dict[str, Bar] = {}
    for source in SOURCES:
        for rfc, bar in source(rfcs, on).items():
            if rfc not in found or found[rfc].last < bar.last:
                found[rfc] = bar
    return found


def bars_of(keys: Collection[str], on: date) -> dict[str, Bar]:
    """As `bars`, by the keys of suppliers."""
    rfcs = dict(Supplier.objects.filter(key__in=keys).values_list("rfc", "key"))
    return {rfcs[rfc]: bar for rfc, bar in bars(rfcs, on).items()} if rfcs else {}


def law_of(process: Process, key: str, at: datetime) -> Rule | None:
    """The rule of the purchase's law; nothing where nobody has read it."""
    try:
        return rule(
            key, at=at, rulebook=process.rulebook or None, jurisdiction=process.unit.jurisdiction,
            procedure=process.procedure, character=process.character, category=process.category,
        )  # fmt: skip
    except LawError:
        return None


def told(found: Rule) -> str:
    """The article of a rule with how sure we are of it."""
    return rule_words(applied(found))
