# SPDX-License-Identifier: Apache-2.0
"""Quirks of each of Cardinal's eleven rules."""

from __future__ import annotations

from typing import Any

from .releases import award, bid, flagged, found, process


def period(start: Any, end: Any, **tender: Any) -> dict[str, Any]:
    return {"tender": {"tenderPeriod": {"startDate": start, "endDate": end}, **tender}}


def test_r003_counts_whole_days_between_instants_with_offset() -> None:
    first = "2026-01-01T00:00:00Z"
    releases = {
        "14 days 23:59": period(first, "2026-01-15T23:59:59Z"),
        "15 days": period(first, "2026-01-16T00:00:00Z"),
        "15 days, less half a second": period("2026-01-01T00:00:00.5Z", "2026-01-16T00:00:00Z"),
        "15 days across offsets": period("2026-01-01T06:00:00+06:00", "2026-01-15T18:00:00-06:00"),
        "end before start": period("2026-02-01T00:00:00Z", first),
        "no offset": period("2026-01-01T00:00:00", "2026-01-02T00:00:00"),
        "dates alone": period("2026-01-01", "2026-01-02"),
        "text": period("soon", "later"),
        "blank between": period("2026-01-01 00:00:00Z", "2026-01-02 00:00:00Z"),
    }
    assert flagged("R003", releases) == [
        *("14 days 23:59", "15 days, less half a second", "end before start", "blank between")
    ]


def test_r003_takes_the_days_of_the_detail_and_only_the_methods_asked_for() -> None:
    dates = ("2026-01-01T00:00:00Z", "2026-01-11T00:00:00Z")
    releases = {
        "plain": period(*dates, procurementMethod="open"),
        "urgent": period(*dates, procurementMethod="open", procurementMethodDetails="Urgente"),
        "direct": period(*dates, procurementMethod="direct"),
        "no method": period(*dates),
    }
    section = {"procurement_method_details": {"Urgente": 5}}
    assert flagged("R003", releases, section) == ["plain", "direct", "no method"]
    assert flagged("R003", releases, section | {"procurement_methods": "open|selective"}) == ["plain"]


def won(low: float, next_: float) -> dict[str, Any]:
    return process(bid("W", low), bid("S", next_), awards=[award("W")])


def test_r024_and_r058_flag_at_the_fence_and_name_the_bidders() -> None:
    releases = {f"p{n}": won(100, 110 + n) for n in range(12)}
    releases |= {"near": won(100, 100.5), "far": won(100, 180)}
    assert found("R024", releases, {"threshold": 0.005}) == {"near": 0.005, "Tenderer:W": 0.0, "Tenderer:S": 0.0}
    assert found("R058", releases, {"threshold": 0.8}) == {"far": 0.8, "Tenderer:W": 0.0}
    assert flagged("R058", releases) == ["far"]


def test_r024_compares_the_lowest_of_the_winner_with_the_first_lowest_of_the_others() -> None:
    one = {"tie": process(bid("A", 101), bid("B", 101), bid("W", 100), bid("W", 120), awards=[award("W")])}
    assert found("R024", one, {"threshold": 0.5}) == {"tie": 0.01, "Tenderer:W": 0.0, "Tenderer:A": 0.0}


def test_r024_leaves_out_what_it_cannot_compare() -> None:
    two = [bid("W", 100), bid("S", 101)]
    releases = {
        "good": process(*two, awards=[award("W")]),
        "equal": process(bid("W", 100), bid("S", 100), awards=[award("W")]),
        "two awards": process(*two, awards=[award("W"), award("S")]),
        "cancelled beside": process(*two, awards=[award("W"), award("S", status="cancelled")]),
        "pending beside": process(*two, awards=[award("W"), award("S", status="pending")]),
        "supplier twice": process(*two, awards=[award("W", "W")]),
        "lowest lost": process(bid("W", 100), bid("S", 99), awards=[award("W")]),
        "free": process(bid("W", 0), bid("S", 1), awards=[award("W")]),
        "consortium": process(bid(["W", "X"], 100), bid("S", 101), awards=[award("W")]),
        "second in another currency": process(
            bid("W", 100), bid("S", 101) | {"value": {"amount": 101, "currency": "USD"}}, awards=[award("W")]
        ),
        "disqualified": process(bid("W", 100), bid("S", 101, "disqualified"), awards=[award("W")]),
    }
    assert flagged("R024", releases, {"threshold": 0.5}) == ["good", "equal", "cancelled beside"]


def test_r025_counts_a_process_once_and_only_bids_of_one_tenderer() -> None:
    releases = {f"w{n}": process(bid("W", 1), bid("W", 2), bid("L", 3), awards=[award("W")]) for n in range(4)}
    releases |= {f"o{n}": process(bid(f"o{n}", 1), awards=[award(f"o{n}")]) for n in range(3)}
    releases["pair"] = process(bid(["L", "W"], 1), awards=[award("W")])
    assert found("R025", releases, {"threshold": 0.5}) == {"Tenderer:L": 0.0}
    assert found("R025", releases) == {"Tenderer:L": 0.0}


def test_r028_compares_sets_of_tenderers() -> None:
    releases = {
        "two firms": process(bid("A", 10), bid("B", 10)),
        "same firm twice": process(bid("A", 10), bid("A", 10)),
        "same consortium": process(bid(["A", "B"], 10), bid(["B", "A", "A"], 10)),
        "part of a consortium": process(bid(["A", "B"], 10), bid("A", 10)),
        "withdrawn": process(bid("A", 10), bid("B", 10, "withdrawn")),
        "nobody named": process(bid("A", 10), bid(None, 10)),
        "other currency": process(bid("A", 10), bid("B", 10) | {"value": {"amount": 10, "currency": "USD"}}),
        "disqualified": process(bid("A", 10), bid("B", 10, "disqualified")),
    }
    assert flagged("R028", releases) == ["two firms", "part of a consortium", "disqualified"]


def test_r028_compares_with_the_set_stored_last() -> None:
    result = found("R028", {"p": process(bid("A", 10), bid("B", 10), bid("B", 10), bid("C", 10))})
    assert result == {"p": 1.0, "Tenderer:A": 1.0, "Tenderer:B": 1.0, "Tenderer:C": 1.0}


def late(date: Any, end: Any, status: str = "valid", who: str = "W") -> dict[str, Any]:
    return process(bid(who, status=status, date=date), awards=[award("W")], tender={"tenderPeriod": {"endDate": end}})


def test_r030_compares_texts_and_not_times() -> None:
    releases = {
        "later": late("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        "later as text alone": late("2026-01-01T13:00:00+06:00", "2026-01-01T12:00:00Z"),
        "later as time alone": late("2026-01-01T11:00:00-06:00", "2026-01-01T12:00:00Z"),
        "any text": late("z", "a"),
        "fraction above offset": late("2026-01-01T12:00:00.5Z", "2026-01-01T12:00:00-06:00"),
        "pending": late("b", "a", status="pending"),
        "another bidder": late("b", "a", who="X"),
        "no date": late(None, "a"),
    }
    assert flagged("R030", releases) == ["later", "later as text alone", "any text", "fraction above offset"]


def test_r030_does_not_ask_for_final_awards() -> None:
    one = late("b", "a")
    one["awards"].append(award("Y", status="pending"))
    assert found("R030", {"p": one}) == {"p": 1.0, "Tenderer:W": 1.0}


def test_r035_counts_disqualified_others_and_names_the_winner() -> None:
    out = [bid("A", status="disqualified"), bid("B", status="disqualified"), bid("W", status="disqualified")]
    releases = {
        "two": process(bid("W"), *out, awards=[award("W")]),
        "two valid": process(bid("W"), bid("V"), *out, awards=[award("W")]),
        "two winners": process(bid("W"), *out, awards=[award("W"), award("V")]),
        "two awards of one": process(bid("W"), *out, awards=[award("W"), award("W")]),
        "winner disqualified alone": process(bid("W"), out[2], awards=[award("W")]),
        "pending beside": process(bid("W"), bid("P", status="pending"), *out[:1], awards=[award("W")]),
    }
    result = found("R035", releases)
    assert result == {"two": 2.0, "two awards of one": 2.0, "pending beside": 1.0, "Tenderer:W": 0.0}
    assert flagged("R035", releases, {"threshold": 2}) == ["two", "two awards of one"]
    assert flagged("R035", releases, {"threshold": 0}) == ["two", "two awards of one", "pending beside"]


def test_r036_takes_the_first_of_the_lowest() -> None:
    out, ok = bid("A", 90, "disqualified"), bid("B", 90)
    releases = {
        "disqualified first": process(out, ok, awards=[award("B")]),
        "valid first": process(ok, out, awards=[award("B")]),
        "no valid bid": process(out, bid("C", 95, "pending"), awards=[award("B")]),
        "no award": process(out, ok),
        "withdrawn below": process(bid("D", 1, "withdrawn"), out, ok, awards=[award("B")]),
        "tenderers not named": process(bid(None, 90, "disqualified"), bid(None, 91), awards=[award("B")]),
        "by points": process(out, ok, awards=[award("B")], tender={"awardCriteria": "ratedCriteria"}),
    }
    wanted = ["disqualified first", "withdrawn below", "tenderers not named", "by points"]
    assert flagged("R036", releases) == wanted


def test_r038_counts_bids_where_it_says_processes_and_each_member_of_a_consortium() -> None:
    bad = [bid(["A", "B"], status="disqualified"), bid("A", status="disqualified"), bid("C"), bid("C")]
    one = process(*bad, buyer={"id": "G"}, tender={"procuringEntity": {"id": "E"}})
    limits = {"threshold": 0.5, "minimum_submitted_bids": 2, "minimum_contracting_processes": 4}
    assert found("R038", {"p": one}, limits) == {"Buyer:G": 0.5, "ProcuringEntity:E": 0.5, "Tenderer:A": 1.0}
    assert found("R038", {"p": one}, limits | {"minimum_contracting_processes": 5}) == {"Tenderer:A": 1.0}


def sold(*codes: Any, who: str = "S", **more: Any) -> dict[str, Any]:
    return award(who, items=[{"classification": {"id": code}} for code in codes], **more)


def test_r048_counts_characters_and_processes() -> None:
    releases = {f"s{n}": process(awards=[sold("ñandú", "ñoño", "71")]) for n in range(2)}
    releases |= {"t": process(awards=[sold("11", who="T"), sold("22", who="T")])}
    assert found("R048", releases, {"minimum_contracting_processes": 2, "threshold": 1}) == {"Tenderer:S": 3.0}
    assert found("R048", releases, {"minimum_contracting_processes": 1, "threshold": 1, "digits": 1}) == {
        "Tenderer:S": 2.0,
        "Tenderer:T": 2.0,
    }


def test_r048_has_no_guard_where_all_are_alike() -> None:
    releases = {f"p{n}": process(awards=[sold("11", who=f"S{n}")]) for n in range(3)}
    result = found("R048", releases, {"minimum_contracting_processes": 1})
    assert result == {"Tenderer:S0": 1.0, "Tenderer:S1": 1.0, "Tenderer:S2": 1.0}


def test_r048_leaves_out_shared_awards_and_codes_that_are_no_text() -> None:
    releases = {
        "p": process(
            awards=[award("S", "T", items=[{"classification": {"id": "1"}}]), sold(11), sold("1", status="x")]
        )
    }
    assert found("R048", releases, {"minimum_contracting_processes": 1, "threshold": 0}) == {}
