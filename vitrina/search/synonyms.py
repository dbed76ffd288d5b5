# SPDX-License-Identifier: Apache-2.0
"""Words for the same thing (`synonyms.toml`), as stems."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from . import words

FILE = Path(__file__).with_name("synonyms.toml")
Stems = tuple[str, ...]


class Group(NamedTuple):
    """Texts of a group by their stems."""

    texts: dict[Stems, str]


@cache
def table() -> dict[Stems, Group]:
    """Stems of a text -> its group. A text that stands in two groups is refused."""
    found: dict[Stems, Group] = {}
    for texts in tomllib.loads(FILE.read_text(encoding="utf-8"))["groups"]:
        group = Group({words.stems(text): text for text in texts})
        if twice := found.keys() & group.texts.keys():
            raise ValueError(f"{FILE.name}: in two groups: {sorted(twice)}")
        found |= dict.fromkeys(group.texts, group)
    return found


@cache
def longest() -> int:
    """Words of the longest text."""
    return max(map(len, table()))


def others(stems: Stems) -> dict[Stems, str]:
    """The other texts of a group, by their stems; none for a word that has no group."""
    group = table().get(stems)
    return {} if group is None else {other: text for other, text in group.texts.items() if other != stems}
