# SPDX-License-Identifier: Apache-2.0
"""R018: one bidder took part."""

from __future__ import annotations

from vitrina.insight.tests.tables import ids, judged


def release(rid: int, n: int | None, method: str = "open", **more):
    return {"rid": rid, "ocid": f"ocds-x-{rid}", "method": method, "n_tenderers": n, **more}


def test_one_bidder_in_an_open_tender_is_flagged() -> None:
    assert ids(judged("R018", release=[release(1, 1), release(2, 3)])) == ["ocds-x-1"]


def test_direct_awards_and_cancelled_tenders_are_not_looked_at() -> None:
    outcome = judged("R018", release=[release(1, 1, "direct"), release(2, 1, status="cancelled")])
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {})


def test_without_the_number_of_bidders_it_is_not_computable() -> None:
    outcome = judged("R018", release=[release(1, None), release(2, 2)])
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 1, {"tender.numberOfTenderers": 1})


def test_methods_are_a_parameter() -> None:
    rows = [release(1, 1, "direct"), release(2, 1)]
    assert ids(judged("R018", {"procurement_methods": ["direct"]}, release=rows)) == ["ocds-x-1"]
