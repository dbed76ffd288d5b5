# SPDX-License-Identifier: Apache-2.0
"""The reference page of the files and their columns."""

from __future__ import annotations

from django.utils import translation

from .columns import columns_of
from .sets import SETS
from .tables import TYPES

HEAD = """# Files and columns

<!-- Written by `make docs` from the code; edit the code. -->

For: whoever takes the data of `/datos/` or of a folder of `vitrina open dump` ([how](../how-to/take-everything.md)).

`manifest.json` names every file: `path`, `name`, `set`, `format`, `rows`, `bytes`, `sha256`, `position` (of the last
act in it; 0 where no ledger orders the rows) and `year`. Its own `position` is that up to which all are whole;
`feed` and `releases` say where to go on. The path of a file has the beginning of its SHA-256 and never changes what it
holds; `/datos/NAME` leads to the newest.

| set | files | what it is |
|---|---|---|
"""
TAIL = """
## Columns

CSV is UTF-8, RFC 4180, gzip; nothing stands for what is not told. Instants are UTC (`2026-01-31T16:00:00Z`), amounts
exact with two decimals, several values of a cell separated by semicolons; a text that a spreadsheet would take for a
formula begins with `'`. Parquet has the same rows and columns with types: amounts `decimal(18,2)`, instants
`timestamp[us, UTC]`. Amounts of bids, awards and contracts are without VAT, those of payments with it. Rows are of
the compiled release; where each value comes from in it is in the last column: dots lead down, `^` begins at the list
member above, `/` at the release.
"""
FILES = {"acts": "`acts-NNNNN.jsonl.gz`, 100,000 acts each", "national-contracts": "`-YEAR.csv.gz`, `-YEAR.parquet`"}


def page() -> str:
    """The page as Markdown."""
    with translation.override("en"):
        rows = [
            f"| `{name}` | {FILES.get(name) or _files(name)} | {words.title}. {words.about} |"
            for name, words in SETS.items()
        ]
        parts = [HEAD + "\n".join(rows), TAIL]
        for name, words in SETS.items():
            if name in {"acts", "releases", "records"}:
                continue
            parts.append(f"### {name}\n\n{words.title}.\n\n| column | type | what it is | from |\n|---|---|---|---|")
            parts.append("\n".join(_row(name)) + "\n")
    return "\n".join(parts)


def _files(name: str) -> str:
    if name in {"releases", "records"}:
        return "`.jsonl.gz`, `-YEAR.jsonl.gz`"
    return "`.csv.gz`, `.parquet`" + ("" if name.endswith("flags") else ", and of each year")


def _row(name: str) -> list[str]:
    return [
        f"| `{c.name}` | {TYPES[c.type]} | {c.about} | {f'`{c.path}`' if c.path else ''} |" for c in columns_of(name)
    ]
