# SPDX-License-Identifier: Apache-2.0
"""Scripts of rules kept beside a store: written once, followed by what the rules give, renewed with what they come of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vitrina.insight.flags import cardinal, kept, script, writing
from vitrina.insight.flags.outcome import Outcome
from vitrina.insight.flags.registry import chosen
from vitrina.insight.flags.run import run
from vitrina.insight.flags.settings import DEFAULT
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store
from vitrina.insight.store.views import connected
from vitrina.insight.tests.ingest.stores import lines, stored
from vitrina.insight.tests.ingest.test_stored import FULL

CODES = ("R018", "R003", "R035")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    one = {"ocid": "ocds-x-1", "tender": {"procurementMethod": "open", "numberOfTenderers": 1}}
    return stored(tmp_path, lines(FULL, json.dumps(one).encode()))[0]


def told(outcomes: list[Outcome]) -> list[tuple[object, ...]]:
    return [(o.code, o.rows.to_pylist(), o.flagged, o.clear, o.missing) for o in outcomes]


def scripts(store: Store) -> list[str]:
    return sorted(p.name for p in (store.path / kept.FOLDER).iterdir())


def test_the_second_time_nothing_is_written_and_the_answer_is_that_of_the_rules(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept.judged(store, CODES)
    monkeypatch.setattr(writing, "written", None)
    with store.tables() as t:
        assert told(first) == told(kept.judged(store, CODES)) == told(run(t, chosen(CODES)))

    more = tmp_path / "more.jsonl"
    more.write_text('{"ocid": "ocds-x-2", "tender": {"procurementMethod": "open", "numberOfTenderers": 1}}')
    ingest(store, [more])
    assert kept.judged(store, CODES)[0].flagged == first[0].flagged + 1


def test_cardinal_keeps_scripts_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept.cardinal(store, DEFAULT, ["R018", "R003"])
    monkeypatch.setattr(writing, "written_of_cardinal", None)
    with store.tables() as t:
        assert first.equals(kept.cardinal(store, DEFAULT, ["R018", "R003"]))
        assert first.equals(cardinal.run(t, DEFAULT, ["R018", "R003"]))


def test_other_flags_another_place_and_other_code_are_other_scripts(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.judged(store, ["R018"])
    kept.judged(store, ["R018"])
    assert len(scripts(store)) == 1
    kept.judged(store, ["R020"])
    store.manifest.place = "mx-son"
    kept.judged(store, ["R018"])
    assert len(scripts(store)) == 3
    monkeypatch.setattr(kept, "WRITTEN_FROM", ("law",))
    kept.judged(store, ["R018"])
    assert len(scripts(store)) == 4
    monkeypatch.setattr(kept, "MOST", 2)
    kept.judged(store, ["R009"])
    assert len(scripts(store)) == 2


def test_a_table_is_let_go_of_when_no_later_step_reads_it(store: Store) -> None:
    found = kept.script_of(store, CODES)
    with connected(store) as engine:
        script.outcomes(found, engine)
        left = {name for (name,) in engine.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert left == set()
    with pytest.raises(AssertionError, match="must be an expression"), writing.scribe() as (_, t):
        t.rows(t.release)
