# SPDX-License-Identifier: Apache-2.0
"""How long a decision took: days from the deadline for bids to the award. R061 and R062 read it."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

from .declare import lacking
from .shared import active_awards, processes


def decided(t: Tables, methods: Sequence[str]) -> ir.Table:
    """(rid, ocid, method, tender_end_day, awarded, days): processes of these methods that have an active award, with
    the day of the first and the natural days from the deadline to it, negative where it comes before.
    """
    a = active_awards(t)
    first = a.group_by("rid").aggregate(awarded=a.date_day.min())
    p = processes(t).filter(lambda r: r.method.isin(methods)).select("rid", "ocid", "method", "tender_end_day")
    found = attach(p.semi_join(first, "rid"), first, "rid")
    return found.mutate(days=(found.awarded.epoch_days() - found.tender_end_day.epoch_days()).cast("float64"))


def untold(found: ir.Table, **more: ir.Value) -> ir.Value:
    """What is missing to judge how long the decision took."""
    return lacking(
        **{"tender.tenderPeriod.endDate": found.tender_end_day.isnull(), "awards.date": found.awarded.isnull(), **more}
    )
