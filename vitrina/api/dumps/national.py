# SPDX-License-Identifier: Apache-2.0
"""The contracts of the store behind the search (`vitrina open load-national`) as files by year, and its flags.

DuckDB writes them from the store's own Parquet: memory does not grow with the country.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from vitrina.insight.store import BadStore, Store
from vitrina.insight.store.views import connected
from vitrina.kernel.canonical import digest_of
from vitrina.kernel.ids import supplier_key
from vitrina.search import national

from . import flags
from .folder import File
from .run import Run
from .tables import Column

SET, FLAGS = "national-contracts", "national-flags"
MEMORY = "1GB"
# name, type, expression over the store's tables, what it is
_TOLD = (
    ("ocid", "text", "r.ocid", "the process"),
    ("contract_id", "text", "c.contract_id", "of the contract"),
    ("number", "text", "r.tender_id", "procedure number"),
    ("title", "text", "coalesce(c.title, c.description, r.title)", "what is bought"),
    ("buyer_id", "text", "r.buyer_id", "institution"),
    ("buyer_name", "text", "b.name", "its name"),
    ("unit_id", "text", "coalesce(c.unit_id, r.unit_id)", "buying unit"),
    ("unit_name", "text", "coalesce(c.unit_name, r.unit_name)", "its name"),
    ("region", "text", "r.region", "state"),
    ("method", "text", "r.method", "open, selective, direct"),
    ("method_details", "text", "r.method_detail", "procedure in Spanish"),
    ("category", "text", "r.category", "goods, services, works"),
    ("law", "text", "r.law", "law that it follows"),
    ("status", "text", "c.status", "of the contract"),
    ("signed_on", "text", "CAST(c.date_signed_day AS VARCHAR)", "day of signature"),
    ("starts_on", "text", "CAST(c.start_day AS VARCHAR)", "first day"),
    ("ends_on", "text", "CAST(c.end_day AS VARCHAR)", "last day"),
    ("amount", "amount", "CAST(CAST(c.centavos AS DECIMAL(18,0)) * 0.01 AS DECIMAL(18,2))", "for how much"),
    ("currency", "text", "c.currency", "of the amount"),
    ("supplier_id", "text", "s.ids", "suppliers: their keys on the pages and in the API"),
    ("supplier_name", "text", "s.names", "their names"),
    ("is_synthetic", "boolean", "r.is_synthetic", "made up, to try things out"),
)  # fmt: skip
COLUMNS = tuple(Column(name, kind, "", about) for name, kind, _expression, about in _TOLD)
_YEAR = "coalesce(year(coalesce(c.date_signed_day, c.start_day, r.opening_day)), 0)"
_ROWS = f"""
SELECT {", ".join(f"{expression} AS {name}" for name, _kind, expression, _about in _TOLD)},
  {_YEAR} AS year_, c.rid AS rid_, c.contract_no AS no_
FROM contract c JOIN release r USING (rid) LEFT JOIN org b ON b.oid = r.buyer_oid
LEFT JOIN (SELECT x.rid, x.award_no, string_agg(supplier_key(x.id, o.name, o.rfc), '; ' ORDER BY x.pos) AS ids,
  string_agg(o.name, '; ' ORDER BY x.pos) AS names FROM award_supplier x JOIN org o USING (oid) GROUP BY ALL) s
  ON s.rid = c.rid AND s.award_no = c.award_no
"""  # noqa: S608 - columns of ours
# Of a natural person no key of ours tells the RFC; in the ids of a flag's parties it is left out.
_RESULTS = r"""
FROM (SELECT * REPLACE (regexp_replace(id, '\b[A-ZÑ&]{4}[0-9]{6}[A-Z0-9]{3}\b', 'persona', 'g') AS id) FROM result)
ORDER BY ALL
"""
# As `plain_cell`: no text is a formula to a spreadsheet.
_FORMULA = r"^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]"


def write(run: Run, search_dir: Path) -> list[File]:
    """The files of the store behind the search; nothing where there is none, or where its folder is gone."""
    path = national.source(search_dir)
    try:
        store = Store(path) if path else None
    except BadStore:
        store = None
    if store is None:
        return []
    mark = digest_of([national.digest(store), [[*told] for told in _TOLD], 2])
    there = [file for file in run.former.values() if file.set in {SET, FLAGS} and file.mark == mark]
    if there and all(run.folder.holds(file) for file in there):
        return there
    place = tempfile.TemporaryDirectory(dir=run.folder.root, prefix=".", suffix=".part")
    with connected(store) as engine, place as aside:
        engine.execute(f"SET memory_limit = '{MEMORY}'")
        engine.execute("SET threads = 2")
        engine.create_function(
            "supplier_key", supplier_key, ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR", null_handling="special"
        )
        found = _contracts(run, engine, Path(aside) / "rows", mark)
        if store.files("result"):
            told = {"set": FLAGS, "mark": mark}
            found += _files(run, engine, FLAGS, flags.COLUMNS, _RESULTS, told)
        return found


def _contracts(run: Run, engine: duckdb.DuckDBPyConnection, aside: Path, mark: str) -> list[File]:
    """First the rows by year, then each year in order: no more than one year is sorted at once."""
    engine.execute(f"COPY ({_ROWS}) TO '{_quoted(aside)}' (FORMAT parquet, PARTITION_BY (year_))")
    found = []
    for folder in sorted(aside.glob("year_=*")):
        year = int(folder.name.partition("=")[2])
        rows = f"FROM read_parquet('{_quoted(folder)}/*.parquet', hive_partitioning = false) ORDER BY rid_, no_"
        told = {"set": SET, "mark": mark, "year": year}
        found += _files(run, engine, f"{SET}-{year or 'undated'}", COLUMNS, rows, told)
        shutil.rmtree(folder)
    return found


def _files(
    run: Run, engine: duckdb.DuckDBPyConnection, name: str, columns: Sequence[Column], rows: str, told: dict[str, Any]
) -> list[File]:
    """Rows as CSV and as Parquet."""
    csv_name, parquet_name = f"{name}.csv.gz", f"{name}.parquet"
    plain = ", ".join(f'"{column.name}"' for column in columns)
    safe = ", ".join(f'{_safe(c.name)} AS "{c.name}"' if c.type == "text" else f'"{c.name}"' for c in columns)
    for selected, file, form in (
        (plain, parquet_name, "FORMAT parquet, COMPRESSION zstd"),
        (safe, csv_name, "FORMAT csv, HEADER, COMPRESSION gzip"),
    ):
        engine.execute(f"COPY (SELECT {selected} {rows}) TO '{_quoted(run.folder.part(file))}' ({form})")
    n = pq.read_metadata(run.folder.part(parquet_name)).num_rows
    run.tell(n)
    return [
        run.folder.add(csv_name, format="csv", rows=n, position=0, **told),
        run.folder.add(parquet_name, format="parquet", rows=n, position=0, **told),
    ]


def _safe(column: str) -> str:
    quote = "''''"  # one quotation mark in SQL
    return f'CASE WHEN regexp_matches("{column}", \'{_FORMULA}\') THEN {quote} || "{column}" ELSE "{column}" END'


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
