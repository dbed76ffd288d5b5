# SPDX-License-Identifier: Apache-2.0
"""Runs flags over a store: the flagged rows, and how many units of each are flagged, clear and not computable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import msgspec

from vitrina.insight.tables import Tables

from .declare import Flag, Params
from .outcome import Outcome, outcome


def params_of(flag: Flag, given: Mapping[str, Any] | None) -> Params:
    """The parameters of a flag: its defaults, changed by what is given. Unknown names and wrong types are an error."""
    return msgspec.convert(dict(given or {}), flag.params, strict=True)


def run(
    t: Tables,
    flags: Iterable[Flag],
    params: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    tell: Callable[[str], None] | None = None,
) -> list[Outcome]:
    """The outcomes of these flags, in their order. `params`: code -> parameters; `tell` hears each code before it."""
    found = []
    for flag in flags:
        if tell:
            tell(flag.code)
        name = f"judged_{flag.code.lower()}"
        judged = t.engine.keep(name, flag.rule(t, params_of(flag, (params or {}).get(flag.code))))
        counts, rows = asked(judged)
        found.append(outcome(flag.code, t.rows(counts), rows.to_pyarrow()))
        t.engine.drop(name)
    return found


def asked(judged: ir.Table) -> tuple[ir.Table, ir.Table]:
    """The two questions to the table that a rule answered with: (why, yes, n), and the flagged rows, sorted."""
    is_open = judged.missing.notnull() | judged.flagged.isnull()
    why = is_open.ifelse(ibis.coalesce(judged.missing, ibis.literal("unknown")), ibis.null("string"))
    counts = judged.group_by(why=why, yes=judged.flagged & ~is_open).aggregate(n=judged.count())
    return counts, judged.filter(judged.flagged & ~is_open).order_by(["group", "id"])
