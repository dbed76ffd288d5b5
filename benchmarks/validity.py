# SPDX-License-Identifier: Apache-2.0
"""`python -m benchmarks.validity [--contracts N] [--seeds K] [--write]`: what rules find of what was planted.

Synthetic histories are made, every flag and screen of the program is run over each without its labels, and only then
the labels are read. For each kind and each rule that could see it: recall over the units that the rule judged, how
many it could not judge, precision, and the same with labels shuffled among the judged units. Intervals are bootstraps
over cases. `--write` puts the tables into docs/explanation/validity.md, `--only` one of its two parts. It needs no
database.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import params_of
from vitrina.insight.generate import profile
from vitrina.insight.generate import write as out
from vitrina.insight.generate.golden import Reference
from vitrina.insight.generate.history import History
from vitrina.insight.screens.run import run as run_screens
from vitrina.insight.store import Store
from vitrina.insight.tables import Tables

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "validity.md"
BOOTSTRAPS, SHUFFLES, TOP = 1_000, 24, 0.9
TENDER, COMMUNITY, FILES = "screens: price composite", "screens: community", "screens: shared files"
SCREENS = {TENDER: "OCID", COMMUNITY: "Tenderer", FILES: "Tenderer"}
CARTEL = (TENDER, COMMUNITY, "R018", "R022", "R024", "R025", "R028", "R031", "R034", "R036", "R053", "R057", "R058")
# kind -> what could see it
COULD_SEE = {
    "cartel.rotation": CARTEL,
    "cartel.cover": CARTEL,
    "cartel.suppression": CARTEL,
    "cartel.allocation": CARTEL,
    "splitting": ("R011", "R002", "R049"),
    "bunching": ("R002", "R055"),
    "captured": ("R013", "R040", "R003", "R018", "R014", "R050", "R051"),
    "ghost": ("R046", "R045"),
    "debarred": ("R046",),
    "conflict": ("R043", "R042"),
    "late_bid": ("R030",),
    "copied_documents": (FILES, "R041"),
    "change_orders": ("R054", "R064", "R059", "R069"),
}
LOOKALIKE = {
    "lookalike.common_cost": CARTEL,
    "lookalike.public_reserve": CARTEL,
    "lookalike.single_source": ("R010", "R013", "R040", "R050", "R051"),
    "lookalike.cleared": ("R046",),
    "lookalike.expired": ("R046",),
}


@dataclass
class Units:
    """What a rule said of the units of one history: `raised` and `judged` ids by group."""

    judged: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    open: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    raised: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def _lists(store: Store, folder: Path) -> None:
    """Load the outside lists of a history, as an operator would, where the program reads lists."""
    if importlib.util.find_spec("vitrina.insight.lists") is None:
        return
    add = importlib.import_module("vitrina.insight.lists.add").add
    cut = date.fromisoformat(profile.CUT)
    for kind, name in (("tax", "tax_69b.csv"), ("sanction", "debarred.csv"), ("official", "officials.csv")):
        add(store, kind, folder / name, cut=cut)


def judge(t: Tables) -> dict[str, Units]:
    """Every flag and screen over the tables of a store, which hold no labels."""
    found: dict[str, Units] = {}
    for code, flag in flags().items():
        judged = t.engine.keep(f"judged_{code.lower()}", flag.rule(t, params_of(flag, None)))
        units = found[code] = Units()
        for row in t.rows(judged.select("group", "id", "flagged", "missing")):
            is_open = row["missing"] is not None or row["flagged"] is None
            (units.open if is_open else units.judged)[row["group"]].add(row["id"])
            if row["flagged"] and not is_open:
                units.raised[row["group"]].add(row["id"])
    return found | screens(t)


def screens(t: Tables) -> dict[str, Units]:
    """The screens: tenders in the top tenth of the composite; firms of communities that two kinds of signal raise,
    and of those where hands or machines are shared.
    """
    seen = run_screens(t)
    found = {name: Units() for name in SCREENS}
    for row in seen.tables["tenders"].select(["ocid", "raised"]).to_pylist():
        units = found[TENDER]
        if row["raised"] is None or np.isnan(row["raised"]):
            units.open["OCID"].add(row["ocid"])
            continue
        units.judged["OCID"].add(row["ocid"])
        if row["raised"] >= TOP:
            units.raised["OCID"].add(row["ocid"])
    name = {row["oid"]: row["id"] for row in t.rows(t.org.select("oid", "id"))}
    groups = seen.tables.get("groups")
    for row in groups.to_pylist() if groups is not None else ():
        members = {name[oid] for oid in row["members"]}
        kinds = sum((row[kind] or 0) > 0.95 for kind in ("composite_rank", "group", "documents"))
        for screen, is_raised in ((COMMUNITY, kinds >= 2), (FILES, (row["documents"] or 0) > 0.95)):
            found[screen].judged["Tenderer"] |= members
            if is_raised:
                found[screen].raised["Tenderer"] |= members
    return found


@dataclass
class Score:
    """A rule against the labels of a kind, over several histories. By cluster: a case, or one unlabelled unit."""

    truth: list[int] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)
    raised: list[int] = field(default_factory=list)
    any_case: list[int] = field(default_factory=list)
    unjudged: int = 0
    by_chance: list[tuple[float, float]] = field(default_factory=list)

    def add(
        self, units: Units, group: str, cases: dict[str, str], planted: set[str], rng: np.random.Generator
    ) -> None:
        """Add a history. `cases`: id -> case of this kind; `planted`: ids of any planted kind."""
        judged, raised = units.judged[group], units.raised[group]
        self.unjudged += len(set(cases) - judged)
        mine: dict[str, list[str]] = defaultdict(list)
        for unit, case in cases.items():
            if unit in judged:
                mine[case].append(unit)
        for members in mine.values():
            self.truth.append(len(members))
            self.hits.append(len(raised.intersection(members)))
            self.raised.append(self.hits[-1])
            self.any_case.append(self.hits[-1])
        for unit in sorted(raised - set(cases)):
            self.truth.append(0)
            self.hits.append(0)
            self.raised.append(1)
            self.any_case.append(int(unit in planted))
        pool = np.array([unit in raised for unit in sorted(judged)])
        n = sum(len(members) for members in mine.values())
        for _ in range(SHUFFLES):
            k = int(rng.choice(pool, n, replace=False).sum()) if n else 0
            self.by_chance.append((k / max(1, n), k / max(1, pool.sum())))

    def _kinds(self) -> tuple[np.ndarray, np.ndarray]:
        """Clusters that are alike, one row each (hits, truth, raised, any case), and how many there are."""
        rows = np.array([self.hits, self.truth, self.raised, self.any_case], float).reshape(4, -1).T
        return np.unique(rows, axis=0, return_counts=True)

    def rates(self) -> tuple[float, float, float]:
        """Recall, precision for the kind, precision for any planted kind."""
        rows, counts = self._kinds()
        return _rates(counts @ rows)

    def intervals(self, rng: np.random.Generator) -> np.ndarray:
        """2.5 and 97.5 per cent of the three rates, over clusters drawn again (2 x 3)."""
        rows, counts = self._kinds()
        n = int(counts.sum())
        if not n:
            return np.zeros((2, 3))
        drawn = rng.multinomial(n, counts / n, size=BOOTSTRAPS) @ rows
        return np.quantile(np.array([_rates(each) for each in drawn]), [0.025, 0.975], axis=0)


def _rates(sums: np.ndarray) -> tuple[float, float, float]:
    hits, truth, raised, any_case = (float(x) for x in sums)
    return hits / max(truth, 1e-9), hits / max(raised, 1e-9), any_case / max(raised, 1e-9)


def group_of(name: str, found: dict[str, Units]) -> list[str]:
    """The groups that a rule judges."""
    units = found.get(name)
    return sorted(set(units.judged) | set(units.open)) if units else []


def measure(contracts: int, seeds: int) -> tuple[dict[tuple[str, str, str], Score], list[str], dict[str, int]]:
    """Scores by kind, rule and group; the rules named here that the program does not have; labels by kind."""
    scores: dict[tuple[str, str, str], Score] = defaultdict(Score)
    counts: dict[str, int] = defaultdict(int)
    absent: set[str] = set()
    for seed in range(1, seeds + 1):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            history = History(contracts, seed)
            store = out.store(history, Path(folder) / "store")
            _lists(store, Path(folder) / "store" / "lists")
            with store.tables() as t:
                found = judge(t)
        rng = np.random.default_rng([seed, 77])
        cases: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        planted: dict[str, set[str]] = defaultdict(set)
        for label in history.labels:
            cases[label.kind, label.group].setdefault(label.id, f"{seed}.{label.case}")
            if label.group == "OCID":
                counts[label.kind] += 1
            if not label.kind.startswith("lookalike."):
                planted[label.group].add(label.id)
        for kind, rules in {**COULD_SEE, **LOOKALIKE}.items():
            for rule in rules:
                if rule not in found:
                    absent.add(rule)
                for group in group_of(rule, found):
                    mine = _spread(cases[kind, group])
                    if mine:
                        scores[kind, rule, group].add(found[rule], group, mine, planted[group], rng)
        print(f"seed {seed}: {time.monotonic() - began:.0f} s", flush=True)
    return scores, sorted(absent), counts


def _spread(cases: dict[str, str]) -> dict[str, str]:
    """Kinds whose units are on their own (late bids) are one case a unit, so that the bootstrap draws units."""
    return {unit: unit for unit in cases} if len(set(cases.values())) == 1 else cases


def table(scores: dict[tuple[str, str, str], Score], kinds: dict[str, tuple[str, ...]]) -> list[str]:
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
            chance = np.array(score.by_chance).mean(axis=0)
            cells = [kind, rule, group, str(sum(score.truth)), str(score.unjudged)]
            if sum(score.truth):
                cells += [f"{recall:.2f} [{low[0]:.2f}, {high[0]:.2f}]", f"{chance[0]:.2f}"]
                cells += [f"{precision:.3f} [{low[1]:.3f}, {high[1]:.3f}]", f"{any_kind:.2f}", f"{chance[1]:.3f}"]
            else:
                cells += ["–"] * 5
            rows.append("| " + " | ".join(cells) + " |")
    return rows


def golden(seeds: int) -> list[str]:
    """The reference cartel and its twin: tenders in the top tenth, firms of raised communities."""
    rows = ["| world | tenders in the top tenth of the composite | members in a raised community |", "|---|---|---|"]
    for world, is_cartel, variant in (
        ("cartel", True, "exact"),
        ("cartel, noisy losers", True, "noisy"),
        ("cartel, losers stay away", True, "suppression"),
        ("cartel, allocation", True, "allocation"),
        ("competitive twin", False, "exact"),
        ("twin with a common cost", False, "common-cost"),
        ("twin under a published reserve", False, "public-reserve"),
    ):
        shares, firms = [], []
        for seed in range(1, seeds + 1):
            with tempfile.TemporaryDirectory() as folder:
                made = Reference(seed, is_cartel=is_cartel, variant=variant)
                out.store(made, Path(folder) / "store")  # type: ignore[arg-type]
                with Store(Path(folder) / "store").tables() as t:
                    found = screens(t)
            mine = {x.id for x in made.labels if x.group == "OCID"}
            members = {x.id for x in made.labels if x.group == "Tenderer" and x.role == "member"}
            judged = mine & found[TENDER].judged["OCID"]
            shares.append(len(judged & found[TENDER].raised["OCID"]) / max(1, len(judged)))
            firms.append(len(members & found[COMMUNITY].raised["Tenderer"]) / len(members))
        rows.append(
            f"| {world} | {np.mean(shares):.2f} [{min(shares):.2f}, {max(shares):.2f}] "
            f"| {np.mean(firms):.2f} [{min(firms):.2f}, {max(firms):.2f}] |"
        )
    return rows


def planted(contracts: int, seeds: int) -> list[str]:
    """The part of the page on planted cases."""
    scores, absent, counts = measure(contracts, seeds)
    return [
        f"{seeds} histories of {contracts:,} contracts; {len(flags())} flags of 73 existed.",
        f"Not there yet, so not measured: {', '.join(absent) or 'none'}.",
        "",
        "Purchases planted: " + "; ".join(f"{kind} {n}" for kind, n in sorted(counts.items())) + ".",
        "",
        "### Planted cases",
        *table(scores, COULD_SEE),
        "",
        "### Honest look-alikes: here recall is the share of false alarms",
        *table(scores, LOOKALIKE),
    ]


def put(part: str, text: list[str]) -> None:
    """Write a part of the page, between its two marks."""
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(f"<!-- {part} -->\n")
    tail = rest.split(f"<!-- end of {part} -->\n")[1]
    body = "\n".join(text)
    PAGE.write_text(f"{head}<!-- {part} -->\n{body}\n<!-- end of {part} -->\n{tail}", encoding="utf-8")


def main() -> None:
    """Measure and print, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", choices=("planted", "golden"))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    parts = {
        "planted": lambda: planted(given.contracts, given.seeds),
        "golden": lambda: [f"{given.seeds} seeds, mean [least, most].", "", *golden(given.seeds)],
    }
    for part in [given.only] if given.only else parts:
        text = parts[part]()
        print("\n".join(text), flush=True)
        if given.write:
            put(part, text)


if __name__ == "__main__":
    main()
