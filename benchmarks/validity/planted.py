# SPDX-License-Identifier: Apache-2.0
"""Synthetic histories with planted cases: what each rule finds of each kind.

Every flag and screen runs over each history without its labels; only then the labels are read. For each kind and each
rule that could see it: recall over the units that the rule judged, how many it could not judge, precision, and the
same with labels shuffled among the judged units. Intervals are bootstraps over cases.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from vitrina.insight.flags.registry import flags
from vitrina.insight.generate import write as out
from vitrina.insight.generate.history import History

from .judge import judged, load
from .kinds import COULD_SEE, LOOKALIKE
from .score import Score

Scores = dict[tuple[str, str, str], Score]
FEWEST = 5  # units of a kind for a rule that nobody named to be told
CLEARLY = 0.05  # by how much its recall must pass that of every shuffle


def measure(contracts: int, seeds: int) -> tuple[Scores, dict[str, int]]:
    """Scores by kind, rule and group, of every rule; labels by kind."""
    scores: Scores = defaultdict(Score)
    counts: dict[str, int] = defaultdict(int)
    for seed in range(1, seeds + 1):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            history = History(contracts, seed)
            store = out.store(history, Path(folder) / "store")
            load(store, Path(folder) / "store" / "lists")
            cases, planted = read(history, seed, counts)
            rng = np.random.default_rng([seed, 77])
            with store.tables() as t:
                for rule, units in judged(t):
                    for group in units.groups():
                        for kind, mine in cases.get(group, {}).items():
                            scores[kind, rule, group].add(units, group, mine, planted[group], rng)
        print(f"history {seed}: {time.monotonic() - began:.0f} s", flush=True)
    return scores, counts


def read(
    history: History, seed: int, counts: dict[str, int]
) -> tuple[dict[str, dict[str, dict[str, str]]], dict[str, set[str]]]:
    """The labels: group -> kind -> id -> case, and group -> ids of any kind that is not honest. Adds to `counts`."""
    cases: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    planted: dict[str, set[str]] = defaultdict(set)
    for label in history.labels:
        cases[label.group][label.kind].setdefault(label.id, f"{seed}.{label.case}")
        if label.group == "OCID":
            counts[label.kind] += 1
        if not label.kind.startswith("lookalike."):
            planted[label.group].add(label.id)
    for kinds in cases.values():
        for kind, mine in kinds.items():
            if len(set(mine.values())) == 1:  # late bids, copied papers: the bootstrap draws units
                kinds[kind] = {unit: unit for unit in mine}
    return cases, planted


def table(scores: Scores, kinds: dict[str, tuple[str, ...]]) -> list[str]:
    """A table in Markdown."""
    rng = np.random.default_rng(5)
    rows = [
        "| kind | rule | units | judged | not judged | recall | chance | precision | of any planted kind | chance |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for kind, rules in kinds.items():
        for (of, rule, group), score in sorted(scores.items(), key=lambda x: x[0]):
            if of != kind or rule not in rules or not sum(score.truth) + score.unjudged:
                continue
            recall, precision, any_kind = score.rates()
            low, high = score.intervals(rng)
            chance = score.chance()
            cells = [kind, rule, group, str(sum(score.truth)), str(score.unjudged)]
            if sum(score.truth):
                cells += [f"{recall:.2f} [{low[0]:.2f}, {high[0]:.2f}]", f"{chance[0]:.2f}"]
                cells += [f"{precision:.3f} [{low[1]:.3f}, {high[1]:.3f}]", f"{any_kind:.2f}", f"{chance[1]:.3f}"]
            else:
                cells += ["–"] * 5
            rows.append("| " + " | ".join(cells) + " |")
    return rows


def others(scores: Scores) -> list[str]:
    """Of the flags that nobody named for a kind, those whose recall clearly passes that of every shuffle."""
    named = COULD_SEE | LOOKALIKE
    found: dict[str, list[str]] = defaultdict(list)
    for (kind, rule, group), score in sorted(scores.items(), key=lambda x: x[0]):
        if rule in named.get(kind, ()) or sum(score.truth) < FEWEST:
            continue
        recall, chance = score.rates()[0], score.chance()
        if recall > chance[2] + CLEARLY:
            found[kind].append(f"{rule} {recall:.2f} ({chance[0]:.2f}, {sum(score.truth)} {group})")
    return ["| kind | rule: recall (chance, units judged) |", "|---|---|"] + [
        f"| {kind} | {'; '.join(rules)} |" for kind, rules in found.items()
    ]


def part(contracts: int, seeds: int) -> list[str]:
    """The part of the page on planted cases."""
    scores, counts = measure(contracts, seeds)
    return [
        f"{seeds} histories of {contracts:,} contracts; {len(flags())} flags.",
        "",
        "Purchases planted: " + "; ".join(f"{kind} {n}" for kind, n in sorted(counts.items())) + ".",
        "",
        "### Planted cases",
        *table(scores, COULD_SEE),
        "",
        "### Honest look-alikes: here recall is the share of false alarms",
        *table(scores, LOOKALIKE),
        "",
        "### Other flags on the same units",
        f"Of all the flags, those not named above whose recall passes that of each of the shuffles by {CLEARLY}.",
        "",
        *others(scores),
    ]
