# SPDX-License-Identifier: Apache-2.0
"""`vitrina open load-national` and `forget-national`."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from vitrina.api.cli import app
from vitrina.search import national
from vitrina.search.tests.stores import small_store


def test_a_store_is_put_behind_the_search_once_and_taken_out(tmp_path, settings):
    settings.SEARCH_DIR = tmp_path / "search"
    small_store(tmp_path / "store")
    ask = CliRunner().invoke

    told = [json.loads(ask(app, ["load-national", str(tmp_path / "store"), "--json"]).stdout) for _ in range(2)]

    assert told == [
        {"contracts": 4, "was_there": False, "profiles_made": True},
        {"contracts": 4, "was_there": True, "profiles_made": False},
    ]
    assert ask(app, ["load-national", str(tmp_path)]).exit_code == 2
    assert "gone" in ask(app, ["forget-national"]).stdout
    assert national.current(settings.SEARCH_DIR) is None
