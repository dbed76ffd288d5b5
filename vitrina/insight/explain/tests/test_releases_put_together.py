# SPDX-License-Identifier: Apache-2.0
"""Of a release that was put together from several records an explanation says so: its path is that of the whole."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from vitrina.insight.explain.card import explain
from vitrina.insight.explain.words import write
from vitrina.insight.tests.ingest.stores import lines, stored


def release(n: int, tag: str, **body: Any) -> dict[str, Any]:
    return {"ocid": "ocds-x-1", "id": str(n), "date": f"2026-0{n}-01T00:00:00Z", "tag": [tag], **body}


def test_the_number_of_records_is_told(tmp_path: Path) -> None:
    call = release(1, "tender", tender={"id": "t", "procurementMethod": "open", "numberOfTenderers": 1})
    award = release(2, "award", awards=[{"id": "a", "status": "active", "suppliers": [{"id": "s-77"}]}])
    store, _ = stored(tmp_path, lines(call, award))
    with store.tables() as t:
        made = explain(t, "R018", "ocds-x-1")
    (row,) = next(shown for shown in made.rows if shown.table == "release").rows
    assert (row.line, row.records) == (2, 2)
    out = io.StringIO()
    write(made, "en", Console(file=out, width=200))
    assert "line 2: the last of 2 records put together" in out.getvalue()
