# SPDX-License-Identifier: Apache-2.0
"""R016: a value far from that of similar purchases, above or below."""

from __future__ import annotations

import math

import pytest

from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

# Median 100; half the logarithms lie within ln 2 of it: the MAD is ln 2.
USUAL = [50.0, 100.0, 200.0] * 13
LIMIT = 100.0 * math.exp(3.5 * 1.4826 * math.log(2))


def test_far_above_and_far_below_are_flagged_and_just_within_is_not() -> None:
    rows = processes([*USUAL, LIMIT * 1.01, 100.0**2 / LIMIT / 1.01], "value")
    outcome = judged("R016", release=rows)
    assert ids(outcome) == ["ocds-x-40", "ocds-x-41"]
    assert outcome.rows.column("basis").to_pylist() == ["above", "below"]
    assert outcome.rows.column("value").to_pylist() == [pytest.approx(3.51, abs=0.01), pytest.approx(-3.51, abs=0.01)]
    assert judged("R016", release=processes([*USUAL, LIMIT * 0.99], "value")).flagged == 0


def test_amounts_with_and_without_vat_are_not_compared() -> None:
    rows = [*processes(USUAL, "value"), *processes([1e9], "value", 99, vat_basis="gross")]
    assert judged("R016", release=rows).missing == {"peers": 1}


def test_without_a_value_or_peers_it_is_not_computable() -> None:
    outcome = judged("R016", release=processes([None, -1.0, 5.0], "value"))
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"tender.value": 2, "peers": 1})


def test_the_limit_is_a_parameter() -> None:
    rows = processes([*USUAL, 450.0], "value")
    assert ids(judged("R016", {"z": 1.2}, release=rows)) == ["ocds-x-40"]
