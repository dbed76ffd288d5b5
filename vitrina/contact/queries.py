# SPDX-License-Identifier: Apache-2.0
"""Who reads letters, whom a page belongs to, and the numbers that are public: how many, answered how fast."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from vitrina.ledger.models import Position
from vitrina.parties.models import Appointment, Unit
from vitrina.parties.roles import Role
from vitrina.portal.models import PurchaseCard

from . import rules
from .commands import secret_of
from .models import Letter

YEAR = timedelta(days=365)


def readers(at: datetime) -> QuerySet[Unit]:
    """Institutions with somebody of internal control, who reads what is written to them; by name."""
    held = Appointment.objects.filter(Q(until=None) | Q(until__gt=at), role=Role.OIC, since__lte=at)
    units = Unit.objects.filter(Q(appointment__in=held) | Q(members__appointment__in=held), root=None)
    return units.distinct().order_by("name")


def plain_page(text: str) -> str:
    """The path of a page of ours, without what follows it; nothing for anything else."""
    path = text.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]
    if not path.startswith("/") or path.startswith("//") or len(path) > 300 or not path.isprintable():  # noqa: PLR2004
        return ""
    try:
        _resolved(path)
    except Resolver404:
        return ""
    return path


def _resolved(path: str) -> ResolverMatch:
    """What answers at a path, whichever its language."""
    with translation.override("en" if path.startswith("/en/") else "es"):
        return resolve(path)


def buyer_of(page: str) -> str:
    """The key of the institution that a page belongs to, where it tells one: a purchase, a unit, an act."""
    if not page:
        return ""
    match = _resolved(page)
    found = match.kwargs
    if match.view_name.startswith("portal:") and "ocid" in found:
        return _of_purchase(found["ocid"].partition("@")[0])
    if match.view_name == "portal:unit":
        unit = Unit.objects.select_related("root").filter(key=found["key"]).first()
        return unit.buyer.key if unit else ""
    if match.view_name == "portal:act":
        row = Position.objects.select_related("entry").filter(position=found["position"]).first()
        return _of_purchase(row.entry.ocid) if row and row.entry.ocid else ""
    return ""


def _of_purchase(ocid: str) -> str:
    return PurchaseCard.objects.filter(ocid=ocid).values_list("buyer_key", flat=True).first() or ""


def by_receipt(folio: str, word: str) -> Letter | None:
    """The letter of a folio and the word of its receipt; nothing when either is false."""
    number, secret = rules.read_folio(folio), rules.plain_secret(word)
    if number is None or not rules.is_secret(secret):
        return None
    return Letter.objects.select_related("buyer").filter(number=number, secret_sha256=secret_of(secret)).first()


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of a kind of letters within a year: `n` came, `answered` have an answer, half of these within `days` days."""

    kind: str
    n: int
    answered: int
    days: int | None


def numbers(at: datetime) -> list[Numbers]:
    """The numbers of the last year, one for each kind."""
    rows = Letter.objects.filter(received_at__gt=at - YEAR, received_at__lte=at)
    came = Counter(rows.values_list("kind", flat=True))
    taken: dict[str, list[int]] = {kind: [] for kind in rules.Kind}
    for kind, since, until in rows.exclude(answered_at=None).values_list("kind", "received_at", "answered_at"):
        taken[kind].append(max((until - since).days, 0))
    return [Numbers(k, came[k], len(taken[k]), median_low(taken[k]) if taken[k] else None) for k in rules.Kind]


def as_data(found: list[Numbers], at: datetime) -> dict[str, Any]:
    """The numbers for machines."""
    return {
        "from": (at - YEAR).isoformat(),
        "to": at.isoformat(),
        "letters": [{"kind": n.kind, "received": n.n, "answered": n.answered, "medianDays": n.days} for n in found],
    }


def written_to(buyer: Unit) -> QuerySet[Letter]:
    """The letters of an institution, those that wait first and the oldest of them first."""
    return Letter.objects.filter(buyer=buyer).order_by("answered_at", "-received_at")
