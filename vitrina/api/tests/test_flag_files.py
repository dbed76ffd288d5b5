# SPDX-License-Identifier: Apache-2.0
"""Red flags over the releases of a folder of files, as files beside them."""

from __future__ import annotations

import json

import pyarrow.parquet as pq

from vitrina.api.dumps import flags
from vitrina.api.dumps.folder import Folder
from vitrina.api.dumps.run import Run
from vitrina.api.dumps.writing import Lines

FIRM = {"id": "F", "name": "Proveedora inventada"}
RELEASE = {
    "ocid": "ocds-x-1", "id": "1", "date": "2020-03-01T00:00:00Z", "tag": ["tender", "award"], "language": "es",
    "buyer": {"id": "B", "name": "Instituto inventado"}, "parties": [{**FIRM, "roles": ["tenderer", "supplier"]}],
    "tender": {"id": "t", "procurementMethod": "open", "status": "complete", "numberOfTenderers": 1, "tenderers": [FIRM]},
    "bids": {"details": [{"id": "1", "status": "valid", "tenderers": [FIRM]}]},
    "awards": [{"id": "a", "status": "active", "suppliers": [FIRM], "date": "2020-03-01T00:00:00Z"}],
}  # fmt: skip


def test_flags_of_the_releases_are_files_and_are_kept_while_these_are_what_they_were(tmp_path):
    folder = Folder(tmp_path)
    with folder.alone():
        lines = Lines(folder.part("releases.jsonl.gz"))
        lines.write(json.dumps(RELEASE).encode() + b"\n")
        lines.close()
        told = {"set": "releases", "format": "jsonl", "rows": 1, "position": 7, "mark": ""}
        releases = folder.add("releases.jsonl.gz", **told)
        found = flags.write(Run(folder, 7), [releases], codes=["R018"])
        again = flags.write(Run(folder, 7, {f.name: f for f in found}), [releases], codes=["R018"])

    assert again == found
    assert [(f.name, f.rows, f.position) for f in found] == [("flags.csv.gz", 1, 7), ("flags.parquet", 1, 7)]
    (row,) = pq.read_table(tmp_path / found[1].path).to_pylist()
    assert (row["id"], row["code"]) == ("ocds-x-1", "R018")
