# SPDX-License-Identifier: Apache-2.0
"""Worked values of a real extract: 3,986 contracts of one institute, federal open data of 2026."""

from __future__ import annotations

import csv
import gzip
import io
from typing import Any

import pytest

from tests.shared import shared
from vitrina.insight.indicators.registry import chosen
from vitrina.insight.indicators.run import run
from vitrina.insight.tests.tables import tables

METHODS = {"ADJU": "direct", "LICI": "open", "INVI": "selective"}


def rows() -> dict[str, list[dict[str, Any]]]:
    """One purchase, award, contract and supplier for each row, by the columns of the extract."""
    found: dict[str, list[dict[str, Any]]] = {n: [] for n in ("release", "award", "contract", "award_supplier", "org")}
    firms: dict[str, int] = {}
    with gzip.open(shared("data/mexico/imss_contratos_2026.csv.gz")) as file:
        for rid, row in enumerate(csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig"))):
            money = {"currency": "MXN", "centavos": round(float(row["Importe DRC"]) * 100), "status": "active"}
            method = METHODS.get(row["Tipo Procedimiento"][:4])
            oid = firms.setdefault(row["rfc"], len(firms))
            found["release"].append(
                {"rid": rid, "ocid": str(rid), "method": method, "is_consolidated": row["Compra consolidada"] == "SI"}
            )
            found["award"].append({"rid": rid, "award_no": 0, "n_suppliers": 1, **money})
            found["contract"].append({"rid": rid, "contract_no": 0, "award_no": 0, **money})
            found["award_supplier"].append({"rid": rid, "award_no": 0, "pos": 0, "oid": oid})
    found["org"] = [{"oid": oid, "id": str(oid)} for oid in firms.values()]
    return found


def test_the_worked_values_come_out() -> None:
    codes = ["U012.contracts", "U013.share", "A11.hhi", "U025", "A05", "A16.value"]
    with tables(**rows()) as t:
        found = {(r["code"], r["part"], r["level"]): r for r in run(t, chosen(codes)).to_pylist()}
    assert sum(r["value"] for (code, *_), r in found.items() if code == "U012") == 3986
    assert found["U012", "contracts", "direct"]["value"] == 1284
    value = {level: r["value"] for (code, _, level), r in found.items() if code == "U013"}
    assert (value["direct"], value["open"]) == (pytest.approx(0.202, abs=5e-4), pytest.approx(0.694, abs=5e-4))
    assert found["A05", "", None]["value"] == value["open"]
    assert round(found["A11", "hhi", None]["value"]) == 162
    assert found["U025", "", None]["value"] == pytest.approx(0.326, abs=5e-4)
    consolidated = found["A16", "value", "consolidated"]
    assert (consolidated["n"], consolidated["value"]) == (366, pytest.approx(0.181, abs=5e-4))
