# SPDX-License-Identifier: Apache-2.0
"""Officials of the bodies: an account and an office each; one who has both already is left as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from vitrina.kernel.text import fold, has_unsafe_characters
from vitrina.parties import commands, rfc
from vitrina.parties.models import Person, Unit
from vitrina.parties.roles import ROLE_NAMES, Role
from vitrina.parties.sign_in import one_time_path

from . import Bad, Loaded
from .files import COLUMNS, Row

NAMES = {"given_name": 80, "surname": 80, "second_surname": 80, "position": 120}
OFFICES = {role.value: role for role in Role if role is not Role.SUPPLIER}


def load(rows: Sequence[Row], at: datetime) -> Loaded:
    """Give each person of a row their office, and an account where they have none."""
    found = Loaded()
    units = Unit.objects.select_related("root").in_bulk([row.text("unit").upper() for row in rows])
    for row in rows:
        try:
            _load(row, at, units.get(row.text("unit").upper()), found)
        except Bad as bad:
            found.rejected.append((row, bad.fault))
    return found


def _load(row: Row, at: datetime, unit: Unit | None, found: Loaded) -> None:
    columns, role = _columns(row), _role(row)
    if unit is None:
        raise Bad("unit", f"no unit has the key «{row.text('unit')[:40]}»", "register the unit first")
    email = columns.pop("email")
    person = Person.objects.filter(Q(user__email__iexact=email) | Q(user__username__iexact=email)).first()
    if person is None:
        person = commands.register_person(email=email, **columns)
        commands.appoint(at=at, person=person, role=role, unit=unit)
        found.registered += 1
        found.links.append((email, one_time_path(person)))
        return
    held = [a for a in person.appointments.select_related("unit__root") if a.until is None or at < a.until]
    if any((a.role, a.unit_id) == (role, unit.key) for a in held):
        found.unchanged += 1
        return
    if any(a.unit is None or a.unit.buyer != unit.buyer for a in held):
        raise Bad("email", "this account belongs to somebody of another body, or to a supplier",
                  "give this person an e-mail of this body")  # fmt: skip
    commands.appoint(at=at, person=person, role=role, unit=unit)
    found.changed += 1


def _columns(row: Row) -> dict[str, str]:
    if strange := sorted(set(row.values) - set(COLUMNS["person"])):
        raise Bad(strange[0], "there is no such column", "take it out; compare the names of the columns")
    email = row.text("email").lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Bad("email", f"«{email[:60]}» is no e-mail", "write name@institution.mx") from error
    names = {name: row.text(name) for name in NAMES}
    for name, longest in NAMES.items():
        text = names[name]
        if (name in {"given_name", "surname"} and not text) or len(text) > longest or has_unsafe_characters(text):
            raise Bad(name, "it is empty, too long, or has characters that no page shows",
                      f"write 1 to {longest} letters")  # fmt: skip
    text = rfc.clean(row.text("rfc"))
    if text and rfc.fault(text):
        raise Bad("rfc", f"«{text[:20]}» is no RFC of one's own", "write it as the tax office gives it")
    return {"email": email, **names, "rfc": text}


def _role(row: Row) -> Role:
    said = fold(row.text("role"))
    named = OFFICES | {fold(str(ROLE_NAMES[role])): role for role in OFFICES.values()}
    if said not in named:
        raise Bad("role", f"«{row.text('role')[:40]}» is no office", f"write one of: {', '.join(OFFICES)}")
    return named[said]
