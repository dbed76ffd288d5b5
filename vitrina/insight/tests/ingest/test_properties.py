# SPDX-License-Identifier: Apache-2.0
"""Whatever is read, nothing is lost and nothing breaks: in = stored + quarantined + duplicates + merged."""

from __future__ import annotations

import gzip
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .fuzz import read_all
from .test_stored import FULL

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["1", "ocds-x-1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [so_far, *(p for key, v in inner for p in paths(v, (*so_far, key)))]


PATHS = [path for path in paths(FULL) if path]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with another one at a place."""
    if not path:
        return new
    copy = list(value) if isinstance(value, list) else dict(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], new)
    return copy


@QUICK
@given(st.lists(st.tuples(st.sampled_from(PATHS), JSON), min_size=1, max_size=3))
def test_a_release_with_anything_anywhere_is_stored_or_told(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    release: Any = FULL
    for path, new in changes:
        try:
            release = changed(release, path, new)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took that place away
    told = read_all(json.dumps(release).encode() + b"\n" + json.dumps(FULL | {"ocid": "other"}).encode())
    assert told["read"] == 2
    assert told["stored"] >= 1


@QUICK
@given(st.lists(JSON | st.dictionaries(st.sampled_from(["ocid", "releases", "records", "awards"]), JSON), max_size=5))
def test_any_json_by_lines_or_as_a_document(values: list[Any]) -> None:
    read_all("\n".join(json.dumps(v) for v in values).encode())
    read_all(json.dumps({"releases": values}, indent=1).encode())
    read_all(json.dumps(values).encode())


@QUICK
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_plain_or_packed(data: bytes, packed: bool) -> None:
    read_all(gzip.compress(data)[: -len(data) % 7 or None] if packed else data)


@QUICK
@given(st.data())
def test_a_damaged_file_keeps_its_other_lines(data: st.DataObject) -> None:
    lines = [json.dumps({"ocid": f"ocds-x-{n}", "tender": {"title": "é" * n}}).encode() for n in range(6)]
    hit = data.draw(st.integers(0, 5))
    at = data.draw(st.integers(0, len(lines[hit]) - 1))
    lines[hit] = (
        lines[hit][:at]
        + data.draw(st.binary(min_size=1, max_size=3).filter(lambda b: b"\n" not in b))
        + lines[hit][at + 1 :]
    )
    told = read_all(b"\n".join(lines))
    assert told["read"] == 6
    assert told["stored"] >= 5
