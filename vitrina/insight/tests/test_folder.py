# SPDX-License-Identifier: Apache-2.0
"""The folder of a store: parts, manifest, and what a cut-off run leaves."""

from __future__ import annotations

import pyarrow as pa
import pytest

from vitrina.insight import Store
from vitrina.insight.store import BadStore, schema


def releases(*rids: int) -> pa.Table:
    rows = [{**dict.fromkeys(schema.SCHEMAS["release"].names), "rid": r, "ocid": f"ocds-x-{r}"} for r in rids]
    return pa.Table.from_pylist(rows, schema=schema.SCHEMAS["release"])


def test_parts_are_seen_once_they_are_saved(tmp_path) -> None:
    store = Store.create(tmp_path / "s")
    store.write({"release": releases(1, 2)})
    assert Store(store.path).files("release") == []
    store.save()
    store.write({"release": releases(3)})
    store.save()
    with Store(store.path).tables() as t:
        assert t.release.order_by("rid").rid.to_pyarrow().to_pylist() == [1, 2, 3]
        assert t.bid.count().to_pyarrow().as_py() == 0


def test_what_is_no_store_is_refused_and_left_alone(tmp_path) -> None:
    with pytest.raises(BadStore, match=r"no manifest\.json"):
        Store(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadStore, match="not empty"):
        Store.create(tmp_path)
    assert [f.name for f in tmp_path.iterdir()] == ["mine.txt"]
    (tmp_path / "manifest.json").write_text('{"version": 99}')
    with pytest.raises(BadStore, match="version 99"):
        Store(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BadStore, match="manifest"):
        Store(tmp_path)
