# SPDX-License-Identifier: Apache-2.0
"""The tutorial on real contracts does what it says, in both languages, with the official file that it names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.test_how_to import HOW_TO, shell
from tests.shared import shared

TUTORIAL = HOW_TO.parent / "tutorial"
SPANISH, ENGLISH = "contratos-reales.md", "real-contracts.en.md"


def told(page: str, language: str) -> list[str]:
    """The blocks of a page in a language of code."""
    return re.findall(rf"```{language}\n(.*?)```", (TUTORIAL / page).read_text(encoding="utf-8"), re.DOTALL)


def test_both_languages_run_the_same_commands() -> None:
    assert [b.replace(" --lang en", "") for b in told(ENGLISH, "sh")] == told(SPANISH, "sh")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("contratos")
    shutil.copy(shared("data/mexico/imss_contratos_2026.csv.gz"), place / "contratos.csv.gz")
    return place


def test_who_does_what_the_page_says_sees_what_it_says(folder, capsys, monkeypatch) -> None:
    read, flags, explain, compare, page = told(SPANISH, "sh")
    assert "3,986 records read" in shell(read, folder)
    said = shell(flags, folder)
    assert re.search(r"R018\s+0\s+0\s+1,\d{3}\s+tender\.numberOfTenderers", said)
    why = shell(explain, folder)
    assert "lleva IVA" not in why
    assert "El monto trae IVA y el tope no." in why
    assert "Es un indicio, no una prueba." in why
    shell(compare, folder)
    assert (folder / "indicadores.csv").read_text(encoding="utf-8").count("\n") > 4
    # All flags take a while, and their own tests try them.
    assert "3,983 awards" in shell(f"{page.strip()} --codes R010,R018,R055", folder)
    assert (folder / "imss.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    monkeypatch.chdir(folder)
    (code,) = told(SPANISH, "python")
    exec(code)
    assert int(capsys.readouterr().out) > 10
