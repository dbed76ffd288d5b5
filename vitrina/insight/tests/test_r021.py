# SPDX-License-Identifier: Apache-2.0
"""R021: a buyer that awards on other things than price more than what it buys explains."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged


def buyer(number: int, free: int, n: int = 20, market: str = "25301", criterion: str = "ratedCriteria"):
    rows = processes([100.0] * n, "value", number * 100, buyer_id=f"B{number:02}", main_class=market)
    return [{**row, "award_criteria": criterion if i < free else "priceOnly"} for i, row in enumerate(rows)]


def peers():
    return [row for k in range(1, 40) for row in buyer(k, 2 + k % 4)]


def test_a_share_above_the_fence_is_flagged() -> None:
    outcome = judged("R021", release=[*peers(), *buyer(40, 18)])
    assert ids(outcome) == ["B40"]
    assert outcome.rows.column("value").to_pylist() == [0.9]
    assert outcome.clear == 39


def test_a_share_that_the_market_explains_is_quiet() -> None:
    services = [row for k in (41, 42) for row in buyer(k, 18, market="33401")]
    outcome = judged("R021", release=[*peers(), *buyer(40, 18, market="33401"), *services])
    assert outcome.flagged == 0


def test_lowest_cost_is_no_discretion() -> None:
    assert judged("R021", release=[*peers(), *buyer(40, 18, criterion="lowestCost")]).flagged == 0


def test_few_processes_few_peers_or_no_criteria_are_not_computable() -> None:
    rows = [*buyer(1, 5), *buyer(2, 5, 19), *processes([1.0], "value", 9000, buyer_id="B03")]
    outcome = judged("R021", release=rows)
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"n>=20": 1, "peers": 1, "tender.awardCriteria": 1}
