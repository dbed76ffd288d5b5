# SPDX-License-Identifier: Apache-2.0
"""Red flags over the purchases here, as a set of files: the releases are read into a store that lasts as long."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from vitrina.kernel.canonical import digest_of

from .folder import File
from .run import Run
from .tables import Column
from .writing import Both

SET, RELEASES = "flags", "releases.jsonl.gz"
RULES = ".rules"  # as SQL: written once, which takes half a minute
COLUMNS = (
    Column("group", "text", "", "what is flagged: process, buyer, supplier ..."),
    Column("id", "text", "", "its id: of a process the ocid"),
    Column("code", "text", "", "the flag; the catalogue says what it looks for and what is innocent"),
    Column("value", "number", "", "what was measured"),
    Column("threshold", "number", "", "from where it is told"),
    Column("peer_n", "integer", "", "with how many it was compared"),
    Column("percentile", "number", "", "where it stands among them"),
    Column("basis", "text", "", "with whom it was compared"),
)


def write(run: Run, files: list[File], codes: Sequence[str] = ()) -> list[File]:
    """The flags as CSV and Parquet, all where no codes are named; kept while releases and rules are what they were."""
    from vitrina.insight.flags import kept, results  # noqa: PLC0415 - the engine imports for a second
    from vitrina.insight.ingest.run import ingest  # noqa: PLC0415
    from vitrina.insight.store import Store  # noqa: PLC0415

    releases = next(file for file in files if file.name == RELEASES)
    with tempfile.TemporaryDirectory(prefix="vitrina-dump-") as folder:
        store = Store.create(Path(folder) / "store")
        mark = digest_of([releases.sha256, kept.digest_of(store, codes)])
        if found := [file for ending in ("csv.gz", "parquet") if (file := run.kept(f"{SET}.{ending}", mark))]:
            return found
        rules = run.folder.root / RULES
        rules.mkdir(exist_ok=True)
        (store.path / kept.FOLDER).symlink_to(rules.resolve())
        if releases.rows:
            ingest(store, [run.folder.root / releases.path], format="ocds", workers=1)
        table = results.rows(kept.judged(store, codes))
        return _as_files(run, table, {"set": SET, "position": releases.position, "mark": mark})


def _as_files(run: Run, table: pa.Table, told: dict[str, Any]) -> list[File]:
    csv_name, parquet_name = f"{SET}.csv.gz", f"{SET}.parquet"
    both = Both(run.folder.part(csv_name), run.folder.part(parquet_name), COLUMNS)
    names = [column.name for column in COLUMNS]
    for batch in table.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            both.write([row.get(name) for name in names])
    told["rows"] = both.close()
    return [run.folder.add(csv_name, format="csv", **told), run.folder.add(parquet_name, format="parquet", **told)]
