# SPDX-License-Identifier: Apache-2.0
"""docs/reference/settings.md names every variable that the code reads, and none that it does not."""

from __future__ import annotations

import re

from vitrina.site import paths

READ = re.compile(
    r"""(?:environ(?:\.get|\.setdefault)?[\[(]|_required\()\s*["']((?:VITRINA|BENCH)_[A-Z_]+|DATABASE_URL|DJANGO_SETTINGS_MODULE)"""
)
PLACES = ("vitrina", "tests", "tools", "benchmarks")


def read_by_the_code() -> set[str]:
    files = [file for place in PLACES for file in (paths.ROOT / place).glob("**/*.py")]
    return {name for file in files for name in READ.findall(file.read_text(encoding="utf-8"))}


def test_every_variable_is_described():
    page = (paths.ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)

    assert set(described) == read_by_the_code()
    assert len(described) == len(set(described))
