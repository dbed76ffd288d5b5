# SPDX-License-Identifier: Apache-2.0
"""What can be done in the evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.opening import queries as opening
from vitrina.cycle.tendering.models import PanelMember
from vitrina.cycle.tendering.queries import criteria_of, lots_of, panel_of
from vitrina.kernel import ids
from vitrina.kernel.states import NEW
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.roles import Role

from .assessment import Decision, ResultView, assess, undecided
from .criteria import Finding, Verdict
from .events import ConflictDeclared, ConflictStated, EvaluationConcluded, ScoresLocked, ScoresRecorded
from .models import Declaration, Evaluation, Result, Score
from .queries import (
    committee,
    declarations_of,
    findings,
    lacks_cost,
    lot_state,
    pairs,
    verdicts_of,
    waiting,
)
from .rules import is_by_cost
from .states import SHEET, TABLE, SheetState
from .texts import MAX_DECISION, MAX_REASON, plain


@command("evaluation.declare")
def declare(actor: Actor, process: Process, *, at: datetime, has_conflict: bool, text: str = "") -> Entry:
    """Declare whether the evaluator has a conflict of interest: without one the sheet opens, with one it closes.

    `text` says which interest, and is compulsory then; it stays secret. An evaluator who finds a conflict later may
    still declare it until the sheet is locked; their judgements then do not count.
    """
    member, text = _member(actor, process), plain(text, limit=MAX_DECISION, field="text")
    if not opening.is_closed(process):
        raise refuse("opening", _("The opening act is not closed yet. Declare once it is."))
    if not opened_bids(process):
        raise refuse("no-bids", _("No bid arrived: there is nothing to judge."))
    if has_conflict and not text:
        raise refuse("text", _("Write which interest you have. Only internal control reads it."), field="text")
    _advance(process, "declare")
    sheet = declarations_of(process).get(actor.person_id)
    if sheet is None:
        sheet = Declaration(id=ids.ulid(at), process=process, person_id=actor.person_id, state=NEW)
    move(sheet, SHEET, "excuse" if has_conflict else "declare")
    sheet.text, sheet.declared_at = text, at
    sheet.save()
    stated = ConflictStated(ocid=process.ocid, person_id=actor.person_id, has_conflict=has_conflict, text=text)
    append(sheet.stream, stated, actor=actor.signer, at=at)
    number = Entry.objects.filter(stream=process.stream, kind=ConflictDeclared.kind).count() + 1
    event = ConflictDeclared(number=number, name=member.name, position=member.position, is_excused=has_conflict)
    return record(actor, process, event, at=at)


@command("evaluation.score")
def score(actor: Actor, process: Process, *, at: datetime, verdicts: Sequence[Mapping[str, Any]]) -> Entry:
    """Judge bids against requirements: dicts of `bid_id, criterion, passes, reason`, or of `bid_id, criterion, points,
    reason` where the requirement gives points. Some now and some later is well.

    Refuses a judgement on a bid or requirement that is not of this purchase, and "does not meet it", or less than all
    points, without a reason; and "meets it" of a cost that the bid does not declare.
    """
    sheet = open_sheet(actor, process)
    owed = {(b.bid_id, c.number): (c, b) for c, b in pairs(process)}
    given = tuple(
        Verdict(bid_id=v["bid_id"], criterion=v["criterion"], passes=v.get("passes", True), points=v.get("points"),
                reason=_reason(v) if not v.get("passes", True) or v.get("points") is not None else "")
        for v in verdicts
    )  # fmt: skip
    if not given:
        raise refuse("nothing", _("Judge at least one bid against one requirement."))
    for verdict in given:
        if (verdict.bid_id, verdict.criterion) not in owed:
            raise refuse("pair", _("This bid is not judged against this requirement."))
        if not verdict.passes and not verdict.reason:
            message = _("Write why the bid does not meet the requirement: the bidder will read it.")
            raise refuse("reason", message, field=reason_field(verdict.bid_id, verdict.criterion), article="37")
        criterion, bid = owed[verdict.bid_id, verdict.criterion]
        _require_points(verdict, criterion.points)
        if verdict.passes and lacks_cost(criterion, bid):
            message = _("The bid declares no amount that can be read: it cannot be compared. Write so as the reason.")
            raise refuse("cost", message, field=reason_field(verdict.bid_id, verdict.criterion))
    _advance(process, "score")
    move(sheet, SHEET, "score")
    sheet.save()
    _keep(sheet, given, at)
    event = ScoresRecorded(ocid=process.ocid, person_id=actor.person_id, verdicts=given)
    return append(sheet.stream, event, actor=_nobody(actor), at=at)


def _keep(sheet: Declaration, given: Sequence[Verdict], at: datetime) -> None:
    """One row a pair, in one statement: of two judgements on a pair the last one stands, and over an earlier one."""
    rows = {
        (v.bid_id, v.criterion): Score(
            declaration=sheet, bid_id=v.bid_id, criterion=v.criterion, passes=v.passes, points=v.points,
            reason=v.reason, scored_at=at,
        )
        for v in given
    }  # fmt: skip
    Score.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["declaration", "bid_id", "criterion"],
        update_fields=["passes", "points", "reason", "scored_at"],
    )  # fmt: skip


@command("evaluation.lock")
def lock(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Close the sheet: every bid is judged against every requirement, and nothing changes any more."""
    sheet = open_sheet(actor, process)
    done = verdicts_of(sheet)
    left = sum((b.bid_id, c.number) not in done for c, b in pairs(process))
    if left:
        raise refuse("incomplete", _("%(n)s judgements are left. Finish them before you close.") % {"n": left})
    _advance(process, "lock")
    move(sheet, SHEET, "lock")
    sheet.locked_at = at
    sheet.save()
    event = ScoresLocked(ocid=process.ocid, person_id=actor.person_id, verdicts=tuple(done.values()))
    return append(sheet.stream, event, actor=_nobody(actor), at=at)


@command("evaluation.conclude")
def conclude(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    decisions: Mapping[tuple[int, str], Mapping[str, Any]] | None = None,
) -> Entry:
    """Combine the sheets into the results of each lot, and test the prices of the bids that meet every requirement.

    `decisions`: (lot, bid) -> `{"keep": bool, "reason": str}` for each price that fails a test open to decision.
    Refuses while an evaluator without conflict has not locked, when none is left, or a decision is missing.
    """
    require_ready(process)
    _advance(process, "conclude", at)
    found, decided = findings(process), _decisions(decisions or {})
    views = [view for lot in lots_of(process) for view in _assess(process, lot.number, found, decided, at)]
    Result.objects.bulk_create(_row(process, view) for view in views)
    excused = sum(d.state == SheetState.EXCUSED for d in declarations_of(process).values())
    event = EvaluationConcluded(
        evaluators=len(committee(process)),
        excused=excused,
        bids=len(opened_bids(process)),
        criteria=len(criteria_of(process)),
    )
    return record(actor, process, event, at=at)


def reason_field(bid_id: str, criterion: int) -> str:
    """The name of the form field that holds the reason of a judgement."""
    return f"reason-{bid_id}-{criterion}"


def points_field(bid_id: str, criterion: int) -> str:
    """The name of the form field that holds the points of a judgement."""
    return f"points-{bid_id}-{criterion}"


def decision_field(lot: int, bid_id: str) -> str:
    """The name of the form field that holds the decision on a price."""
    return f"keep-{lot}-{bid_id}"


def require_ready(process: Process) -> None:
    """Refuse to conclude while an evaluator without conflict has not finished, or when none is left."""
    if not committee(process):
        message = _("Every evaluator excused themself: nobody is left to judge. The tender can be cancelled instead.")
        raise refuse("nobody", message)
    names = waiting(process)
    if names:
        raise refuse("waiting", _("These evaluators have not finished: %(names)s.") % {"names": ", ".join(names)})


def _reason(verdict: Mapping[str, Any]) -> str:
    field = reason_field(verdict["bid_id"], verdict["criterion"])
    return plain(verdict.get("reason", ""), limit=MAX_REASON, field=field)


def _require_points(verdict: Verdict, most: Decimal | None) -> None:
    """Points where the requirement gives points and nowhere else, from none to all, with the reason why not all."""
    given, field = verdict.points, reason_field(verdict.bid_id, verdict.criterion)
    if (given is None) != (most is None) or (given is not None and not verdict.passes):
        raise refuse("points", _("Give points where the requirement gives points, and nowhere else."), field=field)
    if given is None or most is None:
        return
    if not 0 <= given <= most or given != round(given, 2):
        text = _("Give from 0 to %(most)s points, with two decimals at the most.")
        raise refuse("points", text % {"most": most}, field=points_field(verdict.bid_id, verdict.criterion))
    if given < most and not verdict.reason:
        text = _("Write why the bid does not get all points: the bidder will read it.")
        raise refuse("reason", text, field=field, article="37")


def _nobody(actor: Actor) -> Any:
    """The signer of a blinded judgement: the office, not the person. The body names who it was."""
    return msgspec.structs.replace(actor.signer, name="")


def _member(actor: Actor, process: Process) -> PanelMember:
    for member in panel_of(process, Role.EVALUATOR):
        if member.person_id == actor.person_id:
            return member
    raise refuse("panel", _("You are not in the panel that evaluates this purchase."))


def open_sheet(actor: Actor, process: Process) -> Declaration:
    """The actor's sheet, while it can be written; `Refused` with the reason when it cannot."""
    _member(actor, process)
    sheet = declarations_of(process).get(actor.person_id)
    if sheet is None:
        raise refuse("undeclared", _("Declare your interests first; then you can read and judge the bids."))
    if sheet.state == SheetState.EXCUSED:
        raise refuse("excused", _("You declared a conflict of interest: you do not evaluate this purchase."))
    if sheet.state == SheetState.LOCKED:
        raise refuse("locked", _("Your evaluation is closed and does not change any more."))
    return sheet


def _advance(process: Process, name: str, concluded_at: datetime | None = None) -> None:
    evaluation = Evaluation.objects.filter(process=process).first() or Evaluation(process=process, state=NEW)
    move(evaluation, TABLE, name)
    evaluation.concluded_at = concluded_at
    evaluation.save()


def _decisions(given: Mapping[tuple[int, str], Mapping[str, Any]]) -> dict[tuple[int, str], Decision]:
    decided = {}
    for (lot, bid_id), decision in given.items():
        reason = plain(decision["reason"], limit=MAX_DECISION, field=f"why-{lot}-{bid_id}")
        if not reason:
            message = _("Write the reason of the decision on this price: it is published.")
            raise refuse("price-reason", message, field=f"why-{lot}-{bid_id}")
        decided[lot, bid_id] = Decision(keep=decision["keep"], reason=reason)
    return decided


def _assess(
    process: Process,
    lot: int,
    found: dict[tuple[str, int], Finding],
    decided: dict[tuple[int, str], Decision],
    at: datetime,
) -> list[ResultView]:
    state = lot_state(process, lot, found, at)
    mine = {bid_id: decision for (of, bid_id), decision in decided.items() if of == lot}
    for bid in state.bids:
        if undecided(state.tests.get(bid.bid_id, ()), mine.get(bid.bid_id)):
            message = _("Decide on the price of %(name)s in lot %(lot)s: it does not pass a price test.")
            text = message % {"name": bid.supplier_name, "lot": lot}
            raise refuse("price-decision", text, field=decision_field(lot, bid.bid_id))
    # A decision on a price that passes every test would change nothing and tell a story that is not true.
    mine = {bid_id: d for bid_id, d in mine.items() if any(t.fails for t in state.tests.get(bid_id, ()))}
    return assess(
        lot,
        state.bids,
        findings=state.findings,
        tests=state.tests,
        decisions=mine,
        scale=state.scale,
        by_cost=is_by_cost(process),
    )


def _row(process: Process, view: ResultView) -> Result:
    return Result(
        process=process,
        lot=view.lot,
        bid_id=view.bid_id,
        supplier_key=view.supplier_key,
        supplier_name=view.supplier_name,
        total_centavos=view.total.centavos,
        is_solvent=view.is_solvent,
        place=view.place,
        findings=msgspec.to_builtins(view.findings),
        price_tests=msgspec.to_builtins(view.price_tests),
        price_decision=view.price_decision,
        points=msgspec.to_builtins(view.points) if view.points else None,
        life_cycle=msgspec.to_builtins(view.life_cycle) if view.life_cycle else None,
    )
