# SPDX-License-Identifier: Apache-2.0
"""Authorities for the tests of signatures."""

from __future__ import annotations

import pytest

from tests.fixtures.authority import NAME, authority, responder, write_store


@pytest.fixture(scope="module")
def keys():
    """The authorities of this file: a root, one under it, a namesake with another key, a stranger."""
    root = authority("A.C. raíz de pruebas Vitrina")
    between = authority(NAME, above=root)
    return {
        "root": root,
        "between": between,
        "namesake": authority(NAME, above=root, secret="another"),
        "stranger": authority("Autoridad Ajena"),
    }


@pytest.fixture
def trust(settings, tmp_path, keys):
    """An installation that trusts the root of tests, with somebody to ask about revocation."""
    settings.SIGNING_TRUST = [tmp_path / "trust"]
    with responder(keys["between"]) as who:
        write_store(tmp_path / "trust", keys["root"], keys["between"])
        yield who
