# SPDX-License-Identifier: Apache-2.0
"""The pages hold together: links lead somewhere, commands exist, decisions keep their form, versions agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.test_commands import in_the_program
from tools import links
from vitrina import __version__
from vitrina.site import cli, paths

ROOT = paths.ROOT
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MAX_PICTURE = 150_000


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_every_link_leads_somewhere():
    assert list(links.broken()) == []


def commands_on(page: Path) -> list[tuple[str, set[str]]]:
    """Each `vitrina ...` in code on a page: the longest command that it names, and its options."""
    known = in_the_program()
    code = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", page.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block, inline in code for line in (block or inline).splitlines()]
    found = []
    for line in lines:
        match = re.match(r"^(?:time )?(?:\.venv/bin/)?vitrina ([a-z].*)$", line.strip())
        if match:
            words = match[1].split()
            name = next((n for n in (" ".join(["vitrina", *words[:k]]) for k in (3, 2, 1)) if n in known), line)
            found.append((name, {w.partition("=")[0] for w in words if w.startswith("--")}))
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_names_exists(page):
    known = in_the_program()
    groups = {"vitrina db", *(f"vitrina {name}" for name in cli.MOUNTED)}
    for name, options in commands_on(page):
        assert name in known or name in groups, name
        if name != "vitrina manage":
            assert options - {"--help"} <= known.get(name, set()), name


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_that_a_page_names_exists(page):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    code = "\n".join(
        "".join(c) for c in re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", page.read_text(encoding="utf-8"), re.DOTALL)
    )
    for words in re.findall(r"^make ([a-z -]+)", code, re.MULTILINE):
        for target in words.split():
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_decisions_are_numbered_once_and_have_one_form():
    numbers = [int(d.name[:4]) for d in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))
    for decision in DECISIONS:
        text = decision.read_text(encoding="utf-8")
        assert text.startswith(f"# {decision.name[:4]}. "), decision.name
        assert re.search(r"^Date: 20\d\d-\d\d-\d\d\. Status: \w", text, re.MULTILINE), decision.name
        assert re.findall(r"^## (\w+)", text, re.MULTILINE)[:4] == ["Context", "Options", "Decision", "Consequences"]
        assert len(text.splitlines()) <= 60, f"{decision.name} is longer than a page"


def test_pictures_are_light():
    pictures = list((ROOT / "docs" / "img").glob("*.png"))

    assert {p.stem for p in pictures} >= {"compra", "mi-espacio"}
    assert [p.name for p in pictures if p.stat().st_size > MAX_PICTURE] == []


def test_the_index_names_every_page():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [p.relative_to(ROOT / "docs") for p in (ROOT / "docs").glob("**/*.md")]

    assert [str(p) for p in pages if p.parts[0] not in {"decisions", "README.md"} and f"({p})" not in index] == []


def test_the_cards_of_the_project_name_this_version():
    card, citation = (
        (ROOT / "publiccode.yml").read_text(encoding="utf-8"),
        (ROOT / "CITATION.cff").read_text(encoding="utf-8"),
    )

    assert f"softwareVersion: {__version__}\n" in card
    assert f"\nversion: {__version__}\n" in citation
    for short in re.findall(r"shortDescription: (.*)", card):
        assert len(short) <= 150
    for text in re.findall(r"longDescription: >\n((?:      .*\n)+)", card):
        assert 150 <= len(text) <= 10_000


def test_commands_are_found_where_they_stand():
    found = {name for page in PAGES for name, _options in commands_on(page)}

    assert found >= {"vitrina ledger verify", "vitrina demo clock", "vitrina law explain", "vitrina import compranet"}
