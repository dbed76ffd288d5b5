# SPDX-License-Identifier: Apache-2.0
"""Files written row by row, and whole files put together from those of each year without reading their rows again.

Gzip members that follow each other are one gzip file (RFC 1952, 2.2): a whole file is the years' files, end to end.
The same rows give the same bytes.
"""

from __future__ import annotations

import csv
import io
import shutil
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vitrina.kernel.text import plain_cell

from .tables import Column, Value

AT_ONCE = 20_000  # rows of a Parquet row group
PIECE = 1 << 20
_PARQUET = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "amount": pa.decimal128(18, 2),
    "instant": pa.timestamp("us", tz="UTC"),
    "boolean": pa.bool_(),
}


def packed(data: bytes) -> bytes:
    """One gzip member without name and time."""
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


class Lines:
    """A gzip file of lines; what was given to `head` is a member of its own."""

    def __init__(self, path: Path, head: bytes = b"") -> None:
        self.n = 0
        self._file = path.open("wb")
        if head:
            self._file.write(packed(head))
        self._packer = zlib.compressobj(wbits=31)

    def write(self, line: bytes) -> None:
        """Add a line, which ends with its own line feed."""
        self._file.write(self._packer.compress(line))
        self.n += 1

    def close(self) -> None:
        """End the file."""
        self._file.write(self._packer.flush())
        self._file.close()


class Csv:
    """A table as CSV (UTF-8, RFC 4180), gzip. No text of it is a formula to a spreadsheet (`plain_cell`)."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._lines = Lines(path, head_of(columns))

    def write(self, row: Iterable[Value]) -> None:
        """Add a row."""
        self._lines.write(as_line([cell(value) for value in row]))

    def close(self) -> int:
        """End the file; returns how many rows it has."""
        self._lines.close()
        return self._lines.n


def head_of(columns: Sequence[Column]) -> bytes:
    """The first line of a table."""
    return as_line([column.name for column in columns])


def as_line(cells: Sequence[str]) -> bytes:
    """Cells as one line of CSV."""
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def cell(value: Value) -> str:
    """A value as text: instants as RFC 3339 in UTC, amounts with two decimals, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float):
        return repr(value)
    return str(value) if isinstance(value, int | Decimal) else plain_cell(value)


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """The columns of a table as Parquet has them."""
    return pa.schema([(column.name, _PARQUET[column.type]) for column in columns])


class Parquet:
    """A table as Parquet, compressed with zstd; at most `AT_ONCE` rows are held."""

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._schema = schema_of(columns)
        self._file = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[list[Value]] = []
        self.n = 0

    def write(self, row: list[Value]) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) == AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array(c, f.type) for c, f in zip(columns, self._schema, strict=True)]
            self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
            self.n += len(self._rows)
            self._rows = []

    def close(self) -> int:
        """End the file; returns how many rows it has."""
        self._flush()
        self._file.close()
        return self.n


class Both:
    """A table as CSV and as Parquet at once."""

    def __init__(self, csv_path: Path, parquet_path: Path, columns: Sequence[Column]) -> None:
        self._csv, self._parquet = Csv(csv_path, columns), Parquet(parquet_path, columns)

    def write(self, row: list[Value]) -> None:
        """Add a row to both."""
        self._csv.write(row)
        self._parquet.write(row)

    def close(self) -> int:
        """End both; returns how many rows each has."""
        n = self._csv.close()
        assert self._parquet.close() == n
        return n


def join_packed(parts: Sequence[Path], out: Path, head: bytes = b"") -> None:
    """Put gzip files end to end. `head`: the first line that each has as a member of its own, kept once."""
    skip = len(packed(head)) if head else 0
    with out.open("wb") as whole:
        if head:
            whole.write(packed(head))
        for part in parts:
            with part.open("rb") as file:
                file.seek(skip)
                shutil.copyfileobj(file, whole, PIECE)
        if not parts and not head:
            whole.write(packed(b""))


def join_parquet(parts: Sequence[Path], out: Path, schema: Any) -> None:
    """Put Parquet files of one schema into one, row group by row group."""
    with pq.ParquetWriter(out, schema, compression="zstd") as whole:
        for part in parts:
            with pq.ParquetFile(part) as file:
                for n in range(file.num_row_groups):
                    whole.write_table(file.read_row_group(n))
