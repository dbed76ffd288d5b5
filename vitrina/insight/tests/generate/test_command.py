# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight generate` from outside."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.store import Store


def run(*words):
    return CliRunner().invoke(app, ["generate", *map(str, words)])


def test_it_writes_json_lines_and_tells_what_it_did(tmp_path):
    found = run("--contracts", 600, "--seed", 3, "--out", tmp_path, "--json")

    told = json.loads(found.stdout)
    assert found.exit_code == 0
    assert told["contracts"] == 600
    assert told["is_synthetic"] is True
    lines = (tmp_path / "releases.jsonl").read_text(encoding="utf-8").splitlines()
    assert sum(len(json.loads(line).get("contracts", ())) for line in lines) == 600


def test_it_writes_a_store(tmp_path):
    found = run("--contracts", 600, "--seed", 3, "--out", tmp_path, "--format", "store")

    assert found.exit_code == 0
    assert Store(tmp_path).manifest.is_synthetic
    assert "600 synthetic contracts" in found.stdout


def test_the_check_prints_every_figure(tmp_path):
    found = run("--contracts", 3000, "--seed", 3, "--out", tmp_path, "--format", "store", "--check")

    assert found.exit_code in {0, 1}
    assert "contracts by procedure: direct" in found.stdout
    assert "tail exponent" in found.stdout


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    found = run("--contracts", 600, "--out", tmp_path, "--format", "store")

    assert found.exit_code == 2
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_the_reference_cartel(tmp_path):
    found = run("--golden", "cartel", "--seed", 4, "--out", tmp_path, "--json")

    assert found.exit_code == 0
    assert json.loads(found.stdout)["contracts"] == 480
    assert len((tmp_path / "releases.jsonl").read_text().splitlines()) == 480
