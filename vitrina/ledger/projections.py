# SPDX-License-Identifier: Apache-2.0
"""Projections: tables derived from the ledger that pages read. Each can be thrown away and replayed."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, models, transaction

from .models import Cursor, Entry, Position

log = logging.getLogger(__name__)
PUBLIC_CHANNEL = "vitrina_public"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its position."""

    position: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Projection:
    """`apply` writes what a run of placed entries changes; `tables` are wholly its own."""

    name: str
    tables: tuple[type[models.Model], ...]
    apply: Callable[[Sequence[Placed]], None]


PROJECTIONS: dict[str, Projection] = {}


def register(projection: Projection) -> None:
    """Add a projection; the order of registration is the order of application."""
    PROJECTIONS[projection.name] = projection


def placed_after(position: int, limit: int) -> list[Placed]:
    """Entries in public order after `position`."""
    rows = Position.objects.filter(position__gt=position).select_related("entry").order_by("position")[:limit]
    return [Placed(row.position, row.entry) for row in rows]


class Shelf:
    """The batch that was read last: the next projection that stands at the same place need not read it again."""

    def __init__(self) -> None:
        self._position, self._batch = -1, list[Placed]()

    def after(self, position: int) -> list[Placed]:
        """A batch of entries after a position."""
        if position != self._position:
            self._position, self._batch = position, placed_after(position, BATCH)
        return self._batch


def advance(projection: Projection) -> int:
    """Apply every entry that the projection has not read; returns how many."""
    done = 0
    while n := _step(projection, Shelf()):
        done += n
    return done


def _step(projection: Projection, shelf: Shelf) -> int:
    """Apply one batch; returns how many entries it had."""
    with transaction.atomic():
        Cursor.objects.get_or_create(projection=projection.name)
        cursor = Cursor.objects.select_for_update().get(projection=projection.name)
        batch = shelf.after(cursor.position)
        if batch:
            projection.apply(batch)
            cursor.position = batch[-1].position
            cursor.save(update_fields=["position"])
    return len(batch)


def advance_all() -> int:
    """Advance every projection, batch by batch; one that fails is logged and tried again later, the others go on."""
    going, moved = list(PROJECTIONS.values()), 0
    while going:
        shelf = Shelf()
        for projection in tuple(going):
            try:
                n = _step(projection, shelf)
            except Exception:
                log.exception("projection %s failed", projection.name)
                n = 0
            moved += n
            if not n:
                going.remove(projection)
    if moved:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [PUBLIC_CHANNEL])
    return moved


def fingerprint(projection: Projection) -> dict[str, str]:
    """SHA-256 of each table of the projection, rows in primary-key order."""
    result = {}
    for model in projection.tables:
        table, key = model._meta.db_table, model._meta.pk.column  # noqa: SLF001 - Django's own documented API
        hasher = hashlib.sha256()
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY "{key}"')  # noqa: S608 - names of models
            while rows := cursor.fetchmany(1000):
                hasher.update("\n".join(row[0] for row in rows).encode())
        result[table] = hasher.hexdigest()
    return result


def rebuild() -> dict[str, tuple[str, str]]:
    """Throw every projection away and replay the ledger; returns table -> (fingerprint before, after)."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    with transaction.atomic():
        for projection in PROJECTIONS.values():
            before |= fingerprint(projection)
            for model in projection.tables:
                model._default_manager.all().delete()  # noqa: SLF001 - Django's documented way to any model's rows
            Cursor.objects.filter(projection=projection.name).delete()
        for projection in PROJECTIONS.values():
            advance(projection)
            after |= fingerprint(projection)
    return {table: (before[table], after[table]) for table in before}
