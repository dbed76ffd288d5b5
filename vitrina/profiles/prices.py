# SPDX-License-Identifier: Apache-2.0
"""Unit prices among their peers: lines of awards of the same class in the same unit of measure, in pesos, in the three
years that end with a year. A price has peers where at least `FEWEST` lines are there.
"""

from __future__ import annotations

from typing import Final

import duckdb

from .kinds import NATIONAL
from .shapes import FEWEST

YEARS: Final = 3
BINS: Final = 12
PAID: Final = 6  # classes that a profile compares
_LINE = f"""
CREATE TEMP TABLE line AS SELECT a.f.fid, a.f.buyer, a.f.unit AS unit_eid, a.f.year, upper(trim(i.unit)) AS unit,
  CASE WHEN upper(trim(coalesce(i.scheme, ''))) IN {NATIONAL} THEN '' ELSE upper(trim(i.scheme)) || ':' END
    || upper(trim(i.class_id)) AS item, i.unit_price AS price, i.unit_price * coalesce(i.quantity, 1) AS amount
FROM (SELECT rid, award_no, arg_min({{'fid': fid, 'buyer': buyer, 'unit': unit, 'year': year}}, fid) AS f
  FROM fact WHERE year > 0 GROUP BY ALL) a
JOIN award_item i USING (rid, award_no)
WHERE i.unit_price > 0 AND i.class_id <> '' AND i.unit <> '' AND coalesce(i.currency, 'MXN') = 'MXN'
"""  # noqa: S608 - words of ours
_PRICE = f"""
CREATE TEMP TABLE price AS
WITH told AS (SELECT item, unit, year + later AS year, price FROM line, (SELECT unnest(range({YEARS})) AS later)
  WHERE year + later <= {{last}}),
stats AS (SELECT item, unit, year, count(*) AS n, min(price) AS least, quantile_cont(price, 0.25) AS q1,
  quantile_cont(price, 0.5) AS median, quantile_cont(price, 0.75) AS q3, max(price) AS most,
  quantile_cont(price, 0.02) AS low, (quantile_cont(price, 0.98) - quantile_cont(price, 0.02)) / {BINS} AS step
  FROM told GROUP BY ALL HAVING count(*) >= {FEWEST}),
placed AS (SELECT item, unit, year,
  CASE WHEN step > 0 THEN greatest(0, least({BINS - 1}, floor((price - low) / step)))::INT ELSE 0 END AS bin
  FROM told JOIN stats USING (item, unit, year)),
counted AS (SELECT item, unit, year, [{", ".join(f"count(*) FILTER (bin = {n})" for n in range(BINS))}] AS bins
  FROM placed GROUP BY ALL)
SELECT item, unit, year::INT AS year, n, least, q1, median, q3, most, low, step, bins::TEXT AS bins
FROM stats JOIN counted USING (item, unit, year)
"""  # noqa: S608 - numbers of ours
PRICE: Final = "SELECT * FROM price ORDER BY item, unit, year"
PAID_BY: Final = f"""
SELECT eid, place, item, unit, n, median FROM (
  SELECT *, row_number() OVER (PARTITION BY eid ORDER BY amount DESC, item, unit) AS place FROM (
    SELECT {{eid}} AS eid, item, unit, count(*) AS n, median(price) AS median, sum(amount) AS amount
    FROM line {{join}} WHERE {{eid}} IS NOT NULL AND year > $last - {YEARS} GROUP BY ALL)
  SEMI JOIN (SELECT item, unit FROM price WHERE year = $last) USING (item, unit))
WHERE place <= {PAID} ORDER BY eid, place
"""  # noqa: S608 - numbers of ours
OF: Final = {"buyer": ("buyer", ""), "unit": ("unit_eid", ""), "supplier": ("s.eid", "JOIN seller s USING (fid)")}
_LAST = """
SELECT max(year) FROM (SELECT year, count(*) AS n FROM fact WHERE year > 0 GROUP BY year)
WHERE 1000 * n >= (SELECT count(*) FROM fact)
"""


def last_year(engine: duckdb.DuckDBPyConnection) -> int:
    """The newest year with at least one contract in a thousand: a date mistyped into the future makes no year."""
    row = engine.execute(_LAST).fetchone()
    return int(row[0]) if row and row[0] else 0


def build(engine: duckdb.DuckDBPyConnection, last: int) -> None:
    """Make `line` and `price`."""
    engine.execute(_LINE)
    engine.execute(_PRICE.format(last=last))
