# SPDX-License-Identifier: Apache-2.0
"""Official comma-separated files for the replay: plain or gzip, latin-1 or UTF-8, keys with an apostrophe in front."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from pathlib import Path

from vitrina.law.errors import LawError

MAX_BYTES = 500_000_000  # a national file of a year is a tenth of this
Records = list[tuple[int, dict[str, str]]]


class BadFile(LawError, ValueError):
    """The file cannot be read as one of the official layouts; the message says what is wrong and where."""


def read(path: Path) -> tuple[list[str], Records]:
    """The header, and each record with the line on which it begins. Errors: `BadFile`, `OSError`.

    A short row is filled with empty cells, a long one is cut: files of this portal are ragged.
    """
    reader = csv.reader(io.StringIO(_decode(_bytes(path)), newline=""))
    found: Records = []
    try:
        header = [cell.strip().lstrip("'") for cell in next(reader, [])]
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                padded = cells + [""] * (len(header) - len(cells))
                found.append((line, {n: c.strip().lstrip("'") for n, c in zip(header, padded, strict=False)}))
            line = reader.line_num + 1
    except csv.Error as error:
        where = f"{path.name}: {reader.line_num}"
        raise BadFile(f"{where}: {error}.", f"{where}: fila ilegible ({error}).") from None
    return header, found


def lacks(path: Path, what: tuple[str, str], columns: tuple[str, ...]) -> BadFile:
    """The refusal of a file that is not `what` (in Spanish, in English) because it lacks `columns`."""
    names = ", ".join(columns)
    return BadFile(
        f"{path.name}: not {what[1]}; it lacks: {names}.", f"{path.name}: no es {what[0]}; le faltan: {names}."
    )


def _bytes(path: Path) -> bytes:
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        try:
            data = gzip.GzipFile(fileobj=raw).read(MAX_BYTES + 1) if zipped else raw.read(MAX_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadFile(f"{path.name}: damaged gzip ({error}).", f"{path.name}: gzip dañado ({error}).") from None
    if len(data) > MAX_BYTES:
        raise BadFile(f"{path.name}: over {MAX_BYTES} bytes.", f"{path.name}: más de {MAX_BYTES} bytes.")
    return data


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
