# SPDX-License-Identifier: Apache-2.0
"""The eleven rules in Vitrina's variant: what fires, what stays quiet, what cannot be computed."""

from __future__ import annotations

from typing import Any

from .releases import award, bid, judge, process, yes

OPEN = {"procurementMethod": "open", "mainProcurementCategory": "goods"}
PESOS = {"value": {"amount": 1000, "currency": "MXN"}}


def period(start: str | None, end: str | None, **tender: Any) -> dict[str, Any]:
    return {"tender": OPEN | {"tenderPeriod": {"startDate": start, "endDate": end}} | tender}


def test_r003_holds_mexican_data_against_the_law_and_others_against_the_threshold() -> None:
    nineteen = ("2026-03-02T10:00:00-06:00", "2026-03-21T10:00:00-06:00")
    international = {"procurementMethodCharacterMxCnet": "Internacional abierta"}
    releases = {
        "national": period(*nineteen, **PESOS, procurementMethodDetails="Licitación pública"),
        "international": period(*nineteen, **PESOS, procurementMethodDetails="Licitación pública", **international),
        "elsewhere": period(*nineteen),
        "elsewhere, short": period("2026-03-02T10:00:00Z", "2026-03-12T10:00:00Z"),
        "no end": period(nineteen[0], None),
        "direct": period(*nineteen, procurementMethod="direct"),
    }
    outcome = judge("R003", releases)
    assert yes(outcome) == ["elsewhere, short", "international"]
    assert outcome.rows["basis"].to_pylist() == ["threshold", "law"]
    assert (outcome.clear, outcome.missing) == (2, {"tender.tenderPeriod.endDate": 1})
    assert yes(judge("R003", releases, {"by_detail": {"Licitación pública": 5}})) == ["elsewhere, short"]


def contest(*bids: Any, winner: str = "W", **tender: Any) -> dict[str, Any]:
    when = {"tenderPeriod": {"startDate": "2026-03-02T10:00:00Z"}}
    item = {"items": [{"classification": {"scheme": "CUCOP", "id": "25301001"}}]}
    return process(*bids, awards=[award(winner)], tender=OPEN | when | item | tender)


def market(distances: dict[str, float]) -> dict[str, Any]:
    """Forty like processes whose second bid lies 10 to 14 per cent above, and those that are named."""
    usual = {f"usual-{n:02}": 0.10 + 0.01 * (n % 5) for n in range(40)}
    return {name: contest(bid("W", 100), bid("S", 100 + 100 * d)) for name, d in (usual | distances).items()}


def test_r024_and_r058_compare_with_the_cell_of_the_market() -> None:
    releases = market({"near": 0.001, "far": 2.0})
    releases["no bids"] = contest()
    releases["lowest lost"] = contest(bid("W", 100), bid("S", 50))
    near, far = judge("R024", releases), judge("R058", releases)
    assert (yes(near), yes(far)) == (["near"], ["far"])
    assert (near.clear, near.missing) == (41, {"bids.details.value": 1})
    assert (far.clear, far.missing) == (41, {"bids.details.value": 1})
    assert near.rows["peer_n"].to_pylist() == [42]


def test_r024_without_enough_peers_is_not_computable_unless_a_threshold_is_given() -> None:
    releases = {"one": contest(bid("W", 100), bid("S", 100.1)), "free": contest(bid("W", 0), bid("S", 1))}
    assert judge("R024", releases).missing == {"bids.details.value.amount": 1, "peers": 1}
    assert yes(judge("R024", releases, {"threshold": 0.01})) == ["one"]
    assert yes(judge("R058", releases, {"threshold": 0.0001})) == ["one"]


def test_r025_finds_who_takes_part_often_and_never_wins() -> None:
    winners = ["A", "A", "A", "B", "B", "A", "B", "A"]
    losers = {f"c{n}": contest(bid(w, 1), bid("LOSER-1", 2), winner=w) for n, w in enumerate(winners)}
    others = {f"d{n}": contest(bid(f"FIRM-{n}", 1), bid(f"FIRM-{n + 1}", 2), winner=f"FIRM-{n}") for n in range(12)}
    outcome = judge("R025", losers | others, {"threshold": 0.1})
    assert yes(outcome) == ["LOSER-1"]
    assert (outcome.clear, outcome.missing) == (1, {})  # A takes part five times and wins all of them
    assert outcome.rows["peer_n"].to_pylist() == [8]


def test_r025_is_not_computable_where_all_win_alike() -> None:
    alike = {f"e{n}": contest(bid(f"FIRM-{n}", 1), winner=f"FIRM-{n}") for n in range(4)}
    assert judge("R025", alike, {"minimum": 1}).missing == {"peers": 4}


def test_r028_finds_equal_prices_of_different_bidders() -> None:
    releases = {
        "equal": contest(bid("FIRM-1", 10), bid("FIRM-2", 10), bid("FIRM-3", 12)),
        "different": contest(bid("FIRM-1", 10), bid("FIRM-2", 11)),
        "same firm": contest(bid("FIRM-1", 10), bid("FIRM-1", 10), bid("FIRM-2", 11)),
        "consortium": contest(bid(["FIRM-1", "FIRM-2"], 10), bid("FIRM-1", 10), bid("FIRM-3", 9)),
        "no prices": contest(bid("FIRM-1"), bid("FIRM-2")),
        "one bidder": contest(bid("FIRM-1", 10)),
    }
    outcome = judge("R028", releases)
    assert (yes(outcome), outcome.rows["value"].to_pylist()) == (["equal"], [2.0])
    assert (outcome.clear, outcome.missing) == (3, {"bids.details.value.amount": 1})


def test_r030_compares_instants() -> None:
    def came(date: str | None, end: str | None) -> dict[str, Any]:
        return contest(bid("W", 1, date=date), tenderPeriod={"endDate": end})

    noon = "2026-03-12T12:00:00Z"
    releases = {
        "late": came("2026-03-12T12:00:01Z", noon),
        "in time as time": came("2026-03-12T13:00:00+06:00", noon),
        "late as time": came("2026-03-12T11:00:00-06:00", noon),
        "a day is no proof": came("2026-03-13", noon),
        "nor is a day as deadline": came("2026-03-13T01:00:00Z", "2026-03-12"),
        "no date": came(None, noon),
        "a first bid in time": contest(
            bid("W", 1, date="2026-03-12T11:00:00Z"),
            bid("W", 2, date="2026-03-12T13:00:00Z"),
            tenderPeriod={"endDate": noon},
        ),
    }
    outcome = judge("R030", releases)
    assert yes(outcome) == ["late", "late as time"]
    assert outcome.clear == 2
    assert outcome.missing == {"bids.details.date": 2, "tender.tenderPeriod.endDate": 1}


def test_r035_finds_the_only_one_left() -> None:
    out = [bid("FIRM-1", 1, "disqualified"), bid("FIRM-2", 1, "disqualified")]
    releases = {
        "only one left": contest(bid("WINNER", 2), *out, winner="WINNER"),
        "two left": contest(bid("WINNER", 2), bid("FIRM-3", 3), *out, winner="WINNER"),
        "none out": contest(bid("WINNER", 2), winner="WINNER"),
        "no bids": contest(winner="WINNER"),
    }
    outcome = judge("R035", releases)
    assert (yes(outcome), outcome.rows["value"].to_pylist()) == (["only one left"], [2.0])
    assert (outcome.clear, outcome.missing) == (2, {"bids.details.status": 1})
    assert yes(judge("R035", releases, {"threshold": 3})) == []


def test_r036_speaks_only_where_the_price_decides_and_lot_by_lot() -> None:
    price = {"awardCriteria": "priceOnly"}
    low, ok = bid("A", 90, "disqualified"), bid("W", 100)
    lots = [bid("A", 90, "disqualified", relatedLots=["1"]), bid("W", 1000, relatedLots=["2"])]
    releases = {
        "lowest out": contest(low, ok, **price),
        "lowest in": contest(bid("A", 90), ok, **price),
        "other lot": contest(*lots, **price),
        "by points": contest(low, ok, awardCriteria="ratedCriteria"),
        "criteria not told": contest(low, ok),
        "no prices": contest(bid("W"), **price),
    }
    outcome = judge("R036", releases)
    assert yes(outcome) == ["lowest out"]
    assert (outcome.clear, outcome.missing) == (2, {"tender.awardCriteria": 1, "bids.details.value": 1})


def test_r038_counts_processes_of_a_buyer_and_bids_of_a_tenderer() -> None:
    def of(buyer: str, firm: str, status: str) -> dict[str, Any]:
        return contest(bid(firm, 1, status), bid("OTHER", 2)) | {"buyer": {"id": buyer}}

    releases = {
        f"{buyer}-{n}": of(f"BUYER-{buyer}", f"FIRM-{buyer}", "disqualified" if n < bad else "valid")
        for buyer, bad in enumerate([0, 0, 1, 1, 1, 0, 1, 1, 6])
        for n in range(6)
    }
    outcome = judge("R038", releases)
    assert yes(outcome) == ["BUYER-8", "FIRM-8"]
    assert outcome.missing == {}
    assert judge("R038", {k: v for k, v in releases.items() if k.startswith("0-")}).missing == {"peers": 3}


def test_r048_finds_who_sells_everything_and_not_everybody() -> None:
    def sold(firm: str, codes: range) -> dict[str, Any]:
        return process(awards=[award(firm, items=[{"classification": {"id": f"{c:02}"}} for c in codes])], tender=OPEN)

    usual = {f"u{n}": sold(f"FIRM-{n:02}", range(1 + n % 4)) for n in range(20)}
    params = {"minimum_contracting_processes": 1}
    outcome = judge("R048", usual | {"all": sold("EVERYTHING", range(30))}, params)
    assert (yes(outcome), outcome.clear) == (["EVERYTHING"], 20)
    alike = {f"u{n}": sold(f"FIRM-{n:02}", range(2)) for n in range(5)}
    assert judge("R048", alike, params).missing == {"peers": 5}
    assert judge("R048", usual).flagged == judge("R048", usual).clear == 0
