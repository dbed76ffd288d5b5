# SPDX-License-Identifier: Apache-2.0
"""What the evaluation tells: to an evaluator their own sheet, to the contracting area and the ruling the results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.bidding.queries import OpenedBid, opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.opening import queries as opening
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.cycle.research.queries import reference_prices
from vitrina.cycle.tendering.methods import COST
from vitrina.cycle.tendering.models import Criterion, PanelMember
from vitrina.cycle.tendering.queries import costs_asked, criteria_of, lots_of, panel_of, tender_of
from vitrina.kernel.money import Money, total
from vitrina.parties.roles import Role

from .assessment import LotBid, ResultView, meets, undecided
from .costs import LifeCycle
from .criteria import Finding, Verdict, combine
from .models import Declaration, Evaluation, Result, Score
from .points import Points, Scale, technical
from .prices import PriceTest
from .rules import price_rules, price_tests, reference_of, scale_of
from .states import EvaluationState, SheetState

WHOLE_SHEET = 120  # judgements that one form shows; beyond it there is a form per requirement


_EVALUATIONS = Reading(Evaluation.objects.all)
_DECLARATIONS = Reading(Declaration.objects.all)
_SCORES = Reading(
    lambda: Score.objects.order_by("criterion", "bid_id"), by="declaration_id", within="declaration__process_id__in"
)


def is_concluded(process: Process) -> bool:
    """Whether the evaluation is concluded."""
    found = _EVALUATIONS.first(process.pk)
    return found is not None and found.state == EvaluationState.CONCLUDED


def declarations_of(process: Process) -> dict[int, Declaration]:
    """Person -> declaration."""
    return {d.person_id: d for d in _DECLARATIONS.of(process.pk)}


def committee(process: Process) -> list[PanelMember]:
    """The evaluators who declared no conflict, or have not declared yet."""
    made = declarations_of(process)
    return [
        m
        for m in panel_of(process, Role.EVALUATOR)
        if m.person_id not in made or made[m.person_id].state != SheetState.EXCUSED
    ]


def pairs(process: Process) -> list[tuple[Criterion, OpenedBid]]:
    """Every judgement that an evaluator owes: requirements by number, bids in order of arrival under each."""
    bids = opened_bids(process)
    return [(c, b) for c in criteria_of(process) for b in bids if c.lot is None or c.lot in b.lots]


def lacks_cost(criterion: Criterion, bid: OpenedBid) -> bool:
    """Whether a requirement asks for a cost that the bid does not declare."""
    return criterion.kind == COST and criterion.number not in bid.costs


def verdicts_of(declaration: Declaration) -> dict[tuple[str, int], Verdict]:
    """(bid, requirement) -> judgement of one evaluator; for that evaluator and the conclusion only."""
    return {
        (s.bid_id, s.criterion): Verdict(
            bid_id=s.bid_id, criterion=s.criterion, passes=s.passes, reason=s.reason, points=s.points
        )
        for s in _SCORES.of(declaration.process_id, declaration.pk)
    }


def findings(process: Process) -> dict[tuple[str, int], Finding]:
    """(bid, requirement) -> what the committee found; for the conclusion, once every sheet is locked."""
    sheets = [verdicts_of(d) for d in Declaration.objects.filter(process=process, state=SheetState.LOCKED)]
    return {
        (b.bid_id, c.number): combine(
            c.number, c.title, [sheet[b.bid_id, c.number] for sheet in sheets], c.points, b.costs.get(c.number)
        )
        for c, b in pairs(process)
    }


@dataclass(frozen=True, slots=True)
class LotState:
    """What the conclusion of a lot rests on: its bids in order of arrival, and by bid the findings and price tests."""

    lot: int
    bids: list[LotBid]
    findings: dict[str, tuple[Finding, ...]]
    tests: dict[str, tuple[PriceTest, ...]]
    scale: Scale | None = None


def lot_state(process: Process, lot: int, found: dict[tuple[str, int], Finding], at: datetime) -> LotState:
    """The findings on a lot and the price tests of the bids that meet every requirement; for the conclusion only."""
    bids = [
        LotBid(b.bid_id, b.supplier_key, b.supplier_name, b.totals[lot], b.order, _cost(process, b, lot))
        for b in opened_bids(process)
        if lot in b.lots
    ]
    criteria = criteria_of(process, lot)
    by_bid = {b.bid_id: tuple(found[b.bid_id, c.number] for c in criteria) for b in bids}
    scale = scale_of(process, at)
    points = {b.bid_id: technical(scale, by_bid[b.bid_id]) if scale else None for b in bids}
    prices = {b.bid_id: b.total for b in bids if meets(by_bid[b.bid_id], points[b.bid_id])}
    reference = reference_of(items_by_lot(process)[lot], reference_prices(process))
    tests = price_tests(price_rules(process, at), prices, reference=reference, budget=process.plan_line.budget)
    return LotState(lot, bids, by_bid, tests, scale)


def _cost(process: Process, bid: OpenedBid, lot: int) -> Money | None:
    """What a bid declares for a lot in all; nothing where it lacks a cost that is asked."""
    asked = [n for n, of in costs_asked(process).items() if of == lot]
    return total([bid.costs[n] for n in asked]) if all(n in bid.costs for n in asked) else None


def open_prices(process: Process, at: datetime) -> list[tuple[LotState, LotBid]]:
    """The prices that fail a test open to decision, once every sheet is locked; for the conclusion only."""
    found = findings(process)
    states = [lot_state(process, lot.number, found, at) for lot in lots_of(process)]
    return [(s, b) for s in states for b in s.bids if undecided(s.tests.get(b.bid_id, ()), None)]


def waiting(process: Process) -> list[str]:
    """Names of the evaluators without conflict who have not closed their sheet."""
    made = declarations_of(process)
    return [
        m.name for m in committee(process) if m.person_id not in made or made[m.person_id].state != SheetState.LOCKED
    ]


def results(process: Process, lot: int | None = None) -> list[ResultView]:
    """What was found, by lot: solvent bids by place, then the others; empty until the evaluation is concluded.

    Secret until the ruling: only the approving authority's form reads it. The public reads the ledger.
    """
    rows = Result.objects.filter(process=process)
    return [_view(r) for r in (rows if lot is None else rows.filter(lot=lot))]


def _view(row: Result) -> ResultView:
    return ResultView(
        row.lot,
        row.bid_id,
        row.supplier_key,
        row.supplier_name,
        row.total,
        row.is_solvent,
        row.place,
        tuple(msgspec.convert(row.findings, list[Finding])),
        tuple(msgspec.convert(row.price_tests, list[PriceTest])),
        row.price_decision,
        msgspec.convert(row.points, Points) if row.points else None,
        msgspec.convert(row.life_cycle, LifeCycle) if row.life_cycle else None,
    )


def tasks(process: Process, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape of every stage's tasks
    """Declarations, judgements and locks of each evaluator; then the conclusion."""
    if process.halt or process.stage not in {"opening", "evaluation"}:
        return []
    if not opening.is_closed(process) or is_concluded(process):
        return []
    if not opened_bids(process):
        return []
    owed = pairs(process)
    due = tender_of(process).award_by
    made, found = declarations_of(process), []
    for member in committee(process):
        found += _tasks_of(member, made.get(member.person_id), owed, due)
    if not found and committee(process):
        found = [Task("evaluation.conclude", Role.OFFICER, _("Conclude the evaluation"), process.title, due=due)]
    return found


def _tasks_of(
    member: PanelMember, sheet: Declaration | None, owed: list[tuple[Criterion, OpenedBid]], due: datetime
) -> list[Task]:
    def task(command: str, title: str, detail: str, key: str = "") -> Task:
        return Task(command, Role.EVALUATOR, title, detail, due=due, key=key, person_id=member.person_id)

    if sheet is None:
        return [task("evaluation.declare", _("Declare your interests before you read the bids"), member.name)]
    if sheet.state == SheetState.LOCKED:
        return []
    done = verdicts_of(sheet)
    left = [(c, b) for c, b in owed if (b.bid_id, c.number) not in done]
    if not left:
        return [task("evaluation.lock", _("Close your evaluation"), _("Every bid is judged."))]
    text = ngettext("%(n)s judgement is left.", "%(n)s judgements are left.", len(left)) % {"n": len(left)}
    if len(owed) <= WHOLE_SHEET:
        return [task("evaluation.score", _("Judge the bids"), text)]
    open_criteria = {c.number: c for c, _bid in left}
    title = _("Judge the bids: %(criterion)s")
    return [task("evaluation.score", title % {"criterion": c.title}, text, str(n)) for n, c in open_criteria.items()]
