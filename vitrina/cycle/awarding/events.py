# SPDX-License-Identifier: Apache-2.0
"""The ledger entry of the ruling: the whole of it in one act."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.bidding.events import BidderRef
from vitrina.cycle.core.words import money
from vitrina.cycle.evaluation.costs import LifeCycle
from vitrina.cycle.evaluation.criteria import Finding
from vitrina.cycle.evaluation.points import Points
from vitrina.cycle.evaluation.prices import PriceTest
from vitrina.cycle.planning.events import ItemRef
from vitrina.cycle.tendering.events import PanelRef
from vitrina.kernel.money import Money, total
from vitrina.kernel.ties import TieBreak
from vitrina.ledger.kinds import Event, kind


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a bid ended in a lot, with the reason that its bidder reads and everything that it rests on.

    `place` from 1, shared by equals, none when the bid is not solvent. `total` is the lot's, without VAT. `points`: of
    an evaluation by points, exact, with the scale that they stand on. `life_cycle`: of one by life-cycle cost, what
    was added to the price and the sum that decided. `barred`: the sanction in force for which it cannot be awarded.
    """

    bid: str
    bidder: BidderRef
    total: Money
    is_solvent: bool
    place: int | None
    reason: str
    findings: tuple[Finding, ...]
    price_tests: tuple[PriceTest, ...]
    price_decision: str = ""
    points: Points | None = None
    life_cycle: LifeCycle | None = None
    barred: str = ""


class AwardedLine(msgspec.Struct, frozen=True, kw_only=True):
    """An item of an awarded lot at the unit price of the bid that won it, without VAT."""

    item: ItemRef
    unit_price: Money


class LotRuling(msgspec.Struct, frozen=True, kw_only=True):
    """What the ruling says of a lot: awarded to the bid `winner` (`active`), or deserted (`unsuccessful`)."""

    lot: int
    title: str
    state: str
    reason: str
    standings: tuple[Standing, ...]
    winner: str = ""
    lines: tuple[AwardedLine, ...] = ()
    tie: TieBreak | None = None

    @property
    def award(self) -> Standing | None:
        """The winner's standing."""
        return next((s for s in self.standings if s.bid == self.winner), None)


@kind("ruling.issued", stage="awarding")
class RulingIssued(Event):
    """The ruling: each lot awarded or deserted, every bidder's reason, who judged, and by when it was due.

    `seed_seq` is the number, in the purchase's stream, of the minutes whose digest is the seed of any draw.
    """

    lots: tuple[LotRuling, ...]
    evaluators: tuple[PanelRef, ...]
    seed_seq: int
    award_by: datetime
    extension_reason: str = ""

    @property
    def awards(self) -> list[Standing]:
        """The winners, by lot."""
        return [lot.award for lot in self.lots if lot.award]

    def sentence(self) -> str:
        won = self.awards
        if not won:
            return _("The tender was declared deserted")
        amount = money(total([s.total for s in won]))
        names = {s.bidder.key: s.bidder.name for s in won}
        if len(names) == 1:
            text = _("The purchase was awarded to %(name)s for %(amount)s without VAT")
            return text % {"name": next(iter(names.values())), "amount": amount}
        text = ngettext(
            "The purchase was awarded to %(n)s supplier for %(amount)s without VAT",
            "The purchase was awarded to %(n)s suppliers for %(amount)s without VAT",
            len(names),
        )
        return text % {"n": len(names), "amount": amount}

    def detail(self) -> str:
        return " ".join(part for part in (self._deserted(), self._term(), self.extension_reason) if part)

    def _deserted(self) -> str:
        deserted = [str(lot.lot) for lot in self.lots if not lot.winner]
        if not deserted or not self.awards:
            return ""
        text = ngettext("Lot %(lots)s was deserted.", "Lots %(lots)s were deserted.", len(deserted))
        return text % {"lots": ", ".join(deserted)}

    def _term(self) -> str:
        for rule in self.rules:
            if rule.key == "term.opening_to_award.max" and rule.had is not None:
                had = int(rule.had)
                text = ngettext(
                    "%(had)s day after the opening; the maximum is %(limit)s (art. %(article)s).",
                    "%(had)s days after the opening; the maximum is %(limit)s (art. %(article)s).",
                    had,
                )
                return text % {"had": had, "limit": rule.value, "article": rule.article}
        return ""
