# SPDX-License-Identifier: Apache-2.0
"""The reference page of the indicators, read off their declarations."""

from __future__ import annotations

from . import dims
from .bases import BASES
from .declare import Indicator
from .registry import indicators
from .run import FEW

PRINCIPLES = (
    "transparency",
    "integrity",
    "access",
    "balance",
    "participation",
    "efficiency",
    "e-procurement",
    "capacity",
    "evaluation",
    "risk management",
    "accountability",
    "integration",
)
FAMILIES = (
    ("U", "Descriptive statistics", "Titles: U list of the Open Contracting Partnership (U065 does not exist in it)."),
    (
        "A",
        "Performance of acquisitions",
        "A proposal of ours, with the principle of the OECD of 2015 that each serves.",
    ),
    (
        "O",
        "Performance of public works",
        "A proposal of ours, with the principle of the OECD of 2015 that each serves.",
    ),
    ("S", "Savings by strategy", "Each against one basis, told in its name; only pairs in one currency enter."),
)


def page() -> str:
    """The page, in Markdown."""
    said = (
        "What `vitrina insight indicators` computes. Every row of its file has the value, numerator and denominator,"
        " `n` facts that entered, those left out by reason (`excluded`), currency, VAT basis, first and last day, the"
        " newest release (`as_of`) and the version of the definition. `state` is `ok`, `few` (a share of fewer than"
        f" {FEW} facts; `--public` hides it) or `nc`: not computable, with the missing paths, never 0. What a store"
        " never tells (no amendment, no bid, no complaint anywhere) is not computable, never perfect."
    )
    named = ", ".join(f"`{name}` ({text.en})" for name, text in dims.ALL.items())
    compared = (
        f"Compare by: {named}, `supplier` (where rows are firms). Years and months are those of the local day of the"
        " fact: call, award, signature."
    )
    parts = ["# Indicators", "<!-- Written by `make docs` from the code; edit the code. -->", said, compared]
    for letter, title, told in FAMILIES:
        rows = [_row(i) for i in indicators().values() if i.code[0] == letter]
        head = ["| code | name | formula | over | needs | unit | good |", "|-|-|-|-|-|-|-|"]
        parts += [f"## {title}", told, "\n".join([*head, *rows])]
    return "\n\n".join(parts) + "\n"


def _row(i: Indicator) -> str:
    over = BASES[i.base].text.en if i.base else "nothing yet: no table holds it"
    level = f", by {i.level}" if i.level else ""
    good = i.direction.value + (f"; P{i.principle} {PRINCIPLES[i.principle - 1]}" if i.principle else "")
    law = "".join(f" `{key}`" for key in i.law)
    needs = ", ".join(f"`{path}`" for path in i.inputs) + law
    formula = i.formula.replace("|", "\\|")
    return (
        f"| `{i.key}` | {i.title.es}<br>{i.title.en} | {formula} | {over}{level} | {needs} | {i.unit.value} | {good} |"
    )
