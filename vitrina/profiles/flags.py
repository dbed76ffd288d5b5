# SPDX-License-Identifier: Apache-2.0
"""Red flags of a store as its book keeps them: those that `vitrina insight update` keeps in the store, or a file that
`vitrina insight flags` wrote. A flag of a process counts for every contract of it, and so for whoever has part in
these; one of a buyer, a unit, a supplier or a pair of them stands with these alone.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec

from vitrina.insight.store import Store

READERS: Final = {".parquet": "read_parquet", ".csv": "read_csv", ".jsonl": "read_json"}
COLUMNS: Final = {
    "value": "DOUBLE",
    "threshold": "DOUBLE",
    "peer_n": "BIGINT",
    "percentile": "DOUBLE",
    "basis": "TEXT",
}
_OF_PROCESS = """
CREATE TEMP TABLE of_process AS SELECT regexp_replace(id, '/(tender|awards|contracts)/.*$', '') AS ocid, code,
  coalesce(regexp_extract(id, '/(?:tender|awards|contracts)/.*$'), '') AS item,
   value, threshold, peer_n, percentile, basis
FROM finding WHERE "group" IN ('OCID', 'Item')
"""
_TOUCHED = """
CREATE TEMP TABLE touched AS SELECT DISTINCT r.rid, p.code FROM of_process p JOIN release r USING (ocid)
"""
# All of one finding: value, limit and peers of several would not belong together.
_MOST = """
arg_max({'value': value, 'threshold': threshold, 'peer_n': peer_n, 'percentile': percentile, 'basis': basis},
  coalesce(abs(value), -1)) AS most
"""
RAISED: Final = f"""
SELECT ocid, code, item, most.value, most.threshold, most.peer_n, most.percentile, most.basis
FROM (SELECT ocid, code, item, {_MOST} FROM of_process GROUP BY ocid, code, item) ORDER BY ALL
"""  # noqa: S608 - words of ours
TOUCHING: Final = """
SELECT eid, code, 0, count(*), NULL, NULL, NULL, NULL, NULL FROM held JOIN touched USING (rid) GROUP BY ALL
ORDER BY ALL
"""
_PARTY = """
CREATE TEMP TABLE party AS SELECT key, eid FROM entity WHERE kind IN ('buyer', 'unit')
UNION SELECT s.id, e.eid FROM supplier_of s JOIN entity e ON e.kind = 'supplier' AND e.key = s.key WHERE s.id <> ''
"""
OWN: Final = f"""
SELECT eid, code, 1, n, most.value, most.threshold, most.peer_n, most.percentile, most.basis
FROM (SELECT eid, code, count(*) AS n, {_MOST}
  FROM (SELECT code, unnest(string_split(id, ' | ')) AS key, value, threshold, peer_n, percentile, basis FROM finding
    WHERE "group" IN ('Buyer', 'ProcuringEntity', 'Tenderer', 'Pair', 'BuyerSupplier')) JOIN party USING (key)
  GROUP BY eid, code) ORDER BY eid, code
"""  # noqa: S608 - words of ours


class BadFlags(ValueError):
    """The file is none of flags."""


def build(engine: duckdb.DuckDBPyConnection, file: Path | None) -> None:
    """Make `finding` and what comes of it. Errors: `BadFlags`."""
    _findings(engine, file)
    for statement in (_OF_PROCESS, _TOUCHED, _PARTY):
        engine.execute(statement)


def _findings(engine: duckdb.DuckDBPyConnection, file: Path | None) -> None:
    if file is None:
        source = "result"
    elif reader := READERS.get(file.suffix):
        source = f"{reader}('{str(file).replace(chr(39), chr(39) * 2)}')"
    else:
        raise BadFlags(f"{file}: the name must end in {', '.join(READERS)}")
    try:
        there = {row[0] for row in engine.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}  # noqa: S608
    except duckdb.Error as error:
        raise BadFlags(f"{file}: {error}") from error
    if missing := {"group", "id", "code", "value"} - there:
        raise BadFlags(f"{file}: it has no {', '.join(sorted(missing))}")
    told = ", ".join(f"{name}::{kind} AS {name}" if name in there else f"NULL::{kind} AS {name}"
                     for name, kind in COLUMNS.items())  # fmt: skip
    engine.execute(f'CREATE TEMP TABLE finding AS SELECT "group", id, code, {told} FROM {source}')  # noqa: S608


def rules(
    engine: duckdb.DuckDBPyConnection, store: Store, file: Path | None
) -> Iterator[tuple[str, bytes, int, int | None]]:
    """(code, words as JSON, units flagged, units judged) of every rule that was raised; one that is not known to this
    version is told by its code alone.
    """
    from vitrina.insight.flags.registry import flags  # noqa: PLC0415 - the rules import for a second

    known, judged = flags(), _judged(store, file)
    for code, group, n in engine.execute(
        'SELECT code, min("group"), count(*) FROM finding GROUP BY 1 ORDER BY 1'
    ).fetchall():
        flag = known.get(code)
        words: dict[str, Any] = {"group": group, "title": (code, code), "explanation": ("", ""), "innocent": []}
        if flag:
            words |= {"title": flag.title, "explanation": flag.explanation, "innocent": flag.innocent}
        yield code, msgspec.json.encode(words), n, judged.get(code)


def _judged(store: Store, file: Path | None) -> dict[str, int]:
    """Code -> units judged, where the store or the summary beside the file tells it."""
    if file is None:
        counts = store.manifest.judged.counts if store.manifest.judged else {}
        return {code: count.flagged + count.clear for code, count in counts.items()}
    summary = file.with_name(f"{file.stem}.summary.csv")
    if not summary.is_file():
        return {}
    with summary.open(encoding="utf-8", newline="") as rows:
        return {r["code"]: int(r["flagged"]) + int(r["clear"]) for r in csv.DictReader(rows) if r.get("clear")}
