# SPDX-License-Identifier: Apache-2.0
"""R045: an RFC that no register has, or that was not active on the day."""

from __future__ import annotations

from datetime import timedelta

from vitrina.insight.tests.firms import CUT, DAY, SOUND, listed, together, won
from vitrina.insight.tests.tables import ids, judged
from vitrina.kernel.ids import rfc_check_digit_holds

PERSON = "BEAA020202BB4"


def firm(rfc: str | None = SOUND[0]):
    return {"id": "A", "rfc": rfc, "name_norm": "AVIOS"}


def active(rfc: str = SOUND[0], **more):
    return {"register": "tax", "rfc": rfc, "is_active": True, **more}


def judge(*register, rfc: str | None = SOUND[0], day=DAY, cut=CUT, params=None):
    lists = [listed("register", list(register), cut)] if register else []
    return judged("R045", params, **together(won(firm(rfc), day=day), *lists))


def test_an_rfc_that_the_register_has_not_is_flagged_and_one_it_has_is_clear() -> None:
    outcome = judge(active(SOUND[1]))
    assert ids(outcome) == ["A"]
    assert outcome.rows.column("basis").to_pylist() == ["not_found"]
    quiet = judge(active())
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_it_must_be_active_on_the_day() -> None:
    spans = {"DAY": (0, 0), "OPEN": (None, 0), "NEW": (1, 9), "OVER": (-9, -1)}
    rows = [
        active(name, since=None if a is None else DAY + timedelta(a), until=DAY + timedelta(b))
        for name, (a, b) in spans.items()
    ]
    firms = [{"id": name, "rfc": name} for name in spans]
    given = together(won(*firms), listed("register", rows))
    assert ids(judged("R045", {"check_digit": False}, **given)) == ["NEW", "OVER"]


def test_who_is_not_active_now_without_a_day_is_not_known_of_before() -> None:
    row = active() | {"is_active": False}
    assert judge(row, day=CUT - timedelta(1)).missing == {"lists.register.until": 1}
    assert judge(row, day=CUT).rows.column("basis").to_pylist() == ["not_active"]


def test_the_check_digit_is_that_of_the_kernel() -> None:
    rfcs = [*SOUND, PERSON, "AVI010101AA0", "BEAA020202BB0", "ÑAÑ010101AA1", "A&B010101AB2"]
    given = together(won(*({"id": rfc, "rfc": rfc} for rfc in rfcs)), listed("register", list(map(active, rfcs))))
    outcome = judged("R045", **given)
    assert ids(outcome) == sorted(rfc for rfc in rfcs if not rfc_check_digit_holds(rfc))
    assert outcome.clear == len(rfcs) - 3
    assert judged("R045", {"check_digit": False}, **given).flagged == 0


def test_a_wrong_check_digit_needs_no_register_and_weighs_less() -> None:
    outcome = judge(rfc="AVI010101AA0")
    assert outcome.rows.column("value").to_pylist() == [0.5]
    assert outcome.rows.column("basis").to_pylist() == ["check_digit"]


def test_without_rfc_or_register_or_with_an_old_one_it_is_not_computable() -> None:
    assert judge(active(), rfc=None).missing == {"parties.identifier.id": 1}
    assert judge().missing == {"lists.register": 1}
    late = CUT + timedelta(31)
    assert judge(active(SOUND[1]), day=late).missing == {"lists.cut": 1}
