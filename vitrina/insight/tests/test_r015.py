# SPDX-License-Identifier: Apache-2.0
"""R015: long after the opening."""

from __future__ import annotations

from datetime import date, timedelta

from vitrina import law
from vitrina.insight.tests.peers import processes
from vitrina.insight.tests.tables import ids, judged

OPENED = date(2026, 3, 20)
DUE = law.rule("term.opening_to_award.max", at=date(2026, 3, 2)).value
MORE = law.rule("term.opening_to_award.extension", at=date(2026, 3, 2)).value


def awarded(days: list[int], first: int = 1, **more):
    return processes(
        [OPENED + timedelta(days=n) for n in days], "award_start_day", first, **{"opening_day": OPENED, **more}
    )


def test_a_day_beyond_the_term_is_flagged_and_the_term_is_not() -> None:
    outcome = judged("R015", release=awarded([DUE, DUE + 1, DUE + MORE, DUE + MORE + 1]))
    assert ids(outcome) == ["ocds-x-2", "ocds-x-3", "ocds-x-4"]
    assert outcome.rows.column("basis").to_pylist() == ["beyond_term", "beyond_term", "beyond_extension"]


def test_far_later_than_peers_is_flagged_within_the_term_too() -> None:
    outcome = judged("R015", release=awarded([1, 2, 3] * 13 + [12]))
    assert ids(outcome) == ["ocds-x-40"]
    assert outcome.rows.column("basis").to_pylist() == ["peers"]


def test_elsewhere_the_days_are_a_parameter() -> None:
    assert ids(judged("R015", {"days": 30}, release=awarded([30, 31], currency="USD"))) == ["ocds-x-2"]


def test_without_either_day_it_is_not_computable() -> None:
    outcome = judged("R015", release=[*awarded([3], opening_day=None), *processes([OPENED], "opening_day", 9)])
    assert outcome.missing == {"tender.awardPeriod.startDate": 1, "tender.bidOpening.date": 1}
