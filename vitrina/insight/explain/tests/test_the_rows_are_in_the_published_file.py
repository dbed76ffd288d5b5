# SPDX-License-Identifier: Apache-2.0
"""Whoever has the published file finds each row that an explanation shows, and comes to the same value."""

from __future__ import annotations

from datetime import datetime

import pytest

from vitrina import law
from vitrina.insight.explain.tests.country import CHANGED, GROWN, OVERPAID, SINGLE, SLOW, found, release, told


def of(n: int) -> str:
    return f"ocds-x-{n}"


def test_every_row_and_every_field_stands_where_it_is_said_to_stand(explained) -> None:
    for code, n in (("R018", SINGLE), ("R068", OVERPAID), ("R060", SLOW)):
        shown = [row for one in explained(code, of(n))["rows"] for row in one["rows"]]
        assert shown
        for row in shown:
            assert isinstance(found(row), dict)
            for value in row["values"]:
                if value["pointer"]:
                    assert found(row, value["pointer"]) == value["value"]
                elif value["column"] == "amount":
                    assert found(row)["value"]["amount"] == value["value"]


def test_single_bid(explained) -> None:
    made = explained("R018", of(SINGLE))
    assert (made["state"], told(made, "release", "n_tenderers")) == ("flagged", [1])


def test_payments_over_the_contract(explained) -> None:
    made = explained("R068", of(OVERPAID))
    paid, worth = told(made, "transaction", "amount"), told(made, "contract", "amount")
    assert made["value"] == pytest.approx(sum(paid) / sum(worth))
    assert made["value"] > made["threshold"]


def test_contract_against_award(explained) -> None:
    made = explained("R059", of(GROWN))
    (awarded,), (contracted,) = told(made, "award", "amount"), told(made, "contract", "amount")
    assert made["value"] == pytest.approx(abs(contracted - awarded) / awarded)


def test_amendments_are_counted(explained) -> None:
    made = explained("R064", of(CHANGED))
    amendments = [row for one in made["rows"] if one["table"] == "amendment" for row in one["rows"]]
    assert made["value"] == len(amendments) == 2
    assert [row["pointer"] for row in amendments] == ["/contracts/0/amendments/0", "/contracts/0/amendments/1"]


def test_working_days_from_award_to_signature(explained) -> None:
    made = explained("R060", of(SLOW))
    (awarded,), (signed,) = told(made, "award", "date_day"), told(made, "contract", "date_signed_day")
    days = range(datetime.fromisoformat(awarded).toordinal() + 1, datetime.fromisoformat(signed).toordinal() + 1)
    calendar = law.calendar("mx")
    assert made["value"] == sum(calendar.is_working(datetime.fromordinal(n).date()) for n in days)


def test_the_pieces_of_a_purchase_that_was_split_sum_to_the_value(explained) -> None:
    made = explained("R011", "B2")
    pieces = [n for n in range(30, 33) if release(n)["buyer"]["id"] == "B2"]
    assert made["n_processes"] == len(pieces) == 2
    assert sorted(row["ocid"] for one in made["rows"] if one["table"] == "award" for row in one["rows"]) == sorted(
        of(n) for n in pieces
    )
    one = explained("R011", "B2", most=1)
    assert [(shown["n"], len(shown["rows"])) for shown in one["rows"]] == [(2, 1)] * len(one["rows"])
    ceiling = next(s["value"] for s in made["law"]["statutes"] if s["key"] == "ceiling.adjudicacion_directa")
    assert made["value"] == pytest.approx(sum(told(made, "award", "amount")) / ceiling)
