# SPDX-License-Identifier: Apache-2.0
"""Cells: mid-ranks, the fallback from narrow to wide, never across numbers of bidders, and the other markets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vitrina.insight.flags.declare import Side
from vitrina.insight.screens import cells


def test_the_mid_rank_shares_ties() -> None:
    found = cells.count(np.array([1.0, 2, 2, 3, np.nan]), np.zeros(5, dtype=np.int64))
    assert found.rank()[:4].tolist() == [1 / 8, 4 / 8, 4 / 8, 7 / 8]
    assert found.known.tolist() == [4, 4, 4, 4, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 9))), min_size=1, max_size=60))
def test_counts_are_those_of_a_plain_loop(rows) -> None:
    group = np.array([g for g, _ in rows])
    x = np.array([np.nan if v is None else float(v) for _, v in rows])
    found = cells.count(x, group)
    for i, (g, v) in enumerate(rows):
        peers = [w for h, w in rows if h == g and w is not None]
        expected = (sum(w < v for w in peers), peers.count(v), len(peers)) if v is not None else (0, 0, 0)
        assert (found.below[i], found.same[i], found.known[i]) == expected


def test_a_thin_cell_falls_back_to_a_wider_one() -> None:
    x = np.arange(40.0)
    narrow = np.array([0] * 29 + [1] * 11)
    found = cells.among_cells(x, [narrow, np.zeros(40, dtype=np.int64)])
    assert set(found.level.tolist()) == {1}
    assert set(found.peers.tolist()) == {40}
    enough = cells.among_cells(x, [np.array([0] * 30 + [1] * 10), np.zeros(40, dtype=np.int64)])
    assert enough.level.tolist() == [0] * 30 + [1] * 10


def test_too_few_peers_everywhere_is_not_computable() -> None:
    found = cells.among_cells(np.arange(29.0), [np.zeros(29, dtype=np.int64)])
    assert np.isnan(found.share).all()
    assert set(found.level.tolist()) == {-1}


def test_the_other_markets_leave_out_ones_own() -> None:
    x = np.concatenate([np.zeros(50), np.arange(1.0, 41)])
    own = np.array([0] * 50 + [1] * 40)
    found = cells.outside(x, np.zeros(90, dtype=np.int64), own)
    assert found.peers[:50].tolist() == [40] * 50
    assert np.allclose(found.share[:50], 0.5 / 41)
    assert np.allclose(found.share[50:], 50.5 / 51)


def test_numbers_of_bidders_have_classes() -> None:
    assert cells.size_class(np.array([1, 2, 3, 4, 5, 6, 7, 30])).tolist() == [1, 2, 3, 4, 5, 5, 7, 7]


def test_suspicion_turns_the_side() -> None:
    share = np.array([0.1])
    assert cells.suspicion(share, Side.LOW)[0] == 0.9
    assert cells.suspicion(share, Side.HIGH)[0] == 0.1
    assert np.isclose(cells.suspicion(share, Side.BOTH)[0], 0.8)


def test_equal_keys_have_equal_codes_across_columns() -> None:
    found = cells.codes(np.array(["a", "b", "a", "a"], dtype=object), np.array([1, 1, 1, 2]))
    assert found[0] == found[2]
    assert len({*found.tolist()}) == 3
