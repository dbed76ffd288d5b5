# SPDX-License-Identifier: Apache-2.0
"""The insulin and saline cartel stands out and its competitive twin does not, with the same code and no labels.

A few seeds here; twenty, and the harder variants, in `benchmarks/screens.py`. Invented bids: nothing follows for real
markets.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vitrina.insight.screens import cards
from vitrina.insight.screens.run import group_of, run
from vitrina.insight.screens.tests.golden import (
    ERA,
    ITEMS,
    World,
    against_background,
    auc,
    leading,
    middles,
    of_products,
    seen,
    top_share,
    world,
)
from vitrina.insight.tests.tables import tables

SEEDS = (1, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_tenders_of_the_cartel_are_in_the_top_decile(seed: int) -> None:
    assert top_share(seen("cartel", seed)) >= 0.9


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("code", ["CV", "IDENT"])
def test_its_prices_are_close_and_the_same_beside_those_of_the_honest_markets(seed: int, code: str) -> None:
    assert min(middles(seen("cartel", seed), code)) > 0.95
    assert max(middles(seen("twin", seed), code)) < 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_few_tenders_of_the_twin_are_in_the_top_decile(seed: int) -> None:
    assert top_share(seen("twin", seed)) <= 0.25


@pytest.mark.parametrize("seed", SEEDS)
def test_the_communities_of_the_cartel_come_first_with_two_kinds_of_signal(seed: int) -> None:
    rows = leading(seen("cartel", seed))
    assert {row["item"] for row in rows[:2]} == set(ITEMS)
    for row in rows[:2]:
        assert row["n_kinds"] >= 2
        assert row["close_p"] < 0.01
        assert row["n_author"] >= 2
        assert max(row["rotation_rank"], row["pro_rata_rank"]) > 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_no_community_of_the_twin_has_two_kinds(seed: int) -> None:
    assert max(row["n_kinds"] for row in leading(seen("twin", seed))) < 2


@pytest.mark.parametrize(("variant", "least"), [("exact", 0.95), ("noisy", 0.9)])
def test_cartel_and_twin_are_told_apart_by_price(variant: str, least: float) -> None:
    cartel, twin = seen("cartel", 1, variant), seen("twin", 1)
    pair = [against_background(each.tenders).composite[of_products(each)] for each in (cartel, twin)]
    assert auc(*pair) >= least


def shuffled(made: World, seed: int) -> dict[str, list[dict[str, Any]]]:
    """The rows with the names of firms dealt anew inside each tender; the lowest bid wins as before."""
    rng = np.random.default_rng(seed)
    rows = {name: [dict(row) for row in given] for name, given in made.rows.items()}
    by_rid: dict[int, list[dict[str, Any]]] = {}
    for row in rows["bid_tenderer"]:
        by_rid.setdefault(row["rid"], []).append(row)
    for members in by_rid.values():
        for row, oid in zip(members, rng.permutation([m["oid"] for m in members]), strict=True):
            row["oid"] = int(oid)
    lowest: dict[int, dict[str, Any]] = {}
    for row in rows["bid"]:
        if row["status"] == "valid" and row["amount"] < lowest.get(row["rid"], {"amount": np.inf})["amount"]:
            lowest[row["rid"]] = row
    for row in rows["award_supplier"]:
        won = lowest[row["rid"]]["bid_no"]
        row["oid"] = next(m["oid"] for m in by_rid[row["rid"]] if m["bid_no"] == won)
    return rows


def test_shuffled_names_leave_prices_alone_and_undo_the_groups() -> None:
    made, found = world("cartel", 1), seen("cartel", 1)
    own = [row["rotation_rank"] for row in leading(found) if row["item"] in ITEMS]
    drawn = []
    for seed in range(3):
        with tables(**shuffled(made, seed)) as t:
            other = run(t, until=ERA)
        assert np.array_equal(other.tenders.outside_rank, found.tenders.outside_rank, equal_nan=True)
        drawn += [row["rotation_rank"] for row in leading(other) if row["item"] in ITEMS]
    assert min(own) > 0.95
    # By chance each rank is spread evenly over 0 to 1: the mean of six is below .75 in 98 of 100 redraws.
    assert np.mean(drawn) < 0.75


@pytest.mark.parametrize("seed", SEEDS)
def test_the_number_of_bidders_tells_nothing(seed: int) -> None:
    """Else the generator would leak: cartel and twin have the same bidders in each tender."""
    n = [{(r["rid"], r["oid"]) for r in world(kind, seed).rows["bid_tenderer"]} for kind in ("cartel", "twin")]
    assert n[0] == n[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_entry_of_the_outsider_is_found(seed: int) -> None:
    made = world("cartel", seed)
    ids = {row["oid"]: row["id"] for row in made.rows["bid_tenderer"]}
    for row in leading(seen("cartel", seed, until=None)):
        if row["item"] in ITEMS:
            oid = next(oid for oid, name in ids.items() if name == made.outsider[row["item"]])
            first = min(r["rid"] for r in made.rows["bid_tenderer"] if r["oid"] == oid)
            assert row["entrant"] == oid
            assert row["entry_rid"] == first
            assert row["entry_fall"] > 0.15


def test_order_of_rows_unit_of_money_and_names_of_firms_change_no_rank() -> None:
    made, found = world("cartel", 1), seen("cartel", 1)
    rng = np.random.default_rng(9)
    most = max(row["oid"] for row in made.rows["bid_tenderer"]) + 1
    names = 1000 + rng.permutation(most)
    rows = {}
    for name, given in made.rows.items():
        changed = [
            row
            | ({"oid": int(names[row["oid"]])} if name in ("bid_tenderer", "award_supplier") else {})
            | ({"amount": row["amount"] * 100} if row.get("amount") else {})
            | ({"value": row["value"] * 100} if row.get("value") else {})
            for row in given
        ]
        rows[name] = [changed[i] for i in rng.permutation(len(changed))]
    with tables(**rows) as t:
        other = run(t, until=ERA)
    for code, rank in found.tenders.rank.items():
        if code != "ROUND":  # reads the digits as written
            assert np.array_equal(other.tenders.rank[code].share, rank.share, equal_nan=True), code
    assert np.array_equal(other.tenders.raised, found.tenders.raised, equal_nan=True)
    skip = ("members", "entrant", "value", "priority", "window_since", "window_until", "market", "item")
    own, there = (
        [
            {k: v for k, v in row.items() if k not in skip}
            for row in sorted(each.tables["groups"].to_pylist(), key=lambda r: (r["window_since"], r["community"]))
        ]
        for each in (found, other)
    )
    for mine, other_row in zip(own, there, strict=True):
        assert {k for k, v in other_row.items() if v is None} == {k for k, v in mine.items() if v is None}
        numbers = {k: v for k, v in mine.items() if v is not None}
        assert {k: other_row[k] for k in numbers} == pytest.approx(numbers, rel=1e-9)


def test_cards_recompute_from_their_own_rows_and_from_the_store() -> None:
    made, found = world("cartel", 1), seen("cartel", 1)
    amounts = {(row["rid"], row["bid_no"]): row["amount"] for row in made.rows["bid"]}
    for at in found.queue[:40]:
        card = cards.decode(cards.encode(cards.card(found.tenders, int(at), group=group_of(found, int(at)))))
        for bid in card.bids:
            assert bid.price == amounts[bid.source.rid, bid.source.bid_no]
        again = cards.recompute(card)
        for signal in card.signals:
            assert again[signal.code] == pytest.approx(signal.value, rel=1e-11)
        assert card.data_hash == cards.digest(card.bids, card.estimate)


def test_a_card_tells_innocent_readings_first_and_names_nobody() -> None:
    found = seen("twin", 1, "public-reserve")
    at = int(found.queue[0])
    card = cards.card(found.tenders, at)
    assert card.innocent[0].en.startswith("The reserve price")
    assert card.notice.es.startswith("Indicio, no prueba")
    assert {bid.bidder for bid in card.bids} == {f"Proponente {i + 1}" for i in range(card.n)}
    assert len(card.innocent) == 8
