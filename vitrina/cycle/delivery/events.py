# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of delivery."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import day, money
from vitrina.cycle.planning.events import PartyRef
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, kind


class ArrivedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What arrived of a scheduled delivery: `late_days` natural days after the day it was due."""

    delivery: int
    item: int
    description: str
    quantity: Decimal
    unit_name: str
    due_on: date
    late_quantity: Decimal
    late_days: int


class AcceptedLine(msgspec.Struct, frozen=True, kw_only=True):
    """An accepted line at the contract's price, its penalty, and what the delivery has in all."""

    delivery: int
    item: int
    quantity: Decimal
    amount: Money
    late_quantity: Decimal
    late_days: int
    penalty: Money
    accepted_in_all: Decimal
    scheduled: Decimal


@kind("goods.received", stage="delivery")
class GoodsReceived(Event):
    """Goods arrived at a place and were counted."""

    contract: str
    award: str
    receipt: str
    place: PartyRef
    received_on: date
    note: str
    lines: tuple[ArrivedLine, ...]

    def sentence(self) -> str:
        what = "; ".join(f"{line.quantity:,f} × {line.description}" for line in self.lines[:3])
        return _("Goods arrived at %(place)s: %(what)s") % {"place": self.place.name, "what": what}

    def detail(self) -> str:
        worst = max(line.late_days for line in self.lines)
        if not worst:
            return _("In time: it was due on %(day)s.") % {"day": day(min(line.due_on for line in self.lines))}
        text = ngettext("%(n)d day after it was due.", "%(n)d days after it was due.", worst)
        return text % {"n": worst}


@kind("goods.accepted", stage="delivery")
class GoodsAccepted(Event):
    """Goods were accepted; what came late has its penalty."""

    contract: str
    award: str
    receipt: str
    place: PartyRef
    lines: tuple[AcceptedLine, ...]
    value: Money
    penalty: Money
    accepted_on: date
    late_reason: str = ""

    def sentence(self) -> str:
        return _("%(place)s accepted the goods: %(amount)s without VAT") % {
            "place": self.place.name,
            "amount": money(self.value),
        }

    def detail(self) -> str:
        if not self.penalty.centavos:
            return self.late_reason
        late = max(line.late_days for line in self.lines)
        text = ngettext(
            "Penalty for %(n)d day late, on the late part only: %(amount)s.",
            "Penalty for %(n)d days late, on the late part only: %(amount)s.",
            late,
        )
        return " ".join(s for s in (text % {"n": late, "amount": money(self.penalty)}, self.late_reason) if s)


@kind("goods.rejected", stage="delivery")
class GoodsRejected(Event):
    """Goods were rejected with reasons; they are still due."""

    contract: str
    award: str
    receipt: str
    place: PartyRef
    deliveries: tuple[int, ...]
    reason: str
    late_reason: str = ""

    def sentence(self) -> str:
        return _("%(place)s rejected the goods") % {"place": self.place.name}

    def detail(self) -> str:
        return self.reason


class PhotoRef(msgspec.Struct, frozen=True, kw_only=True):
    """A photograph among the documents of the act: what it shows, in words, and the day on which it was taken."""

    document: str
    alt: str
    taken_on: date


@kind("progress.reported", stage="delivery")
class ProgressReported(Event):
    """How far the works of a contract are on a day: percent planned and done since the beginning, without VAT what was
    authorised for payment so far of what the contract is worth. The place in decimal degrees (WGS 84).
    """

    contract: str
    award: str
    number: int
    cutoff_on: date
    planned: Decimal
    actual: Decimal
    authorised: Money
    value: Money
    place: str
    latitude: Decimal
    longitude: Decimal
    note: str = ""
    photos: tuple[PhotoRef, ...] = ()

    def sentence(self) -> str:
        values = {"id": self.contract, "actual": percent(self.actual), "day": day(self.cutoff_on)}
        return _("Contract %(id)s: %(actual)s was done on %(day)s") % values

    def detail(self) -> str:
        values = {"planned": percent(self.planned), "amount": money(self.authorised)}
        told = _("%(planned)s was planned by then; %(amount)s without VAT are authorised for payment.") % values
        return " ".join(s for s in (told, self.note) if s)


def percent(points: Decimal) -> str:
    """`40.5 %`, with the decimals that it has."""
    return f"{points.normalize():f}\u00a0%"
