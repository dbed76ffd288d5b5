# SPDX-License-Identifier: Apache-2.0
"""The published vectors of sobre/v1 in Chromium and in node, byte for byte (sealed-bids, section 16, 1 to 4 and 6)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shared import shared
from tools import bundle

SCRIPT = """async (seal, { name, data }) => {
  const [{ check }, oracle] = await Promise.all([import("/vectors.js"), import("/oracle.js")]);
  return check(name, seal, data, oracle);
}"""
CHECKS = {  # name -> file, and the least comparisons that it must make
    "field": ("split.json", 259),
    "splitting": ("split.json", 100),
    "flips": ("bitflips.json", 513),
    "faults": ("faults.json", 11),
    "envelope": ("envelope.json", 66),
}


def data_of(name: str):
    data = json.loads(shared(f"data/sealed-bids/{CHECKS[name][0]}").read_text(encoding="utf-8"))
    return {"faults": data} if isinstance(data, list) else data


@pytest.mark.browser
@pytest.mark.parametrize("name", CHECKS)
def test_vectors_in_chromium(visit, name) -> None:
    assert visit(SCRIPT, {"name": name, "data": data_of(name)}) >= CHECKS[name][1]


HASHING = {
    "rounds": 40,
    "vectors": [  # FIPS 180-4's examples, NIST
        ["", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
        ["abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
        [
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ],
        ["a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
    ],
}


@pytest.mark.browser
def test_incremental_hash_in_chromium(visit) -> None:
    assert visit(SCRIPT, {"name": "hashing", "data": HASHING}) >= 306


@pytest.mark.browser
def test_any_sharing_in_chromium(visit) -> None:
    assert visit(SCRIPT, {"name": "anySharing", "data": {"rounds": 100}}) >= 200


@pytest.fixture(scope="module")
def node(built, tmp_path_factory):
    """`node(name, data)`: the comparisons that a check made in node."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("needs node")
    script = tmp_path_factory.mktemp("node") / "main.mjs"
    script.write_bytes(bundle.bundle(str(Path(__file__).parent / "node_main.js"), "esm")[0])

    def run(name: str, data: object) -> int:
        given = json.dumps({"name": name, "data": data})
        out = subprocess.run([program, script], input=given, capture_output=True, text=True, check=False, timeout=120)
        assert not out.returncode, out.stderr[out.stderr.rfind("Error:") :]  # before it stands the whole bundle
        return int(out.stdout)

    return run


@pytest.mark.parametrize("name", CHECKS)
def test_vectors_in_node(node, name) -> None:
    assert node(name, data_of(name)) >= CHECKS[name][1]


def test_incremental_hash_in_node(node) -> None:
    assert node("hashing", HASHING) >= 306


def test_any_sharing_in_node(node) -> None:
    assert node("anySharing", {"rounds": 200}) >= 400


def test_a_changed_vector_fails(node) -> None:
    data = data_of("splitting")
    digit = data["vectors"][0]["shares"][1][5]
    data["vectors"][0]["shares"][1] = data["vectors"][0]["shares"][1].replace(digit, "0" if digit != "0" else "1", 1)
    with pytest.raises(AssertionError, match="shares"):
        node("splitting", data)
