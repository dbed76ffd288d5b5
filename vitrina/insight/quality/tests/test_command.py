# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight quality`: the files that it writes, the same each time."""

from __future__ import annotations

import csv
import json

from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store

RELEASES = [
    {
        "ocid": f"ocds-abc123-{n}",
        "id": str(n),
        "date": "2026-03-01T00:00:00-06:00",
        "tender": {
            "id": f"t{n}",
            "status": "complete" if n else "active",
            "tenderPeriod": {"startDate": "2026-01-20T00:00:00-06:00", "endDate": f"2026-01-{10 if n == 1 else 30}"},
        },
    }
    for n in range(4)
]


def call(*arguments):
    return CliRunner().invoke(app, ["quality", *map(str, arguments)])


def test_a_run_writes_checks_fields_examples_and_a_summary(tmp_path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(json.dumps(release) for release in RELEASES))
    store = Store.create(tmp_path / "s")
    ingest(store, [source], workers=1)
    for name in ("one", "two"):
        result = call("--store", store.path, "--out", tmp_path / name, "--source", source, "--json")
        assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert told["releases"] == 4 and sum(told["checks"].values()) == 88
    for file in told["files"]:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    checks = {row["code"]: row for row in csv.DictReader((tmp_path / "one" / "checks.csv").open())}
    assert [checks["R01"][state] for state in ("state", "pass", "fail", "undefined")] == ["fail", "3", "1", "0"]
    assert checks["T01"]["state"] == "undefined" and "--against" in checks["T01"]["reason"]
    fields = {row["path"]: row for row in csv.DictReader((tmp_path / "one" / "fields.csv").open())}
    assert [fields["tender.title"][name] for name in ("possible", "set", "filled")] == ["4", "0", "0"]
    examples = list(csv.DictReader((tmp_path / "one" / "examples.csv").open()))
    assert {
        "code": "R01",
        "rid": "",
        "ocid": "ocds-abc123-1",
        "path": "tender.tenderPeriod",
        "line": "2",
        "value": "",
    } in examples
    assert "| R01 | Periodos en orden | falla | 3 | 1 | 0 |" in (tmp_path / "one" / "resumen.md").read_text()
    assert "| R01 | Periods in order | fail | 3 | 1 | 0 |" in (tmp_path / "one" / "summary.md").read_text()


def test_without_files_what_the_store_keeps_is_checked_and_the_rest_says_what_it_needs(tmp_path) -> None:
    source = tmp_path / "a.jsonl"
    source.write_text("\n".join(json.dumps(release) for release in RELEASES))
    store = Store.create(tmp_path / "s")
    ingest(store, [source], workers=1)
    assert call("--store", store.path, "--out", tmp_path / "q", "--against", store.path).exit_code == 0
    checks = {row["code"]: row for row in csv.DictReader((tmp_path / "q" / "checks.csv").open())}
    assert (checks["R01"]["pass"], checks["R01"]["fail"]) == ("3", "1")
    assert "--source" in checks["R18"]["reason"] and "--source" in checks["F01"]["reason"]
    assert checks["T02"]["state"] == "pass"
    assert call("--store", tmp_path / "none", "--out", tmp_path / "q").exit_code == 2
