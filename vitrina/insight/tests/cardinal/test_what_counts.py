# SPDX-License-Identifier: Apache-2.0
"""Quirks that all of Cardinal's rules share: which releases count, and that nothing is coerced."""

from __future__ import annotations

import json

from .releases import award, bid, flagged, found, process

ONE = {"procurementMethod": "open", "numberOfTenderers": 1}


def single(**tender: object) -> dict[str, object]:
    return {"tender": ONE | tender}


def test_cancelled_and_excluded_processes_are_out() -> None:
    releases = {
        "plain": single(),
        "cancelled": single(status="cancelled"),
        "Cancelled": single(status="Cancelled"),
        "excluded": single(procurementMethodDetails="Sorteo"),
        "other": single(procurementMethodDetails="Otro"),
    }
    excluded = {"procurement_method_details": "Sorteo|"}
    assert flagged("R018", releases, exclusions=excluded) == ["plain", "Cancelled", "other"]


def test_the_number_of_tenderers_is_a_whole_number_of_json() -> None:
    given = {"1": 1, "float": 1.0, "text": "1", "true": True, "null": None, "two": 2, "minus": -1, "list": [1]}
    assert flagged("R018", {k: single(numberOfTenderers=v) for k, v in given.items()}) == ["1"]


def test_a_value_of_a_wrong_type_is_as_if_absent() -> None:
    releases = {
        "tender in a list": {"tender": [ONE]},
        "method as a number": single(procurementMethod=7),
        "method in a list": single(procurementMethod=["open"]),
        "no tender": {},
        "tender null": {"tender": None},
    }
    assert flagged("R018", releases) == []


def test_awards_as_an_object_are_absent() -> None:
    bids = [bid("a", 100), bid("b", 90, "disqualified")]
    good = {"bids": {"details": bids}, "awards": [award("a")]}
    releases = {
        "list": good,
        "object": good | {"awards": award("a")},
        "bids as a list": good | {"bids": bids},
        "details as an object": good | {"bids": {"details": bids[0]}},
        "null among awards": good | {"awards": [None, award("a")]},
    }
    assert flagged("R036", releases) == ["list", "null among awards"]


def test_an_amount_is_a_number_and_not_a_text() -> None:
    releases = {
        "number": process(bid("a", 100), bid("b", 100)),
        "1e2": json.dumps({"ocid": "1e2"} | process(bid("a", 100), bid("b", 100.0))).replace("100.0", "1e2"),
        "text": process(bid("a", 100), bid("b", "100")),
        "true": process(bid("a", 1), bid("b", True)),
    }
    assert flagged("R028", releases) == ["number", "1e2"]


def test_statuses_are_compared_exactly() -> None:
    low = bid("b", 90, "disqualified")
    releases = {
        "valid": process(bid("a", 100), low, awards=[award("a")]),
        "Valid": process(bid("a", 100, "Valid"), low, awards=[award("a")]),
        "Active": process(bid("a", 100), low, awards=[award("a", status="Active")]),
        "no status": process(bid("a", 100, None), low, awards=[award("a")]),
    }
    assert flagged("R036", releases) == ["valid"]


def test_an_award_makes_a_process_open_unless_it_is_final_or_has_no_status() -> None:
    bids = [bid("a", 1), bid("b", 2, "disqualified")]
    more = {
        "alone": [],
        "cancelled": [award("c", status="cancelled")],
        "unsuccessful": [award(status="unsuccessful")],
        "without status": [award("c", status=None)],
        "status of another type": [award("c", status=7)],
        "pending": [award("c", status="pending")],
        "Active": [award("c", status="Active")],
    }
    releases = {name: process(*bids, awards=[award("a"), *others]) for name, others in more.items()}
    assert flagged("R035", releases) == [
        "alone",
        "cancelled",
        "unsuccessful",
        "without status",
        "status of another type",
    ]


def test_an_integer_id_is_no_id() -> None:
    releases = {"text": process(bid("1", 1), bid("2", 1)), "integer": process(bid("1", 1), bid(2, 1))}
    assert flagged("R028", releases) == ["text"]


def test_what_a_strict_reader_of_json_refuses_is_out() -> None:
    releases = {
        "good": single(),
        "surrogate": '{"ocid":"surrogate","tender":{"procurementMethod":"open","numberOfTenderers":1,"title":"\\ud800"}}',
        "beyond a double": '{"ocid":"beyond a double","x":1,"tender":{"procurementMethod":"open","numberOfTenderers":1,'
        '"value":{"amount":1e9999}}}',
    }
    assert flagged("R018", releases) == ["good"]


def test_prices_compare_where_the_filter_lets_them() -> None:
    def of(detail: str | None) -> dict[str, object]:
        tender = {} if detail is None else {"procurementMethodDetails": detail}
        return process(bid("a", 1), bid("b", 1), tender=tender)

    releases = {"x": of("x"), "y": of("y"), "none": of(None)}
    assert flagged("R028", releases, no_price_comparison_procurement_methods="x") == ["y", "none"]
    assert flagged("R028", releases, price_comparison_procurement_methods="x|") == ["x"]
    both = {"price_comparison_procurement_methods": "x", "no_price_comparison_procurement_methods": "x"}
    assert flagged("R028", releases, **both) == ["x"]


def test_the_main_currency_is_the_setting_else_that_of_most_priced_bids() -> None:
    def of(currency: str) -> dict[str, object]:
        bids = [bid("a", 100), bid("b", 90, "disqualified")]
        for each in bids:
            each["value"]["currency"] = currency
        return process(*bids, awards=[award("a")])

    releases = {"usd": of("USD"), "mxn": of("MXN"), "mxn2": of("MXN")}
    assert flagged("R036", releases) == ["mxn", "mxn2"]
    assert flagged("R036", releases, currency="USD") == ["usd"]
    assert flagged("R036", releases, currency=None) == ["mxn", "mxn2"]


def test_an_indicator_runs_where_its_section_is() -> None:
    assert found("R003", {"a": single()}) == {}
