# SPDX-License-Identifier: Apache-2.0
"""The reference page of the checks of quality, read off their declarations."""

from __future__ import annotations

from .in_store import RULES
from .registry import checks

GROUPS = (
    (
        "F",
        "Fields",
        "Every occurrence of a field, under each object that exists. Needs the published files (`--source`).",
    ),
    ("R", "Records", "Every release. `store` says which are also answered without the published files."),
    ("D", "Collection", "Over the store."),
    ("T", "Over time", "Against an older store (`--against`)."),
    ("Q", "Ours", "Vitrina's own. Where no other limit is told, a check fails above 1 %."),
)


def page() -> str:
    """The page, in Markdown."""
    said = (
        "What `vitrina insight quality` checks: 76 checks that the Open Contracting Partnership published for Pelican,"
        " and twelve of ours. Three results: pass, fail, undefined with the reason. Of a release, a check passes where"
        " at least one thing was tested and all hold."
    )
    parts = ["# Checks of quality", "<!-- Written by `make docs` from the code; edit the code. -->", said]
    for letter, title, told in GROUPS:
        rows = [
            f"| `{c.code}` | {c.title.es}<br>{c.title.en} | {_cell(c.rule.es)}<br>{_cell(c.rule.en)} |"
            f" {_cell(c.undefined.en)} | {'yes' if c.code in RULES or letter in 'DTQ' else ''} | {c.version} |"
            for c in checks().values()
            if c.code[0] == letter
        ]
        head = ["| code | check | rule | undefined when | store | version |", "|-|-|-|-|-|-|"]
        parts += [f"## {title}", told, "\n".join([*head, *rows])]
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
