# SPDX-License-Identifier: Apache-2.0
"""Small files and the stores made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vitrina.insight.ingest.run import Report, ingest
from vitrina.insight.store import Store

Release = dict[str, Any]


def lines(*releases: Any) -> bytes:
    """JSON Lines; bytes are taken as they are."""
    return b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in releases)


def stored(folder: Path, data: bytes, name: str = "a.jsonl", **options: Any) -> tuple[Store, Report]:
    """The store `folder/store` after reading a file of these bytes into it."""
    path = folder / name
    path.write_bytes(data)
    store = Store.create(folder / "store")
    return store, ingest(store, [path], **options)


def rows(store: Store, name: str) -> list[dict[str, Any]]:
    """The rows of a table, without those of releases that were replaced."""
    found = [row for file in store.files(name) for row in pq.read_table(file).to_pylist()]
    return [row for row in found if row.get("rid") not in set(store.manifest.hidden) or row.get("rid") is None]


def balance(report: Report) -> bool:
    """Whether no record was lost."""
    parts = ("n_stored", "n_quarantined", "n_duplicates", "n_merged")
    return report.total("n_read") == sum(report.total(name) for name in parts)
