# SPDX-License-Identifier: Apache-2.0
"""What outside lists say of suppliers, by RFC alone: a name is shared by too many."""

from __future__ import annotations

import json
from typing import Final

import duckdb

# A name that persons with several RFC share is nobody of whom a list can be asked.
_REGISTERED = """
CREATE TEMP TABLE registered AS SELECT e.eid, min(o.rfc) AS rfc FROM supplier_of s JOIN org o USING (oid)
JOIN entity e ON e.kind = 'supplier' AND e.key = s.key WHERE o.rfc <> ''
GROUP BY e.eid HAVING count(DISTINCT o.rfc) = 1
"""
# Of each taxpayer and register the newest row holds, as the rules read them (`flags.outside`, `flags.r045`).
MENTION: Final = """
SELECT eid, row_number() OVER (PARTITION BY eid ORDER BY start DESC NULLS LAST, list, kind), list, kind, authority,
  file, start::TEXT, until::TEXT, cut::TEXT
FROM (
  SELECT eid, 'tax' AS list, x.stage AS kind, '' AS authority, '' AS file,
    coalesce(x.definitive, x.presumed) AS start, coalesce(x.favourable, x.cleared) AS until, x.cut
  FROM (SELECT * FROM tax_list QUALIFY row_number() OVER (PARTITION BY rfc ORDER BY cut DESC,
    CASE stage WHEN 'favourable' THEN 0 WHEN 'cleared' THEN 1 WHEN 'presumed' THEN 2 ELSE 3 END, source, line) = 1) x
  JOIN registered USING (rfc)
  UNION ALL SELECT eid, 'sanction', x.kind, x.authority, x.file, x.start, x."end", max(x.cut)
  FROM sanction x JOIN registered USING (rfc) GROUP BY ALL
  UNION ALL SELECT eid, 'register', coalesce(x.status, CASE WHEN x.is_active THEN 'Activo' END), '',
    x.register, x.since, x.until, x.cut
  FROM (SELECT * FROM register QUALIFY row_number() OVER (PARTITION BY register, rfc ORDER BY cut DESC, is_active,
    line) = 1) x JOIN registered USING (rfc)
) ORDER BY 1, 2
"""


def build(engine: duckdb.DuckDBPyConnection) -> None:
    """Make `registered`."""
    engine.execute(_REGISTERED)


def cuts(engine: duckdb.DuckDBPyConnection) -> str:
    """Kind of list -> the day on which the newest was made, as JSON; empty where none was loaded."""
    found = {}
    for name, table in {"tax": "tax_list", "sanction": "sanction", "register": "register"}.items():
        row = engine.execute(f"SELECT count(*), max(cut) FROM {table}").fetchone()  # noqa: S608 - names of ours
        if row and row[0]:
            found[name] = row[1].isoformat() if row[1] else None
    return json.dumps(found)
