# SPDX-License-Identifier: Apache-2.0
"""R042: an address or a telephone that no business has."""

from __future__ import annotations

from typing import Any

from vitrina.insight.tests.firms import together, won
from vitrina.insight.tests.tables import judged

GOOD = {"phone": "55 1234 5678", "street": "Av. Juárez 12", "postal_code": "06000", "region": "Ciudad de México"}


def judge(*firms: dict[str, Any], **tables: list[dict[str, Any]]) -> dict[str, str]:
    """Firm -> what is abnormal; firms that are clear are absent."""
    told = [{"id": f"F{n}", **firm} for n, firm in enumerate(firms, start=1)]
    rows = judged("R042", **together(won(*told), tables)).rows.to_pylist()
    return {row["id"]: row["basis"] for row in rows}


def test_each_kind_of_abnormal_contact_is_told() -> None:
    found = judge(
        GOOD,
        {**GOOD, "phone": "123"},
        {**GOOD, "phone": "000 000 0000"},
        {**GOOD, "street": "Apartado Postal 33"},
        {**GOOD, "street": "Oficina virtual, piso 4"},
        {**GOOD, "region": "Sonora"},
        {**GOOD, "phone": "1", "street": "s/n Centro"},
    )
    assert found == {
        "F2": "no_phone",
        "F3": "no_phone",
        "F4": "no_office",
        "F5": "no_office",
        "F6": "other_state",
        "F7": "no_phone|no_office",
    }


def test_states_are_known_by_their_long_and_short_names() -> None:
    right = [
        ("76000", "Querétaro"),
        ("25000", "Coahuila de Zaragoza"),
        ("23000", "Baja California Sur"),
        ("06000", "DF"),
    ]
    assert not judge(*({**GOOD, "postal_code": code, "region": state} for code, state in right))


def test_a_postal_code_of_another_country_is_not_judged() -> None:
    assert not judge({**GOOD, "postal_code": "28001", "region": "Sonora", "country": "ES"})


def test_a_telephone_of_six_firms_is_shared_by_five_others_and_of_seven_by_too_many() -> None:
    same = [{"phone": "5512345678"}] * 7
    assert not judge(*same[:6])
    assert judge(*same) == {f"F{n}": "phone_shared" for n in range(1, 8)}


def test_firms_of_one_owner_may_share_an_address() -> None:
    street = {"street": "Av. Juárez 12", "postal_code": "06000"}
    owners = [{"oid": n, "pos": 0, "owner_id": "P"} for n in range(1, 8)]
    assert not judge(*[street] * 7, owner=owners)
    assert set(judge(*[street] * 7).values()) == {"address_shared"}


def test_a_firm_without_contact_is_not_computable() -> None:
    outcome = judged("R042", **won({"id": "A"}))
    missing = "parties.contactPoint.telephone|parties.address"
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {missing: 1})
