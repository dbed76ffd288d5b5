# SPDX-License-Identifier: Apache-2.0
"""Planted cases are what their labels say: read from the tables, not from the code that made them."""

from __future__ import annotations

import functools

import pandas as pd

from vitrina.insight.generate import write
from vitrina.insight.generate.history import History
from vitrina.insight.generate.suppliers import rfc, supplier_id
from vitrina.insight.generate.write import table_of

from .worlds import labelled


@functools.cache
def planted():
    """A history large enough for some of every kind."""
    history = History(30_000, 4)
    return history, {name: table.to_pandas() for name, table in table_of(history).items()}


def of(tables, name, ocids) -> pd.DataFrame:
    """The rows of a table that belong to releases."""
    release = tables["release"]
    return tables[name][tables[name].rid.isin(release[release.ocid.isin(ocids)].rid)]


def valid(tables, ocids) -> pd.DataFrame:
    bids = of(tables, "bid", ocids).merge(tables["bid_tenderer"], on=["rid", "bid_no"])
    return bids[bids.status == "valid"]


def test_every_kind_is_planted():
    history, _ = planted()
    kinds = {label.kind for label in history.labels}

    assert kinds >= {
        *(
            "cartel.rotation",
            "cartel.cover",
            "cartel.suppression",
            "cartel.allocation",
            "cartel.phantom",
            "cartel.turns",
        ),
        *("splitting", "bunching", "captured", "ghost", "debarred", "conflict", "late_bid", "copied_documents"),
        *("change_orders", "lookalike.common_cost", "lookalike.public_reserve", "lookalike.cleared"),
        *("lookalike.expired", "lookalike.same_building"),
    }


def test_losers_of_a_rotation_write_one_price_above_the_winner():
    history, tables = planted()
    members = labelled(history.labels, "cartel.rotation", "Tenderer")
    bids = valid(tables, labelled(history.labels, "cartel.rotation"))
    inside = bids[bids.id.isin(members)]

    for _, tender in inside.groupby("rid"):
        prices = sorted(tender.centavos)
        assert len(set(prices[1:])) == 1
        assert 1.01 < prices[1] / prices[0] < 1.05


def test_one_firm_wins_all_that_its_phantoms_bid_for():
    history, tables = planted()
    members = labelled(history.labels, "cartel.phantom", "Tenderer")
    bids = valid(tables, labelled(history.labels, "cartel.phantom"))

    winners = bids.sort_values(["rid", "centavos"]).groupby("rid").id.first()
    assert len(winners) > 5
    assert winners.isin(members).all()
    assert len(set(winners)) == 1
    assert (bids.groupby("rid").id.nunique() >= 4).all()


def test_a_captured_buyer_gives_one_supplier_most_of_its_awards():
    history, tables = planted()
    pairs = labelled(history.labels, "captured", "BuyerSupplier")
    release, award = tables["release"].set_index("rid"), tables["award_supplier"]
    buyer, year = release.buyer_id[award.rid].to_numpy(), release.date[award.rid].dt.year.to_numpy()

    assert pairs
    for pair in pairs:
        one, supplier = pair.split(" | ")
        mine = award[buyer == one]
        share = (mine.id == supplier).groupby(year[buyer == one]).mean()
        assert share.max() > 0.4
    lots = of(tables, "award_supplier", labelled(history.labels, "captured"))
    assert lots.duplicated("rid").any()
    assert set(lots.id) == {pair.split(" | ")[1] for pair in pairs}


def test_firms_of_a_nest_answer_one_telephone_and_those_of_a_building_their_own():
    history, tables = planted()
    org = tables["org"].drop_duplicates("id").set_index("id")

    for kind, is_one in (("ghost", True), ("lookalike.same_building", False)):
        cases = {}
        for label in history.labels:
            if label.kind == kind and label.group == "Tenderer":
                cases.setdefault(label.case, set()).add(label.id)
        assert cases
        for firms in cases.values():
            mine = org.loc[sorted(firms)]
            assert len(set(mine.street)) == len(set(mine.postal_code)) == 1
            assert mine.phone.nunique() == (1 if is_one else len(mine))


def test_the_register_has_honest_firms_and_strikes_shells_off_before_they_sell(tmp_path):
    history, _ = planted()
    write.beside(history, tmp_path)
    rows = pd.read_csv(tmp_path / "lists" / "register.csv", dtype=str).set_index("RFC")
    shells = {supplier_id(n): n for n in history.lists.closed}

    assert labelled(history.labels, "ghost", "Tenderer") <= set(shells)
    assert len(rows) > 0.9 * (~history.suppliers.is_person).sum()
    for number, closed in history.lists.closed.items():
        code = rfc(number, is_person=False)
        assert (code in rows.index) == bool(closed)
        assert not closed or (rows.Estatus[code], rows.Hasta[code]) == ("Cancelado", closed)


def test_a_common_cost_makes_honest_prices_alike():
    history, tables = planted()
    bids = valid(tables, labelled(history.labels, "lookalike.common_cost"))
    spread = bids.groupby("rid").amount.agg(lambda x: x.std() / x.mean())

    assert len(spread) >= 3
    assert spread.max() < 0.04
    assert not bids.duplicated(["rid", "centavos"]).any()


def test_honest_bids_lie_under_the_published_reserve():
    history, tables = planted()
    ocids = labelled(history.labels, "lookalike.public_reserve")
    release = tables["release"].set_index("rid")
    bids = valid(tables, ocids)

    assert len(bids)
    assert (bids.amount <= release.value[bids.rid].to_numpy()).all()
    assert (bids.amount > 0.85 * release.value[bids.rid].to_numpy()).all()


def test_split_purchases_are_each_below_the_ceiling_and_together_above_it():
    history, tables = planted()
    cases = {}
    for label in history.labels:
        if label.kind == "splitting" and label.group == "OCID":
            cases.setdefault(label.case, []).append(label.id)
    assert len(cases) > 3

    for ocids in cases.values():
        release = tables["release"][tables["release"].ocid.isin(ocids)]
        award = of(tables, "award", ocids)
        names = of(tables, "award_supplier", ocids).id
        assert set(release.method) == {"direct"}
        assert release.pe_id.nunique() == release.main_class.str[:5].nunique() == names.nunique() == 1
        assert release.legal_ground.isin(["ART. 55 PÁRRAFO PRIMERO", "ART. 42", "ART. 43"]).all()
        assert award.amount.sum() > 1.6 * award.amount.max()


def test_a_ghost_is_awarded_after_it_was_definitively_listed_and_a_cleared_firm_after_it_was_cleared():
    history, tables = planted()
    lists = pd.DataFrame(history.lists.tax).set_index("name")

    for kind, column in (("ghost", "definitive_on"), ("lookalike.cleared", "cleared_on")):
        ocids = labelled(history.labels, kind)
        suppliers = of(tables, "award_supplier", ocids).merge(tables["org"], on="oid")
        began = tables["release"].set_index("rid").date[suppliers.rid].to_numpy()
        assert len(suppliers)
        assert (began > pd.to_datetime(lists[column][suppliers.name]).to_numpy()).all()


def test_a_debarred_firm_is_awarded_within_its_debarment_and_an_expired_one_after_it():
    history, tables = planted()
    lists = pd.DataFrame(history.lists.debarred).set_index("name")

    for kind, inside in (("debarred", True), ("lookalike.expired", False)):
        suppliers = of(tables, "award_supplier", labelled(history.labels, kind)).merge(tables["org"], on="oid")
        published = tables["release"].set_index("rid").tender_start[suppliers.rid].reset_index(drop=True)
        end = pd.to_datetime(lists.end[suppliers.name]).reset_index(drop=True)
        known = published.notna()
        assert known.any()
        assert ((published <= end) == inside)[known].all()


def test_an_official_shares_telephone_and_street_with_the_supplier_of_a_conflict():
    history, tables = planted()
    suppliers = tables["org"][tables["org"].id.isin(labelled(history.labels, "conflict", "Tenderer"))]
    officials = pd.DataFrame(history.lists.officials)

    assert len(suppliers)
    assert suppliers.phone.isin(officials.phone).all()
    assert suppliers.street.isin(officials.street).all()


def test_a_late_winner_came_after_the_deadline_and_nobody_else_did():
    history, tables = planted()
    release = tables["release"].set_index("rid")
    bids = tables["bid"].dropna(subset=["date"])
    late = bids[bids.date.to_numpy() > release.tender_end[bids.rid].to_numpy()]

    assert set(release.ocid[late.rid]) == labelled(history.labels, "late_bid")


def test_copied_papers_have_one_author_among_rivals():
    history, tables = planted()
    bids = valid(tables, labelled(history.labels, "copied_documents"))

    assert len(bids)
    for _, tender in bids.groupby("rid"):
        assert tender.author_hash.duplicated().any()


def test_change_orders_raise_contracts_by_more_than_two_fifths():
    history, tables = planted()
    ocids = labelled(history.labels, "change_orders")
    contract, award = of(tables, "contract", ocids), of(tables, "award", ocids)
    grown = contract.set_index("rid").amount / award.set_index("rid").amount

    assert len(grown) > 5
    assert (grown > 1.4).mean() > 0.8
