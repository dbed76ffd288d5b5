# SPDX-License-Identifier: Apache-2.0
"""The replay as a page: our totals beside the published evidence, with every difference explained."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import partial
from typing import Any

from vitrina.law.explain import amount, phrase
from vitrina.law.loader import DATA
from vitrina.law.replay import SIGNATURE, percentile

STATS = ("n", "min", "p5", "p50", "p95", "max")


def lines(result: dict[str, Any], lang: str = "es") -> list[str]:
    """The result as plain lines for a terminal: totals by limit, breaches, and why other rows were not judged."""
    word = partial(phrase, "replay", lang=lang)
    out = []
    for total in result["totals"]:
        states = ", ".join(f"{word(name)} {count}" for name, count in total["states"].items() if count)
        limit = amount(total["limit"], total["unit"] or "count", lang)
        scope = f"{total['law']} {total['procedure']} {total['character']}"
        out.append(
            f"{total['term']} [{scope}] {word('limit')}: {limit}; n {total['n']}, p50 {total['p50']:g}; {states}"
        )
    for row in result["breaches"]:
        days, limit = (amount(row[name], row["unit"], lang) for name in ("days", "limit"))
        out.append(f"{word('breach')}: {row['number']} {row['term']}: {days}; {word('limit')}: {limit}")
    out += [f"{word('not_applicable')}: {count}. {reason}" for reason, count in result["reasons"].items()]
    return out


def evidence() -> list[dict[str, Any]]:
    """The published figures that a replay of the same file must meet."""
    figures: list[dict[str, Any]] = tomllib.loads((DATA / "evidence.toml").read_text("utf-8"))["figure"]
    return figures


def share_of(total: dict[str, Any], condition: str, days: int) -> float:
    """Percentage of a total's rows with days below, above, at_most or at_least `days`, one decimal."""
    tests = {
        "below": lambda d: d < days,
        "above": lambda d: d > days,
        "at_most": lambda d: d <= days,
        "at_least": lambda d: d >= days,
    }
    hits = sum(count for day, count in total["histogram"].items() if tests[condition](int(day)))
    return float(round(100 * hits / total["n"], 1))


def compare(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Each published figure with ours: `published`, `ours` (None when the file has none), `same`, `explained`.

    Two figures are the same when ours, rounded as the published one is printed, equals it.
    """
    lines = []
    for figure in evidence():
        if figure["term"] == SIGNATURE:
            continue  # of the contracts file
        ours = next((t for t in result["totals"] if _matches(t, figure)), None)
        line = {**figure, "ours": None, "ours_share": None, "same": False}
        if ours:
            line["ours"] = [ours[name] for name in STATS]
            line["total"] = ours
            if "share" in figure:
                line["ours_share"] = share_of(ours, figure["condition"], figure["days"])
            pairs = zip(figure["stats"], line["ours"], strict=True)
            same = all(round(mine, 1 if isinstance(theirs, float) else None) == theirs for theirs, mine in pairs)
            line["same"] = same and figure.get("share") == line["ours_share"]
        lines.append(line)
    return lines


def _matches(total: dict[str, Any], figure: dict[str, Any]) -> bool:
    same = all(total[name] == figure[name] for name in ("term", "procedure", "character"))
    return same and total["law"].startswith(figure["family"])


def _number(value: float) -> str:
    return f"{value:g}"


def _stats(values: list[float] | None) -> str:
    return "; ".join([_number(values[0]), ", ".join(_number(v) for v in values[1:])]) if values else "-"


def _share(figure: dict[str, Any], share: float | None) -> str:
    return f"{share} % {figure['condition'].replace('_', ' ')} {figure['days']}" if share is not None else ""


def _table(head: str, rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; `head` names the columns, separated by commas."""
    names = head.split(", ")
    body = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(names)} |", "|" + "---|" * len(names), *body])


PAGE = """\
# Replay: the rulebook over real procedures

`vitrina law replay {file}` reads {procedures} rows, the last moment in them {cut}, and asks the rulebook about each.
This page is written by `vitrina law docs`; a test compares it with a fresh run.

## Against the published evidence

Days between the two acts, natural, date to date: n; min, p5, p50, p95, max. Percentiles lie linearly between ranks.
Published figures are rounded as printed; ours keep two decimals.

{evidence}

### Differences

{differences}
- All others: none.

## Award to signature

{signature}

## All totals

`edge` is the outermost limit with a recorded reason. `planned`: the second act lies after the last moment of the file,
so its date was fixed but not yet an act. The published figures count these rows too, and so do ours.

{totals}

## Breaches

{breaches}

A breach here is a question about two dates in a public file, not a finding: the file shows neither the reason for a
reduced term nor an earlier invitation.

## Where no limit was judged

{reasons}

`unknown` totals: LOPSRM gives terms that nobody on the project has read (art. 33 for open international tenders,
art. 44 for invitations, and the clarification meeting). They are marked unknown and not judged; no number of LAASSP
stands in.
"""

SIGNATURES = """\
The procedures file has no signature date; the contracts file has. `vitrina law replay {file}` reads {count} contracts.
Natural days, published: {published}; ours: {ours}.

{table}

Not judged: {reasons}. The count knows the rest days of the Ley Federal del Trabajo only. A buyer's own
list (a December recess, for example) is not in the data and would shorten counts: the breaches are an upper bound.
One interval is negative: the row is kept and reported as a breach."""


def _signature_text(contracts: dict[str, Any] | None) -> str:
    """The section on award to signature, which only the contracts file can show."""
    if contracts is None:
        return "The procedures file has no signature date, and no contracts file was replayed."
    days = sorted(row["natural"] for row in contracts["rows"] if "natural" in row)
    figures = [len(days), days[0], *(percentile(days, at) for at in (0.05, 0.5, 0.95)), days[-1]]
    published = next(figure for figure in evidence() if figure["term"] == SIGNATURE)
    states = ("holds", "breach", "unknown", "not_applicable")
    table = _table(
        "law, limit, unit, n, holds, breach, unknown, not judged",
        (
            [t["law"], _limit(t), t["unit"] if t["limit"] else "-", t["n"], *(t["states"][s] for s in states)]
            for t in contracts["totals"]
        ),
    )
    return SIGNATURES.format(
        file=contracts["file"],
        count=contracts["procedures"],
        published=_stats(published["stats"]),
        ours=_stats(figures),
        table=table,
        reasons="; ".join(f"{count} {reason}" for reason, count in contracts["reasons"].items()),
    )


def _limit(total: dict[str, Any]) -> str:
    return "?" if total["limit"] is None else str(total["limit"])


def report(result: dict[str, Any], contracts: dict[str, Any] | None = None) -> str:
    """docs/law/replay.md for a replay of the procedures file, and of the contracts file if given. Deterministic."""
    compared = compare(result)
    states = ("holds", "reduced", "extended", "breach", "unknown")
    return PAGE.format(
        **{name: result[name] for name in ("file", "procedures", "cut")},
        evidence=_table(
            "term, law, procedure, character, published, ours, published share, our share, same",
            (
                [
                    f"`{x['term']}`",
                    x["family"],
                    x["procedure"],
                    x["character"],
                    _stats(x["stats"]),
                    _stats(x["ours"]),
                    _share(x, x.get("share")),
                    _share(x, x["ours_share"]),
                    "yes" if x["same"] else "no",
                ]
                for x in compared
            ),
        ),
        differences="\n".join(
            f"- `{x['term']}` {x['family']} {x['character']}: {x['explained']}" for x in compared if "explained" in x
        ),
        signature=_signature_text(contracts),
        totals=_table(
            "term, law, procedure, character, limit, edge, n, holds, reduced, extended, breach, unknown, planned",
            (
                [f"`{t['term']}`", t["law"], t["procedure"], t["character"], _limit(t), t["edge"] or "-", t["n"]]
                + [t["states"][state] for state in states]
                + [t["planned"]]
                for t in result["totals"]
            ),
        ),
        breaches=_table(
            "procedure, term, days, limit, edge, severity",
            (
                [b["number"], f"`{b['term']}`", b["days"], b["limit"], b["edge"] or "-", b["severity"]]
                for b in result["breaches"]
            ),
        ),
        reasons=_table("rows, reason", ([count, reason] for reason, count in result["reasons"].items())),
    )
