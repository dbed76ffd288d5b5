# SPDX-License-Identifier: Apache-2.0
"""A unit of each kind (process, buyer, firm, line, pair, market ...) is explained from a random store."""

from __future__ import annotations

import io
from random import Random

import pytest
from rich.console import Console

from vitrina.insight.explain import units
from vitrina.insight.explain.card import explain
from vitrina.insight.explain.words import write
from vitrina.insight.flags.declare import Group
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import params_of
from vitrina.insight.tests import stores
from vitrina.insight.tests.tables import tables

KINDS = {
    Group.OCID: "R003",
    Group.BUYER: "R013",
    Group.TENDERER: "R046",
    Group.PROCURING_ENTITY: "R038",
    Group.ITEM: "R017",
    Group.PAIR: "R032",
    Group.BUYER_SUPPLIER: "R040",
    Group.MARKET: "R051",
    Group.GROUP: "R057",
}


@pytest.fixture(scope="module")
def t():
    with tables(**stores.store(Random(3), 60)) as made:
        yield made


@pytest.mark.parametrize("group", KINDS)
def test_a_unit_of_this_kind_has_processes_and_rows(t, group) -> None:
    flag = flags()[KINDS[group]]
    few = {name: 3 for name in ("cell_min", "n") if name in flag.params.__struct_fields__}
    judged = units.judge(t, flag, params_of(flag, few))
    (row,) = t.rows(judged.filter(judged.group == group).order_by("id").limit(1))
    made = explain(t, flag.code, row["id"], group=group, params=few)
    assert (made.group, made.id) == (group, row["id"])
    assert made.n_processes >= 1
    assert made.rows
    wide = Console(file=io.StringIO(), width=80)
    write(made, "en", wide)
    assert max(map(len, wide.file.getvalue().splitlines())) <= 80
    if group == Group.ITEM:
        shown = [r.pointer for one in made.rows if one.table.endswith("_item") for r in one.rows]
        assert shown == [units.line_of(row["id"])]
