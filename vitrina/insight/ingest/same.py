# SPDX-License-Identifier: Apache-2.0
"""Which organisations are one: a company whose RFC is missing in some rows is told once with it and once without.

The rule: an organisation that is told without RFC and without number of any register is taken as the company with RFC
whose name is letter by letter the same (capitals, accents, dots and spaces apart), where exactly one organisation
with a number has that name. Names of companies are unique by law, those of people are not: a person is never taken as
another by name, nor is a name of one word, nor a firm of another country. The rule looks at all that the store was
ever told, so it comes to the same whatever the order of rows, files and runs; a name that becomes ambiguous later is
taken apart again.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from vitrina.insight.store import Store, schema

from .orgs import COMPANY_LENGTH

RULE = "name_of_one_company"
NAMES = "SELECT oid, name_norm FROM org UNION ALL SELECT oid, name_norm FROM org_name"
# `bare`: told by the publisher's own id, or by name. `asked`: those of them that may have changed.
SAME = f"""
WITH names AS MATERIALIZED (
    SELECT oid, name_norm, replace(name_norm, ' ', '') AS letters FROM ({NAMES}) WHERE contains(name_norm, ' ')
), near AS (
    SELECT letters FROM names SEMI JOIN (SELECT oid FROM names SEMI JOIN told USING (letters)) USING (oid)
), known AS (
    SELECT oid, id, rfc, country, rfc IS NULL AND (starts_with(key, '|') OR starts_with(key, 'name|')) AS bare
    FROM org WHERE oid IN (SELECT oid FROM names SEMI JOIN near USING (letters))
), asked AS (
    SELECT oid FROM names SEMI JOIN told USING (letters) SEMI JOIN (SELECT oid FROM known WHERE bare) USING (oid)
), mine AS (
    SELECT oid, id, country, name_norm, letters FROM names JOIN known USING (oid) SEMI JOIN asked USING (oid)
), theirs AS (
    SELECT oid AS to_oid, rfc, country AS there, letters FROM names JOIN known USING (oid) WHERE NOT bare
), found AS (
    SELECT oid, min(to_oid) AS to_oid, min(id) AS id, min(name_norm) AS name_norm, '{RULE}' AS rule
    FROM mine JOIN theirs USING (letters) GROUP BY oid
    HAVING count(DISTINCT to_oid) = 1 AND max(length(rfc)) = {COMPANY_LENGTH}
        AND bool_and(coalesce(country = there, true))
)
SELECT * FROM same_as ANTI JOIN asked USING (oid) UNION ALL SELECT * FROM found ORDER BY oid
"""  # noqa: S608 - constants of ours


class Names:
    """The names of organisations, to tell without a search which of them are new, and which another one bears."""

    def __init__(self) -> None:
        self._bearers: dict[str, set[int]] = {}
        self._pairs: set[tuple[int, str]] = set()

    def further(self, pairs: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
        """Those (oid, name) that are not known."""
        return set(pairs) - self._pairs

    def is_shared(self, pairs: Iterable[tuple[int, str]]) -> bool:
        """Whether some of these names is borne by two organisations; all are known from now on."""
        told = [(oid, name) for oid, name in pairs if name]
        self._pairs.update(told)
        letters = [(oid, name.replace(" ", "")) for oid, name in told]
        for oid, name in letters:
            self._bearers.setdefault(name, set()).add(oid)
        return any(len(self._bearers[name]) > 1 for _, name in letters)


def settle(store: Store, told: Iterable[str], *, mark: str | None = None) -> None:
    """Write `same_as` anew where it is no longer what the store holds. `told`: the names (`name_norm`) that are new,
    by which alone anything can change. `mark` as for `Store.write`.
    """
    columns = schema.SCHEMAS["same_as"]
    letters = pa.table({"letters": pa.array(sorted({name.replace(" ", "") for name in told}), pa.string())})
    with _seen(store, told=letters) as engine:
        found = engine.sql(SAME).to_arrow_table().cast(columns)
        held = engine.sql("SELECT * FROM same_as ORDER BY oid").to_arrow_table().cast(columns)
    if not found.equals(held):
        store.manifest.parts.pop("same_as", None)
        store.write({"same_as": found}, mark=mark)


def _seen(store: Store, **tables: pa.Table) -> duckdb.DuckDBPyConnection:
    """A connection that sees the organisations of the store as they were read, and these tables."""
    engine = duckdb.connect()
    for name in ("org", "org_name", "same_as"):
        files = [str(file) for file in store.files(name)]
        if files:
            engine.from_parquet(files).create_view(name)
        else:
            engine.register(name, schema.SCHEMAS[name].empty_table())
    for name, table in tables.items():
        engine.register(name, table)
    return engine
