# SPDX-License-Identifier: Apache-2.0
"""Official files of CompraNet into the store: every row stored, in quarantine or told as a duplicate."""

from __future__ import annotations

import gzip

import pytest

from tests.shared import shared
from vitrina.compranet.tests.files import CONTRACT_21, CONTRACT_45, PROCEDURE_37, URL, csv_text
from vitrina.insight import Store
from vitrina.insight.ingest.run import ingest


def total(report) -> dict[str, int]:
    return {n: report.total(f"n_{n}") for n in ("read", "stored", "quarantined", "duplicates", "merged")}


def loaded(tmp_path, *files, **options):
    store = Store.create(tmp_path / "store")
    return store, ingest(store, files, **options)


def rows(store, name):
    with Store(store.path).tables() as t:
        return t.rows(getattr(t, name))


def test_a_contract_row_is_a_process_with_an_award_and_a_contract(tmp_path) -> None:
    file = tmp_path / "contratos.csv"
    file.write_text(csv_text("contracts_21", [CONTRACT_21]), encoding="utf-8-sig")
    store, report = loaded(tmp_path, file)
    assert total(report) == {"read": 1, "stored": 1, "quarantined": 0, "duplicates": 0, "merged": 0}
    (release,) = rows(store, "release")
    assert (release["method"], release["law"], release["main_class"], release["character"]) == (
        "open", "LAASSP", "25301", "Nacional",
    )  # fmt: skip
    assert (release["unit_id"], str(release["tender_start_day"])) == ("MX-UC-050ZZZ001", "2026-01-05")
    assert (release["page"], rows(store, "document")) == (URL, [])
    (award,) = rows(store, "award")
    (contract,) = rows(store, "contract")
    assert award["centavos"] == contract["centavos"] == 11354345
    assert (contract["award_no"], contract["unit_id"], str(contract["date_signed_day"])) == (
        0, "MX-UC-050ZZZ001", "2026-02-10",
    )  # fmt: skip
    orgs = rows(store, "org")
    assert {o["rfc"] for o in orgs if o["rfc"]} == {CONTRACT_21["rfc"]}
    assert [o["country"] for o in orgs].count("MX") == 2


def test_the_same_contract_in_two_layouts_is_stored_once(tmp_path) -> None:
    one, other = tmp_path / "21.csv", tmp_path / "45.csv"
    same = {"Número de procedimiento": "LA-50-ZZZ-050ZZZ001-N-7-2026", "Importe DRC": "113543.45"}
    shared_cells = {k: v for k, v in CONTRACT_21.items() if k in CONTRACT_45}
    one.write_text(csv_text("contracts_21", [{**CONTRACT_21, **same}]))
    other.write_text(csv_text("contracts_45", [{**CONTRACT_45, **shared_cells, **same}]))
    store, report = loaded(tmp_path, one, other)
    assert total(report) == {"read": 2, "stored": 1, "quarantined": 0, "duplicates": 0, "merged": 1}
    assert len(rows(store, "award")) == len(rows(store, "contract")) == 1


def test_bad_rows_stand_in_quarantine_with_the_reason_and_the_rest_is_stored(tmp_path) -> None:
    file = tmp_path / "contratos.csv"
    bad = {**CONTRACT_21, "Importe DRC": "doce mil", "Número de procedimiento": "AA-50-ZZZ-050ZZZ001-N-9-2026"}
    file.write_text(csv_text("contracts_21", [CONTRACT_21, bad, CONTRACT_21]))
    store, report = loaded(tmp_path, file)
    assert total(report) == {"read": 3, "stored": 1, "quarantined": 1, "duplicates": 1, "merged": 0}
    (row,) = rows(store, "quarantine")
    assert (row["reason"], row["line"]) == ("bad_row", 3)
    assert "not_an_amount" in row["detail"]
    assert "doce mil" in row["excerpt"]


def test_a_file_read_again_changes_nothing(tmp_path) -> None:
    file = tmp_path / "procedimientos.csv.gz"
    file.write_bytes(gzip.compress(csv_text("procedures_37", [PROCEDURE_37]).encode("latin-1")))
    store, first = loaded(tmp_path, file)
    assert total(first)["stored"] == 1
    before = (store.path / "manifest.json").read_bytes()
    again = ingest(Store(store.path), [file])
    assert again.skipped == (str(file),)
    assert Store(store.path).files("release") == store.files("release")
    assert len(before) == len((store.path / "manifest.json").read_bytes())


def test_a_damaged_archive_is_told_and_nothing_else_is_lost(tmp_path) -> None:
    good, cut = tmp_path / "a.csv", tmp_path / "b.csv.gz"
    good.write_text(csv_text("contracts_21", [CONTRACT_21]))
    other = {**CONTRACT_21, "Número de procedimiento": "LA-50-ZZZ-050ZZZ001-N-8-2026"}
    cut.write_bytes(gzip.compress(csv_text("contracts_21", [other]).encode())[:-12])
    store, report = loaded(tmp_path, good, cut, format="compranet")
    assert total(report) == {"read": 2, "stored": 1, "quarantined": 1, "duplicates": 0, "merged": 0}
    assert rows(store, "quarantine")[0]["reason"] == "unreadable"


@pytest.mark.parametrize(
    ("name", "n_rows"),
    [
        ("imss_contratos_2026", 3986),
        ("compranet_sample_2015", 397),
        ("compranet_sample_2010_2012", 399),
        ("sancionados_contratos_2010_2017", 1070),
    ],
)
def test_real_files_are_accounted_for_to_the_row(tmp_path, name, n_rows) -> None:
    _, report = loaded(tmp_path, shared(f"data/mexico/{name}.csv.gz"))
    counted = total(report)
    assert counted["read"] == n_rows
    assert counted["read"] == sum(counted[k] for k in ("stored", "quarantined", "duplicates", "merged"))
    assert counted["quarantined"] <= n_rows * 0.01


def test_the_year_2023_in_two_layouts_has_each_contract_once(tmp_path) -> None:
    store, report = loaded(
        tmp_path,
        shared("data/mexico/imss_contratos_2023_layout21.csv.gz"),
        shared("data/mexico/imss_contratos_2023_layout45.csv.gz"),
    )
    assert total(report)["read"] == 2 * 3189
    with store.tables() as t:
        assert t.rows(t.contract.aggregate(n=t.contract.count()))[0]["n"] == 3189
