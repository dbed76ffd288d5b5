# SPDX-License-Identifier: Apache-2.0
"""Each indicator by hand on small histories; the published construction on toys, with its faults; the score of a purchase."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.insight.index import compat, cri, facts, measure, redraw
from vitrina.insight.index.catalogue import INDICATORS
from vitrina.insight.index.run import cells_of, run
from vitrina.insight.index.tests.purchases import together, toys, unit
from vitrina.insight.tests.tables import tables


def measured(rows, name: str = "x") -> dict[str, float | None]:
    with tables(**rows) as t:
        found = run(t, draws=0).tables["indicators"].to_pylist()
    return next(row for row in found if row["unit"] == name)


def test_shares_of_one_unit() -> None:
    row = measured(unit("x", 0, n=40, direct=0.25, single=0.5, firms=4, amended=0.1, days=10))
    assert row["C01"] == (10 + 15) / 40
    assert row["C02"] == (10 + 15 + 15 * 3) / 40
    assert (row["C03"], row["C04"], row["C05"]) == (10, 0.25, 0.25)
    assert (row["C06"], row["C07"], row["C08"], row["C12"]) == (0.25, 0.25, 0.25, 1)
    assert (row["C11"], row["C15"]) == (10, 1)
    assert (row["A03"], row["A04"]) == (0.1, 0.1)
    assert row["A06"] == 1  # ten days, where the law asks for more
    assert row["C14"] == 1000


def test_records_that_are_due() -> None:
    row = measured(unit("x", 0, n=20, direct=0.5, documents=("tenderNotice", "awardNotice")))
    assert (row["T02"], row["T04"], row["T06"], row["T07"], row["T08"], row["T09"], row["T10"]) == (
        1,
        1,
        1,
        1,
        0,
        1,
        0,
    )
    assert row["T03"] is None


def test_trends_start_in_the_third_year() -> None:
    rows = together(*(unit("x", 1000 * k, year=2020 + k, direct=d) for k, d in enumerate([0.1, 0.3, 0.5])))
    with tables(**rows) as t:
        found = run(t, draws=0).tables["indicators"].to_pylist()
    assert [row["C16"] for row in found] == [None, None, pytest.approx(0.3)]


def test_direct_awards_of_one_week_that_pass_the_ceiling_together() -> None:
    def week(name: str, place: int):
        rows = unit(name, place, n=3, direct=1.0, firms=1, amount=1.0)
        for release in rows["release"]:
            release["tender_start_day"] = rows["release"][0]["tender_start_day"]
        return rows

    with tables(**week("x", 0)) as t:
        ceiling = facts.read(t).column("t_da")[0]
    assert ceiling > 0
    units = []
    for place, (name, share) in enumerate({"together above": 0.4, "below": 0.3, "each above": 1.1}.items()):
        units.append(week(name, 1000 * place))
        for award in units[-1]["award"]:
            award["amount"] = float(ceiling * share)
    with tables(**together(*units)) as t:
        found = {row["unit"]: row["A14"] for row in run(t, draws=0).tables["indicators"].to_pylist()}
    assert found == {"together above": 1.0, "below": 0.0, "each above": 0.0}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 1000)), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_concentration_is_that_of_a_plain_loop(won: list[tuple[int, int]]) -> None:
    place = np.arange(len(won))
    firm = np.array([f for f, _ in won])
    made = facts.Facts.__new__(facts.Facts)
    object.__setattr__(made, "supplier", (place, firm))
    object.__setattr__(made, "won", np.array([float(v) for _, v in won]))
    object.__setattr__(made, "bidder", (place, firm))
    tool = measure.Measure.__new__(measure.Measure)
    groups = measure.Groups(np.zeros(len(won), dtype=np.int64), 1)
    tool.groups, tool.facts = groups, made
    tool._firms = {"supplier": measure._keys(groups, place, firm)}
    found = tool._shares(np.ones(len(won)), by_value=True)
    total = Counter()
    for f, v in won:
        total[f] += v
    shares = sorted((v / sum(total.values()) for v in total.values()), reverse=True)
    hhi = sum(s**2 for s in shares)
    assert found["hhi"][0] == pytest.approx(hhi)
    assert found["dominance"][0] == pytest.approx(sum(s**4 for s in shares) / hhi**2)
    assert found["largest"][0] == pytest.approx(sum(shares[:4]))
    assert found["distinct"][0] == len(total)


def test_a_redraw_keeps_the_number_of_purchases_of_each_cell() -> None:
    with tables(**toys()) as t:
        groups, cells = cells_of(facts.read(t))
    drawn = redraw._weights(groups.of, cells.n, np.random.default_rng(1))
    assert np.bincount(groups.of, drawn).tolist() == cells.n.tolist()
    assert drawn.max() > 1


def test_ranks_share_ties() -> None:
    assert redraw.rank(np.array([5.0, 9, 9, np.nan, 1]), np.zeros(5, dtype=np.int64)).tolist()[:3] == [3, 1.5, 1.5]


def test_the_published_construction_runs_the_other_way() -> None:
    """The trap of the column called risk: the worst unit gets the lowest number."""
    with tables(**toys()) as t:
        found = {row["unit"]: row["compat_imco_v2"] for row in run(t, draws=0).tables["index"].to_pylist()}
    assert found["worst"] < found["middle"] < found["best"]


def test_the_published_construction_step_by_step() -> None:
    values = {"C01": np.array([0.0, 0.5, 1.0]), "C02": np.array([1.0, 2.0, np.inf]), "T01": np.zeros(3)}
    # C01 inverted: 100, 50, 0; C02 as it is: 0, 100, -; mean 50, 75, 0; stretched 66.7, 100, 0. T01: zeros are left, so
    # 100 each, which no min-max can stretch: the concept drops out.
    assert compat.compat_imco_v2(values).tolist() == pytest.approx([200 / 3, 100, 0])
    assert compat._stretch(np.zeros(3)).tolist() == [0, 0, 0]
    assert compat._stretch(np.array([1.0, np.inf, 3.0]))[[0, 2]].tolist() == [0, 100]


def test_there_are_46_indicators() -> None:
    assert Counter(each.concept for each in INDICATORS) == {"competition": 17, "transparency": 15, "anomalies": 14}
    assert sum(each.inverted for each in INDICATORS) == 39


def test_the_score_of_a_purchase_is_the_mean_of_what_is_known() -> None:
    with tables(**unit("x", 0, n=4, direct=0.5, single=0.5, firms=4, days=3)) as t:
        rows = cri.cri(facts.read(t)).to_pylist()
    direct, alone, several = rows[0], rows[2], rows[3]
    assert (direct["procedure"], direct["single_bid"], direct["winner_share"]) == (1, None, 0.5)
    assert (alone["single_bid"], several["single_bid"], alone["short_term"], alone["no_call"]) == (1, 0, 1, 0)
    for row in rows:
        parts = [v for k, v in row.items() if k not in ("rid", "cri", "n_components") and v is not None]
        assert (row["n_components"], row["cri"]) == (len(parts), pytest.approx(sum(parts) / len(parts)))
