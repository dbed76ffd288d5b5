# SPDX-License-Identifier: Apache-2.0
"""The store of the invented country, made once for these tests."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from vitrina.insight.cli import app
from vitrina.insight.explain.card import explain
from vitrina.insight.explain.tests.country import written
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    store = Store.create(folder / "store")
    ingest(store, [written(folder)])
    return folder / "store"


@pytest.fixture(scope="session")
def call(country: Path) -> Callable[..., Result]:
    """`call("R018", "ocds-x-7", "--lang", "en")`: the command over that store, at 80 columns."""

    def called(*arguments: str) -> Result:
        return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["explain", *arguments, "--store", str(country)])

    return called


@pytest.fixture(scope="session")
def explained(country: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """`explained("R018", "ocds-x-7", lang="en")`: what the command writes as JSON, from one open store."""
    with Store(country).tables() as t:

        @functools.cache
        def made(code: str, unit: str, lang: str = "es", most: int = 12) -> dict[str, Any]:
            found: dict[str, Any] = msgspec.to_builtins(explain(t, code, unit, lang=lang, most=most))
            return found

        yield made
