# SPDX-License-Identifier: Apache-2.0
"""R044: two bidders look like one business."""

from __future__ import annotations

from typing import Any

from vitrina.insight.tests.pairs import bids
from vitrina.insight.tests.tables import ids, judged

ONE = {"phone": "5512345678", "email": "a@avios.example", "street": "Calle 1", "postal_code": "06000"}
TWO = {"phone": "5587654321", "email": "b@bea.example", "street": "Calle 2", "postal_code": "06000"}


def judge(a: dict[str, Any], b: dict[str, Any], devices: tuple[str | None, str | None] = (None, None)):
    rows = bids("AB", A=a, B=b)
    for bid, device in zip(rows["bid"], devices, strict=True):
        bid["device_hash"] = device
    return judged("R044", **rows)


def test_two_shared_keys_are_flagged_and_one_is_not() -> None:
    outcome = judge(ONE, {**TWO, "phone": "+52 (55) 1234 5678", "email": "c@AVIOS.example"})
    assert ids(outcome) == ["A | B"]
    assert outcome.rows.column("basis").to_pylist() == ["phone|domain"]
    quiet = judge(ONE, {**TWO, "phone": ONE["phone"]})
    assert (quiet.flagged, quiet.clear) == (0, 1)


def test_one_strong_key_is_enough() -> None:
    outcome = judge({**ONE, "bank_account": "0123 4567"}, {**TWO, "bank_account": "01234567"})
    assert outcome.rows.column("basis").to_pylist() == ["bank"]
    assert judge({**ONE, "representative": "Ana Robles"}, {**TWO, "representative": "ANA ROBLES"}).flagged == 1


def test_bids_sent_from_one_device_are_flagged_even_if_nothing_else_is_known() -> None:
    outcome = judge({}, {}, ("d", "d"))
    assert outcome.rows.column("basis").to_pylist() == ["device"]


def test_free_mail_is_no_shared_domain() -> None:
    outcome = judge(
        {**ONE, "email": "a@gmail.com", "rfc": "AVI010101AA9"}, {**ONE, "email": "b@gmail.com", "street": "Otra 5"}
    )
    assert (outcome.flagged, outcome.clear) == (0, 1)  # only the telephone is the same


def test_with_fewer_than_two_keys_known_it_is_not_computable() -> None:
    outcome = judge(ONE, {"phone": ONE["phone"]})
    assert (outcome.flagged, outcome.clear, outcome.missing) == (0, 0, {"parties.contactPoint": 1})
