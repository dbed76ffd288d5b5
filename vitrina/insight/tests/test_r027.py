# SPDX-License-Identifier: Apache-2.0
"""R027: the usual bidders stay away."""

from __future__ import annotations

from datetime import date

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

USUAL = (1, 2, 3, 4, 5)


def tendered(first: int, crowds, year: int = 2026):
    rows = processes([None] * len(crowds), "title", first, tender_start_day=date(year, 3, 2))
    return rows, [
        {"rid": row["rid"], "pos": p, "oid": oid}
        for row, crowd in zip(rows, crowds, strict=True)
        for p, oid in enumerate(crowd)
    ]


def judge(*parts, **more):
    rows = [row for found, _ in parts for row in found]
    return judged("R027", release=rows, tenderer=[who for _, found in parts for who in found], **more)


def past():
    return tendered(1, [USUAL] * 5, 2025)


def test_a_process_from_which_the_usual_bidders_are_absent_is_flagged() -> None:
    outcome = judge(past(), tendered(100, [USUAL] * 39 + [(1, 9)]))
    assert ids(outcome) == ["ocds-x-139"]
    assert outcome.rows.column("value").to_pylist() == [0.8]
    assert outcome.rows.column("threshold").to_pylist() == [0.0]
    assert outcome.clear == 39


def test_who_asked_and_did_not_bid_is_missed_too() -> None:
    asked = [{"rid": 139, "pos": 0, "author_oid": 77}, {"rid": 139, "pos": 1, "author_oid": 1}]
    outcome = judge(past(), tendered(100, [USUAL] * 40), enquiry=asked)
    assert ids(outcome) == ["ocds-x-139"]
    assert outcome.rows.column("value").to_pylist() == [1 / 6]


def test_a_firm_that_came_twice_is_not_a_usual_one() -> None:
    old = tendered(1, [(1, 2, 3, 4)] * 5 + [(5,)] * 2, 2025)
    outcome = judge(old, tendered(100, [(1, 2, 3, 4)] * 40))
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"history>=24 months": 7, "peers": 40}


def test_without_history_or_bidders_it_is_not_computable() -> None:
    outcome = judge(tendered(100, [USUAL] * 39 + [()]))
    assert (outcome.flagged, outcome.clear) == (0, 0)
    assert outcome.missing == {"bids.details.tenderers": 1, "history>=24 months": 39}
