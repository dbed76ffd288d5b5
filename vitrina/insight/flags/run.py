# SPDX-License-Identifier: Apache-2.0
"""Runs flags over a store: the flagged rows, and how many units of each are flagged, clear and not computable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec
import pyarrow as pa

from vitrina.insight.tables import Tables

from .declare import VERDICT, Flag, Params


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a flag found: flagged rows (columns of `declare.VERDICT`), counts by group, and why units were not judged
    (missing paths -> number of units).
    """

    flag: Flag
    params: Params
    rows: pa.Table
    flagged: int
    clear: int
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def not_computable(self) -> int:
        """Units that could not be judged."""
        return sum(self.missing.values())


def params_of(flag: Flag, given: Mapping[str, Any] | None) -> Params:
    """The parameters of a flag: its defaults, changed by what is given. Unknown names and wrong types are an error."""
    return msgspec.convert(dict(given or {}), flag.params, strict=True)


def run(
    t: Tables,
    flags: Iterable[Flag],
    params: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    tell: Callable[[Flag], None] | None = None,
) -> list[Outcome]:
    """The outcomes of these flags, in their order. `params`: code -> parameters; `tell` is called before each."""
    found = []
    for flag in flags:
        if tell:
            tell(flag)
        chosen = params_of(flag, (params or {}).get(flag.code))
        # An engine may keep a literal as a decimal: what comes back has the types of a verdict again.
        name = f"judged_{flag.code.lower()}"
        judged = t.engine.keep(name, flag.rule(t, chosen)).cast(VERDICT)
        found.append(outcome_of(t, flag, chosen, judged))
        t.engine.drop(name)
    return found


def outcome_of(t: Tables, flag: Flag, params: Params, judged: ir.Table) -> Outcome:
    """The outcome of a flag, from the table that its rule answered with."""
    is_open = judged.missing.notnull() | judged.flagged.isnull()
    why = is_open.ifelse(ibis.coalesce(judged.missing, ibis.literal("unknown")), ibis.null("string"))
    counts = t.rows(judged.group_by(why=why, yes=judged.flagged & ~is_open).aggregate(n=judged.count()))
    rows = judged.filter(judged.flagged & ~is_open).order_by(["group", "id"]).to_pyarrow()
    missing = {row["why"]: row["n"] for row in counts if row["why"] is not None}
    return Outcome(
        flag=flag,
        params=params,
        rows=rows,
        flagged=sum(row["n"] for row in counts if row["why"] is None and row["yes"]),
        clear=sum(row["n"] for row in counts if row["why"] is None and not row["yes"]),
        missing=dict(sorted(missing.items())),
    )
