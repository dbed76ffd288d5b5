# SPDX-License-Identifier: Apache-2.0
"""R041: papers of two bidders are alike."""

from __future__ import annotations

from typing import Any

from vitrina.insight.tests.pairs import bids
from vitrina.insight.tests.tables import ids, judged


def judge(*authors: str | None, papers: dict[int, str] | None = None, alike: list[dict[str, Any]] | None = None):
    """One process; `authors` of the bids of A, B, …; `papers`: bid -> hash of a file."""
    rows = bids("ABCDEFGHIJKLM"[: len(authors)])
    for bid, author in zip(rows["bid"], authors, strict=True):
        bid["author_hash"] = author
    files = [{"rid": 1, "section": "bid", "parent_no": n, "sha": sha} for n, sha in (papers or {}).items()]
    return judged("R041", **rows, document=files, bid_likeness=alike or [])


def test_the_same_author_or_the_same_file_flags_the_pair() -> None:
    outcome = judge("x", "x", "y", papers={1: "s1", 2: "s1", 0: "s0"})
    assert ids(outcome) == ["A | B", "B | C"]
    assert outcome.rows.column("basis").to_pylist() == ["author", "file"]
    assert outcome.clear == 1


def test_nearly_the_same_text_flags_above_the_limit_only() -> None:
    alike = [
        {"rid": 1, "bid_no": 0, "other_no": 1, "jaccard": 0.81},
        {"rid": 1, "bid_no": 2, "other_no": 1, "jaccard": 0.80},
    ]
    outcome = judge(None, None, None, alike=alike)
    assert ids(outcome) == ["A | B"]
    assert outcome.rows.column("basis").to_pylist() == ["copied"]
    assert (outcome.clear, outcome.missing) == (1, {"bids.details.documents": 1})


def test_an_author_that_many_firms_have_is_a_template() -> None:
    outcome = judge(*["template"] * 11)
    assert (outcome.flagged, outcome.missing) == (0, {"bids.details.documents": 55})


def test_bids_without_papers_are_not_computable() -> None:
    outcome = judge("x", None)
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"bids.details.documents": 1})
