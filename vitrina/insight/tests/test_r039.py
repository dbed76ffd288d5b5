# SPDX-License-Identifier: Apache-2.0
"""R039: questions that nobody answers in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from vitrina.insight.tests.tables import at, ids, judged

MEETING = at("2026-03-10 16:00")
ASKED = MEETING - timedelta(days=2)


def question(answered: datetime | None, date: datetime = ASKED, **more: Any) -> dict[str, Any]:
    return {"date": date, "answered": answered, "has_answer": answered is not None, **more}


def judge(*questions: dict[str, Any], params=None, **release: Any):
    told = {
        "clarification": MEETING,
        "currency": "MXN",
        "method": "open",
        "tender_start_day": MEETING.date(),
        "status": "complete",
    }
    rows = [{"rid": 1, "ocid": "ocds-x-1", **told, **release}]
    asked = [{"rid": 1, "pos": n, **row} for n, row in enumerate(questions)]
    return judged("R039", params, release=rows, enquiry=asked)


def test_a_question_without_an_answer_is_flagged_with_its_share() -> None:
    outcome = judge(question(MEETING), question(None))
    assert ids(outcome) == ["ocds-x-1"]
    assert outcome.rows.column("value").to_pylist() == [0.5]


def test_an_answer_at_the_meeting_is_in_time_and_one_after_it_is_not() -> None:
    assert judge(question(MEETING)).clear == 1
    assert judge(question(MEETING + timedelta(seconds=1))).flagged == 1


def test_a_question_put_too_late_need_not_be_answered() -> None:
    outcome = judge(question(None, MEETING - timedelta(hours=23)), question(MEETING))
    assert (outcome.flagged, outcome.clear) == (0, 1)
    assert judge(question(None, MEETING - timedelta(hours=24))).flagged == 1


def test_without_a_meeting_the_end_of_the_term_less_what_the_law_asks_counts() -> None:
    end = MEETING + timedelta(days=6)
    late = judge(question(MEETING + timedelta(hours=1)), clarification=None, tender_end=end)
    assert late.flagged == 1
    assert judge(question(MEETING), clarification=None, tender_end=end).clear == 1


def test_a_cancelled_process_is_looked_at_too() -> None:
    assert judge(question(None), status="cancelled").flagged == 1


def test_no_questions_are_clear_only_where_the_data_say_so() -> None:
    assert judge().missing == {"tender.enquiries": 1}
    assert judge(has_enquiries=False).clear == 1
