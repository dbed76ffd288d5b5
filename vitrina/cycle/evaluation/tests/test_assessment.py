# SPDX-License-Identifier: Apache-2.0
"""The ranked result of a lot from findings, price tests and decisions."""

from fractions import Fraction

import pytest

from vitrina.cycle.evaluation.assessment import Decision, LotBid, assess, price_stands, undecided
from vitrina.cycle.evaluation.criteria import Finding
from vitrina.cycle.evaluation.prices import Margin, at_most
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Applied

RULE = Applied(key="price.x", law="LAASSP-2000", article="2-XI", value="0.10", unit="share", certainty="m")
MET = (Finding(criterion=1, title="Registro", passes=True, against=0, votes=3),)
UNMET = (Finding(criterion=1, title="Registro", passes=False, against=2, votes=3, reasons=("Vencido.",)),)
BIDS = [LotBid(name, name.lower(), name, Money(price), n) for n, (name, price) in enumerate(
    [("A", 5130), ("B", 4900), ("C", 5130), ("D", 9900)], start=1)]  # fmt: skip


def price_checks(severity="justify"):
    margin = Margin(name="not_acceptable", share=Fraction(1, 10), base_kind="median", rule=RULE, severity=severity)
    return {b.bid_id: (at_most(margin, b.total, Fraction(5850)),) for b in BIDS}


def ranked(decisions, severity="justify"):
    findings = {b.bid_id: UNMET if b.bid_id == "B" else MET for b in BIDS}
    views = assess(1, BIDS, findings=findings, tests=price_checks(severity), decisions=decisions)
    return [(v.bid_id, v.place) for v in views]


def test_solvent_bids_by_place_then_the_others_by_price():
    assert ranked({"D": Decision(keep=False, reason="Caro.")}) == [("A", 1), ("C", 1), ("B", None), ("D", None)]


def test_a_price_that_is_kept_is_ranked():
    assert ranked({"D": Decision(keep=True, reason="El mercado subió.")}) == [
        ("A", 1),
        ("C", 1),
        ("D", 3),
        ("B", None),
    ]


def test_no_decision_keeps_a_price_that_the_rule_blocks():
    assert ranked({"D": Decision(keep=True, reason="Sí.")}, "block")[-1] == ("D", None)


@pytest.mark.parametrize(("severity", "decision", "open_", "stands"), [
    ("justify", None, True, False), ("justify", Decision(keep=True, reason="x"), False, True),
    ("justify", Decision(keep=False, reason="x"), False, False), ("block", None, False, False),
])  # fmt: skip
def test_a_failed_test_waits_for_a_decision_unless_its_rule_blocks(severity, decision, open_, stands):
    failed = price_checks(severity)["D"]
    assert undecided(failed, decision) is open_
    assert price_stands(failed, decision) is stands


def test_a_price_that_passes_needs_no_decision():
    assert not undecided(price_checks()["A"], None)
    assert price_stands(price_checks()["A"], None)
