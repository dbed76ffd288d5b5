# SPDX-License-Identifier: Apache-2.0
"""The contracts of the store behind the search as files by year, with the flags that it has."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from vitrina.api.dumps import national as files
from vitrina.api.dumps.folder import Folder
from vitrina.api.dumps.run import Run
from vitrina.api.dumps.writing import cell
from vitrina.insight.store import schema
from vitrina.search import national
from vitrina.search.tests.stores import small_store

PERSON = "GOMA800101AB1"


def test_contracts_of_the_store_are_files_by_year_and_are_kept_until_it_changes(tmp_path):
    store = small_store(tmp_path / "store")
    undated = {
        "rid": 0,
        "contract_no": 7,
        "contract_id": "=C",
        "title": "=HYPERLINK(1)",
        "centavos": 9_007_199_254_740_993,
    }
    person = {"oid": 9, "id": f"MX-RFC-{PERSON}", "name": "Ana Gómez", "rfc": PERSON}
    flag = {"code": "R018", "group": "OCID", "id": "ocds-x-0", "rid": 0, "value": 1.0}
    pair = {"code": "R053", "group": "Pair", "id": f"MX-RFC-{PERSON} | MX-RFC-FMA770707PL9", "value": 1.0}
    more = {
        "contract": [undated | {"award_no": 0}],
        "result": [flag, pair],
        "org": [person],
        "award_supplier": [{"rid": 2, "award_no": 0, "pos": 0, "oid": 9, "id": person["id"]}],
    }
    store.write(
        {name: pa.Table.from_pylist(rows, schema=schema.SCHEMAS[name]) for name, rows in more.items()}, mark="more"
    )
    store.save()
    national.load(store, tmp_path / "search")
    folder = Folder(tmp_path / "out")
    with folder.alone():
        found = files.write(Run(folder, 0), tmp_path / "search")
        again = files.write(Run(folder, 0, {f.name: f for f in found}), tmp_path / "search")
    assert again == found

    by_name = {file.name: file for file in found}
    assert {name.partition(".")[0] for name in by_name} == {
        "national-contracts-2019", "national-contracts-undated", "national-flags",
    }  # fmt: skip
    for file in found:
        if file.format == "parquet":
            stored = pq.read_table(folder.root / file.path).to_pylist()
            packed = (folder.root / by_name[file.name.replace("parquet", "csv.gz")].path).read_bytes()
            text = list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))
            assert [{k: cell(v) for k, v in row.items()} for row in stored] == text
            assert file.rows == len(stored)
    year = pq.read_table(folder.root / by_name["national-contracts-2019.parquet"].path).to_pylist()
    assert [(r["ocid"], r["amount"], r["currency"], r["supplier_name"]) for r in year] == [
        ("ocds-x-0", Decimal("100000.00"), "MXN", "Farmacia Mayor, S.A."),
        ("ocds-x-1", Decimal("200000.00"), "MXN", "Farmacia Mayor, S.A."),
        ("ocds-x-2", Decimal("300000.00"), "MXN", "Ana Gómez"),
        ("ocds-x-2", Decimal("0.77"), "USD", "Ana Gómez"),
    ]
    assert [r["supplier_id"] for r in year][:2] == ["MX-RFC-FMA770707PL9"] * 2
    told = "".join(str(pq.read_table(folder.root / f.path).to_pylist()) for f in found if f.format == "parquet")
    assert PERSON not in told and "MX-NOMBRE-" in told and "MX-RFC-persona | MX-RFC-FMA770707PL9" in told
    (odd,) = pq.read_table(folder.root / by_name["national-contracts-undated.parquet"].path).to_pylist()
    assert (odd["title"], odd["amount"]) == ("=HYPERLINK(1)", Decimal("90071992547409.93"))

    shutil.rmtree(tmp_path / "store")
    with folder.alone():
        assert files.write(Run(folder, 0), tmp_path / "search") == []
