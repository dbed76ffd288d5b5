# SPDX-License-Identifier: Apache-2.0
"""What a flag found over a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

ROWS = pa.schema(
    [
        ("group", pa.string()),
        ("id", pa.string()),
        ("rid", pa.int64()),
        ("value", pa.float64()),
        ("threshold", pa.float64()),
        ("peer_n", pa.int64()),
        ("percentile", pa.float64()),
        ("flagged", pa.bool_()),
        ("missing", pa.string()),
        ("basis", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the flag `code` found: flagged rows (columns of `ROWS`), how many units are flagged and clear,
    and why the others were not judged (missing paths -> number of units).
    """

    code: str
    rows: pa.Table
    flagged: int
    clear: int
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def not_computable(self) -> int:
        """Units that could not be judged."""
        return sum(self.missing.values())


def outcome(code: str, counts: Iterable[Mapping[str, Any]], rows: pa.Table) -> Outcome:
    """An outcome from its two answers: (why, yes, n), and the flagged rows, whose numbers an engine may have kept as
    decimals.
    """
    counted = list(counts)
    missing = {row["why"]: row["n"] for row in counted if row["why"] is not None}
    return Outcome(
        code,
        rows.cast(ROWS),
        flagged=sum(row["n"] for row in counted if row["why"] is None and row["yes"]),
        clear=sum(row["n"] for row in counted if row["why"] is None and not row["yes"]),
        missing=dict(sorted(missing.items())),
    )
