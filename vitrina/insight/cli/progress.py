# SPDX-License-Identifier: Apache-2.0
"""The bar of a long run, on standard error: what share is done, records a second, time left."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Rich

from vitrina.insight.ingest.formats import Progress


class Bar(Progress):
    """A bar for an ingest. Where standard error is no terminal it keeps silent."""

    def __init__(self) -> None:
        columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
        self._rich = Rich(*columns, console=Console(stderr=True), transient=True)
        self._began = time.monotonic()
        self._records = 0

    def __enter__(self) -> Self:
        self._rich.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rich.stop()

    def start(self, size: int) -> None:
        self._task = self._rich.add_task("looking through", total=size)

    def step(self, n_bytes: int) -> None:
        self._rich.advance(self._task, n_bytes)

    def records(self, n_records: int) -> None:
        if not self._records:
            self._began = time.monotonic()
        self._records += n_records
        rate = self._records / max(time.monotonic() - self._began, 0.001)
        self._rich.update(self._task, description=f"{self._records:,} records, {rate:,.0f} a second")
