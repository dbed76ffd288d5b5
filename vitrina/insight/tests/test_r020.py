# SPDX-License-Identifier: Apache-2.0
"""R020: somebody complained."""

from __future__ import annotations

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import at, ids, judged

DECIDED = at("2026-04-01 12:00")


def complaint(rid: int, pos: int, **more):
    return {"rid": rid, "pos": pos, **more}


def test_complaints_are_counted_and_the_gravest_state_is_told() -> None:
    complaints = [
        complaint(1, 0, is_founded=False, resolved=DECIDED),
        complaint(1, 1, is_founded=True, resolved=DECIDED),
        complaint(2, 0),
        complaint(3, 0, is_founded=False),
    ]
    outcome = judged("R020", release=processes([None] * 3, "title"), complaint=complaints)
    assert ids(outcome) == ["ocds-x-1", "ocds-x-2", "ocds-x-3"]
    assert outcome.rows.column("value").to_pylist() == [2.0, 1.0, 1.0]
    assert outcome.rows.column("basis").to_pylist() == ["founded", "pending", "unfounded"]


def test_no_complaint_is_clear_only_where_the_data_would_tell_of_one() -> None:
    rows = [*processes([True], "has_complaints"), *processes([False, None], "has_complaints", 2)]
    outcome = judged("R020", release=rows)
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 1, {"complaints": 2})
