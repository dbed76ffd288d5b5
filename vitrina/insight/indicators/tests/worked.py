# SPDX-License-Identifier: Apache-2.0
"""Indicators over small tables: `measured("U011", release=[...])` gives the rows of the whole."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from vitrina.insight.indicators.registry import chosen
from vitrina.insight.indicators.run import run
from vitrina.insight.tests.tables import tables


def at(year: int, month: int, day: int, hour: int = 0) -> dt.datetime:
    """An instant of UTC."""
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC)


def measured(code: str, by: tuple[str, ...] = (), **rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one indicator by one grouping, `excluded` read."""
    with tables(**rows) as t:
        found = run(t, chosen([code]), [by]).to_pylist()
    return [row | {"excluded": json.loads(row["excluded"])} for row in found]


def told(code: str, by: tuple[str, ...] = (), **rows: list[dict[str, Any]]) -> Any:
    """The one row of an indicator as (value, n, excluded)."""
    (row,) = measured(code, by, **rows)
    return row["value"], row["n"], row["excluded"]
