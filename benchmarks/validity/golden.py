# SPDX-License-Identifier: Apache-2.0
"""The reference cartel and its twin: tenders in the top tenth of the composite, firms of raised communities."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from vitrina.insight.generate import write as out
from vitrina.insight.generate.golden import Reference
from vitrina.insight.store import Store

from .judge import screens
from .kinds import COMMUNITY, TENDER

FEW = 4  # seeds of each world here; twenty, of the same worlds, in docs/explanation/screens.md
WORLDS = (
    ("cartel", True, "exact"),
    ("cartel, noisy losers", True, "noisy"),
    ("cartel, losers stay away", True, "suppression"),
    ("cartel, allocation", True, "allocation"),
    ("competitive twin", False, "exact"),
    ("twin with a common cost", False, "common-cost"),
    ("twin under a published reserve", False, "public-reserve"),
)


def part(seeds: int) -> list[str]:
    """The part of the page on the reference cartel."""
    few = min(seeds, FEW)
    rows = [
        f"{few} seeds, mean [least, most].",
        "",
        "| world | tenders in the top tenth of the composite | members in a raised community |",
        "|---|---|---|",
    ]
    for world, is_cartel, variant in WORLDS:
        shares, firms = [], []
        for seed in range(1, few + 1):
            share, members = _world(seed, is_cartel=is_cartel, variant=variant)
            shares.append(share)
            firms.append(members)
        rows.append(
            f"| {world} | {np.mean(shares):.2f} [{min(shares):.2f}, {max(shares):.2f}] "
            f"| {np.mean(firms):.2f} [{min(firms):.2f}, {max(firms):.2f}] |"
        )
    return rows


def _world(seed: int, *, is_cartel: bool, variant: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        made = Reference(seed, is_cartel=is_cartel, variant=variant)
        out.store(made, Path(folder) / "store")  # type: ignore[arg-type]
        with Store(Path(folder) / "store").tables() as t:
            found = screens(t)
    mine = {x.id for x in made.labels if x.group == "OCID"}
    members = {x.id for x in made.labels if x.group == "Tenderer" and x.role == "member"}
    judged = mine & found[TENDER].judged["OCID"]
    share = len(judged & found[TENDER].raised["OCID"]) / max(1, len(judged))
    return share, len(members & found[COMMUNITY].raised["Tenderer"]) / len(members)
