# SPDX-License-Identifier: Apache-2.0
"""R047: no other source knows the firm."""

from __future__ import annotations

from datetime import timedelta

from vitrina.insight.tests.firms import CUT, DAY, SOUND, listed, together, won
from vitrina.insight.tests.tables import ids, judged

REGISTER = listed("register", [{"register": "tax", "rfc": SOUND[1], "name_norm": "BEA ROBLES", "is_active": False}])


def judge(*lists, day=DAY, **firm):
    return judged("R047", **together(won({"id": "A", "name_norm": "AVIOS", **firm}, day=day), *lists))


def test_a_firm_in_no_register_without_page_or_mail_of_its_own_is_flagged() -> None:
    outcome = judge(REGISTER, email="avios@gmail.com")
    assert ids(outcome) == ["A"]
    assert outcome.rows.column("basis").to_pylist() == ["informative"]


def test_an_rfc_or_a_name_or_a_page_or_a_mail_domain_is_a_trace() -> None:
    traces = (
        {"rfc": SOUND[1]},
        {"name_norm": "ROBLES BEA"},
        {"url": "https://avios.example"},
        {"email": "ventas@avios.example"},
    )
    firms = [{"id": f"F{n}", "name_norm": "AVIOS", **trace} for n, trace in enumerate(traces)]
    outcome = judged("R047", **together(won(*firms), REGISTER))
    assert (outcome.flagged, outcome.clear) == (0, 4)


def test_without_a_register_or_with_an_old_one_it_is_not_computable() -> None:
    assert judge().missing == {"lists.register": 1}
    assert judge(REGISTER, day=CUT + timedelta(31)).missing == {"lists.cut": 1}
    assert judge(REGISTER, day=CUT + timedelta(30)).flagged == 1


def test_a_firm_without_name_or_rfc_is_not_computable() -> None:
    assert judge(REGISTER, name_norm=None).missing == {"parties.name": 1}
