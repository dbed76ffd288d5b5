# SPDX-License-Identifier: Apache-2.0
"""The facts added up for every entity, as SQL whose rows go into the tables of a book in the order of their keys.

`held` is a view of the facts with the number of an entity of one kind: kind by kind, so that memory stays small.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import duckdb

from .facts import COLUMNS
from .kinds import Kind

MOST: Final = 10  # of a top list
PLACES: Final = 60  # of a list of places: every state, so that it can be drawn
LARGEST: Final = 8  # contracts that a profile names
OF_SUPPLIER: Final = 5  # of them, where there are hundreds of thousands of entities
LISTED: Final[dict[Kind, tuple[Kind, ...]]] = {
    "country": ("buyer", "supplier", "market", "place"),
    "buyer": ("supplier", "unit", "market", "place"),
    "unit": ("supplier", "market"),
    "supplier": ("buyer", "market"),
    "market": ("buyer", "supplier", "place"),
    "place": ("buyer", "unit", "supplier", "market"),
}
_SOLD = """
CREATE TEMP TABLE sold AS SELECT fid, count(*) AS n, bool_or(has_rfc) AS has_rfc FROM seller GROUP BY fid
"""
FIGURES = """
SELECT h.eid, count(*), least(coalesce(sum(centavos), 0), 9223372036854775807)::BIGINT, count(centavos),
  count(*) FILTER (is_foreign), count(*) FILTER (is_signed), count(m1), count(place), count(s.n),
  count(*) FILTER (s.has_rfc), count(*) FILTER (s.n > 1), count(*) FILTER (is_open),
  count(n_bids) FILTER (is_open), count(*) FILTER (is_open AND n_bids = 1), count(is_late), count(*) FILTER (is_late),
  quantile_disc(late_days, 0.5), count(waited) FILTER (is_open),
  quantile_disc(waited, 0.25) FILTER (is_open), quantile_disc(waited, 0.5) FILTER (is_open),
  quantile_disc(waited, 0.75) FILTER (is_open), coalesce(min(nullif(year, 0)), 0), max(year)
FROM held h LEFT JOIN sold s USING (fid) GROUP BY h.eid ORDER BY h.eid
"""
SHARE = """
SELECT eid, year, method, count(*), least(coalesce(sum(centavos), 0), 9223372036854775807)::BIGINT
FROM held GROUP BY ALL ORDER BY 1, 2, 3
"""
LARGEST_OF = """
SELECT eid, place, key FROM (
  SELECT eid, fid, row_number() OVER (PARTITION BY eid ORDER BY centavos DESC NULLS LAST, fid) AS place FROM held
) JOIN contract_key USING (fid) WHERE place <= {most} ORDER BY eid, place
"""
_TOGETHER = """
CREATE OR REPLACE TEMP TABLE together AS SELECT eid, other, count(*) AS n,
  least(coalesce(sum(centavos), 0), 9223372036854775807)::BIGINT AS centavos FROM ({pairs}) GROUP BY ALL
"""
TOP = """
SELECT '{other}', eid, place, other, n, centavos FROM (
  SELECT *, row_number() OVER (PARTITION BY eid ORDER BY centavos DESC, n DESC, other) AS place FROM together
) WHERE place <= {most} ORDER BY eid, place
"""
N_OF = "SELECT '{other}', eid, count(*) FROM together GROUP BY eid ORDER BY eid"
PARENT = """
SELECT unit, arg_max(buyer, n) FROM (SELECT unit, buyer, count(*) AS n FROM fact
  WHERE unit IS NOT NULL AND buyer IS NOT NULL GROUP BY ALL) GROUP BY unit
"""


def prepare(engine: duckdb.DuckDBPyConnection) -> None:
    """What the sums share."""
    engine.execute(_SOLD)


def held(engine: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Make `held` the facts of the entities of a kind, once for each entity that a contract belongs to."""
    if kind == "supplier":
        rows = "SELECT s.eid, f.* FROM fact f JOIN seller s USING (fid)"
    else:
        rows = " UNION ALL ".join(f"SELECT {c} AS eid, * FROM fact WHERE {c} IS NOT NULL" for c in COLUMNS[kind])  # noqa: S608
    engine.execute(f"CREATE OR REPLACE TEMP VIEW held AS {rows}")


def tops(engine: duckdb.DuckDBPyConnection, kind: Kind) -> Iterator[Kind]:
    """Make `together` for each kind that those of `held` list, and tell it: pairs, how often and for how much. Markets
    are told by their partida: the longest that is no single item.
    """
    for other in LISTED[kind]:
        if other == "supplier":
            pairs = "SELECT h.eid, s.eid AS other, h.centavos FROM held h JOIN seller s USING (fid)"
        else:
            column = "coalesce(m3, m2, m1)" if other == "market" else COLUMNS[other][0]
            pairs = f"SELECT eid, {column} AS other, centavos FROM held WHERE {column} IS NOT NULL"  # noqa: S608
        engine.execute(_TOGETHER.format(pairs=pairs))
        yield other
