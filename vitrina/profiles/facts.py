# SPDX-License-Identifier: Apache-2.0
"""The contracts of a store as facts, one row each, with numbers in place of names: what every figure is counted from.

The rows, their ids, years and places are those of the index (`search.national`), so that a page and the search behind
its links count the same. The market of a contract is the class of the first line that has one: of its award, else of
the contract, else of the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import duckdb
import pyarrow as pa

from vitrina.kernel.ids import supplier_key, told_rfc
from vitrina.search import parts
from vitrina.search.places import place

from . import classes
from .kinds import above, class_key

LEVELS: Final = ("m1", "m2", "m3", "m4")  # of a market: as many columns of `fact` as `kinds.above` has steps, and one
COLUMNS: Final = {"buyer": ("buyer",), "unit": ("unit",), "place": ("place",), "market": LEVELS, "country": ("one",)}
LONGEST_WAIT: Final = 3650  # days between call and award beyond which one of the two is mistaken

_TOLD = f"""
CREATE TEMP TABLE told AS
SELECT row_number() OVER (ORDER BY c.rid, c.contract_no)::INT AS fid, c.rid, c.contract_no, c.award_no, r.ocid,
  r.ocid || '/' || coalesce(nullif(c.contract_id, ''), 'c') AS base,
  coalesce(r.buyer_id, '') AS buyer, coalesce(b.name, u.name, r.unit_name) AS buyer_name,
  {parts.UNIT} AS unit, coalesce(c.unit_name, u.name, r.unit_name) AS unit_name,
  coalesce(r.method, '') AS method, c.centavos AS amount, coalesce(c.currency, 'MXN') <> 'MXN' AS is_foreign,
  coalesce(year(coalesce(c.date_signed_day, c.start_day, a.date_day, r.opening_day)), 0)::SMALLINT AS year,
  c.date_signed_day IS NOT NULL AS is_signed, date_diff('day', r.tender_start_day, a.date_day) AS waited,
  coalesce(i.item.class, d.item.class, r.main_class) AS class,
  CASE WHEN i.item IS NOT NULL THEN i.item.scheme WHEN d.item IS NOT NULL THEN d.item.scheme
    ELSE r.main_class_scheme END AS scheme,
  {parts.REGION} AS region, {parts.N_BIDS} AS n_bids, m.is_late, m.late_days
FROM contract c JOIN release r USING (rid)
LEFT JOIN org b ON b.oid = r.buyer_oid LEFT JOIN org u ON u.oid = r.pe_oid {parts.joined()}
LEFT JOIN (SELECT rid, award_no, arg_min({{'class': class_id, 'scheme': scheme}}, pos) AS item
  FROM award_item WHERE class_id <> '' GROUP BY ALL) i ON i.rid = c.rid AND i.award_no = c.award_no
LEFT JOIN (SELECT rid, contract_no, arg_min({{'class': class_id, 'scheme': scheme}}, pos) AS item
  FROM contract_item WHERE class_id <> '' GROUP BY ALL) d ON d.rid = c.rid AND d.contract_no = c.contract_no
"""  # noqa: S608 - SQL of ours
_FACT = f"""
CREATE TEMP TABLE fact AS
SELECT t.fid, t.rid, t.award_no, 1 AS one, e.eid AS buyer, u.eid AS unit, p.eid AS place, {", ".join(LEVELS)},
  t.year, t.method, CASE WHEN NOT t.is_foreign THEN t.amount END AS centavos, t.is_foreign, t.is_signed,
  t.method IN ('open', 'selective') AS is_open, CASE WHEN t.n_bids > 0 THEN t.n_bids END AS n_bids, t.is_late,
  t.late_days, CASE WHEN t.waited BETWEEN 0 AND {LONGEST_WAIT} THEN t.waited END AS waited
FROM told t LEFT JOIN class_of k ON k.class IS NOT DISTINCT FROM t.class AND k.scheme IS NOT DISTINCT FROM t.scheme
LEFT JOIN place_of s USING (region)
LEFT JOIN entity e ON e.kind = 'buyer' AND e.key = t.buyer LEFT JOIN entity u ON u.kind = 'unit' AND u.key = t.unit
LEFT JOIN entity p ON p.kind = 'place' AND p.key = s.key
"""  # noqa: S608
_CONTRACT_KEY = """
CREATE TEMP TABLE contract_key AS SELECT fid, base || CASE WHEN n > 1 THEN '~' || n ELSE '' END AS key
FROM (SELECT fid, base, row_number() OVER (PARTITION BY rid, base ORDER BY fid) AS n FROM told)
"""
_SELLER = """
CREATE TEMP TABLE seller AS SELECT f.fid, e.eid, bool_or(o.rfc <> '') AS has_rfc
FROM fact f JOIN award_supplier x ON x.rid = f.rid AND x.award_no = f.award_no
JOIN supplier_of s ON s.oid = x.oid AND s.id IS NOT DISTINCT FROM x.id
JOIN org o ON o.oid = x.oid JOIN entity e ON e.kind = 'supplier' AND e.key = s.key GROUP BY ALL
"""
Rows = Sequence[tuple[Any, ...]]


def build(engine: duckdb.DuckDBPyConnection) -> None:
    """Make `entity` (eid, kind, key, name), `fact` (a contract a row), `seller` (fid, eid) and `contract_key`."""
    engine.execute(_TOLD)
    _mapped(engine, "place_of", ("region", "key"), _places(engine))
    found = engine.execute("SELECT DISTINCT class, scheme FROM told").fetchall()
    of_class = [(code, scheme, class_key(scheme, code)) for code, scheme in found]
    _mapped(engine, "supplier_of", ("oid", "id", "key", "name", "rfc"), _suppliers(engine))
    _entities(engine, {key for *_, key in of_class} - {""})
    eids = dict(engine.execute("SELECT key, eid FROM entity WHERE kind = 'market'").fetchall())
    _mapped(engine, "class_of", ("class", "scheme", *LEVELS), [(*row[:2], *_steps(row[2], eids)) for row in of_class])
    for statement in (_FACT, _CONTRACT_KEY, "DROP TABLE told", _SELLER):
        engine.execute(statement)


def _steps(key: str, eids: dict[str, int]) -> tuple[int | None, ...]:
    """The numbers of a market and of all above it."""
    told = [eids[step] for step in (*above(key), key) if step]
    return tuple([*told, None, None, None, None][: len(LEVELS)])


def _places(engine: duckdb.DuckDBPyConnection) -> Rows:
    found = engine.execute("SELECT DISTINCT region FROM told WHERE region <> ''").fetchall()
    return [(region, place(region)) for (region,) in found]


def _suppliers(engine: duckdb.DuckDBPyConnection) -> Rows:
    """(oid, id as published, key, name, RFC that may be shown) of whoever was awarded something."""
    rows = engine.execute(
        "SELECT DISTINCT x.oid, x.id, o.name, o.rfc FROM award_supplier x JOIN org o USING (oid) ORDER BY 1, 2"
    ).fetchall()
    told = ((oid, key, supplier_key(key, name, rfc), name, told_rfc(rfc)) for oid, key, name, rfc in rows)
    return [row for row in told if row[2]]


def _entities(engine: duckdb.DuckDBPyConnection, markets: Iterable[str]) -> None:
    """`entity`: the country is the first; a name is the one that stands first in the order of the store."""
    keys = {step for key in markets for step in (*above(key), key)}
    described = dict(engine.execute(classes.DESCRIBED).fetchall())
    _mapped(engine, "market_of", ("key", "name"), [(key, classes.name(key, described)) for key in sorted(keys)])
    engine.execute("""
      CREATE TEMP TABLE entity AS
      SELECT row_number() OVER (ORDER BY kind <> 'country', kind, key)::INT AS eid, * FROM (
        SELECT 'country' AS kind, '' AS key, '' AS name, '' AS rfc
        UNION ALL SELECT 'buyer', buyer, coalesce(arg_min(buyer_name, fid), buyer), '' FROM told WHERE buyer <> ''
          GROUP BY buyer
        UNION ALL SELECT 'unit', unit, coalesce(arg_min(unit_name, fid), unit), '' FROM told
          WHERE unit <> '' AND unit NOT IN (SELECT buyer FROM told) GROUP BY unit
        UNION ALL SELECT 'supplier', key, coalesce(arg_min(name, oid), key), max(rfc) FROM supplier_of GROUP BY key
        UNION ALL SELECT 'place', key, key, '' FROM place_of GROUP BY key
        UNION ALL SELECT 'market', key, name, '' FROM market_of)""")


def _mapped(engine: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Rows) -> None:
    """A table of rows that were worked out here."""
    kinds = {"oid": pa.int32(), **dict.fromkeys(LEVELS, pa.int32())}
    schema = pa.schema([(column, kinds.get(column, pa.string())) for column in columns])
    arrays = [pa.array([row[n] for row in rows], schema.types[n]) for n in range(len(columns))]
    engine.register(f"{name}_rows", pa.Table.from_arrays(arrays, schema=schema))
    engine.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM {name}_rows")  # noqa: S608 - names of ours
    engine.unregister(f"{name}_rows")
