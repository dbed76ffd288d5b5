# SPDX-License-Identifier: Apache-2.0
"""A history written as JSON Lines and read by the ingest gives the tables that are written directly."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from vitrina.insight.generate import write
from vitrina.insight.generate.history import History
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store, schema

OF_THE_FILE = {"source", "line", "sha"}  # where a release was read, which one that was not read cannot tell
ONLY_DIRECT = {"buyer_budget"}  # no release tells it


def load(store: Store, name: str) -> pa.Table:
    parts = [pq.read_table(file) for file in store.files(name)]
    return pa.concat_tables(parts) if parts else schema.SCHEMAS[name].empty_table()


def rows(store: Store, name: str) -> list[tuple]:
    """The rows of a table, with ocids and ids in the place of the numbers of one store."""
    ocid = dict(zip(*(load(store, "release")[c].to_pylist() for c in ("rid", "ocid")), strict=True))
    org = dict(zip(*(load(store, "org")[c].to_pylist() for c in ("oid", "key")), strict=True))

    def told(column, value):
        if column == "rid":
            return ocid[value]
        return org[value] if column.endswith("oid") and value is not None else value

    table = load(store, name)
    skipped = OF_THE_FILE if name == "release" else set()
    kept = [c for c in table.column_names if c not in skipped]
    found = [tuple(told(c, row[c]) for c in kept) for row in table.select(kept).to_pylist()]
    return sorted(found, key=repr)


def test_reading_the_json_gives_the_tables_of_the_direct_store(tmp_path):
    direct = write.store(History(1_500, 5), tmp_path / "direct")
    write.jsonl(History(1_500, 5), tmp_path / "json")
    read = Store.create(tmp_path / "read")

    report = ingest(read, [tmp_path / "json" / "releases.jsonl"], format="ocds", workers=1)

    assert report.total("n_quarantined") == 0
    assert report.repairs == 0
    for name in schema.SCHEMAS:
        if name not in ONLY_DIRECT:
            assert rows(direct, name) == rows(read, name), name
    filled = {name for name in schema.SCHEMAS if load(direct, name).num_rows}
    assert {"bid", "amendment", "transaction", "milestone", "document", "enquiry", "tenderer"} <= filled


def test_labels_are_in_no_table(tmp_path):
    store = write.store(History(1_500, 5), tmp_path / "direct")

    assert (store.path / "labels.csv").is_file()
    kinds = {line.split(",")[0] for line in (store.path / "labels.csv").read_text().splitlines()[1:]}
    texts = b"".join(f.read_bytes() for f in store.path.rglob("*.parquet"))
    assert kinds
    assert not [kind for kind in kinds if kind.encode() in texts]
