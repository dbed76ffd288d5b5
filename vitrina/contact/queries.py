# SPDX-License-Identifier: Apache-2.0
"""Who reads letters, whom a page belongs to, and the numbers that are public: how many, answered how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, F, IntegerField, Q, QuerySet
from django.db.models.functions import ExtractDay, Greatest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation

from vitrina.kernel.formats import iso
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
    rows = Letter.objects.filter(received_at__gt=at - YEAR, received_at__lte=at).values("kind")
    days = Greatest(ExtractDay(F("answered_at") - F("received_at")), 0)
    found = {
        row["kind"]: row
        for row in rows.annotate(n=Count("pk"), answered=Count("answered_at"), days=_Median(days)).order_by()
    }
    nothing = {"n": 0, "answered": 0, "days": None}
    return [Numbers(kind, **{k: found.get(kind, nothing)[k] for k in nothing}) for kind in rules.Kind]


class _Median(Aggregate):
    """The lower of the two in the middle, of what is known."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = IntegerField()


def as_data(found: list[Numbers], at: datetime) -> dict[str, Any]:
    """The numbers for machines."""
    return {
        "from": iso(at - YEAR),
        "to": iso(at),
        "letters": [{"kind": n.kind, "received": n.n, "answered": n.answered, "medianDays": n.days} for n in found],
    }


def written_to(buyer: Unit) -> QuerySet[Letter]:
    """The letters of an institution, in no order."""
    return Letter.objects.filter(buyer=buyer).order_by()
