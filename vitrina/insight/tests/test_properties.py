# SPDX-License-Identifier: Apache-2.0
"""What holds for every flag, whatever the data: order never matters, strangers change nothing, each unit is told once."""

from __future__ import annotations

import math
from collections import Counter
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from vitrina.insight.flags.declare import Group
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import params_of
from vitrina.insight.flags.writing import LiteScribe, written
from vitrina.insight.tests import stores
from vitrina.insight.tests.tables import arrow
from vitrina.insight.update.judge import Judge

# A smaller example would take minutes to find, and tell no more than the code and the two rows do.
PHASES = (Phase.explicit, Phase.generate)
FEW = settings(
    max_examples=1, report_multiple_bugs=False, phases=PHASES, deadline=None, suppress_health_check=list(HealthCheck)
)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def plan() -> stores.Plan:
    return stores.plan(flags().values())


def same(one: Any, other: Any) -> bool:
    """Equal rows; doubles to a billionth, since a sum may be taken in another order."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    return one == other


def same_rows(some: list[dict[str, Any]], others: list[dict[str, Any]]) -> bool:
    return len(some) == len(others) and all(same(one, other) for one, other in zip(some, others, strict=True))


def by_unit(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["group"], row["id"]): row for row in rows}


def assert_same(code: str, one: dict, other: dict) -> None:
    assert one.keys() == other.keys(), code
    for unit, row in one.items():
        assert same(row, other[unit]), (code, row, other[unit])


@pytest.mark.slow
@FEW
@given(seed=SEEDS, n=st.integers(1, 60))
def test_the_order_of_the_rows_changes_nothing_and_each_unit_is_told_once(plan, seed, n) -> None:
    draw = Random(seed)
    rows = stores.store(draw, n)
    straight, mixed = plan.judge(rows), plan.judge(stores.shuffled(draw, rows))
    for code, found in straight.items():
        told = Counter((row["group"], row["id"]) for row in found)
        assert not [unit for unit, times in told.items() if times > 1 or unit[1] is None], code
        assert_same(code, by_unit(found), by_unit(mixed[code]))


@pytest.mark.slow
@FEW
@given(seed=SEEDS, n=st.integers(1, 40))
def test_an_unrelated_purchase_changes_no_process_that_is_not_compared_with_peers(plan, seed, n) -> None:
    draw = Random(seed)
    rows = stores.store(draw, n)
    stranger = stores.store(draw, 1, first=n, own="elsewhere")
    before, after = plan.judge(rows), plan.judge(stores.merged(rows, stranger))
    for code, found in before.items():
        alone = {u: r for u, r in by_unit(found).items() if r["group"] == Group.OCID and r["peer_n"] is None}
        joined = by_unit(after[code])
        for unit, row in alone.items():
            assert unit in joined, (code, unit)
            assert same(row, joined[unit]), (code, row, joined[unit])


@pytest.mark.slow
def test_flags_that_judge_alone_say_of_a_release_by_itself_what_they_say_among_others(plan) -> None:
    """And SQLite says what DuckDB says: `update` rests on both."""
    alone = [flag for flag in flags().values() if flag.alone]
    judge = Judge(written(alone, stores.few(alone), make=LiteScribe), {})
    for seed in range(4):
        rows = stores.store(Random(seed), 5)
        among = plan.judge(rows)
        for rid in range(5):
            own = {name: [r for r in found if r.get("rid", rid) == rid] for name, found in rows.items()}
            for found in judge.judge({name: table for name, table in arrow(own).items() if table.num_rows}):
                told = [r for r in among[found.code] if r["rid"] == rid]
                flagged = [r for r in told if r["flagged"] and r["missing"] is None]
                assert same_rows(found.rows.to_pylist(), flagged), (seed, rid, found.code)
                clear = sum(r["flagged"] is False and r["missing"] is None for r in told)
                assert (found.clear, found.not_computable) == (clear, len(told) - clear - len(flagged)), found.code
                missing = Counter(r["missing"] or "unknown" for r in told if r["missing"] or r["flagged"] is None)
                assert found.missing == missing, (seed, rid, found.code)


@pytest.mark.slow
def test_random_stores_make_many_rules_fire(plan) -> None:
    found = plan.judge(stores.store(Random(1), 80))
    fire = {code for code, rows in found.items() if any(r["flagged"] and r["missing"] is None for r in rows)}
    assert len(fire) > len(plan.codes) / 3, sorted(set(plan.codes) - fire)


@pytest.mark.parametrize("code", list(flags()))
def test_a_flag_says_what_it_is_in_both_languages(code) -> None:
    flag = flags()[code]
    texts = [flag.title, flag.explanation, flag.source, *flag.innocent]
    assert all(text.es.strip() and text.en.strip() for text in texts)
    assert flag.code == code
    assert flag.inputs
    assert flag.innocent


@pytest.mark.parametrize("code", list(flags()))
def test_a_parameter_that_no_flag_has_is_refused(code) -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        params_of(flags()[code], {"no_such_parameter": 1})
