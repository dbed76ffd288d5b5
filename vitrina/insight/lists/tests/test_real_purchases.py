# SPDX-License-Identifier: Apache-2.0
"""The official lists against the contracts of a large buyer: what is known of that pair of data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.shared import shared
from vitrina.insight.flags.contact import name_key
from vitrina.insight.flags.outside import SURE, firms, matched, taking_part, taxpayers
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import run
from vitrina.insight.ingest.run import ingest
from vitrina.insight.lists.add import add
from vitrina.insight.store import Store
from vitrina.insight.tables import Tables


@pytest.fixture(scope="module")
def t(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    store = Store.create(tmp_path_factory.mktemp("lists") / "store")
    ingest(store, [shared("data/mexico/imss_contratos_2026.csv.gz")], workers=1)
    add(store, "tax", shared("data/mexico/sat_69b_3col.csv.gz"), cut=date(2026, 1, 31))
    add(store, "sanction", shared("data/mexico/sancionados_2026.csv.gz"))
    with store.tables() as tables:
        yield tables


def test_no_supplier_is_in_the_69b_lists(t: Tables) -> None:
    hits = matched(firms(t).semi_join(taking_part(t), "oid"), taxpayers(t))
    assert t.rows(hits.filter(hits.how == SURE)) == []


def test_six_or_seven_names_are_those_of_sanctioned_suppliers(t: Tables) -> None:
    sanctioned = t.sanction.select(key=name_key(t.sanction.name_norm)).distinct()
    same = t.org.select("oid", key=name_key(t.org.name_norm)).join(sanctioned, "key")
    contracts = t.award_supplier.join(same, "oid")
    assert t.rows(same.aggregate(n=same.key.nunique()))[0]["n"] in {6, 7}
    assert 27 <= t.rows(contracts.aggregate(n=contracts.count()))[0]["n"] <= 31


def test_none_was_debarred_on_its_day_and_days_after_the_lists_are_not_called_clear(t: Tables) -> None:
    outcome = run(t, [flags()["R046"]])[0]
    assert outcome.flagged == 0
    assert outcome.clear + outcome.not_computable == 1_678
    assert set(outcome.missing) == {"lists.cut"}
