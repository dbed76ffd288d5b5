# SPDX-License-Identifier: Apache-2.0
"""Partial releases that come in a later run are merged with those that the store read before, or refused and told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vitrina.compranet.tests.files import CONTRACT_21, csv_text
from vitrina.insight.ingest.run import Report, ingest
from vitrina.insight.store import Store

from .stores import balance, lines


def release(tag: str, month: int, **body: Any) -> dict[str, Any]:
    return {"ocid": "ocds-x-1", "id": tag, "date": f"2026-{month:02}-01T00:00:00Z", "tag": [tag], **body}


CALL = release("tender", 1, tender={"id": "t", "title": "Call", "numberOfTenderers": 3})
FIRST = release("award", 2, awards=[{"id": "a", "status": "active"}])
SECOND = release("awardUpdate", 3, awards=[{"id": "b", "status": "active"}], tender={"id": "t", "status": "complete"})
OTHER = {"ocid": "ocds-x-2", "id": "o", "tag": ["compiled"], "date": "2026-01-01T00:00:00Z"}
COMPILED = release("compiled", 2, tender={"id": "t", "title": "Call", "numberOfTenderers": 3}, awards=FIRST["awards"])


def run(folder: Path, store: Store, name: str, *releases: Any) -> Report:
    path = folder / name
    path.write_bytes(lines(*releases))
    report = ingest(store, [path])
    assert balance(report)
    return report


def told(store: Store) -> tuple[Any, ...]:
    """What readers see: of the process its call, state and date, its awards; and how many processes there are."""
    with Store(store.path).tables() as t:
        (row,) = t.rows(t.release.filter(t.release.ocid == "ocds-x-1"))
        awards = sorted(t.award.award_id.to_pyarrow().to_pylist())
        return row["title"], row["status"], row["n_tenderers"], row["date_s"], awards, len(t.rows(t.release))


def test_one_run_or_several_in_any_order_come_to_the_same(tmp_path: Path) -> None:
    whole = ("Call", "complete", 3, SECOND["date"], ["a", "b"], 2)
    orders = [[CALL, FIRST, SECOND], [CALL, FIRST, SECOND], [SECOND, CALL, FIRST], [COMPILED, SECOND]]
    for n, order in enumerate(orders):
        folder = tmp_path / str(n)
        folder.mkdir()
        store = Store.create(folder / "store")
        if n == 0:
            run(folder, store, "all.jsonl", OTHER, *order)
        for k, one in enumerate(order if n else ()):
            run(folder, store, f"{k}.jsonl", one, *([OTHER] if k == 0 else []))
        assert told(store) == whole, order


def test_the_same_partial_release_again_changes_nothing(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    run(tmp_path, store, "0.jsonl", CALL, OTHER)
    run(tmp_path, store, "1.jsonl", FIRST)
    before, parts = told(store), dict(store.manifest.parts)
    report = run(tmp_path, store, "2.jsonl", FIRST, CALL)

    assert (report.total("n_stored"), report.total("n_quarantined")) == (0, 0)
    assert (told(store), store.manifest.parts) == (before, parts)


def test_where_the_earlier_file_is_gone_or_another_nothing_is_lost_unsaid(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    run(tmp_path, store, "0.jsonl", FIRST, OTHER)
    (tmp_path / "0.jsonl").write_bytes(lines(CALL))
    report = run(tmp_path, store, "1.jsonl", SECOND)
    assert report.reasons == {"partial_release": 1}
    assert told(store)[4] == ["a"]

    whole = release("compiled", 4, awards=[{"id": "a"}, {"id": "b"}])  # tells the process whole
    assert run(tmp_path, store, "2.jsonl", whole).reasons == {}
    assert told(store)[4] == ["a", "b"]


def contracts(folder: Path, name: str, *amounts: str) -> Path:
    """An official file: the contracts of one consolidated purchase, a row each."""
    cells = [{**CONTRACT_21, "Importe DRC": amount, "Clave de la UC": f"050ZZZ00{amount[0]}"} for amount in amounts]
    (folder / name).write_text(csv_text("contracts_21", cells))
    return folder / name


def test_contracts_of_a_purchase_in_two_official_files(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    first = contracts(tmp_path, "january.csv", "1000.00", "2000.00")
    ingest(store, [first])
    report = ingest(store, [contracts(tmp_path, "february.csv", "3000.00")])
    assert balance(report)
    assert amounts(store) == [100000, 200000, 300000]

    first.unlink()  # a later cut tells all of it again, and one more: no need of the files of before
    (tmp_path / "february.csv").unlink()
    ingest(store, [contracts(tmp_path, "march.csv", "1000.00", "2000.00", "3000.00", "4000.00")])
    assert amounts(store) == [100000, 200000, 300000, 400000]
    (tmp_path / "march.csv").unlink()
    report = ingest(store, [contracts(tmp_path, "april.csv", "5000.00")])  # and one that tells less is refused
    assert report.reasons == {"partial_release": 1}
    assert amounts(store) == [100000, 200000, 300000, 400000]


def test_a_later_file_tells_the_rfc_of_the_supplier(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    for n, rfc in enumerate(("", "CAPR800101AA3")):
        path = tmp_path / f"{n}.csv"
        path.write_text(csv_text("contracts_21", [{**CONTRACT_21, "rfc": rfc}]))
        ingest(store, [path])
    with Store(store.path).tables() as t:
        won = t.award_supplier.join(t.org.select("oid", "rfc"), "oid")
        assert [(row["pos"], row["rfc"]) for row in t.rows(won)] == [(0, "CAPR800101AA3")]
        assert [row["n_suppliers"] for row in t.rows(t.award)] == [1]


def amounts(store: Store) -> list[int]:
    with Store(store.path).tables() as t:
        return sorted(t.award.centavos.to_pyarrow().to_pylist())
