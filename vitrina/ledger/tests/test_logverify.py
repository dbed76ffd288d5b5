# SPDX-License-Identifier: Apache-2.0
"""A whole log checked from outside: honest ones hold; forged, forked, truncated and rolled-back ones do not."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.ledger import merkle, statement
from vitrina.ledger.logcopy import NotCopied, copy_log
from vitrina.ledger.logverify import Finding, Undecidable, served_policy, verify_log
from vitrina.ledger.logwalk import first_difference
from vitrina.ledger.note import Vkey
from vitrina.ledger.policy import Policy
from vitrina.ledger.tile_reader import TileReader
from vitrina.ledger.tiles import TileStore

from .public_log import ORIGIN, WITNESSES, checkpoint, key, leaf_hashes, make_log, policy, statements

N = 600


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    make_log(folder, statements(N), sizes=(1, 257, 300))
    return folder


@pytest.fixture
def log(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "log"))


def finding(log: Path, **more) -> Finding:
    found = verify_log(str(log), policy(), **more).finding
    assert found is not None
    return found


def altered(n: int, at: int) -> list[bytes]:
    entries = statements(n)
    return [*entries[:at], entries[at].replace(b"2026", b"2025"), *entries[at + 1 :]]


def flip(file: Path, place: int = 40) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


def test_an_honest_log_holds(log):
    seen: list[tuple[int, int]] = []

    report = verify_log(str(log), policy(), progress=lambda done, total: seen.append((done, total)))

    assert report.finding is None
    assert (report.origin, report.size, report.root) == (
        ORIGIN,
        N,
        merkle.root(leaf_hashes(statements(N))).hex(),
    )
    assert (report.entries, report.files) == (N, 3 + 3 + 1)
    assert [name for name, _ in report.cosignatures] == list(WITNESSES)
    assert (report.notices, report.grew_from) == ([], None)
    assert seen == [(256, N), (512, N), (N, N)]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512])
def test_logs_of_every_shape_hold(tmp_path, size):
    make_log(tmp_path, statements(size))

    report = verify_log(str(tmp_path), policy())

    assert report.finding is None
    assert report.entries == size


def test_a_log_of_seventy_thousand_leaves_has_three_levels(tmp_path):
    make_log(tmp_path, [b"%d" % i for i in range(70_000)])

    report = verify_log(str(tmp_path), policy())

    assert report.finding is None
    assert report.files == 2 * 274 + 2 + 1
    assert report.n_notices == 70_000
    assert len(report.notices) == 100


def test_it_holds_when_partial_files_have_gone(log):
    TileStore(log).prune(0, N)

    assert verify_log(str(log), policy()).finding is None


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_every_altered_byte_of_every_file_is_found(made, tmp_path_factory, place):
    log = Path(shutil.copytree(made, tmp_path_factory.mktemp("altered") / "log"))
    names = ["checkpoint", "tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001"]
    file = log / names[place % len(names)]

    flip(file, place % file.stat().st_size)

    assert verify_log(str(log), policy()).finding is not None


def test_an_altered_entry_is_named(log):
    flip(log / "tile/entries/001")

    found = finding(log)

    assert found.where == "tile/0/001"
    assert found.problem == "leaf 256 is not the hash of its entry in tile/entries/001"


def test_an_entry_altered_with_its_tile_is_named_by_the_tile_above(log, tmp_path):
    forged = tmp_path / "forged"
    make_log(forged, altered(N, 300))
    for name in ("tile/entries/001", "tile/0/001"):
        shutil.copy(forged / name, log / name)

    assert finding(log) == Finding("tile/0/001", "its root is not the hash that tile/1/000.p/2 has for it")


def test_a_forged_history_under_the_old_signature_is_found_at_the_root(log, tmp_path):
    make_log(tmp_path / "forged", altered(N, 300))
    shutil.copy(log / "checkpoint", tmp_path / "forged" / "checkpoint")

    found = finding(tmp_path / "forged")

    assert found.where == "checkpoint"
    assert "not the one that is signed" in found.problem


def test_a_fork_that_the_log_signed_is_found_by_whoever_kept_a_checkpoint(log, tmp_path):
    """Signed by the log and by both witnesses (in collusion), whole in itself, and yet another history."""
    forged = tmp_path / "forged"
    store = make_log(forged, altered(N + 5, 300))
    saved = {size: checkpoint(size, TileStore(log).root(size)) for size in (1, 257, 300, N)}

    assert verify_log(str(forged), policy()).finding is None
    for size in (1, 257, 300):  # up to there it is the same history
        assert verify_log(str(forged), policy(), saved=saved[size]).grew_from == size
    assert "its first 600 leaves" in finding(forged, saved=saved[N]).problem
    (forged / "checkpoint").write_text(checkpoint(N + 5, store.root(N + 5)), encoding="utf-8")
    same_size = checkpoint(N + 5, bytes(32))
    assert "forked: two signed roots over 605 leaves" in finding(forged, saved=same_size).problem


def test_another_copy_names_the_first_leaf_that_differs(log, tmp_path):
    make_log(tmp_path / "forged", altered(N + 5, 300))

    found = finding(tmp_path / "forged", against=str(log))

    assert found.where == "tile/0/001"
    assert found.problem.startswith("forked: leaf 300 ")
    assert verify_log(str(log), policy(), against=str(log)).finding is None
    flip(log / "tile/entries/000")
    with pytest.raises(Undecidable, match="the other copy does not hold"):
        verify_log(str(tmp_path / "forged"), policy(), against=str(log))


@given(st.integers(1, 700), st.integers(1, 700), st.integers(0, 700))
@settings(max_examples=40, deadline=None)
def test_the_first_difference_is_found_by_descent(tmp_path_factory, n1, n2, at):
    folder = tmp_path_factory.mktemp("pair")
    entries = [b"%d" % i for i in range(n1)]
    others = [b"other" if i == at else b"%d" % i for i in range(n2)]
    one, other = TileStore(folder / "1", durable=False), TileStore(folder / "2", durable=False)
    one.append(0, entries)
    other.append(0, others)

    assert first_difference(one, n1, other, n2) == (at if at < min(n1, n2) else None)


def test_a_log_that_was_rolled_back_is_found(log):
    saved = (log / "checkpoint").read_text(encoding="utf-8")
    (log / "checkpoint").write_text(checkpoint(300, TileStore(log).root(300)), encoding="utf-8")

    assert verify_log(str(log), policy()).finding is None
    assert finding(log, saved=saved) == Finding("checkpoint", "rolled back: it had 600 leaves and now has 300")


@pytest.mark.parametrize(
    "name", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/88"]
)
def test_a_missing_file_is_named(log, name):
    (log / name).unlink()

    assert finding(log) == Finding(name, "it is missing")


@pytest.mark.parametrize(("name", "cut"), [("tile/0/000", 32), ("tile/1/000.p/2", 1), ("tile/entries/002.p/88", 5)])
def test_a_file_that_was_cut_short_is_named(log, name, cut):
    (log / name).write_bytes((log / name).read_bytes()[:-cut])

    assert finding(log).where == name


def test_entries_that_were_cut_off_are_missing(log):
    """A checkpoint vouches for 600 leaves; the log serves the tiles of 300."""
    for name in ("tile/0/001", "tile/0/002.p/88", "tile/entries/001", "tile/entries/002.p/88"):
        (log / name).unlink()

    assert finding(log) == Finding("tile/entries/001", "it is missing")


def test_more_entries_or_hashes_than_a_path_says(log):
    bundle, tile = log / "tile/entries/002.p/88", log / "tile/0/002.p/88"
    tile.write_bytes(tile.read_bytes() + bytes(32))
    assert finding(log) == Finding("tile/0/002.p/88", "2848 bytes, not 2816")
    bundle.write_bytes(bundle.read_bytes() + struct.pack(">H", 1) + b"x")
    assert finding(log) == Finding("tile/entries/002.p/88", "89 entries, not 88")
    bundle.write_bytes(bundle.read_bytes() + b"\xff")
    assert finding(log) == Finding("tile/entries/002.p/88", "it breaks off within a length")


def test_too_few_witnesses_are_told_last(log):
    (log / "checkpoint").write_text(checkpoint(N, TileStore(log).root(N), WITNESSES[:1]), encoding="utf-8")

    report = verify_log(str(log), policy())

    assert report.finding == Finding("checkpoint", "1 known witnesses cosigned: too few for quorum-of-witnesses")
    assert report.entries == N
    assert verify_log(str(log), policy(1)).finding is None


def test_a_checkpoint_that_another_key_signed_is_refused(log):
    stranger = Policy.of([Vkey.of(ORIGIN, key("other"))])

    assert verify_log(str(log), stranger).finding == Finding("checkpoint", "no valid signature by a known key")


def test_what_cannot_be_decided(log, tmp_path):
    with pytest.raises(Undecidable, match="neither a web address nor a folder"):
        verify_log(str(tmp_path / "nowhere"), policy())
    with pytest.raises(Undecidable, match="no checkpoint"):
        verify_log(str(tmp_path), policy())
    with pytest.raises(Undecidable, match="no checkpoint"):
        verify_log("http://127.0.0.1:9/log", policy())
    with pytest.raises(Undecidable, match="no policy"):
        served_policy(str(tmp_path))
    with pytest.raises(Undecidable, match="not one of this log"):
        verify_log(str(log), policy(), saved="no checkpoint")
    with pytest.raises(Undecidable, match="not one of this log"):
        verify_log(str(log), policy(), saved=checkpoint(300, bytes(32), log_key="other"))


def test_an_earlier_checkpoint_of_no_leaves(log):
    assert verify_log(str(log), policy(), saved=checkpoint(0, merkle.EMPTY_ROOT)).finding is None
    assert "forked" in finding(log, saved=checkpoint(0, bytes(32))).problem


def test_odd_statements_are_noted_and_prove_no_fault(tmp_path):
    late, early = (b'{"at":"2026-11-03T16:%s:00Z","body":{},"type":"a.b","v":1}' % minute for minute in (b"10", b"05"))
    sealed = statement.build({"v": 1, "type": "sobre", "c": "ef" * 32, "reveal_by": "2027-01"})
    make_log(tmp_path, [late, sealed, early, b"no statement", late, b'{"type":"Surprise","v":1}'])

    report = verify_log(str(tmp_path), policy())

    assert report.finding is None
    assert report.notices == [
        Finding("leaf 2", "its instant, 2026-11-03T16:05:00Z, lies before that of an earlier one"),
        Finding("leaf 3", "not a statement: not JSON"),
        Finding("leaf 5", "a type of no known form: Surprise"),
    ]


def test_a_copy_is_the_log_and_grows_with_it(tmp_path):
    entries, log, copy = statements(N), tmp_path / "log", tmp_path / "copy"
    store = make_log(log, entries[:300])

    assert copy_log(store.read, copy) == 300
    assert verify_log(str(copy), policy()).finding is None
    store.append(300, entries[300:])
    (log / "checkpoint").write_text(checkpoint(N, store.root(N)), encoding="utf-8")
    store.prune(0, N)
    seen: list[int] = []
    assert copy_log(store.read, copy, seen.append) == N

    assert seen == list(range(1, 8))
    assert verify_log(str(copy), policy(), against=str(log)).finding is None
    assert not list(copy.rglob(".*"))
    assert list(TileReader(lambda name: (copy / name).read_bytes()).entries(0, N)) == entries


def test_a_copy_is_not_made_of_a_log_that_is_not_whole_or_is_behind(log, tmp_path):
    read = TileStore(log).read
    copy_log(read, tmp_path / "copy")

    (log / "checkpoint").write_text(checkpoint(300, TileStore(log).root(300)), encoding="utf-8")
    with pytest.raises(NotCopied, match="600 leaves, the log only 300"):
        copy_log(read, tmp_path / "copy")
    (log / "tile/0/000").unlink()
    with pytest.raises(NotCopied, match="tile/0/000"):
        copy_log(read, tmp_path / "other")
    assert not (tmp_path / "other" / "checkpoint").exists()
    (log / "checkpoint").write_text("none", encoding="utf-8")
    with pytest.raises(NotCopied, match="no log"):
        copy_log(read, tmp_path / "other")
