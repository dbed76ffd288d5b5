# SPDX-License-Identifier: Apache-2.0
"""Publishing a sanction, and telling that it no longer stands. The installation acts, by its command line."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.cycle.core.refusal import refuse
from vitrina.kernel.text import has_unsafe_characters
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Signer
from vitrina.ledger.models import Entry
from vitrina.parties import rfc
from vitrina.parties.commands import OPERATOR
from vitrina.parties.models import Unit

from .events import OfficialSanctioned, OfficialSanctionRef, SanctionPublished, SanctionRef, SanctionWithdrawn
from .models import Sanction

KINDS = ("I", "M", "S", "D", "A", "IND", "SE", "O")
DEBARMENT, FINES = "I", {"M", "IND", "SE"}
OFFICIAL_KINDS = ("I", "M", "S", "D", "IRSC", "SE", "O")
# Codes of S3 for grave faults; the others are not public (LGRA, art. 53).
GRAVE_FAULTS = (
    "AG", "AC", "AUT", "CEX", "PEC", "DRP", "UII", "AFN", "ABCI", "CIND", "EOCI", "TINF", "ENCB", "DSCT", "OJUST",
)  # fmt: skip
PERSONS = {"F": 13, "M": 12}  # characters of their RFC
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_URL = re.compile(r"https?://\S{1,400}")
LONGEST = 2000


@transaction.atomic
def publish(sanction: SanctionRef, *, at: datetime, by: Signer = OPERATOR) -> Entry:
    """Publish a sanction. Refused: a resolution that is not firm yet, a debarment without its days, a fine without
    amount, one that is published already, what cannot be an RFC, a buyer that nobody registered.
    """
    _check_texts(sanction)
    _check_order(sanction, at, KINDS, FINES)
    entry = append(_stream(sanction.id), SanctionPublished(sanction=sanction), actor=by, at=at)
    Sanction.objects.create(id=sanction.id, entry=entry)
    return entry


@transaction.atomic
def publish_official(sanction: OfficialSanctionRef, *, at: datetime, by: Signer = OPERATOR) -> Entry:
    """Publish a sanction of an official for a grave fault; refused as that of a supplier is, and for another fault."""
    if sanction.fault not in GRAVE_FAULTS:
        message = _("Only grave faults are public: %(codes)s.") % {"codes": ", ".join(GRAVE_FAULTS)}
        raise refuse("fault", message, field="fault")
    _check_common(sanction, ("given_name", "surname", "position"))
    _check_order(sanction, at, OFFICIAL_KINDS, {"M", "IRSC", "SE"})
    entry = append(_stream(sanction.id), OfficialSanctioned(sanction=sanction), actor=by, at=at)
    Sanction.objects.create(id=sanction.id, entry=entry)
    return entry


@transaction.atomic
def withdraw(sanction_id: str, *, at: datetime, reason: str, by: Signer = OPERATOR) -> Entry:
    """Tell that a sanction no longer stands, and why."""
    row = Sanction.objects.select_for_update().filter(id=sanction_id).first()
    if row is None or row.withdrawn_at:
        raise refuse("id", _("No sanction with that id stands."), field="id")
    if not 1 <= len(reason.strip()) <= LONGEST or has_unsafe_characters(reason):
        raise refuse("reason", _("Say why, in at most 2,000 characters."), field="reason")
    row.withdrawn_at = at
    row.save()
    event = SanctionWithdrawn(sanction=sanction_id, reason=reason.strip())
    return append(_stream(sanction_id), event, actor=by, at=at)


def _stream(sanction_id: str) -> str:
    return f"sanction:{sanction_id}"


def _check_common(s: Any, names: tuple[str, ...]) -> None:
    """What every sanction says: its id, its texts, where the fault was committed; none with that id before."""
    if not _ID.fullmatch(s.id):
        raise refuse("id", _("The id has letters, digits, points and hyphens, 60 at most."), field="id")
    for name in (*names, "authority", "file", "fault", "cause", "institution_name"):
        text = getattr(s, name)
        if not text.strip() or len(text) > LONGEST or has_unsafe_characters(text):
            raise refuse("text", _("Write %(field)s, in at most 2,000 characters.") % {"field": name}, field=name)
    if s.url and not _URL.fullmatch(s.url):
        raise refuse("url", _("The address of the resolution begins with https://."), field="url")
    if not Unit.objects.filter(key=s.institution).exists():
        raise refuse("institution", _("No unit of the register has that key."), field="institution")
    if Sanction.objects.filter(id=s.id).exists():
        raise refuse("twice", _("A sanction with that id is published already."), field="id")


def _check_texts(s: SanctionRef) -> None:
    _check_common(s, ("name",))
    if s.person not in PERSONS or (s.rfc and (rfc.fault(s.rfc) or len(s.rfc) != PERSONS[s.person])):
        raise refuse("rfc", _("The RFC is not that of a person (F) or a company (M), as it says."), field="rfc")


def _check_order(s: Any, at: datetime, kinds: tuple[str, ...], fines: set[str]) -> None:
    if not s.kinds or len(set(s.kinds)) != len(s.kinds) or set(s.kinds) - set(kinds):
        message = _("Kinds of sanction, each once: %(kinds)s.") % {"kinds": ", ".join(kinds)}
        raise refuse("kinds", message, field="kinds")
    if s.firm_on < s.resolved_on or s.firm_on > at.astimezone(ZoneInfo(settings.TIME_ZONE)).date():
        raise refuse(
            "firm", _("Only a resolution that is firm is published; until then nobody is barred."), field="firm_on"
        )
    days = (s.debarred_from, s.debarred_until)
    is_debarred = DEBARMENT in s.kinds
    if is_debarred != all(days) or (days[0] and days[1] and days[1] < days[0]) or any(days) != all(days):
        raise refuse(
            "days", _("A debarment has its first and its last day; another sanction has none."), field="debarred_from"
        )
    if bool(fines & set(s.kinds)) != (s.fine is not None) or (s.fine and s.fine.centavos <= 0):
        raise refuse("fine", _("A fine or compensation has its amount; another sanction has none."), field="fine")
