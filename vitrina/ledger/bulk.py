# SPDX-License-Identifier: Apache-2.0
"""Many rows in one statement. They travel as one JSON text: quoting them one by one costs more than writing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import connection, models

Row = dict[str, Any]


def insert(model: type[models.Model], rows: Sequence[Row], *, replace: bool = False) -> None:
    """Insert rows given as JSON values (and aware instants) by column name, every column of the model in each.

    With `replace` a row whose primary key stands takes the new values. Errors: `KeyError` for a missing column.
    """
    if not rows:
        return
    meta = model._meta  # noqa: SLF001 - Django's own documented API
    table, names = meta.db_table, [str(field.column) for field in meta.concrete_fields]
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::"{table}", %s)'  # noqa: S608 - names of models
    if replace:
        key = meta.pk.column
        changes = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in names if name != key)
        statement += f' ON CONFLICT ("{key}") DO UPDATE SET {changes}'
    with connection.cursor() as cursor:
        cursor.execute(statement, [text_of([{name: row[name] for name in names} for row in rows])])


def text_of(value: Any) -> str:
    """Rows as the JSON text that PostgreSQL's `json` reads; instants as RFC 3339."""
    return orjson.dumps(value).decode()
