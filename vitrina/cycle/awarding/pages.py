# SPDX-License-Identifier: Apache-2.0
"""The form of the ruling."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.core.barred import told
from vitrina.cycle.core.fields import LineField
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import day_time, money
from vitrina.cycle.evaluation import words
from vitrina.cycle.evaluation.assessment import ResultView
from vitrina.cycle.evaluation.texts import MAX_RULING
from vitrina.cycle.tendering.queries import lots_of, tender_of
from vitrina.kernel.money import Money

from .commands import reason_field
from .outcome import LotOutcome
from .queries import barred_bids, barred_rule, needs_extension, outcomes, proposed_reasons, term
from .reasons import tie_words


def _reason(label: str, initial: str) -> LineField:
    return LineField(label=label, max_length=MAX_RULING, rows=3, initial=initial)


def _deciding(result: ResultView) -> Money:
    """The amount by which a bid is ranked: its price, or price and life-cycle cost together."""
    return result.life_cycle.sum if result.life_cycle else result.total


def _signed(cells: list[str], result: ResultView) -> str:
    """A line of the ranking as it is signed."""
    name, rank, total, *_more = cells
    return f"{rank}. {name}: {words.life_cycle(result.total, result.life_cycle) if result.life_cycle else total}"


@step("awarding.issue_ruling")
class IssueRuling(StepForm):
    """The ranking of each lot with its figures, and a reason to write for every bidder, filled in plain words."""

    title = _("What does the ruling tell each bidder?")
    lead = _("The ranking is what the evaluation found. The reasons are yours: correct them until they are clear.")
    button = _("Sign and publish the ruling")
    consequence = _(
        "The ruling is public at once with every reason, and the term to sign the contracts begins (arts. 37 and 46)."
    )
    template = "awarding/ruling.html"

    def prepare(self) -> None:
        self.outcomes = outcomes(self.process, self.at)
        self.titles = {lot.number: lot.title for lot in lots_of(self.process)}
        of_bids, of_lots = proposed_reasons(self.process, self.at)
        self.groups = []
        if needs_extension(self.process, self.at):
            label = gettext("Why the ruling is later than announced")
            self.fields["extension_reason"] = LineField(label=label, max_length=MAX_RULING, rows=3)
        for found in self.outcomes:
            place = {"lot": found.lot, "title": self.titles[found.lot]}
            names = [f"lot-{found.lot}"]
            label = gettext("Reason for lot %(lot)s") if found.winner else gettext("Why lot %(lot)s is deserted")
            self.fields[names[0]] = _reason(label % place, of_lots[found.lot])
            for result in found.results:
                label = gettext("Lot %(lot)s, for %(name)s") % {"lot": found.lot, "name": result.supplier_name}
                names.append(reason_field(found.lot, result.bid_id))
                self.fields[names[-1]] = _reason(label, of_bids[found.lot, result.bid_id])
            self.groups.append((gettext("Lot %(lot)s: %(title)s") % place, self._decided(found), names))

    def _decided(self, found: LotOutcome) -> str:
        if found.winner is None:
            return gettext("The lot is declared deserted.")
        text = gettext("The lot is awarded to %(name)s for %(amount)s without VAT.")
        decided = text % {"name": found.winner.supplier_name, "amount": money(found.winner.total)}
        if found.tie is None:
            return decided
        return " ".join([decided, gettext("It tied and won %(why)s.") % {"why": tie_words(found.tie)}])

    def tables(self) -> list[dict[str, Any]]:
        """The ranking of each lot, for `parts/table.html`."""
        is_by_cost = any(r.life_cycle for found in self.outcomes for r in found.results)
        sums = [gettext("Life-cycle cost"), gettext("Price and cost together")] if is_by_cost else []
        columns = [
            {"label": gettext("Bidder")},
            {"label": gettext("Rank")},
            *({"label": label, "num": True} for label in (gettext("Total of the lot"), *sums)),
            {"label": gettext("Above the winner"), "num": True},
        ]
        caption = (
            gettext("Lot %(lot)s, ranked by price and life-cycle cost together; amounts without VAT")
            if is_by_cost
            else gettext("Lot %(lot)s, ranked by price; amounts without VAT")
        )
        return [
            {
                "caption": caption % {"lot": found.lot},
                "columns": columns,
                "rows": [self._row(found, result, is_by_cost=is_by_cost) for result in found.results],
                "empty": gettext("No bid was received"),
            }
            for found in self.outcomes
        ]

    def _row(self, found: LotOutcome, result: ResultView, *, is_by_cost: bool = False) -> dict[str, Any]:
        rank = str(result.place) if result.place else gettext("not accepted")
        counts = found.winner is not None and result.is_solvent
        above = money(_deciding(result) - _deciding(found.winner)) if counts else gettext("does not count")
        sums = (
            [money(result.life_cycle.cost), money(result.life_cycle.sum)]
            if result.life_cycle
            else [gettext("does not count")] * 2
        )
        kind = "first" if result is found.winner else "" if result.is_solvent else "out"
        cells = [result.supplier_name, rank, money(result.total), *(sums if is_by_cost else []), above]
        return {"kind": kind, "cells": cells}

    def facts(self) -> list[tuple[str, str]]:
        lang, zone = get_language() or "es", self.process.unit.zone
        announced = day_time(tender_of(self.process).award_by, zone)
        law = term(self.process, self.at).sentence(lang)
        found = [(gettext("Announced for"), announced), (gettext("What the law says"), law)]
        rule = barred_rule(self.process, self.at) if barred_bids(self.process, self.at) else None
        return [*found, *([(gettext("Sanctions in force"), told(rule))] if rule else [])]

    def signed_facts(self) -> list[tuple[str, str]]:
        """Whoever signs the ruling signs what is decided of each lot and how every bid was ranked."""
        found = self.facts()
        for outcome, (title, decided, _names) in zip(self.outcomes, self.groups, strict=True):
            ranked = [_signed(self._row(outcome, result)["cells"], result) for result in outcome.results]
            found.append((title, "\n".join([decided, *ranked])))
        return found

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "reasons": {
                (f.lot, r.bid_id): data[reason_field(f.lot, r.bid_id)] for f in self.outcomes for r in f.results
            },
            "lot_reasons": {f.lot: data[f"lot-{f.lot}"] for f in self.outcomes},
            "extension_reason": data.get("extension_reason", ""),
        }
