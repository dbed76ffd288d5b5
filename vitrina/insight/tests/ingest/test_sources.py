# SPDX-License-Identifier: Apache-2.0
"""Packages, records, folders, several releases of a process, and the same again."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from vitrina.insight.ingest import writer
from vitrina.insight.ingest.formats import NoSource
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store

from .stores import balance, lines, rows, stored


def release(number: int, **fields: Any) -> dict[str, Any]:
    return {"ocid": f"ocds-x-{number}", "id": str(number), "tag": ["compiled"], **fields}


TWO = [release(1), release(2)]
RECORD = {"ocid": "ocds-x-1", "releases": [{"url": "u", "date": "d", "tag": ["tender"]}], "compiledRelease": TWO[0]}
PACKAGES = {
    "release package": {"uri": "u", "publisher": {"name": "P"}, "releases": TWO},
    "record package": {"uri": "u", "records": [RECORD, {"ocid": "ocds-x-2", "compiledRelease": TWO[1]}]},
    "search answer": {"pagination": {"page": 1}, "results": TWO},
    "a year": {"arrayReleasePackage": [{"releases": [TWO[0]]}, {"releases": [TWO[1]]}]},
    "a list": TWO,
}


@pytest.mark.parametrize("name", PACKAGES)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_package_is_its_releases(tmp_path: Path, name: str, indent: int | None) -> None:
    store, report = stored(tmp_path, json.dumps(PACKAGES[name], indent=indent).encode(), "a.json")

    assert balance(report)
    assert sorted(r["ocid"] for r in rows(store, "release")) == ["ocds-x-1", "ocds-x-2"]
    assert report.total("n_quarantined") == 0


def test_lines_may_be_packages(tmp_path: Path) -> None:
    store, report = stored(tmp_path, lines(PACKAGES["release package"], release(3)))

    assert [r["publisher"] for r in rows(store, "release")] == ["P", "P", None]
    assert report.total("n_read") == 3


@pytest.mark.parametrize("document", [release(1), RECORD])
def test_a_document_may_be_one_release_or_one_record(tmp_path: Path, document: dict[str, Any]) -> None:
    store, report = stored(tmp_path, json.dumps(document, indent=2).encode(), "a.json")

    assert [r["ocid"] for r in rows(store, "release")] == ["ocds-x-1"]
    assert report.total("n_read") == 1


def test_a_document_that_is_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    text = json.dumps(PACKAGES["release package"], indent=1)
    store, report = stored(tmp_path, text[:-30].encode(), "a.json")

    assert balance(report)
    assert [r["ocid"] for r in rows(store, "release")] == ["ocds-x-1"]
    assert report.reasons == {"not_json": 1}


def history() -> list[dict[str, Any]]:
    call = {"tag": ["tender"], "tender": {"id": "t", "title": "Call", "numberOfTenderers": 3}}
    award = {"tag": ["award"], "tender": {"id": "t", "status": "complete"}, "awards": [{"id": "a"}]}
    return [
        release(1, date="2026-02-01T00:00:00Z") | award | {"id": "second"},
        release(1, date="2026-01-01T00:00:00Z") | call | {"id": "first"},
    ]


def test_releases_of_a_process_are_merged_across_files(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n, one in enumerate(history()):
        (folder / f"{n}.jsonl").write_bytes(lines(one, release(10 + n)))
    store = Store.create(tmp_path / "store")
    report = ingest(store, [folder])
    (merged,) = [r for r in rows(store, "release") if r["ocid"] == "ocds-x-1"]

    assert balance(report)
    assert (report.total("n_stored"), report.total("n_merged")) == (3, 1)
    assert (merged["title"], merged["status"], merged["n_tenderers"]) == ("Call", "complete", 3)
    assert (merged["release_id"], merged["tag"]) == ("second", "tender;award")


def test_a_record_without_compiled_release_is_merged(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines({"ocid": "ocds-x-1", "releases": history()}))

    assert [(r["title"], r["status"]) for r in rows(store, "release")] == [("Call", "complete")]


def test_of_two_compiled_releases_the_latest_counts(tmp_path: Path) -> None:
    old, new = release(1, date="2026-01-01T00:00:00Z"), release(1, date="2026-01-01T00:00:00-06:00")
    store, report = stored(tmp_path, lines(new, old))

    assert balance(report)
    assert [r["date_s"] for r in rows(store, "release")] == [new["date"]]
    assert report.reasons == {"duplicate_ocid": 1}


def test_the_same_file_or_line_again_changes_nothing(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(*TWO))
    manifest = (store.path / "manifest.json").read_bytes()
    _, again = stored(tmp_path, lines(*TWO), "same.jsonl")
    assert (again.skipped, again.sources) == ((str(tmp_path / "same.jsonl"),), ())
    assert (store.path / "manifest.json").read_bytes() == manifest

    store, other = stored(tmp_path, lines(*TWO, TWO[0], release(3)), "more.jsonl")
    assert balance(other)
    assert (other.total("n_stored"), other.total("n_duplicates")) == (1, 3)
    assert sorted(r["ocid"] for r in rows(store, "release")) == ["ocds-x-1", "ocds-x-2", "ocds-x-3"]


def test_a_newer_release_takes_the_place_of_the_older(tmp_path: Path) -> None:
    stored(tmp_path, lines(release(1, date="2026-01-01T00:00:00Z", awards=[{"id": "a"}]), release(2)))
    newer = release(1, date="2026-02-01T00:00:00Z", awards=[{"id": "b"}])
    store, _ = stored(tmp_path, lines(newer), "new.jsonl")
    _, older = stored(tmp_path, lines(release(1, date="2025-01-01T00:00:00Z")), "old.jsonl")

    with Store(store.path).tables() as t:
        assert sorted(t.release.ocid.to_pyarrow().to_pylist()) == ["ocds-x-1", "ocds-x-2"]
        assert t.award.award_id.to_pyarrow().to_pylist() == ["b"]
    assert older.reasons == {} and older.total("n_quarantined") == 1


def test_replaced_releases_are_written_away_when_they_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "MOST_HIDDEN", 2)
    stored(tmp_path, lines(*(release(n) for n in range(5))))
    changed = (release(n, date="2026-01-01T00:00:00Z", title="new") for n in range(4))
    store, report = stored(tmp_path, lines(*changed), "new.jsonl")

    assert report.total("n_stored") == 4
    assert store.manifest.hidden == []
    assert len(rows(store, "release")) == 5
    assert {f.name for f in store.files("release")} == {f.name for f in (store.path / "tables/release").iterdir()}


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines(*TWO))))
    store = Store.create(tmp_path / "store")
    report = ingest(store, ["-"])

    assert (report.sources[0].name, report.total("n_stored")) == ("-", 2)


def test_several_processes_give_the_same_store(tmp_path: Path) -> None:
    data = lines(*(release(n, buyer={"id": f"buyer-{n % 7}"}) for n in range(2100)), b"{")
    alone, _ = stored(tmp_path, data)
    other = tmp_path / "other"
    other.mkdir()
    together, report = stored(other, data, workers=2)

    assert balance(report)
    for name in ("release", "org", "quarantine"):
        assert rows(alone, name) == rows(together, name)


def test_a_source_that_is_not_there_or_not_known_is_refused(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "store")
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")

    for source in ("absent", "a.bin"):
        with pytest.raises(NoSource, match=source):
            ingest(store, [tmp_path / source])
