# SPDX-License-Identifier: Apache-2.0
"""What the calendar asks: the acts of everything, of a unit, of a purchase, of a saved search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from vitrina.parties.models import Unit
from vitrina.portal import queries
from vitrina.portal.models import PurchaseCard, ScheduledAct

from .schedule import CANCELLED, CONFIRMED, DEADLINES


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose acts: a saved search (the filters of its address), a unit, a purchase; all of them when empty."""

    filters: queries.Filters = field(default_factory=queries.Filters)
    unit: str = ""
    ocid: str = ""

    @property
    def is_all(self) -> bool:
        return self == Scope()

    def purchases(self) -> QuerySet[PurchaseCard]:
        """The cards of the purchases within it."""
        cards = PurchaseCard.objects.filter(self.filters.condition())
        if self.unit:
            cards = cards.filter(Q(unit_key=self.unit) | Q(buyer_key=self.unit))
        return cards.filter(ocid=self.ocid) if self.ocid else cards

    def acts(self) -> QuerySet[ScheduledAct]:
        """Their acts, by hour."""
        rows = ScheduledAct.objects.order_by("starts_at", "id")
        return rows if self.is_all else rows.filter(ocid__in=self.purchases().values("ocid"))

    def query(self) -> str:
        """The scope as the query of an address; the same scope has one spelling."""
        fields = {name: getattr(self.filters, name) for name in ("q", *queries.FACETS)} | {"unidad": self.unit}
        return urlencode({name: value for name, value in fields.items() if value})


def read_scope(query: dict[str, str]) -> Scope:
    """The scope of an address: the words and filters of the search, and `unidad`, the key of a unit."""
    unit = query.get("unidad", "").strip()[:40].replace("\x00", "")
    return Scope(queries.read_filters(query), unit)


@dataclass(frozen=True, slots=True)
class Shown:
    """An act with the purchase that it belongs to and the zone of its unit."""

    act: ScheduledAct
    card: PurchaseCard
    zone: str

    @property
    def room_url(self) -> str:
        return reverse("portal:room", args=[self.act.ocid])


def shown(acts: Iterable[ScheduledAct]) -> list[Shown]:
    """Acts with their purchases and zones, in the order given; one whose purchase was withdrawn is left out."""
    acts = list(acts)
    cards = PurchaseCard.objects.in_bulk({act.ocid for act in acts})
    zones = dict(Unit.objects.filter(key__in={c.unit_key for c in cards.values()}).values_list("key", "zone"))
    return [
        Shown(act, card, zones.get(card.unit_key, settings.TIME_ZONE)) for act in acts if (card := cards.get(act.ocid))
    ]


def coming(scope: Scope, now: datetime) -> QuerySet[ScheduledAct]:
    """Acts that have not begun and whose hour is still to come, the nearest first."""
    return scope.acts().filter(starts_at__gte=now, began_at=None).exclude(status=CANCELLED)


def due(scope: Scope, now: datetime) -> QuerySet[ScheduledAct]:
    """Acts whose hour came within a day and that have not begun; a last day to do something by is none."""
    rows = scope.acts().filter(starts_at__range=(now - timedelta(days=1), now), began_at=None, status=CONFIRMED)
    return rows.exclude(kind__in=DEADLINES)


def going(scope: Scope) -> QuerySet[ScheduledAct]:
    """Acts that began and have not ended."""
    return scope.acts().filter(began_at__isnull=False, ended_at=None).exclude(status=CANCELLED)


def units() -> list[tuple[str, str]]:
    """(key, name) of the units that have acts, by name."""
    cards = PurchaseCard.objects.filter(ocid__in=ScheduledAct.objects.values("ocid"))
    return sorted(set(cards.values_list("unit_key", "unit_name")), key=lambda unit: unit[1])
