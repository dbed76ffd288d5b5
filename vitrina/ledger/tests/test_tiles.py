# SPDX-License-Identifier: Apache-2.0
"""Tiles on disk: the shared vectors, any way of cutting a history into batches, crashes, readers."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.ledger import merkle
from vitrina.ledger.tile_reader import place_of
from vitrina.ledger.tiles import TileError, TileReader, TileStore, entries_path, path, widths

from .public_log import leaf_hashes, statements, unhex, vectors


def files(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def test_the_files_of_the_vectors_to_the_byte(tmp_path):
    wanted, roots, size = vectors("tiles.json"), vectors("merkle.json")["roots"], 0
    store = TileStore(tmp_path)

    for stop in wanted["flushed_at"]:
        size, root = store.append(size, statements(600)[size:stop])
        assert (size, root.hex()) == (stop, roots[str(stop)])

    found = {n: {"bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in files(tmp_path).items()}
    assert found == wanted["files"]


def test_the_proofs_of_the_vectors_are_those_that_the_tiles_give(tmp_path):
    found, store, size = vectors("merkle.json"), TileStore(tmp_path, durable=False), 0
    for stop in sorted(int(size) for size in found["roots"]):
        size, _ = store.append(size, statements(600)[size:stop])

    for case in (c for c in found["inclusion"] if c["valid"]):
        assert store.inclusion_proof(case["index"], case["size"]) == unhex(case["proof"])
    for case in (c for c in found["consistency"] if c["valid"]):
        assert store.consistency_proof(case["size1"], case["size2"]) == unhex(case["proof"])
    for size, root in found["roots"].items():
        assert store.root(int(size)).hex() == root


@pytest.mark.parametrize(
    ("n", "name"), [(0, "000"), (5, "005"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")]
)
def test_paths_are_in_groups_of_three_digits(n, name):
    assert path(2, n) == f"tile/2/{name}"
    assert path(0, n, 17) == f"tile/0/{name}.p/17"
    assert entries_path(n) == f"tile/entries/{name}"
    assert entries_path(n, 1) == f"tile/entries/{name}.p/1"
    assert place_of(path(2, n)) == (2, n, 256)
    assert place_of(entries_path(n, 17)) == (None, n, 17)


@pytest.mark.parametrize(
    "name", ["checkpoint", "tile/0/00", "tile/0/000.p", "tile/0/000/000", "tile/x/000", "a/tile/0/000"]
)
def test_other_paths_are_no_tiles(name):
    assert place_of(name) is None


def test_the_tiles_of_70000_leaves_are_those_of_the_specification(tmp_path):
    assert list(widths(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(widths(256)) == [(0, 1, 0), (1, 0, 1)]
    store = TileStore(tmp_path, durable=False)
    entries = [b"%d" % i for i in range(70_000)]

    size, root = store.append(0, entries)

    assert root == merkle.root(leaf_hashes(entries)) == store.root(size)
    names = {n for n in files(tmp_path) if "entries" not in n}
    assert len(names) == 273 + 1 + 1 + 1 + 1
    assert {"tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"} <= names


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_same_history_has_the_same_tree_however_it_is_cut(batches):
    entries = [b"%d" % (i * i) for i in range(sum(batches))]
    with tempfile.TemporaryDirectory() as folder:
        store, size = TileStore(Path(folder), durable=False), 0
        for count in batches:
            if count % 2:  # a store that was started anew knows nothing but its files
                store = TileStore(Path(folder), durable=False)
            size, root = store.append(size, entries[size : size + count])
            assert root == store.root(size) == merkle.root(leaf_hashes(entries[:size]))
        assert list(store.entries(0, size)) == entries
        assert not list(Path(folder, ".tmp").glob("*")) if size else True


@pytest.mark.parametrize("durable", [True, False])
def test_an_append_that_was_cut_short_is_repeated(tmp_path, monkeypatch, durable):
    entries = statements(600)
    whole = TileStore(tmp_path / "whole", durable=False)
    size, _ = whole.append(0, entries[:250])
    expected = whole.append(size, entries[250:])

    for stop in range(7):  # the file after which the power goes
        store = TileStore(tmp_path / str(stop), durable=durable)
        store.append(0, entries[:250])
        replaced = []

        def replace(source, target, replaced=replaced, stop=stop, real=os.replace):
            if len(replaced) == stop:
                raise KeyboardInterrupt
            replaced.append(target)
            real(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            with pytest.raises(KeyboardInterrupt):
                store.append(250, entries[250:])

        again = TileStore(tmp_path / str(stop), durable=durable)
        assert again.root(250) == merkle.root(leaf_hashes(entries[:250]))
        assert again.append(250, entries[250:]) == expected
        assert files(tmp_path / str(stop)) == files(tmp_path / "whole")


def test_what_was_never_published_is_discarded(tmp_path):
    entries, other = statements(600), [b"another history"] * 400
    store = TileStore(tmp_path / "a", durable=False)
    store.append(0, entries[:250])
    published = files(tmp_path / "a")
    store.append(250, entries[250:])
    (tmp_path / "a" / ".tmp" / "0").write_bytes(b"half a fi")

    removed = TileStore(tmp_path / "a", durable=False).discard_beyond(250)

    assert removed == 7
    assert files(tmp_path / "a") == published
    assert store.discard_beyond(250) == 0
    assert store.append(250, other)[1] == merkle.root(leaf_hashes(entries[:250] + other))


def test_discarding_keeps_what_only_a_full_file_holds(tmp_path):
    entries = statements(600)
    store = TileStore(tmp_path, durable=False)
    store.append(0, entries[:250])
    published = files(tmp_path)
    store.append(250, entries[250:])
    for name in published:
        (tmp_path / name).unlink()

    store.discard_beyond(250)

    assert files(tmp_path) == published


def test_discarding_everything_leaves_an_empty_tree(tmp_path):
    store = TileStore(tmp_path, durable=False)
    store.append(0, statements(300))

    store.discard_beyond(0)

    assert files(tmp_path) == {}
    assert store.append(0, []) == (0, merkle.EMPTY_ROOT)


def test_partial_files_go_when_the_full_ones_are_published_and_old_readers_still_read(tmp_path):
    entries, store, size = statements(600), TileStore(tmp_path, durable=False), 0
    for stop in (10, 250, 300, 600):
        size, _ = store.append(size, entries[size:stop])

    assert store.prune(250, 300) == 4  # two partial tiles and two partial bundles of the first 256 leaves
    assert store.prune(300, 600) == 2

    names = set(files(tmp_path))
    assert names == {
        *("tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/1", "tile/1/000.p/2"),
        *("tile/entries/000", "tile/entries/001", "tile/entries/002.p/88"),
    }
    for old in (10, 250, 300, 600):
        root = merkle.root(leaf_hashes(entries[:old]))
        assert store.root(old) == root
        assert merkle.verify_inclusion(merkle.leaf_hash(entries[7]), 7, old, store.inclusion_proof(7, old), root)
        assert list(TileReader(store.read).entries(0, old)) == entries[:old]


def test_an_entry_that_is_too_long_is_refused_before_anything_is_written(tmp_path):
    store = TileStore(tmp_path, durable=False)

    with pytest.raises(ValueError, match="65535 bytes"):
        store.append(0, [b"short", bytes(65_536)])

    assert files(tmp_path) == {}
    assert store.append(0, [bytes(65_535), b""])[0] == 2
    assert list(store.entries(0, 2)) == [bytes(65_535), b""]


def test_a_proof_at_a_million_leaves_reads_five_tiles_at_most():
    # Every subtree of equal leaves has the hash of its height, so a tile of any level is one hash repeated.
    heights = [merkle.leaf_hash(b"same")]
    for _ in range(24):
        heights.append(merkle.node_hash(heights[-1], heights[-1]))
    names: list[str] = []

    def read(name: str) -> bytes:
        names.append(name)
        level, _, width = place_of(name)
        return heights[8 * level] * width

    for size in (1_000_000, 999_999, 1 << 20):
        reader = TileReader(read)
        root = reader.root(size)
        for index in (0, 1, 255, 256, 499_999, 983_040, size - 1):
            names.clear()
            proof = reader.inclusion_proof(index, size)
            assert len(names) <= 5
            assert len(proof) <= 20
            assert merkle.verify_inclusion(heights[0], index, size, proof, root)
        for old in (1, 999_000):
            names.clear()
            proof = reader.consistency_proof(old, size)
            assert len(names) <= 8
            assert merkle.verify_consistency(old, size, proof, reader.root(old), root)


@pytest.mark.parametrize(
    ("name", "data"),
    [("tile/entries/000.p/3", b"\x00"), ("tile/entries/000.p/3", b"\x00\x02a"), ("tile/entries/000.p/3", b"\x00\x00")],
)
def test_a_broken_bundle_is_named(tmp_path, name, data):
    store = TileStore(tmp_path, durable=False)
    store.append(0, [b"a", b"b", b"c"])
    (tmp_path / name).write_bytes(data)

    with pytest.raises(TileError) as error:
        list(store.entries(0, 3))

    assert error.value.path == name


def test_a_tile_that_is_short_or_missing_is_named(tmp_path):
    store = TileStore(tmp_path, durable=False)
    store.append(0, statements(300))
    (tmp_path / "tile/0/001.p/44").write_bytes(bytes(44 * 32 - 1))

    with pytest.raises(TileError, match=r"tile/0/001\.p/44: 1407 bytes, not 1408"):
        store.root(300)

    shutil.rmtree(tmp_path / "tile/0")
    with pytest.raises(FileNotFoundError):
        TileStore(tmp_path, durable=False).append(300, [b"one more"])


@pytest.mark.parametrize("question", [(0, 0), (5, 5), (-1, 5)])
def test_questions_that_no_tree_answers(question):
    reader = TileReader(lambda _: b"")

    with pytest.raises(ValueError):
        reader.inclusion_proof(*question)
    with pytest.raises(ValueError):
        reader.consistency_proof(question[1] + 1, question[1])
    with pytest.raises(ValueError):
        list(reader.entries(0, 5, size=4))
    with pytest.raises(ValueError):
        list(reader.entries(3, 2))
