# SPDX-License-Identifier: Apache-2.0
"""What a bidder is told after the ruling: place, figures, reasons, and until when it may protest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.words import day, money
from vitrina.cycle.evaluation import words
from vitrina.cycle.tendering import limits
from vitrina.kernel.money import Money
from vitrina.law import LawError, due, rule
from vitrina.law.explain import amount
from vitrina.ledger.kinds import Applied

from .events import LotRuling, RulingIssued, Standing
from .reasons import UnitPrices, gap_words, points_gap, sum_gap


@dataclass(frozen=True, slots=True)
class LotExplanation:
    """How one lot ended for a bidder. `headline` is one sentence; amounts are of the lot, without VAT.

    `place` is None for a bid that was not solvent, `winner` empty for a deserted lot. `gap` says how far a solvent
    bid was from the winner ("$0.30 per test"); `unmet` and `tests` are sentences. `sums`: by life-cycle cost, a
    sentence with what decided of both.
    """

    lot: int
    title: str
    has_won: bool
    headline: str
    reason: str
    place: int | None
    own: Money
    winner: str
    winner_total: Money | None
    gap: str
    unmet: tuple[str, ...]
    tests: tuple[str, ...]
    sums: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a bidder is told. `protest_until` is None where nobody has recorded the term of that law."""

    supplier: str
    ruled_at: datetime
    lots: tuple[LotExplanation, ...]
    protest_until: date | None
    protest_rule: Applied | None
    protest: str

    @property
    def has_lost(self) -> bool:
        """Whether it lost in some lot."""
        return any(not lot.has_won for lot in self.lots)

    @property
    def text(self) -> str:
        """The whole as paragraphs of plain text."""
        paragraphs = [_paragraph(lot) for lot in self.lots]
        return "\n\n".join([*paragraphs, self.protest])


def explain(
    process: Process,
    event: RulingIssued,
    ruled_at: datetime,
    supplier_key: str,
    units: Mapping[int, UnitPrices | None],
) -> Explanation | None:
    """The explanation for one bidder, from the ruling; nothing for who did not bid. `units` is by lot."""
    mine = [(lot, s) for lot in event.lots for s in lot.standings if s.bidder.key == supplier_key]
    if not mine:
        return None
    until, used, text = protest_window(process, ruled_at)
    lots = tuple(_lot(lot, standing, units.get(lot.lot)) for lot, standing in mine)
    return Explanation(mine[0][1].bidder.name, ruled_at, lots, until, used, text)


def protest_window(process: Process, ruled_at: datetime) -> tuple[date | None, Applied | None, str]:
    """(last day to protest, its rule, the sentence that says it); without a day where the term is not known."""
    try:
        found = rule("term.protest.max", at=ruled_at, **limits.question(process))
    except LawError as error:
        unknown = _("You may protest the ruling. The last day is not computed here: %(why)s")
        return None, None, unknown % {"why": error.say(get_language() or "es")}
    until = due(found, ruled_at, limits.calendar_of(process)).end
    count = amount(found.value, found.unit, get_language() or "es")
    text = _("You may protest the ruling until %(day)s: %(count)s from the ruling (art. %(article)s).")
    return until, applied(found), text % {"day": day(until), "count": count, "article": found.article}


def _lot(lot: LotRuling, mine: Standing, units: UnitPrices | None) -> LotExplanation:
    won = lot.award
    is_behind = won is not None and won is not mine and mine.is_solvent
    return LotExplanation(
        lot=lot.lot,
        title=lot.title,
        has_won=won is mine,
        headline=_headline(lot, mine),
        reason=mine.reason,
        place=mine.place,
        own=mine.total,
        winner=won.bidder.name if won else "",
        winner_total=won.total if won else None,
        gap=_gap(mine, won, units) if won and is_behind else "",
        unmet=(*(words.unmet(f) for f in mine.findings if not f.passes), *_short(mine)),
        tests=tuple(words.price_test(t) for t in mine.price_tests),
        sums=_sums(mine, won) if won and is_behind else "",
    )


def _gap(mine: Standing, won: Standing, units: UnitPrices | None) -> str:
    if mine.points and won.points:
        return points_gap(mine.points, won.points)
    if mine.life_cycle and won.life_cycle:
        return sum_gap(mine.life_cycle, won.life_cycle)
    return gap_words((mine.bid, mine.total), (won.bid, won.total), units)


def _sums(mine: Standing, won: Standing) -> str:
    if mine.life_cycle is None or won.life_cycle is None:
        return ""
    figures = {
        "winner": won.bidder.name,
        "won": words.life_cycle(won.total, won.life_cycle),
        "own": words.life_cycle(mine.total, mine.life_cycle),
    }
    return _("By life-cycle cost %(winner)s came to %(won)s; you, to %(own)s.") % figures


def _short(mine: Standing) -> tuple[str, ...]:
    return (words.short(mine.points),) if mine.points and not mine.points.is_enough else ()


def _headline(lot: LotRuling, mine: Standing) -> str:
    won = lot.award
    if won is mine:
        return _("You won lot %(lot)s.") % {"lot": lot.lot}
    if won is None:
        return _("Lot %(lot)s was deserted: no bid could be accepted.") % {"lot": lot.lot}
    if mine.place is None:
        return _("Your bid for lot %(lot)s was not accepted.") % {"lot": lot.lot}
    if mine.place == 1:
        return _("You tied in lot %(lot)s and did not win.") % {"lot": lot.lot}
    return _("You did not win lot %(lot)s.") % {"lot": lot.lot}


def _paragraph(lot: LotExplanation) -> str:
    parts = [lot.headline, lot.reason]
    if lot.winner_total is not None and not lot.has_won:
        figures = {"winner": lot.winner, "total": money(lot.winner_total), "own": money(lot.own)}
        parts.append(_("%(winner)s won with %(total)s without VAT; you offered %(own)s.") % figures)
        if lot.sums:
            parts.append(lot.sums)
    return " ".join(parts)
