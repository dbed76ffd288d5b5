# SPDX-License-Identifier: Apache-2.0
"""Small histories for tests, each made once."""

from __future__ import annotations

import functools

import pyarrow as pa

from vitrina.insight.generate.golden import Reference
from vitrina.insight.generate.history import History
from vitrina.insight.generate.labels import Label
from vitrina.insight.generate.write import table_of

SMALL = 4_000


@functools.cache
def small() -> tuple[History, dict[str, pa.Table]]:
    """A history of a few thousand contracts, and its tables."""
    history = History(SMALL, 7)
    return history, table_of(history)


@functools.cache
def reference(*, is_cartel: bool, variant: str = "exact", seed: int = 1) -> tuple[Reference, dict[str, pa.Table]]:
    """The cartel or its twin, and its tables."""
    made = Reference(seed, is_cartel=is_cartel, variant=variant)
    return made, table_of(made)


def labelled(labels: list[Label], kind: str, group: str = "OCID", role: str | None = None) -> set[str]:
    """The ids with a label."""
    return {x.id for x in labels if x.kind == kind and x.group == group and role in (None, x.role)}
