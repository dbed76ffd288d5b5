# SPDX-License-Identifier: Apache-2.0
"""Reading for many purchases at once: what a stage asks for each of them is asked of the database once for all.

A stage names what it reads as a `Reading`. Alone it is a query of one purchase; inside `together(processes)` the
first use reads the rows of all of them and later uses find theirs. Only for pages: a command always reads anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import reduce
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from .models import Process

T = TypeVar("T", bound=Model)


class _Batch:
    """What was read for these purchases: the rows of each reading, by the key under which they are asked for."""

    def __init__(self, ocids: Iterable[str]) -> None:
        self.ocids = set(ocids)
        self.rows: dict[Reading[Any], dict[Any, list[Any]]] = {}


_batch: ContextVar[_Batch | None] = ContextVar("batch", default=None)


@contextmanager
def together(processes: Iterable[Process]) -> Iterator[None]:
    """Read what is asked of these purchases in as many queries as of one. Nothing may be written meanwhile."""
    token = _batch.set(_Batch(process.pk for process in processes))
    try:
        yield
    finally:
        _batch.reset(token)


class Reading(Generic[T]):
    """Rows of a purchase, in the order of `rows()`. `by`: the field that holds the key under which they are asked for,
    the purchase's own with `prefix` before it where none is given (`a__b` is field b of what `rows` reads along as a);
    `within`: the lookup that takes the purchases of a batch, where that is another field.
    """

    def __init__(
        self, rows: Callable[[], QuerySet[T]], *, by: str = "process_id", within: str = "", prefix: str = ""
    ) -> None:
        self._rows, self._by, self._prefix = rows, by, prefix
        self._within = within or f"{by}__in"

    def of(self, process_id: str, key: Any = None) -> list[T]:
        """The rows of a purchase; with a key those of one thing in it (a contract, a declaration)."""
        wanted = self._prefix + process_id if key is None else key
        batch = _batch.get()
        if batch is None or process_id not in batch.ocids:
            return list(self._rows().filter(**{self._by: wanted}))
        if self not in batch.rows:
            batch.rows[self] = self._read(batch)
        return list(batch.rows[self].get(wanted, ()))

    def first(self, process_id: str, key: Any = None) -> T | None:
        """The first of them."""
        return next(iter(self.of(process_id, key)), None)

    def _read(self, batch: _Batch) -> dict[Any, list[T]]:
        found: dict[Any, list[T]] = defaultdict(list)
        path: list[Any] = self._by.split("__")
        for row in self._rows().filter(**{self._within: [self._prefix + ocid for ocid in batch.ocids]}):
            found[reduce(getattr, path, row)].append(row)
        return found
