# SPDX-License-Identifier: Apache-2.0
"""Identities: the colours and the logo of a body's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from vitrina.parties import commands
from vitrina.parties.identity import MOST_LOGO, BadIdentity, check_logo, palette
from vitrina.parties.models import Unit

from . import Bad, Loaded
from .files import COLUMNS, Row


def load(rows: Sequence[Row], at: datetime, folder: Path) -> Loaded:
    """Set identities; a logo is a file named from the folder of the list."""
    found = Loaded()
    units = Unit.objects.select_related("identity").in_bulk([row.text("unit").upper() for row in rows])
    for row in rows:
        try:
            unit = _body(row, units)
            is_new = not hasattr(unit, "identity")
            if commands.set_identity(unit, at=at, colours=_colours(row), logo=_logo(row, folder)):
                found.registered, found.changed = found.registered + is_new, found.changed + (not is_new)
            else:
                found.unchanged += 1
        except Bad as bad:
            found.rejected.append((row, bad.fault))
    return found


def _body(row: Row, units: Mapping[str, Unit]) -> Unit:
    unit = units.get(row.text("unit").upper())
    if unit is None or unit.parent_id:
        raise Bad("unit", f"«{row.text('unit')[:40]}» is the key of no body", "write the key of a body")
    return unit


def _colours(row: Row) -> dict[str, dict[str, str]]:
    if strange := sorted(set(row.values) - set(COLUMNS["identity"])):
        raise Bad(strange[0], "a body does not choose that", f"it chooses: {', '.join(COLUMNS['identity'][1:])}")
    given = {name: row.values.get(name) for name in ("light", "dark")}
    if not all(isinstance(value, dict) for value in given.values()):
        raise Bad("light", "both themes have their colours", "write [identity.light] and [identity.dark]")
    try:
        return palette(given)  # type: ignore[arg-type] # they are dicts, and each colour is looked at
    except BadIdentity as bad:
        raise Bad(bad.field, *_halves(str(bad))) from bad


def _logo(row: Row, folder: Path) -> bytes:
    name = row.text("logo")
    if not name:
        return b""
    path = folder / name
    try:
        if Path(name).name != name or path.stat().st_size > MOST_LOGO:
            raise Bad("logo", f"«{name[:60]}» is not a small file beside this one",
                      f"put a PNG of at most {MOST_LOGO >> 10} KB beside the list")  # fmt: skip
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise Bad("logo", f"«{name[:60]}» cannot be read", "put it beside the list") from error
    try:
        check_logo(data)
    except BadIdentity as bad:
        raise Bad(bad.field, *_halves(str(bad))) from bad
    return data


def _halves(text: str) -> tuple[str, str]:
    what, _, how = text.partition(": ")
    return what, how or "see docs/how-to"
