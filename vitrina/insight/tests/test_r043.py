# SPDX-License-Identifier: Apache-2.0
"""R043: the contact of a firm is that of an official of the buyer. Nobody is named."""

from __future__ import annotations

from datetime import timedelta

from vitrina.insight.tests.firms import DAY, listed, together, won
from vitrina.insight.tests.tables import ids, judged

FIRM = {
    "id": "A",
    "phone": "+52 55 1234 5678",
    "email": "Ventas@avios.example",
    "street": "Av. del Mar 12",
    "postal_code": "06000",
}


def judge(*officials, firm=FIRM):
    return judged("R043", **together(won(firm), listed("official", list(officials))))


def official(buyer: str = "HOSPITAL DEL MAR", **more):
    return {"buyer_norm": buyer, **more}


def test_the_same_telephone_however_it_is_written_is_flagged_without_a_name() -> None:
    outcome = judge(official(phone="(55) 1234-5678", post="Directora"))
    assert ids(outcome) == ["B | A"]
    assert outcome.rows.column("basis").to_pylist() == ["phone"]
    assert "Directora" not in str(outcome.rows.to_pylist())


def test_mail_and_street_match_too_and_are_counted() -> None:
    outcome = judge(official(email="ventas@AVIOS.example"), official(street="AV DEL MAR 12", postal_code="06000"))
    assert outcome.rows.column("basis").to_pylist() == ["email|street"]
    assert outcome.rows.column("value").to_pylist() == [2.0]


def test_an_address_without_a_postal_code_matches_and_with_another_one_does_not() -> None:
    outcome = judge(official(street="av. del mar 12"))
    assert outcome.rows.column("basis").to_pylist() == ["street"]
    assert judge(official(street="av. del mar 12", postal_code="83000")).clear == 1


def test_an_official_of_another_buyer_is_no_conflict_here() -> None:
    other = official("ESCUELA", phone="5512345678")
    outcome = judge(other, official(phone="5500000001"))
    assert (outcome.flagged, outcome.clear) == (0, 1)


def test_the_buyer_may_be_told_by_its_id() -> None:
    assert judge({"buyer_id": "B", "phone": "5512345678"}).flagged == 1


def test_only_who_served_on_the_day_counts() -> None:
    served = {"phone": "5512345678", "until": DAY}, {"email": "ventas@avios.example", "until": DAY - timedelta(1)}
    later = {"street": "Av. del Mar 12", "postal_code": "06000", "since": DAY + timedelta(1)}
    outcome = judge(*(official(**one) for one in (*served, later)))
    assert outcome.rows.column("basis").to_pylist() == ["phone"]


def test_a_telephone_that_many_of_the_office_share_is_the_office() -> None:
    assert judge(*[official(phone="5512345678")] * 3).flagged == 1
    assert judge(*[official(phone="5512345678")] * 4).flagged == 0


def test_without_a_roster_of_the_buyer_or_a_contact_of_the_firm_it_is_not_computable() -> None:
    assert judge(official("ESCUELA", phone="5512345678")).missing == {"lists.official": 1}
    assert judge(official(phone="5512345678"), firm={"id": "A"}).missing == {"parties.contactPoint": 1}
