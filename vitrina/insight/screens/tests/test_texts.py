# SPDX-License-Identifier: Apache-2.0
"""Texts of bids that are near copies are found, what everybody copied from the buyer does not count."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.ingest.run import ingest
from vitrina.insight.screens import texts
from vitrina.insight.store import Store
from vitrina.insight.tests.ingest.stores import lines

TEMPLATE = " ".join(f"cláusula {n} de las bases" for n in range(100))


def prose(seed: int, n: int = 200) -> str:
    """A text of its own."""
    rng = Random(seed)
    return " ".join("".join(rng.choices("abcdefghij", k=5)) for _ in range(n))


@pytest.fixture
def store(tmp_path) -> Store:
    bids = [
        {"id": f"b/{n}", "status": "valid", "tenderers": [{"id": f"S{n}", "name": f"Empresa {n}"}]} for n in range(3)
    ]
    source = tmp_path / "data.jsonl"
    source.write_bytes(
        lines({"ocid": "ocds-x/1", "id": "1", "date": "2026-01-01T00:00:00Z", "bids": {"details": bids}})
    )
    made = Store.create(tmp_path / "store")
    ingest(made, [source])
    return Store(tmp_path / "store")


@pytest.fixture
def folder(tmp_path) -> Path:
    home = tmp_path / "texts" / "ocds-x_1"
    home.mkdir(parents=True)
    own = prose(1)
    (home / "tender.txt").write_text(TEMPLATE)
    (home / "b_0.txt").write_text(f"{TEMPLATE} {own} garantizámos")
    (home / "b_1.txt").write_text(f"{TEMPLATE.upper()}\n{own.replace(' ', '  ')} garantizámos {prose(9, 6)}")
    (home / "b_2.txt").write_text(f"{TEMPLATE} {prose(2)}")
    return tmp_path / "texts"


def test_near_copies_are_told_and_the_template_does_not_count(store, folder) -> None:
    report = texts.fill(store, folder)
    alike = {(x.bid_no, x.other_no): x for x in report.compared}
    assert alike[0, 1].jaccard > 0.9
    assert alike[0, 1].rare == ("garantizamos",)
    assert (alike[0, 2].jaccard, alike[1, 2].jaccard) == (0, 0)
    with Store(store.path).tables() as t:
        kept = t.rows(t.bid_likeness.order_by("bid_no", "other_no"))
    assert [(row["bid_no"], row["other_no"]) for row in kept] == [(0, 1), (0, 2), (1, 2)]
    assert kept[0]["jaccard"] == alike[0, 1].jaccard


def test_doing_it_again_changes_nothing(store, folder) -> None:
    first = texts.fill(store, folder)
    assert texts.fill(Store(store.path), folder) == first
    with Store(store.path).tables() as t:
        assert len(t.rows(t.bid_likeness)) == 3


def test_what_cannot_be_compared_is_told(store, folder) -> None:
    home = folder / "ocds-x_1"
    (home / "b_2.txt").write_text("breve")
    (home / "otro.txt").write_text(prose(3))
    (folder / "ocds-x-9").mkdir()
    report = texts.fill(store, folder)
    assert (len(report.compared), report.short, report.no_bid, report.no_process) == (1, 1, 1, 1)
    (home / "tender.txt").unlink()
    assert texts.fill(Store(store.path), folder).no_tender == 1
    with Store(store.path).tables() as t:
        assert t.rows(t.bid_likeness) == []  # what was said of the process before does not stand


def test_the_command(store, folder, tmp_path) -> None:
    out = tmp_path / "pairs.csv"
    told = CliRunner().invoke(app, ["texts", str(folder), "--store", str(store.path), "--out", str(out)])
    assert (told.exit_code, told.output) == (0, "3 pairs of bids compared\n")
    with out.open() as file:
        assert [row["rare"] for row in csv.DictReader(file)] == ["garantizamos", "", ""]
    assert CliRunner().invoke(app, ["texts", str(tmp_path), "--store", str(tmp_path)]).exit_code == 2


def test_jaccard_is_shared_over_all() -> None:
    a, b = texts.shingles("uno dos tres cuatro cinco seis"), texts.shingles("Dos, tres cuatro CINCO séis siete")
    assert (len(a), len(b), texts.jaccard(a, b)) == (2, 2, 1 / 3)
