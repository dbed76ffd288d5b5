# SPDX-License-Identifier: Apache-2.0
"""A sanction in force stops a bid and an award, on its days and no other, with its article, said in plain words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from tests.worlds.awarding import RULED, rule_on
from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from vitrina.cycle.awarding import queries as awarding
from vitrina.cycle.awarding.outcome import Stopped, without
from vitrina.cycle.awarding.pages import IssueRuling
from vitrina.cycle.bidding import reception
from vitrina.cycle.core import barred
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.evaluation.assessment import ResultView
from vitrina.cycle.evaluation.pages import sanctions_in_force
from vitrina.cycle.evaluation.points import Points
from vitrina.kernel.money import Money
from vitrina.parties.roles import Role
from vitrina.redress import commands

from .test_sanctions import sanction

whole = built_once(lambda: (w := world(), reach_evaluation(w), reach_bidding(w.earlier(8), offers={0: "54.90"})))


@pytest.fixture
def w(whole: Any) -> Any:
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w: Any, whole: Any) -> Process:
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def bar(w: Any, who: int, first: date, last: date, sanction_id: str = "S-1") -> None:
    row = w.supplier_rows[who]
    found = sanction(
        w, id=sanction_id, name=row.name, rfc=row.rfc, resolved_on=date(2019, 1, 1), firm_on=date(2019, 2, 1),
        debarred_from=first, debarred_until=last,
    )  # fmt: skip
    commands.publish(msgspec.structs.replace(found, kinds=("I",), fine=None), at=RECEIVED)


def winner_of(process: Process) -> str:
    (found,) = awarding.outcomes(process, RULED)
    return found.winner.supplier_name if found.winner else ""


def test_who_is_debarred_on_the_day_of_the_ruling_is_not_awarded_and_the_next_one_is(w: Any, process: Process) -> None:
    first = winner_of(process)
    who = next(n for n, row in enumerate(w.supplier_rows) if row.name == first)
    day = RULED.date()
    bar(w, who, day - timedelta(days=30), day - timedelta(days=1))
    bar(w, who, day + timedelta(days=1), day + timedelta(days=30), "S-2")
    assert winner_of(process) == first  # neither the day before nor the day after
    assert sanctions_in_force(process, RULED) == []
    bar(w, who, day, day, "S-3")  # both ends are within
    assert winner_of(process) not in {"", first}
    assert first in sanctions_in_force(process, RULED)[0][1]
    form = IssueRuling(actor=w[Role.APPROVER], process=process, at=RULED, key="")
    assert any("Art. 46" in value for _label, value in form.facts())
    rule_on(w, process)
    event = awarding.ruling_entry(Process.objects.get(ocid=process.ocid)).event
    (lot,) = event.lots
    told = next(s.reason for s in lot.standings if s.bidder.name == first)
    assert "inhabilitad" in told
    assert "SAN-7/2026" in told
    assert [s.barred for s in lot.standings if s.bidder.name == first] == ["S-3"]
    rule = next(r for r in event.rules if r.key == "sanction.judged_at")
    assert (rule.article, rule.certainty) == ("46", "R")
    commands.withdraw("S-3", at=RULED, reason="Amparo.")
    assert not awarding.barred_bids(process, RULED)


def test_a_bid_of_who_is_debarred_is_not_received_where_the_law_says_so(w: Any, whole: Any, monkeypatch: Any) -> None:
    process = Process.objects.select_related("unit", "buyer").get(ocid=whole[2].ocid)
    at = w.earlier(8).when(RECEIVED)
    actor = w.suppliers[1]
    assert reception.warning(actor, process, at) == ""
    bar(w, 1, at.date(), at.date() + timedelta(days=400))
    with pytest.raises(Refused) as refused:
        bid(w.earlier(8), process, 1, "50.00", at=at)
    assert refused.value.codes == ["debarred"]
    assert "50-IV" in str(refused.value)
    assert "de memoria" in str(refused.value)
    assert "50-IV" in reception.warning(actor, process, at)
    monkeypatch.setattr(barred, "law_of", lambda p, key, at: None if key == barred.RECEIVED else real(p, key, at))
    assert "46" in reception.warning(
        actor, process, at
    )  # a law of which that has not been read: it is told, not refused
    reception.require_not_barred(actor, process, at)


real = barred.law_of


def test_bids_by_points_are_compared_anew_without_who_is_barred() -> None:
    def view(bid_id: str, pesos: int, technical: str, place: int) -> ResultView:
        points = Points(technical=technical, economic="0", most_technical="60", most_economic="40", least="0")
        return ResultView(1, bid_id, bid_id, bid_id, Money(pesos * 100), True, place, (), (), "", points)

    results = [view("a", 100, "50", 1), view("b", 200, "50", 2), view("c", 210, "55", 3)]
    after = without(results, {"a": Stopped("S-1", "sanción")})
    assert [(r.bid_id, r.place) for r in after] == [("c", 1), ("b", 2), ("a", None)]
    assert (after[-1].price_decision, after[-1].barred) == ("sanción", "S-1")
    assert without(results, {}) == results
