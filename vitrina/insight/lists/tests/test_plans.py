# SPDX-License-Identifier: Apache-2.0
"""Budgets and annual programmes as lists: of buyers that the store knows, so they are loaded after the data."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vitrina.insight.lists.add import add
from vitrina.insight.store import Store
from vitrina.insight.tests.ingest.stores import lines, stored

CUT = date(2026, 1, 31)


def rows(store: Store, name: str) -> list[dict[str, Any]]:
    return [row for file in store.files(name) for row in pq.read_table(file).to_pylist()]


def bought(folder: Path) -> Store:
    release = {"ocid": "ocds-x-1", "tag": ["compiled"], "buyer": {"id": "MX-INST-050GYR", "name": "Instituto"}}
    return stored(folder, lines(release))[0]


def test_a_budget_belongs_to_its_buyer_and_one_of_an_unknown_buyer_is_told(tmp_path: Path) -> None:
    store = bought(tmp_path)
    file = tmp_path / "budget.csv"
    file.write_text('buyer_id,year,amount,currency\nMX-INST-050GYR,2026,"1,500,000.50",\nMX-INST-NONE,2026,1,MXN\n')
    done = add(store, "budget", file, cut=CUT)
    assert (done.source.n_read, done.source.n_stored, done.reasons) == (2, 1, {"unknown_buyer": 1})
    (row,), (org,) = rows(store, "buyer_budget"), rows(store, "org")
    assert row == {
        "buyer_oid": org["oid"],
        "buyer_id": "MX-INST-050GYR",
        "year": 2026,
        "amount": 1_500_000.5,
        "currency": "MXN",
    }


def test_lines_of_a_programme_with_their_method(tmp_path: Path) -> None:
    store = bought(tmp_path)
    file = tmp_path / "plan.csv"
    file.write_text(
        "Clave,Ejercicio,Línea,Tipo de procedimiento,Importe,Partida\n"
        "MX-INST-050GYR,2026,L-1,Licitación pública,100.00,25301\n"
        "MX-INST-050GYR,2026,L-2,Al gusto,100.00,25301\n"
        "MX-INST-050GYR,26,L-3,direct,,\n"
    )
    done = add(store, "plan", file, cut=CUT)
    assert done.reasons == {"not_a_year": 1, "unknown_method": 1}
    assert [(r["line"], r["method"], r["amount"], r["class_id"]) for r in rows(store, "plan_line")] == [
        ("L-1", "open", 100.0, "25301"),
    ]
