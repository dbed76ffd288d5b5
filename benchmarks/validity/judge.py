# SPDX-License-Identifier: Apache-2.0
"""What every flag and screen says of the units of a store that holds no labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from vitrina.insight.flags.communities import communities, community_ids
from vitrina.insight.flags.declare import VERDICT, Group
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import params_of
from vitrina.insight.flags.units import org_ids
from vitrina.insight.generate import profile
from vitrina.insight.lists.add import add
from vitrina.insight.screens.run import run as run_screens
from vitrina.insight.store import Store
from vitrina.insight.tables import Tables

from .kinds import COMMUNITY, FILES, SCREENS, TENDER

TOP, HIGH, KINDS = 0.9, 0.95, 2
LISTS = {"tax": "tax_69b.csv", "sanction": "debarred.csv", "official": "officials.csv", "register": "register.csv"}
Ids = dict[str, set[str]]


@dataclass
class Units:
    """What a rule said of the units of one history: ids by group. A unit that is not judged is `open`."""

    judged: Ids = field(default_factory=lambda: defaultdict(set))
    open: Ids = field(default_factory=lambda: defaultdict(set))
    raised: Ids = field(default_factory=lambda: defaultdict(set))

    def groups(self) -> list[str]:
        """The groups that the rule looks at."""
        return sorted(set(self.judged) | set(self.open))


def load(store: Store, folder: Path) -> None:
    """Add the outside lists of a history to its store, as an operator would."""
    for kind, name in LISTS.items():
        add(store, kind, folder / name, cut=date.fromisoformat(profile.CUT))


def judged(t: Tables) -> Iterator[tuple[str, Units]]:
    """Every flag, then every screen, one after the other: what they say of a whole country does not fit in memory."""
    for code, flag in flags().items():
        name = f"judged_{code.lower()}"
        told = t.engine.keep(name, flag.rule(t, params_of(flag, None))).cast(VERDICT)
        rows = told.select("group", "id", "flagged", "missing").to_pyarrow()
        t.engine.drop(name)
        units, firms = Units(), _firms(t, code)
        columns = (rows[column].to_pylist() for column in rows.column_names)
        for group, unit, flagged, missing in zip(*columns, strict=True):
            kind = Group.TENDERER if firms else group
            for each in firms(unit) if firms else (unit,):
                is_open = missing is not None or flagged is None
                (units.open if is_open else units.judged)[kind].add(each)
                if flagged and not is_open:
                    units.raised[kind].add(each)
        yield code, units
    yield from screens(t).items()


def _firms(t: Tables, code: str) -> Callable[[str], list[str]] | None:
    """How to read the firms of a unit that is a group of firms, or a firm in a market; none for other rules."""
    if code == "R034":
        return lambda unit: unit.split(" | ")
    if code == "R050":
        return lambda unit: [unit.rsplit(" | ", 1)[1]]
    if code == "R057":
        members: dict[str, list[str]] = defaultdict(list)
        named = community_ids(t).select("community", group="id").join(communities(t), "community")
        for row in t.rows(named.join(org_ids(t), "oid")):
            members[row["group"]].append(row["id"])
        return members.__getitem__
    return None


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
        kinds = sum((row[kind] or 0) > HIGH for kind in ("composite_rank", "group", "documents"))
        for screen, is_raised in ((COMMUNITY, kinds >= KINDS), (FILES, (row["documents"] or 0) > HIGH)):
            found[screen].judged["Tenderer"] |= members
            if is_raised:
                found[screen].raised["Tenderer"] |= members
    return found
