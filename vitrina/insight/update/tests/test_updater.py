# SPDX-License-Identifier: Apache-2.0
"""However releases come, one by one, again, corrected or in heaps, the results are those of judging all at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.flags import kept, results
from vitrina.insight.flags.outcome import Outcome
from vitrina.insight.flags.registry import chosen
from vitrina.insight.generate import write
from vitrina.insight.generate.history import History
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import BadStore, Store
from vitrina.insight.update import parts, updater
from vitrina.insight.update.updater import Updater, current

ALONE = ("R003", "R010", "R018", "R035", "R064")
CODES = (*ALONE, "R024", "R038")
Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    file = write.jsonl(History(1_500, 3), tmp_path_factory.mktemp("history"))
    lines = [json.loads(line) for line in (file if file.is_file() else file / "releases.jsonl").open()]
    assert len(lines) > 400
    return lines


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, releases: Lines) -> Path:
    """A store of a hundred releases, judged, with the scripts of its flags."""
    folder = tmp_path_factory.mktemp("judged")
    (folder / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in releases[:100]))
    for codes in (ALONE, CODES):
        assert Updater(Store.create(folder / "store"), codes).update([folder / "a.jsonl"]).is_whole
    return folder / "store"


@pytest.fixture
def store(tmp_path: Path, judged: Path) -> Store:
    shutil.copytree(judged, tmp_path / "store")
    return Store(tmp_path / "store")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Any]:
    n = iter(range(1000))

    def made(lines: Lines) -> list[Path]:
        file = tmp_path / f"{next(n)}.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return [file]

    yield made


def corrected(release: dict[str, Any], draw: Random) -> dict[str, Any]:
    """The release a day later, with another number of bidders and a contract amended."""
    tender = release.get("tender", {}) | {"numberOfTenderers": draw.randint(0, 4)}
    contracts = [
        c | {"amendments": [{"id": "1", "date": "2024-05-05T12:00:00Z"}]} for c in release.get("contracts", ())
    ]
    return release | {"date": "2031-01-01T00:00:00Z", "tender": tender, "contracts": contracts}


def whole(store: Store) -> dict[str, Outcome]:
    return {o.code: o for o in kept.judged(store, CODES)}


def rows(table: Any, codes: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.to_pylist() if row["code"] in codes]


def assert_known(store: Store, codes: tuple[str, ...]) -> None:
    """What is kept of these flags is what judging the store anew finds."""
    fresh = whole(Store(store.path))
    assert rows(current(Store(store.path)), codes) == rows(results.rows(fresh.values()), codes)
    counts = Store(store.path).manifest.judged.counts
    for code in codes:
        told = counts[code]
        assert (told.flagged, told.clear, told.missing) == (
            fresh[code].flagged, fresh[code].clear, dict(fresh[code].missing),
        )  # fmt: skip


def test_one_by_one_is_as_all_at_once(
    store: Store, releases: Lines, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_SMALL", 3)
    draw = Random(4)
    watch = Updater(store, CODES, share=1.0)
    assert not watch.update(files(releases[100:300])).is_whole

    again = watch.update(files(releases[:5]))
    assert (again.n_new, again.n_replaced, again.raised, again.gone) == (0, 0, (), ())
    one = watch.update(files(releases[300:301]))
    assert (one.n_new, one.n_replaced, one.is_whole, one.newer) == (1, 0, False, 201)
    for n in range(301, 306):
        assert watch.update(files([releases[n], corrected(releases[n - 5], draw)])).n_replaced == 1
    heap = watch.update(files([corrected(line, draw) for line in releases[:20]] + releases[306:340]))
    assert (heap.n_new, heap.n_replaced, heap.newer) == (34, 20, 265)
    assert {code for code, *_ in heap.raised} >= {"R003", "R064"}
    amended = [ocid for code, _, ocid in heap.raised if code == "R064"]
    calm = next(line for line in releases if line["ocid"] in amended) | {"date": "2032-01-01T00:00:00Z"}
    assert ("R064", "OCID", calm["ocid"]) in watch.update(files([calm])).gone
    assert_known(store, ALONE)

    settled = Updater(Store(store.path), CODES, share=1.0).update(files(releases[340:341]), whole=True)
    assert (settled.is_whole, settled.newer) == (True, 0)
    assert_known(store, CODES)


def test_everything_is_judged_anew_where_what_is_kept_may_not_hold(
    store: Store, releases: Lines, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Updater(store, CODES)
    assert watch.update(files(releases[100:101])).is_whole  # more than one in a thousand
    watch.share = 1.0
    assert not watch.update(files(releases[101:102])).is_whole

    ingest(Store(store.path), files(releases[102:104]))  # by another, who judged nothing
    assert watch.update(files(releases[104:105])).is_whole
    assert not watch.update(files(releases[105:106])).is_whole
    monkeypatch.setattr(updater, "MANY", 1)
    assert watch.update(files(releases[106:108])).is_whole
    assert Updater(store, ALONE, share=1.0).update(files(releases[108:109])).is_whole  # other flags
    assert_known(store, ALONE)


def test_an_update_that_fails_leaves_the_store_as_it_was(
    store: Store, releases: Lines, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Updater(store, CODES, share=1.0)
    assert not watch.update(files(releases[100:101])).is_whole
    before = {p: p.read_bytes() for p in store.path.rglob("*") if p.is_file() and p.suffix == ".parquet"}
    with monkeypatch.context() as broken:
        broken.setattr(Updater, "_alone", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            watch.update(files(releases[101:102]))
    assert {p: p.read_bytes() for p in store.path.rglob("*") if p.is_file() and p.suffix == ".parquet"} == before

    assert watch.update(files(releases[101:102])).n_new == 1
    with monkeypatch.context() as at_it:
        at_it.setattr("fcntl.flock", lambda *_: (_ for _ in ()).throw(BlockingIOError))
        with pytest.raises(BadStore, match="another process"):
            watch.update(files(releases[102:103]))
    assert watch.update(files(releases[102:103])).n_new == 1


def test_the_flags_that_judge_alone_say_so() -> None:
    assert {flag.code for flag in chosen(CODES) if flag.alone} == set(ALONE)


def test_the_command_tells_what_changed_in_words_and_as_json(
    store: Store, releases: Lines, files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "named", lambda codes=(): tuple(codes or CODES))
    monkeypatch.setattr(Updater.__init__, "__kwdefaults__", {"share": 1.0, "tell": None})

    def call(*arguments: Any) -> Any:
        return CliRunner().invoke(app, ["update", "--store", str(store.path), *map(str, arguments)])

    amended = corrected(next(line for line in releases[:100] if line.get("contracts")), Random(1))
    told = json.loads(call(*files([amended]), "--json").stdout)
    assert (told["read"], told["new"], told["replaced"], told["newer_than_flags_that_compare"]) == (1, 0, 1, 1)
    assert {"code": "R064", "group": "OCID", "id": amended["ocid"]} in told["raised"]

    out = store.path.parent / "f.csv"
    words = call(*files([amended | {"date": "2033-01-01T00:00:00Z", "contracts": []}]), "--out", out).stdout
    assert f"gone R064 OCID {amended['ocid']}" in words
    assert "do not know 2 releases yet" in words
    assert out.read_text().startswith("group,id,code,value\n")
    assert "All flags were judged anew." in call(*files(releases[100:101]), "--all").stdout
    for bad in (("no.jsonl",), (*files([amended]), "--out", "f.txt")):
        assert call(*bad).exit_code == 2
