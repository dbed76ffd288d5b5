# SPDX-License-Identifier: Apache-2.0
"""How far works and services are: planned and done as reported, against what was paid of the contract. Exact shares.

O13 (SPI) = done / planned to date; O14 = paid share of the contract less share done, in points. Both are reasons to
look: a prepayment or a report that is late explain them as well as a fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Sum

from vitrina.kernel.workdays import closes_at

from . import postings
from .models import Due, FundedContract, Posting, WorkReport

ZONE = "America/Mexico_City"


@dataclass(frozen=True)
class Work:
    """A contract with its reports, oldest first, and for each what was paid by its day (without VAT)."""

    contract: FundedContract
    reports: list[WorkReport]
    paid: list[int]
    paid_now: int
    late_goods: int

    @property
    def last(self) -> WorkReport:
        return self.reports[-1]

    @property
    def value(self) -> int:
        return self.last.value_centavos

    @property
    def actual(self) -> Fraction:
        """Share done, of one."""
        return Fraction(self.last.actual) / 100

    @property
    def planned(self) -> Fraction:
        return Fraction(self.last.planned) / 100

    @property
    def spi(self) -> Fraction | None:
        """O13; none while nothing was planned."""
        return self.actual / self.planned if self.planned else None

    @property
    def paid_share(self) -> Fraction:
        """Paid by the day of the last report, of the contract's value."""
        return Fraction(self.paid[-1], self.value) if self.value else Fraction(0)

    @property
    def gap(self) -> Fraction:
        """O14 as a share of one: above zero, more was paid than done."""
        return self.paid_share - self.actual

    @property
    def is_behind(self) -> bool:
        return self.actual < self.planned

    def is_overdue(self, today: date) -> bool:
        """Whether the contract's last day is past and the works are not done."""
        return self.contract.ends_on < today and self.actual < 1

    def shares(self) -> list[tuple[Fraction, Fraction, Fraction]]:
        """Planned, done and paid at each report, of one."""
        return [
            (Fraction(r.planned) / 100, Fraction(r.actual) / 100, Fraction(paid, r.value_centavos or 1))
            for r, paid in zip(self.reports, self.paid, strict=True)
        ]


def works(now: datetime, contract: str = "") -> list[Work]:
    """Every contract with reports, or one; the one reported last stands first. Five queries whatever their number."""
    asked = WorkReport.objects.filter(contract=contract) if contract else WorkReport.objects.all()
    reports: dict[str, list[WorkReport]] = {}
    for row in asked.order_by("contract", "number"):
        reports.setdefault(row.contract, []).append(row)
    contracts = FundedContract.objects.select_related("purchase").filter(id__in=reports)
    paid: dict[str, list[tuple[datetime, int]]] = {}
    for key, at, amount in _settled(reports):
        paid.setdefault(key, []).append((at, amount))
    late = dict(
        Due.objects.filter(contract__in=reports, kind=postings.GOODS, closes_at__lt=now)
        .order_by()
        .values_list("contract")
        .annotate(Sum("centavos"))
    )
    found = [
        Work(one, reports[one.id], [_by(paid.get(one.id, ()), r.cutoff_on) for r in reports[one.id]],
             sum(amount for _, amount in paid.get(one.id, ())), int(late.get(one.id, 0)))
        for one in contracts
    ]  # fmt: skip
    return sorted(found, key=lambda work: -work.last.position)


def _settled(contracts: Iterable[str]) -> Iterable[tuple[str, datetime, int]]:
    rows = Posting.objects.filter(contract__in=list(contracts), account=postings.SETTLED)
    return rows.values_list("contract", "at", "centavos")


def _by(paid: Iterable[tuple[datetime, int]], day: date) -> int:
    """What was paid by the end of a day."""
    end = closes_at(day, ZONE)
    return sum(amount for at, amount in paid if at <= end)
