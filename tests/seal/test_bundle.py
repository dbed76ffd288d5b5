# SPDX-License-Identifier: Apache-2.0
"""The one build step: the same bytes every time and everywhere, their digests, their licences, and when it runs."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from tools import bundle, vendor


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def copied(monkeypatch, tmp_path) -> Path:
    """web/js in another folder, which the build takes for its own."""
    shutil.copytree(bundle.SOURCES, tmp_path / "elsewhere" / "js")
    monkeypatch.setattr(bundle, "SOURCES", tmp_path / "elsewhere" / "js")
    return tmp_path / "elsewhere" / "js"


def test_two_builds_are_the_same_bytes_in_another_folder_too(built, copied, tmp_path) -> None:
    bundle.build(tmp_path / "one")
    bundle.build(tmp_path / "two")

    assert contents(tmp_path / "one") == contents(tmp_path / "two") == contents(built)
    assert set(contents(built)) == {"seal.js", "seal-worker.js", "sellar-sin-conexion.html", "bundles.json"}


def test_bundles_json_says_the_digest_of_each(built) -> None:
    told = json.loads((built / "bundles.json").read_text())

    assert told == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in built.iterdir()
        if path.name != "bundles.json"
    }


def test_no_bundle_names_a_path_of_this_machine(built) -> None:
    for content in contents(built).values():
        assert str(bundle.ROOT).encode() not in content
        assert b"sourceMappingURL" not in content


def test_a_change_of_one_source_changes_the_bundle_and_the_stamp(built, copied, tmp_path) -> None:
    before = vendor.fingerprint()
    file = copied / "seal" / "shares.js"
    file.write_text(file.read_text().replace("sobre/v1/coef/", "sobre/v1/otra/"))

    bundle.build(tmp_path / "changed")
    changed = contents(tmp_path / "changed")

    assert changed["seal.js"] != (built / "seal.js").read_bytes()
    assert vendor.fingerprint() != before


def test_what_does_not_compile_is_an_error_in_esbuilds_words(built, copied, tmp_path) -> None:
    (copied / "seal" / "gf256.js").write_text("export const mul = ;")

    with pytest.raises(RuntimeError, match=r"gf256\.js:1:19"):
        bundle.build(tmp_path / "broken")


def test_the_licence_of_every_package_inside_is_told(built, tmp_path) -> None:
    names = {title.split(" ")[0]: text for title, text in bundle.build(tmp_path / "out").items()}

    assert set(names) == {
        "@noble/ciphers",
        "@noble/curves",
        "@noble/hashes",
        "@noble/post-quantum",
        "@scure/base",
        "age-encryption",
        "canonicalize",
    }
    assert all("Copyright" in text for text in names.values())


def test_without_packages_the_pages_are_told_of_and_the_rest_goes_on(monkeypatch, tmp_path, capsys) -> None:
    def no_network() -> None:
        raise OSError("no network")

    monkeypatch.setattr(vendor, "STAMP", tmp_path / ".stamp")
    monkeypatch.setattr(vendor, "install_packages", no_network)

    assert vendor.main() == 0
    assert "seal" in capsys.readouterr().err
    assert not (tmp_path / ".stamp").exists()
