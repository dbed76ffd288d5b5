# SPDX-License-Identifier: Apache-2.0
"""A labelled set of queries (`labelled.toml`), and how well they are answered."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from vitrina.search.entry import Entry
from vitrina.search.finding import Wanted, find
from vitrina.search.folder import Folder

FILE = Path(__file__).with_name("labelled.toml")
AT = 10


class Score(NamedTuple):
    """Means over the queries of a kind. `recall`: of what answers, how much is among the first ten (ten of more);
    `precision`: of the first ten, how many answer.
    """

    n: int
    recall: float
    precision: float


def entries() -> list[Entry]:
    """The texts that are searched."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))["texts"]
    return [
        Entry(id=name, title=title, texts=(supplier,), numbers=(number,), codes=(rfc, code), order=at,
              body={"id": name, "title": title, "supplier": supplier})
        for at, (name, (title, number, supplier, rfc, code)) in enumerate(told.items())
    ]  # fmt: skip


def queries() -> dict[str, dict[str, list[str]]]:
    """Kind -> query -> ids that answer it."""
    found: dict[str, dict[str, list[str]]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["queries"]
    return found


def index(path: Path) -> Folder:
    """An index of these texts."""
    folder = Folder(path)
    with folder.writing() as writer:
        Folder.replace(writer, entries())
    return folder


def first_ten(folder: Folder) -> Callable[[str], list[str]]:
    """What the search answers to a query: ids."""
    return lambda query: [hit.body["id"] for hit in find([folder.open()], Wanted(query), size=AT).hits]


def score(answers: dict[str, Collection[str]], ask: Callable[[str], list[str]]) -> Score:
    """How well `ask` finds what answers each query."""
    recall, precision = 0.0, 0.0
    for query, wanted in answers.items():
        found = ask(query)[:AT]
        good = len(set(found) & set(wanted))
        recall += good / min(AT, len(wanted)) if wanted else float(not found)
        precision += good / len(found) if found else float(not wanted)
    return Score(len(answers), recall / len(answers), precision / len(answers))
