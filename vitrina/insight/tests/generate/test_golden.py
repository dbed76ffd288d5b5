# SPDX-License-Identifier: Apache-2.0
"""The reference cartel and its competitive twin: the same tenders and bidders, other prices."""

from __future__ import annotations

import numpy as np
import pytest

from .worlds import labelled, reference

SAME = ("ocid", "tender_start", "tender_end", "buyer_id", "pe_id", "main_class")


def frames(**how):
    made, tables = reference(**how)
    return made, {name: table.to_pandas() for name, table in tables.items()}


def bids_of(tables, ocids):
    release = tables["release"]
    rids = release[release.ocid.isin(ocids)].rid
    bids = tables["bid"].merge(tables["bid_tenderer"], on=["rid", "bid_no"])
    return bids[bids.rid.isin(rids) & (bids.status == "valid")]


def test_both_worlds_have_the_same_tenders_and_bidders():
    _, cartel = frames(is_cartel=True)
    _, twin = frames(is_cartel=False)
    key = ["rid", "id"]

    assert cartel["release"][list(SAME)].equals(twin["release"][list(SAME)])
    bidders = [t["bid_tenderer"].sort_values(key)[key].reset_index(drop=True) for t in (cartel, twin)]
    assert bidders[0].equals(bidders[1])
    quantities = [t["tender_item"].quantity.tolist() for t in (cartel, twin)]
    assert quantities[0] == quantities[1]


@pytest.mark.parametrize(("product", "overcharge"), [("insulin", 0.576), ("saline", 0.229)])
def test_the_cartel_charges_what_the_case_says_above_the_twin(product, overcharge):
    made, cartel = frames(is_cartel=True)
    _, twin = frames(is_cartel=False)
    ocids = labelled(made.labels, f"golden.cartel.{product}")
    rids = cartel["release"][cartel["release"].ocid.isin(ocids)].rid

    price = [t["award_item"].set_index("rid").unit_price[rids].to_numpy() for t in (cartel, twin)]

    assert len(rids) >= 50
    assert np.exp(np.log(price[0] / price[1]).mean()) - 1 == pytest.approx(overcharge, abs=0.09)


def test_losers_write_common_prices_and_winners_rotate():
    made, tables = frames(is_cartel=True)
    bids = bids_of(tables, labelled(made.labels, "golden.cartel.insulin"))

    losing = bids.sort_values(["rid", "centavos"]).groupby("rid").centavos.apply(lambda x: x.iloc[1:].nunique())
    assert (losing <= 1).all()
    wins = bids.sort_values(["rid", "centavos"]).groupby("rid").id.first().value_counts()
    assert len(wins) == 4
    assert wins.max() < 2.5 * wins.min()


def test_the_outsider_bids_from_the_middle_of_2006():
    made, tables = frames(is_cartel=True)
    outsider = labelled(made.labels, "golden.cartel.saline", "Tenderer", "outsider")
    rids = tables["bid_tenderer"][tables["bid_tenderer"].id.isin(outsider)].rid
    began = tables["release"].set_index("rid").tender_start[rids]

    assert len(rids) == 6
    assert began.min().isoformat() >= "2006-07"


def test_the_twin_is_labelled_honest():
    made, _ = frames(is_cartel=False)

    assert made.labels
    assert all(label.kind.startswith("lookalike.") for label in made.labels)


def test_a_common_cost_narrows_the_bids_of_the_honest_twin():
    made, tables = frames(is_cartel=False)
    _, narrow = frames(is_cartel=False, variant="common-cost")
    ocids = labelled(made.labels, "lookalike.twin.insulin")

    spread = [
        bids_of(t, ocids).groupby("rid").amount.agg(lambda x: x.std() / x.mean()).mean() for t in (tables, narrow)
    ]
    assert spread[1] < spread[0] / 3


def test_half_of_the_losers_stay_away_where_bids_are_suppressed():
    made, tables = frames(is_cartel=True, variant="suppression")
    ocids = labelled(made.labels, "golden.cartel.saline")

    n = bids_of(tables, ocids).groupby("rid").size()
    assert 0.3 < (n <= 2).mean() < 0.8


def test_two_bidders_only():
    made, tables = frames(is_cartel=True, variant="two")
    release = tables["release"]
    rids = release[release.ocid.isin(labelled(made.labels, "golden.cartel.insulin"))].rid
    bidders = tables["bid"][tables["bid"].rid.isin(rids)].groupby("rid").size()

    assert (bidders == 2).all()
