# SPDX-License-Identifier: Apache-2.0
"""The digests of the code that seals bids are an act of the public ledger, told once for each change."""

from __future__ import annotations

import hashlib
import json

import pytest

from vitrina.ledger.models import Entry
from vitrina.site import commands
from vitrina.site.demo.people import local

AT = local(2020, 10, 1)


@pytest.mark.django_db
def test_it_is_told_once_and_again_when_the_code_changes(monkeypatch, tmp_path):
    bundles = tmp_path / "bundles.json"
    bundles.write_text(json.dumps({"seal.js": "a" * 64}))
    monkeypatch.setattr(commands, "BUNDLES", bundles)

    assert [commands.note_build(AT), commands.note_build(AT)] == [1, 0]
    bundles.write_text(json.dumps({"seal.js": "b" * 64}))
    assert commands.note_build(AT) == 1
    files = [e.event.files for e in Entry.objects.filter(kind="build.released").order_by("id")]
    assert files == [{"seal.js": "a" * 64}, {"seal.js": "b" * 64}]


@pytest.mark.django_db
def test_nothing_is_told_where_there_is_no_such_code(monkeypatch, tmp_path):
    monkeypatch.setattr(commands, "BUNDLES", tmp_path / "none.json")
    assert commands.note_build(AT) == 0


def test_the_digests_are_those_of_the_files_that_are_served():
    if not commands.BUNDLES.exists():
        pytest.skip("make vendor has made no bundle here")
    for name, digest in json.loads(commands.BUNDLES.read_text()).items():
        assert hashlib.sha256((commands.BUNDLES.parent / name).read_bytes()).hexdigest() == digest
