# SPDX-License-Identifier: Apache-2.0
"""R060: signed long after the award."""

from __future__ import annotations

from datetime import date, timedelta

from vitrina import law
from vitrina.insight.tests.deals import award, contract, release
from vitrina.insight.tests.tables import ids, judged

RULED = date(2026, 3, 20)
RULE = law.rule("term.award_to_signature.max", at=date(2026, 3, 2))
LAST = law.due(RULE, RULED).end
NEXT = next(d for n in range(1, 20) if law.calendar("mx").is_working(d := LAST + timedelta(days=n)))
OLD = date(2024, 3, 4)


def judge(days, params=None, awarded=RULED, more=None, **of_release):
    """Processes 1, 2, … signed on these days; `more`: columns of their contracts."""
    rids = range(1, len(days) + 1)
    return judged(
        "R060",
        params,
        release=release(*rids, **of_release),
        award=[award(n, date_day=awarded) for n in rids],
        contract=[contract(n, date_signed_day=day, **(more or {})) for n, day in zip(rids, days, strict=True)],
    )


def test_a_working_day_beyond_the_working_days_of_the_law_is_flagged_and_the_last_day_is_not() -> None:
    outcome = judge([LAST, NEXT])
    assert ids(outcome) == ["ocds-x-2"]
    row = outcome.rows.to_pylist()[0]
    assert (row["basis"], row["threshold"], row["value"]) == ("working_days", RULE.value, RULE.value + 1)


def test_the_former_law_counted_natural_days() -> None:
    former = law.rule("term.award_to_signature.max", at=OLD).value
    signed = [OLD + timedelta(days=former + n) for n in (0, 1)]
    outcome = judge(signed, awarded=OLD, tender_start_day=OLD)
    assert ids(outcome) == ["ocds-x-2"]
    assert outcome.rows.column("basis").to_pylist() == ["natural_days"]


def test_far_slower_than_peers_is_flagged_within_the_term_too() -> None:
    outcome = judge([RULED + timedelta(days=n) for n in [1, 2, 3] * 13 + [12]])
    assert ids(outcome) == ["ocds-x-40"]
    assert outcome.rows.column("basis").to_pylist() == ["peers"]


def test_elsewhere_the_days_are_a_parameter_and_without_them_it_is_not_computable() -> None:
    signed = [RULED + timedelta(days=n) for n in (30, 31)]
    assert ids(judge(signed, {"days": 30}, currency="USD")) == ["ocds-x-2"]
    assert judge(signed, currency="USD").missing == {"law.term or peers": 2}


def test_a_signature_before_the_award_or_no_day_at_all_is_not_computable() -> None:
    assert judge([RULED - timedelta(days=1)]).missing == {"contracts.dateSigned after awards.date": 1}
    assert judge([None]).missing == {"contracts.dateSigned": 1}
    assert judge([RULED], awarded=None).missing == {"awards.date": 1}
