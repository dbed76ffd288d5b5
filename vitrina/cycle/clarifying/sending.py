# SPDX-License-Identifier: Apache-2.0
"""Sheets of questions as they were sent: read again from the stored file, so what was rejected is told at any time."""

from __future__ import annotations

from vitrina.cycle.core.files import path_of

from . import sheet

_KINDS = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


def opened(sha256: str, media_type: str, answers: int = 0) -> sheet.Sheet:
    """The rows of a stored file; `answers` as `sheet.read` takes it. Errors: `BadSheet`, also for what is no sheet."""
    kind = _KINDS.get(media_type)
    if kind is None:
        raise sheet.BadSheet("kind")
    with path_of(sha256).open("rb") as file:
        return sheet.read(file, kind, answers)
