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
from vitrina.portal.models import PurchaseCard, ScheduledAct
from vitrina.portal.search import answers
from vitrina.portal.search.filters import Filters, read_filters

from .schedule import CANCELLED, CONFIRMED, DEADLINES


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose acts: a saved search (the filters of its address), a unit, a purchase; all of them when empty."""

    filters: Filters = field(default_factory=Filters)
    unit: str = ""
    ocid: str = ""

    @property
    def is_all(self) -> bool:
        return self == Scope()

    def purchases(self) -> QuerySet[PurchaseCard]:
        """The cards of the purchases within it."""
        cards = answers.purchases(self.filters)
        if self.unit:
            cards = cards.filter(Q(unit_key=self.unit) | Q(buyer_key=self.unit))
        return cards.filter(ocid=self.ocid) if self.ocid else cards

    def among(self, ocids: set[str], *, position: int) -> set[str] | None:
        """Those of these purchases within it; `None` while the search does not know all up to a position yet."""
        found = answers.among(self.filters, ocids, position=position)
        if not found or not (self.unit or self.ocid):
            return found
        cards = PurchaseCard.objects.filter(ocid__in=found)
        if self.unit:
            cards = cards.filter(Q(unit_key=self.unit) | Q(buyer_key=self.unit))
        if self.ocid:
            cards = cards.filter(ocid=self.ocid)
        return set(cards.values_list("ocid", flat=True))

    def acts(self) -> QuerySet[ScheduledAct]:
        """Their acts, by hour."""
        rows = ScheduledAct.objects.order_by("starts_at", "id")
        return rows if self.is_all else rows.filter(ocid__in=self.purchases().values("ocid"))

    def query(self) -> str:
        """The scope as the query of an address; the same scope has one spelling."""
        return urlencode([*self.filters.pairs(), *([("unidad", self.unit)] if self.unit else [])])


def read_scope(pairs: Iterable[tuple[str, str]]) -> Scope:
    """The scope of an address: the words and filters of the search, and `unidad`, the key of a unit."""
    pairs = list(pairs)
    unit = dict(pairs).get("unidad", "").strip()[:40].replace("\x00", "")
    return Scope(read_filters(pairs).scope(), unit)


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
