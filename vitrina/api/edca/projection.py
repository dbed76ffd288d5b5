# SPDX-License-Identifier: Apache-2.0
"""Compiled release -> the row by which harvesters find a purchase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Min

from vitrina.api.models import HarvestedProcess
from vitrina.ledger import bulk
from vitrina.ledger.models import Record, Release
from vitrina.ledger.projections import Placed, Projection, register

from .classify import category_of, year_of


def _found_by(compiled: dict[str, Any]) -> dict[str, Any]:
    awards = [datetime.fromisoformat(a["date"]) for a in compiled.get("awards", []) if a.get("date")]
    return {
        "year": year_of(compiled),
        "method": compiled.get("tender", {}).get("procurementMethod") or "",
        "category": category_of(compiled),
        "awarded_from": min(awards, default=None),
        "awarded_until": max(awards, default=None),
    }


def _apply(batch: Sequence[Placed]) -> None:
    touched = {p.entry.ocid for p in batch if p.entry.is_public and p.entry.ocid}
    compiled = dict(Record.objects.filter(ocid__in=touched).values_list("ocid", "compiled"))
    # what stands after the batch: a projection that is behind never says more than the last entry it has read
    until = batch[-1].position
    found = Release.objects.filter(ocid__in=touched, position__lte=until).values("ocid")
    spans = found.annotate(first_at=Min("date"), last_at=Max("date"), position=Max("position"))
    rows = [{**span, **_found_by(compiled[span["ocid"]])} for span in spans if span["ocid"] in compiled]
    bulk.insert(HarvestedProcess, rows, replace=True)
    HarvestedProcess.objects.filter(ocid__in=touched - set(compiled)).delete()


register(Projection("edca", (HarvestedProcess,), _apply))
