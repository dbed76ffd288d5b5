# SPDX-License-Identifier: Apache-2.0
"""The demonstration's history: contracts of a country that never was, behind the search and its pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from vitrina.insight.flags import kept, results
from vitrina.insight.generate import write
from vitrina.insight.generate.history import History
from vitrina.insight.store import Store
from vitrina.profiles import making
from vitrina.search import national
from vitrina.site import paths

SEED, FLAGS = 7, "flags.parquet"


def put_behind_the_search(
    contracts: int, tell: Callable[[str], None] = lambda _: None, *, with_flags: bool = True
) -> national.Loaded | None:
    """Make the history once, and load it. Nothing, where the store of somebody else is behind the search."""
    root = Path(settings.SEARCH_DIR)
    ours = paths.var() / "demo-history"
    path = ours / f"{contracts}-{SEED}"
    behind = national.source(root)
    if national.current(root) is not None and not (behind and behind.is_relative_to(ours.resolve())):
        return None
    if not path.exists():
        shutil.rmtree(ours, ignore_errors=True)  # of another size, or of a run that was cut off
        part = ours / "part"
        tell(f"{contracts:,} synthetic contracts")
        write.store(History(contracts, SEED), part, None)
        if with_flags:
            tell("red flags")
            outcomes = kept.judged(Store(part))
            results.write(results.rows(outcomes), part / FLAGS)
            results.write_summary(results.summary(outcomes), (part / FLAGS).with_suffix(".summary.csv"))
        part.rename(path)
    tell("index and profiles")
    findings = path / FLAGS
    return making.load(Store(path), root, findings=findings if findings.exists() else None)[0]
