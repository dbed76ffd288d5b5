# SPDX-License-Identifier: Apache-2.0
"""Copies as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def write_lines(path: str | Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Append rows to a file, one JSON text a line; returns how many. A line that was cut off before is taken away."""
    n = 0
    with _whole(Path(path)).open("a", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            n += 1
    return n


def last_position(path: str | Path) -> int:
    """The position of the last entry in a file that `write_lines` wrote; 0 where there is none."""
    file = _whole(Path(path))
    if not file.exists():
        return 0
    last = 0
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            last = json.loads(line)["position"]
    return last


def _whole(file: Path) -> Path:
    """The file without a last line that has no end."""
    if file.exists() and (text := file.read_bytes()) and not text.endswith(b"\n"):
        file.write_bytes(text[: text.rfind(b"\n") + 1])
    return file
