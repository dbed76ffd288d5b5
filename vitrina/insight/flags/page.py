# SPDX-License-Identifier: Apache-2.0
"""The reference page of the flags, read off their declarations."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from vitrina.insight.text import Text
from vitrina.law import loader
from vitrina.law.explain import amount

from .declare import Flag
from .registry import CARDINAL, flags

HEAD = "<!-- Written by `make docs` from the code; edit the code. -->"
NEEDS = {
    "core": "core OCDS 1.1",
    "core+": "core OCDS 1.1 and a table of ours (ceilings, plan, history)",
    "bids": "the bids extension",
    "extension": "another extension",
    "outside": "documents or lists from outside",
}
SIDE = {
    "high": "high values are suspicious",
    "low": "low values are suspicious",
    "both": "values far to either side are suspicious",
    "yes": "it holds or it does not",
}
MANY = 4  # values of one key beyond which the page of the rules is named instead


def page() -> str:
    """The page: what a result is, a table of all, a section each."""
    return "\n\n".join([_opening(), _table(), *(_section(flag) for flag in flags().values())]) + "\n"


def _opening() -> str:
    return f"""# Red flags

{HEAD}

What `vitrina insight flags` computes over a store, and `vitrina insight explain CODE ID` proves. A flag is a reason to
look, not a proof. The list of codes and titles is the red-flag guide of the Open Contracting Partnership; the rules of
{", ".join(CARDINAL)} are those of Cardinal 0.0.8
(`--cardinal` gives its exact results), all others are Vitrina's own definitions.

Each unit is flagged, clear or not computable; the last is counted with what is missing and is never clean. Values of
the law come from the [rulebook](../law/rules.md), by the day of the process, with their certainty (`D` agrees with
real rows, `R` original read, `S` secondary source, `M` or `m` from memory, `P` our proposal). A cell of peers is the
market (four digits of the class, or fewer where they are few), method, category, year and, for works, region, with at
least 30 processes."""


def _table() -> str:
    rows = ["| code | title | título | about | needs |", "|-|-|-|-|-|"]
    rows += [
        f"| [{f.code}](#{f.code.lower()}) | {f.title.en} | {f.title.es} | {f.group} | {f.needs} |"
        for f in flags().values()
    ]
    return "\n".join(rows)


def _section(flag: Flag) -> str:
    rows = [f"## {flag.code}", "", f"**{flag.title.en}** · {flag.title.es}", "", flag.explanation.en, ""]
    rows += [f"*{flag.explanation.es}*", "", "| | |", "|-|-|"]
    rows += [f"| {name} | {text.replace('|', chr(92) + '|')} |" for name, text in _facts(flag)]
    return "\n".join(rows)


def _facts(flag: Flag) -> Iterator[tuple[str, str]]:
    yield "about", f"{flag.group}; {SIDE[flag.side]}"
    yield "needs", f"{NEEDS[flag.needs]}: " + ", ".join(f"`{path}`" for path in flag.inputs)
    yield "rule", _both(flag.definition)
    own, words = flag.params(), flag.params.words()
    if words:
        yield (
            "parameters",
            "<br>".join(f"`{n} = {_value(msgspec.to_builtins(getattr(own, n)))}`: {_both(words[n])}" for n in words),
        )
    if flag.bases or flag.reasons:
        told = {**flag.bases, **flag.reasons}
        yield "basis", "<br>".join(f"`{word}`: {_both(text)}" for word, text in told.items())
    if flag.law:
        yield "law", "<br>".join(_law(key) for key in flag.law)
    yield "innocent readings", "<br>".join(map(_both, flag.innocent))
    yield "source", f"{_both(flag.source)}, version {flag.version}"


def _both(text: Text) -> str:
    """English, then Spanish."""
    return f"{text.en} · *{text.es}*"


def _law(key: str) -> str:
    """A key with its federal values by law, where they are few."""
    rows = loader.tables().rows.get(key, ())
    told = dict.fromkeys(
        f"{amount(row.value, row.unit, 'en')} ({row.law}, {row.certainty})" for row in rows if not row.unknown
    )
    return f"`{key}`: " + ("; ".join(told) if 0 < len(told) <= MANY else "[by year and case](../law/rules.md)")


def _value(value: object) -> str:
    return "none" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
