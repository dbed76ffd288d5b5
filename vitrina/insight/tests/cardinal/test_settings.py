# SPDX-License-Identifier: Apache-2.0
"""A settings file of Cardinal: known keys, and an error for the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vitrina.insight.flags.settings import BadSettings, load, words


def test_sections_that_are_not_there_are_not_computed(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps({"R024": {}, "defaults": {"currency": "USD"}}))
    settings = load(tmp_path / "s.json")
    assert (settings.r024 is None, settings.r058 is None, settings.currency) == (False, True, None)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"R024": {"treshold": 1}}, "treshold"),
        ({"R999": {}}, "R999"),
        ({"R003": {"threshold": "x"}}, "threshold"),
        ({"defaults": {"money": "MXN"}}, "money"),
    ],
)
def test_an_unknown_key_or_a_wrong_type_is_an_error_that_names_it(tmp_path: Path, given: Any, named: str) -> None:
    (tmp_path / "s.json").write_text(json.dumps(given))
    with pytest.raises(BadSettings, match=named):
        load(tmp_path / "s.json")


def test_pipes() -> None:
    assert words("a|b|") == ("a", "b")
    assert words("") == words(None) == ()
