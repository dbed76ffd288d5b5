# SPDX-License-Identifier: Apache-2.0
"""A register's file as rows: CSV (UTF-8, of units or of people), or TOML with all of these and identities."""

from __future__ import annotations

import csv
import io
import os
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from vitrina.kernel.text import fold, plain_cell

if TYPE_CHECKING:
    from . import Fault

KINDS = ("unit", "identity", "person")
COLUMNS = {
    "unit": ("key", "name", "acronym", "parent", "kind", "state", "zone", "jurisdiction", "rfc", "can_contract"),
    "person": ("email", "given_name", "surname", "second_surname", "position", "rfc", "role", "unit"),
    "identity": ("unit", "light", "dark", "logo"),
}
# As officials write their headings; folded.
ALSO = {
    "clave": "key", "nombre": "name", "siglas": "acronym", "superior": "parent", "tipo": "kind", "estado": "state",
    "zona": "zone", "orden": "jurisdiction", "legislacion": "jurisdiction", "contrata": "can_contract",
    "correo": "email", "nombres": "given_name", "primer apellido": "surname", "segundo apellido": "second_surname",
    "cargo": "position", "oficio": "role", "unidad": "unit",
}  # fmt: skip
MOST_BYTES = 32 << 20
MOST_LETTERS = 2000  # of a cell


class BadFile(ValueError):
    """The file as a whole cannot be read; the text says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was written. `place`: "row 7" of a sheet, "person 3" of a TOML file."""

    kind: str
    place: str
    values: dict[str, Any]

    def text(self, column: str) -> str:
        """What stands in a column, without blanks around it; empty where there is nothing."""
        value = self.values.get(column)
        return "" if value is None else str(value).strip()


def read(path: Path) -> list[Row]:
    """Every row of a file. Errors: `BadFile`, `OSError`."""
    if path.stat().st_size > MOST_BYTES:
        raise BadFile(f"{path.name} is larger than {MOST_BYTES >> 20} MB: load it in parts")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} is not UTF-8: save it as «CSV UTF-8»") from error
    return _of_toml(path, text) if path.suffix.lower() == ".toml" else _of_csv(path, text)


def _of_toml(path: Path, text: str) -> list[Row]:
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{path.name} is not TOML: {error}") from error
    if strange := sorted(set(found) - set(KINDS)):
        raise BadFile(f"{path.name} has [{strange[0]}]; it may have {', '.join(f'[[{kind}]]' for kind in KINDS)}")
    rows = []
    for kind in KINDS:
        listed = found.get(kind, [])
        if not isinstance(listed, list) or not all(isinstance(values, dict) for values in listed):
            raise BadFile(f"{path.name}: write each {kind} under a [[{kind}]] of its own")
        rows += [Row(kind, f"{kind} {n}", values) for n, values in enumerate(listed, start=1)]
    return rows


def _of_csv(path: Path, text: str) -> list[Row]:
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise BadFile(f"{path.name} breaks off at row {reader.line_num}: {error}") from error
    if not lines:
        raise BadFile(f"{path.name} is empty: its first row has the names of its columns")
    names = [_column(cell) for cell in lines[0][1]]
    kind = "person" if "email" in names else "unit"
    _check_names(path, names, kind)
    return [
        Row(kind, f"row {number}", _values(names, cells)) for number, cells in lines[1:] if any(map(str.strip, cells))
    ]


def _column(cell: str) -> str:
    folded = fold(cell)
    return ALSO.get(folded, folded.replace(" ", "_"))


def _check_names(path: Path, names: Sequence[str], kind: str) -> None:
    known = ", ".join(COLUMNS[kind])
    needed = ("email", "role", "unit") if kind == "person" else ("key", "name")
    if strange := [name for name in names if name and name not in COLUMNS[kind]]:
        raise BadFile(f"{path.name}: no column is called «{strange[0][:40]}»; these are: {known}")
    if missing := [name for name in needed if name not in names]:
        raise BadFile(f"{path.name} has no column «{missing[0]}»; these are: {known}")
    if twice := [name for name in names if name and names.count(name) > 1]:
        raise BadFile(f"{path.name} has the column «{twice[0]}» twice")


def _values(names: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """A line by column; cells beyond the last one are kept under "", so that nothing is lost unseen."""
    values: dict[str, Any] = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    beyond = [cell for cell in cells[len(names) :] if cell.strip()]
    return values | ({"": " ".join(beyond)} if beyond else {})


def keep_rejected(path: Path, rejected: Iterable[tuple[Row, Fault]]) -> None:
    """Write the rows that were refused, with why, as a CSV of one kind after the other; for whoever mends them."""
    by_kind: dict[str, list[tuple[Row, Fault]]] = {}
    for row, fault in rejected:
        by_kind.setdefault(row.kind, []).append((row, fault))
    with _private(path) as file:
        writer = csv.writer(file)
        for kind, rows in by_kind.items():
            writer.writerow(["where", "column", "what is wrong", "how to mend it", *COLUMNS[kind]])
            for row, fault in rows:
                told = [row.place, fault.column, fault.what, fault.how, *(row.text(c) for c in COLUMNS[kind])]
                writer.writerow([plain_cell(cell) for cell in told])


def keep_links(path: Path, links: Iterable[tuple[str, str]]) -> None:
    """Write the one-time links of new accounts, for the eyes of who hands them over."""
    with _private(path) as file:
        csv.writer(file).writerows([("email", "link"), *links])


def _private(path: Path) -> TextIO:
    """A file that its owner alone reads, empty, ready to be written."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(number, 0o600)  # one that was there already kept what it allowed
    return os.fdopen(number, "w", encoding="utf-8", newline="")
