# SPDX-License-Identifier: Apache-2.0
"""Forms of the evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from vitrina.cycle.bidding.queries import OpenedBid, opened_bids
from vitrina.cycle.core.barred import bars_of
from vitrina.cycle.core.fields import LineField, QuantityField
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.steps import StepForm, step
from vitrina.cycle.core.words import day_time, money
from vitrina.cycle.tendering.limits import calendar_of
from vitrina.cycle.tendering.models import Criterion
from vitrina.cycle.tendering.queries import tender_of
from vitrina.ledger.kinds import DocumentRef

from . import words
from .commands import decision_field, open_sheet, points_field, reason_field, require_ready
from .criteria import Verdict
from .queries import declarations_of, lacks_cost, open_prices, pairs, verdicts_of
from .texts import MAX_DECISION, MAX_REASON

YES_NO = [("yes", _("Meets it")), ("no", _("Does not meet it"))]


def _choice(label: str, choices: list[tuple[str, Any]], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=required)


@step("evaluation.declare")
class Declare(StepForm):
    """Conflict of interest or none."""

    title = _("Have you any interest in who wins this purchase?")
    lead = _("Say so before you read the bids: family, business, shares, work now or before, friendship or enmity.")
    button = _("Sign the declaration")
    consequence = _(
        "With a conflict you are excused and do not evaluate. The public sees that you declared, not what you wrote."
    )
    is_secret = True  # what a person thinks of declaring and does not is nobody's
    conflict = _choice(
        _("Your declaration"),
        [("no", _("I have no conflict of interest with any bidder")), ("yes", _("I have, or may have, a conflict"))],
    )
    text = LineField(
        label=_("Which interest, with whom"),
        max_length=MAX_DECISION,
        rows=3,
        required=False,
        help_text=_("Compulsory when there is one. Only internal control reads it."),
    )

    def facts(self) -> list[tuple[str, str]]:
        return [(str(_("Bidders")), "; ".join(b.supplier_name for b in opened_bids(self.process)))]

    def arguments(self) -> dict[str, Any]:
        return {"has_conflict": self.cleaned_data["conflict"] == "yes", "text": self.cleaned_data["text"]}


def sanctions_in_force(process: Process, at: datetime) -> list[tuple[str, str]]:
    """What is known of bidders who are debarred today: the ruling judges it, on its own day; the sheets do not."""
    names = {b.supplier_key: b.supplier_name for b in opened_bids(process)}
    found = bars_of(names, calendar_of(process).local_day(at))
    if not found:
        return []
    said = "; ".join(f"{names[key]}: {bar.words()}" for key, bar in found.items())
    return [(gettext("Sanctions in force today"), f"{said}. {gettext('The ruling judges it, on its own day.')}")]


@dataclass(frozen=True, slots=True)
class Cell:
    """One judgement of the form: the bid, what it answered, its documents, and the two fields. `verdict`: meets it or
    not, or the points that it gets.
    """

    bid: OpenedBid
    response: str
    documents: tuple[DocumentRef, ...]
    verdict: BoundField
    reason: BoundField


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement with a cell for each bid that it is asked of."""

    criterion: Criterion
    cells: list[Cell]


def verdict_field(bid_id: str, criterion: int) -> str:
    """The name of the form field that holds a judgement."""
    return f"meets-{bid_id}-{criterion}"


def judged_field(criterion: Criterion, bid: OpenedBid) -> str:
    """The name of the form field that holds a judgement or the points."""
    name = verdict_field if criterion.points is None else points_field
    return name(bid.bid_id, criterion.number)


def answer(criterion: Criterion, bid: OpenedBid) -> str:
    """What a bid answers to a requirement, as whoever judges reads it."""
    said = bid.responses.get(criterion.number, "")
    if criterion.number not in bid.costs:
        return said
    figures = {"amount": money(bid.costs[criterion.number]), "n": criterion.years}
    return (
        ngettext(
            "It declares %(amount)s in %(n)s year, without VAT.",
            "It declares %(amount)s in %(n)s years, without VAT.",
            criterion.years or 0,
        )
        % figures
    )


def judgement(said: Verdict | None) -> str:
    """A judgement in words, for whoever made it."""
    if said is None:
        return gettext("not judged yet")
    if said.points is not None:
        points = gettext("%(points)s points") % {"points": words.number(str(said.points))}
        return f"{points}. {said.reason}" if said.reason else points
    return gettext("meets it") if said.passes else said.reason


@step("evaluation.score")
class Score(StepForm):
    """Requirements one below the other, the bids side by side in each. `key`: one requirement only, or all."""

    title = _("Does each bid meet each requirement?")
    lead = _("Nobody sees your judgements until the ruling, and there you will not be named beside them.")
    button = _("Save my judgements")
    consequence = _("You can change them until you close your evaluation. Every bidder reads the reasons (art. 37).")
    template = "evaluation/score.html"

    def prepare(self) -> None:
        self.done = verdicts_of(open_sheet(self.actor, self.process))
        self.pairs = [(c, b) for c, b in pairs(self.process) if not self.key or str(c.number) == self.key]
        for criterion, bid in self.pairs:
            said, lacks = self.done.get((bid.bid_id, criterion.number)), lacks_cost(criterion, bid)
            place = {"number": criterion.number, "criterion": criterion.title, "bidder": bid.supplier_name}
            label = gettext("%(number)s. %(criterion)s, %(bidder)s") % place
            if criterion.points is None:
                judged: forms.Field = _choice(label, YES_NO, required=False)
                unsaid = "no" if lacks else ""
                judged.initial = {None: unsaid, True: "yes", False: "no"}[said.passes if said else None]
                why = gettext("Why it does not meet it: %(number)s, %(bidder)s") % place
            else:
                judged = QuantityField(label=label, zero=True, decimals=2, required=False)
                judged.initial = said.points if said else None
                why = gettext("Why not all points: %(number)s, %(bidder)s") % place
            self.fields[judged_field(criterion, bid)] = judged
            self.fields[reason_field(bid.bid_id, criterion.number)] = LineField(
                label=why,
                max_length=MAX_REASON,
                rows=2,
                required=False,
                initial=said.reason if said else gettext("It declares no amount that can be read.") if lacks else "",
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for criterion, bid in self.pairs:
            name, judged = reason_field(bid.bid_id, criterion.number), data.get(judged_field(criterion, bid))
            if criterion.points is not None:
                self._check_points(criterion, bid, judged, name)
            elif judged == "no" and name in data and not data[name].strip():
                self.add_error(name, gettext("Write why it does not meet the requirement: the bidder will read it."))
        return data

    def _check_points(self, criterion: Criterion, bid: OpenedBid, given: Any, name: str) -> None:
        if given is None:
            return
        if given > criterion.points:
            text = gettext("It gives %(most)s points at the most.") % {"most": words.number(str(criterion.points))}
            self.add_error(judged_field(criterion, bid), text)
        elif given < criterion.points and not self.cleaned_data.get(name, "").strip():
            self.add_error(name, gettext("Write why it does not get all points: the bidder will read it."))

    def table(self) -> list[Row]:
        """What the page shows."""
        found: dict[int, Row] = {}
        for criterion, bid in self.pairs:
            number = criterion.number
            cell = Cell(
                bid,
                answer(criterion, bid),
                bid.documents,
                self[judged_field(criterion, bid)],
                self[reason_field(bid.bid_id, number)],
            )
            found.setdefault(number, Row(criterion, [])).cells.append(cell)
        return list(found.values())

    def facts(self) -> list[tuple[str, str]]:
        owed = pairs(self.process)
        done = sum((b.bid_id, c.number) in self.done for c, b in owed)
        progress = gettext("%(done)s of %(all)s judgements") % {"done": done, "all": len(owed)}
        award_by = day_time(tender_of(self.process).award_by, self.process.unit.zone)
        found = [(gettext("Judged"), progress), (gettext("The ruling is due"), award_by)]
        return [*found, *sanctions_in_force(self.process, self.at)]

    def arguments(self) -> dict[str, Any]:
        said = [
            (bid.bid_id, criterion, self.cleaned_data[judged_field(criterion, bid)]) for criterion, bid in self.pairs
        ]
        return {
            "verdicts": [
                {
                    "bid_id": bid,
                    "criterion": criterion.number,
                    "reason": self.cleaned_data[reason_field(bid, criterion.number)],
                    **({"passes": v == "yes"} if criterion.points is None else {"points": v}),
                }
                for bid, criterion, v in said
                if v not in {None, ""}
            ]
        }


@step("evaluation.lock")
class Lock(StepForm):
    """The whole sheet, read once more."""

    title = _("Is your evaluation finished?")
    lead = _("Read your judgements once more. After this they do not change.")
    button = _("Close my evaluation")
    consequence = _("Your judgements count as they stand. The results are public with the ruling (arts. 36 and 37).")

    def facts(self) -> list[tuple[str, str]]:
        done = verdicts_of(open_sheet(self.actor, self.process))
        shown = []
        for criterion, bid in pairs(self.process):
            said = done.get((bid.bid_id, criterion.number))
            shown.append((f"{criterion.number}. {criterion.title} · {bid.supplier_name}", judgement(said)))
        return shown


@step("evaluation.conclude")
class Conclude(StepForm):
    """The prices that fail a test open to decision, each with a decision and its reason."""

    title = _("Can the evaluation be concluded?")
    lead = _("Every evaluator has closed. The system combines the judgements, tests the prices and ranks the bids.")
    button = _("Conclude the evaluation")
    consequence = _("The results go to the approving authority for the ruling; nobody can change them (art. 36 Bis).")

    def prepare(self) -> None:
        require_ready(self.process)
        self.prices = open_prices(self.process, self.at)
        self.groups = []
        for state, bid in self.prices:
            keep, why = decision_field(state.lot, bid.bid_id), f"why-{state.lot}-{bid.bid_id}"
            failed = " ".join(words.price_test(t) for t in state.tests[bid.bid_id] if t.fails)
            choices = [("no", _("Reject the price")), ("yes", _("Keep the bid in"))]
            self.fields[keep] = _choice(gettext("Decision on this price"), choices)
            self.fields[why] = LineField(label=gettext("Reason, which is published"), max_length=MAX_DECISION, rows=3)
            self.fields[why].initial = failed
            amount = {"name": bid.supplier_name, "lot": state.lot, "amount": money(bid.total)}
            self.groups.append((gettext("%(name)s, lot %(lot)s: %(amount)s") % amount, failed, [keep, why]))

    def facts(self) -> list[tuple[str, str]]:
        closed = [d for d in declarations_of(self.process).values() if d.locked_at]
        zone = self.process.unit.zone
        return [(str(d.person), gettext("closed on %(when)s") % {"when": day_time(d.locked_at, zone)}) for d in closed]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "decisions": {
                (s.lot, b.bid_id): {
                    "keep": data[decision_field(s.lot, b.bid_id)] == "yes",
                    "reason": data[f"why-{s.lot}-{b.bid_id}"],
                }
                for s, b in self.prices
            }
        }
