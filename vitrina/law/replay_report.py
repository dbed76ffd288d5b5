# SPDX-License-Identifier: Apache-2.0
"""The replay as a page: our totals beside the published evidence, with every difference explained."""

from __future__ import annotations

import tomllib
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


def _number(value: float | int) -> str:
    return f"{value:g}"


def _stats(values: list[float] | None) -> str:
    return "; ".join([_number(values[0]), ", ".join(_number(v) for v in values[1:])]) if values else "-"


def _share(figure: dict[str, Any], share: float | None) -> str:
    return f"{share} % {figure['condition'].replace('_', ' ')} {figure['days']}" if share is not None else ""


def _signature_lines(contracts: dict[str, Any] | None) -> list[str]:
    """The section on award to signature, which only the contracts file can show."""
    out = ["## Award to signature", "", "The procedures file has no signature date; the contracts file has."]
    if contracts is None:
        return [*out, "It was not replayed.", ""]
    days = sorted(row["natural"] for row in contracts["rows"] if "natural" in row)
    figures = [len(days), days[0], *(percentile(days, at) for at in (0.05, 0.5, 0.95)), days[-1]]
    published = next(figure for figure in evidence() if figure["term"] == SIGNATURE)
    out += [
        f"`vitrina law replay {contracts['file']}` reads {contracts['procedures']} contracts. Natural days, as published "
        f"and ours: {_stats(published['stats'])} and {_stats(figures)}.",
        "",
        "| law | limit | unit | n | holds | breach | unknown | not judged |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for total in contracts["totals"]:
        counts = (str(total["states"][name]) for name in ("holds", "breach", "unknown", "not_applicable"))
        limit = "?" if total["limit"] is None else total["limit"]
        unit = total["unit"] if total["limit"] is not None else "-"
        out.append(f"| {total['law']} | {limit} | {unit} | {total['n']} | {' | '.join(counts)} |")
    reasons = "; ".join(f"{count} {reason}" for reason, count in contracts["reasons"].items())
    return [
        *out,
        "",
        f"Not judged: {reasons}. The count uses the rest days of the Ley Federal del Trabajo only. The institute's own "
        "list (the December recess falls in this period) is not in the data and would shorten many of these counts, so "
        "the breaches are an upper bound. One interval is negative: the row is kept and reported as a breach.",
        "",
    ]


def report(result: dict[str, Any], contracts: dict[str, Any] | None = None) -> str:
    """docs/law/replay.md for a replay of the procedures file, and one of the contracts file if given. Deterministic."""
    out = [
        "# Replay: the rulebook over real procedures",
        "",
        f"`vitrina law replay {result['file']}` reads {result['procedures']} rows, the last moment in them "
        f"{result['cut']}, and asks the rulebook about each. This page is written by `vitrina law docs`; "
        "a test compares it with a fresh run.",
        "",
        "## Against the published evidence",
        "",
        "Days between the two acts, natural, date to date: n; min, p5, p50, p95, max. Percentiles lie linearly between "
        "ranks. Published figures are rounded as printed; ours keep two decimals.",
        "",
        "| term | law | procedure | character | published | ours | published share | our share | same |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines = compare(result)
    for line in lines:
        out.append(
            f"| `{line['term']}` | {line['family']} | {line['procedure']} | {line['character']} "
            f"| {_stats(line['stats'])} | {_stats(line['ours'])} | {_share(line, line.get('share'))} "
            f"| {_share(line, line['ours_share'])} | {'yes' if line['same'] else 'no'} |"
        )
    out += ["", "### Differences", ""]
    out += [f"- `{x['term']}` {x['family']} {x['character']}: {x['explained']}" for x in lines if "explained" in x]
    out += [
        "- All others: none.",
        "",
        *_signature_lines(contracts),
        "## All totals",
        "",
        "`planned`: the second act lies after the last moment of the file, so its date was fixed but not yet an act. "
        "The published figures count these rows too, and so do ours.",
        "",
        "| term | law | procedure | char. | limit | edge | n | holds | reduced | extended | breach | unknown | planned |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for total in result["totals"]:
        states = total["states"]
        cells = [
            f"`{total['term']}`",
            total["law"],
            total["procedure"],
            total["character"],
            "?" if total["limit"] is None else str(total["limit"]),
            "-" if total["edge"] is None else str(total["edge"]),
            str(total["n"]),
            *(str(states[name]) for name in ("holds", "reduced", "extended", "breach", "unknown")),
            str(total["planned"]),
        ]
        out.append(f"| {' | '.join(cells)} |")
    out += [
        "",
        "## Breaches",
        "",
        "| procedure | term | days | limit | edge | severity |",
        "|---|---|---|---|---|---|",
    ]
    for row in result["breaches"]:
        out.append(
            f"| {row['number']} | `{row['term']}` | {row['days']} | {row['limit']} | {row['edge'] or '-'} "
            f"| {row['severity']} |"
        )
    out += [
        "",
        "A breach here is a question about two dates in a public file, not a finding: the file shows neither the reason "
        "for a reduced term nor an earlier invitation.",
        "",
        "## Where no limit was judged",
        "",
        "| rows | reason |",
        "|---|---|",
        *(f"| {count} | {reason} |" for reason, count in result["reasons"].items()),
        "",
        (
            "`unknown` totals: LOPSRM gives terms that nobody on the project has read (art. 33 for open international "
            "tenders, art. 44 for invitations, and the clarification meeting). They are marked unknown and not judged; "
            "no number of LAASSP stands in."
        ),
        "",
    ]
    return "\n".join(out)
