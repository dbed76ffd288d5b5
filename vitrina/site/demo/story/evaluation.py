# SPDX-License-Identifier: Apache-2.0
"""A purchase whose bids were judged: everything is met unless the caller says what is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from vitrina.cycle.core.models import Process
from vitrina.cycle.evaluation import commands as evaluation
from vitrina.cycle.evaluation.queries import open_prices, pairs
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.opening import reach_opening

DECLARED = local(2020, 10, 14, 9)
SCORED = local(2020, 10, 16, 12)
CONCLUDED = local(2020, 10, 19, 10)
Fails = Mapping[tuple[int, int, int], str]  # (evaluator number, supplier number, requirement) -> reason
Given = Mapping[tuple[int, int, int], tuple[str, str]]  # the same -> points and why not all


def verdicts(w: World, process: Process, who: int, fails: Fails, given: Given | None = None) -> list[dict[str, Any]]:
    """The whole sheet of evaluator number `who`; where a requirement gives points, all unless `given` says less."""
    suppliers = {s.supplier_key: n for n, s in enumerate(w.suppliers)}
    found = []
    for c, b in pairs(process):
        place = (who, suppliers[b.supplier_key], c.number)
        said: dict[str, Any] = {"passes": place not in fails, "reason": fails.get(place, "")}
        if c.points is not None:
            points, why = (given or {}).get(place, (str(c.points), ""))
            said = {"points": Decimal(points), "reason": why}
        found.append({"bid_id": b.bid_id, "criterion": c.number, **said})
    return found


def judge(
    w: World, process: Process, *, fails: Fails | None = None, conflicted: Collection[int] = (),
    given: Given | None = None,
) -> None:  # fmt: skip
    """Each evaluator declares; those without conflict judge everything and close."""
    for n, evaluator in enumerate(w.evaluators):
        text = "Un familiar trabaja en una de las empresas." if n in conflicted else ""
        evaluation.declare(evaluator, process.ocid, at=w.when(DECLARED), has_conflict=n in conflicted, text=text)
        if n not in conflicted:
            sheet = verdicts(w, process, n, fails or {}, given)
            evaluation.score(evaluator, process.ocid, at=w.when(SCORED), verdicts=sheet)
            evaluation.lock(evaluator, process.ocid, at=w.when(SCORED))


def conclude(w: World, process: Process, *, keep: bool = False) -> None:
    """Conclude; every price that fails a test open to decision is kept or rejected as `keep` says."""
    reason = "Se conserva: el mercado subió." if keep else "Se desecha por su precio."
    decisions = {
        (s.lot, b.bid_id): {"keep": keep, "reason": reason} for s, b in open_prices(process, w.when(CONCLUDED))
    }
    evaluation.conclude(w[Role.OFFICER], process.ocid, at=w.when(CONCLUDED), decisions=decisions)


def reach_evaluation(
    w: World, *, fails: Fails | None = None, conflicted: Collection[int] = (), keep: bool = False,
    given: Given | None = None, **opening: Any,
) -> Process:  # fmt: skip
    """A purchase with its evaluation concluded. `opening`: arguments of `reach_opening` (offers, lots...)."""
    process = reach_opening(w, **opening)
    judge(w, process, fails=fails, conflicted=conflicted, given=given)
    conclude(w, process, keep=keep)
    return Process.objects.get(ocid=process.ocid)
