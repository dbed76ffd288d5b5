# SPDX-License-Identifier: Apache-2.0
"""The procedure number that a call receives."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from vitrina.parties.models import Unit

from .models import Tender

_LETTERS = {"licitacion_publica": "L", "invitacion_tres_personas": "I", "adjudicacion_directa": "A"}
_FEDERAL_KEY = re.compile(r"[0-9]([0-9]{2})([0-9A-Z]{3})[0-9A-Z]{3}", re.ASCII)
_LAST_SHORT_YEAR = 2022  # the long form came with the platform of 2023


def procedure_number(unit: Unit, procedure: str, category: str, character: str, at: datetime) -> str:
    """The next number of a unit in its local year; call it with the unit's row locked.

    `LA-050GYR047-E12-2020` until 2022, then `LA-50-GYR-050GYR047-N-12-2026`; units without a federal key keep the
    short form.
    """
    zone = ZoneInfo(unit.zone)
    year = at.astimezone(zone).year
    earlier = Tender.objects.filter(process__unit=unit, published_at__gte=datetime(year, 1, 1, tzinfo=zone))
    n = earlier.filter(published_at__lt=datetime(year + 1, 1, 1, tzinfo=zone)).count() + 1
    kind = _LETTERS.get(procedure, "X") + ("O" if category.startswith("works") else "A")
    federal = _FEDERAL_KEY.fullmatch(unit.key)
    if federal and year > _LAST_SHORT_YEAR:
        return f"{kind}-{federal[1]}-{federal[2]}-{unit.key}-{character}-{n}-{year}"
    return f"{kind}-{unit.key}-E{n}-{year}"
