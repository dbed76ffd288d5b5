# SPDX-License-Identifier: Apache-2.0
"""Published cases and worked examples: present value, abnormally low prices, order of awards, exact scores."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.shared import shared
from vitrina.cycle.auction import npv
from vitrina.cycle.auction.abnormal import MEAN40, NEXT30, Mark, marks
from vitrina.cycle.auction.criteria import Bid, Merits, amount_at, of_features, ranking, rational, scores
from vitrina.cycle.auction.justifying.words import mark_words
from vitrina.cycle.auction.npv import Energy, contract_amount, present_value
from vitrina.kernel import formats
from vitrina.kernel.money import Money
from vitrina.kernel.ranking import INSTANT, LEDGER, SCORE, decided_by

AT = datetime(2026, 1, 1, 10, tzinfo=UTC)


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in shared(f"data/auction/{name}").read_text(encoding="utf-8").splitlines()]


def cents(text: str) -> int:
    return Money.parse(text).centavos


def test_every_energy_contract_has_its_exact_value():
    cases = lines("npv_cases_sample.jsonl")
    assert len(cases) == 39
    for case in cases:
        offer = Energy(
            rate=case["discount_rate"],
            savings=tuple(case["annual_savings"]),
            share=case["share_paid"],
            years=case["years"],
            days=case["days"],
            announced=date.fromisoformat(case["announced"][:10]),
        )
        assert present_value(offer) == Fraction(case["npv_exact"]), case["case"]
        assert abs(contract_amount(offer) - Fraction(Decimal(case["contract_amount"]))) <= Fraction(1, 10**11)


def test_a_contract_announced_on_the_last_day_of_a_year_has_an_empty_first_period():
    offer = Energy(rate="0.1", savings=("100",) * 21, share="0.5", years=1, days=0, announced=date(2017, 12, 31))
    assert npv.period_days(offer.announced)[0] == 0
    assert npv.payments(offer)[:3] == [0, 50, 0]
    assert present_value(offer) == sum(Fraction(10, 11) ** n * (50 if n == 1 else 100) for n in range(1, 21))


def test_savings_of_another_length_are_refused():
    with pytest.raises(ValueError, match="21 periods"):
        present_value(Energy(rate="0", savings=("1",), share="1", years=1, days=0, announced=date(2017, 1, 1)))


def test_abnormally_low_prices_are_marked_as_published():
    cases = json.loads(shared("data/auction/abnormally_low_price_cases.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) == 5
    for case in cases:
        found = marks([cents(a) for a in case["initial"]], [cents(a) for a in case["final"]])
        assert [m.name for m in found] == case["flags"], case["case"]


def test_the_boundary_of_a_mark_is_inclusive_and_nobody_alone_is_marked():
    assert [m.name for m in marks([1000, 1000], [600, 857])] == ["mean40"]
    assert marks([1000, 1000], [601, 858]) == []
    assert [m.name for m in marks([1000, 1000], [700, 1000])] == ["next30"]
    assert marks([1000], [1]) == []
    assert marks([], []) == []
    with pytest.raises(ValueError, match="one initial"):
        marks([1], [1, 2])


def test_awards_come_in_the_published_order():
    for case in lines("ranking_cases_sample.jsonl"):
        bids = [
            Bid(b["id"], cents(b["amount"]), datetime.fromisoformat(b["at"]), n) for n, b in enumerate(case["bids"])
        ]
        order = [offer.bidder for _, offer in ranking("price", bids)]
        told = [award["bid"] for award in case["awards_in_order"]]
        assert order[: len(told)] == told, case["case"]


def best(*bids: Bid, criterion="price", weight=Fraction(0)) -> list[str]:
    return [offer.bidder for _, offer in ranking(criterion, bids, weight)]


def test_of_equal_prices_the_earlier_instant_then_the_earlier_entry():
    late = AT.replace(microsecond=1)
    ranked = ranking("price", [Bid("A", 100, late, 1), Bid("B", 100, AT, 2)])

    assert [(place, o.bidder) for place, o in ranked] == [(1, "B"), (1, "A")]
    assert decided_by(ranked[0][1], ranked[1][1]) == INSTANT
    same = ranking("price", [Bid("A", 100, AT, 2), Bid("B", 100, AT, 1)])
    assert (same[0][1].bidder, decided_by(same[0][1], same[1][1])) == ("B", LEDGER)
    other = ranking("price", [Bid("A", 101, AT, 1), Bid("B", 100, AT, 2)])
    assert decided_by(other[0][1], other[1][1]) == SCORE


def test_instants_are_compared_and_not_their_texts():
    a, b = (datetime.fromisoformat(t) for t in ("2026-10-25T03:30:00+03:00", "2026-10-25T03:10:00+02:00"))
    assert best(Bid("B", 100, b, 1), Bid("A", 100, a, 2)) == ["A", "B"]


def test_a_divisor_of_features_is_exact():
    features = {"F1": ["0", "0.06"], "F2": ["0", "0.08"]}
    merits = Merits(coefficient=of_features({"F1": "0.06", "F2": "0.08"}, features))
    a, b = Bid("A", cents("85050.45"), AT, 1, merits), Bid("B", cents("90512.95"), AT, 2)

    assert merits.coefficient == "50/43"
    assert scores("weighted_divisor", [a, b]) == {"A": Fraction("7314338.7"), "B": Fraction(9051295)}
    assert best(a, b, criterion="weighted_divisor") == ["A", "B"]
    assert amount_at(a, Fraction("7314338.7")) == cents("85050.45")
    with pytest.raises(ValueError, match="whole price"):
        of_features({"F": "0.5"}, {"F": ["0.5"], "G": ["0.5"]})


def test_a_tie_on_cost_goes_to_the_earlier_though_the_other_is_cheaper():
    a = Bid("A", cents("200861.23"), AT, 1, Merits(addition=str(cents("37567.85"))))
    b = Bid("B", cents("190000.00"), AT.replace(second=1), 2, Merits(addition=str(cents("48429.08"))))

    ranked = ranking("added_cost", [a, b])
    assert [(place, o.bidder, o.score) for place, o in ranked] == [(1, "A", 23842908), (1, "B", 23842908)]


def test_scores_that_are_shown_alike_are_ranked_apart():
    a, b = (Bid(n, 0, AT, k, Merits(addition=x)) for n, k, x in (("A", 1, "1000.50"), ("B", 2, "1000.49")))
    assert best(a, b, criterion="mixed") == ["B", "A"]
    shown = [Money.of(rational(x) / 100) for x in ("1000.49", "1000.50")]
    assert [str(m) for m in shown] == ["10.00", "10.01"]
    assert formats.money(shown[1], "es") == "$10.01"


def test_points_let_a_dearer_bid_win():
    dear, cheap = Bid("A", 100_000, AT, 1, Merits(technical="42")), Bid("B", 90_000, AT, 2, Merits(technical="35"))

    assert scores("points", [dear, cheap], Fraction(60)) == {"A": -96, "B": -95}
    assert best(dear, cheap, criterion="points", weight=Fraction(60)) == ["A", "B"]


@pytest.mark.parametrize("text", ["", "nan", "1e9", "1/0", "٣", "1_000", " 1", "0x1", "1.5/2"])
def test_a_number_that_is_not_plain_is_refused(text):
    with pytest.raises(ValueError, match="exact number"):
        rational(text)


def test_a_mark_is_told_as_a_share_of_what_it_lies_under():
    for name in (MEAN40, NEXT30):
        assert "66.7" in mark_words(Mark(name, Fraction(100), Fraction(2, 3), Fraction(3, 10)))
