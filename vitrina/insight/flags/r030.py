# SPDX-License-Identifier: Apache-2.0
"""R030, late bid won. Rule: Cardinal 0.0.8; here with the instant of receipt, compared as time."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .settings import Section
from .shared import releases, submitted, winners

DATE_LENGTH = 10  # of a text that is a date alone: it means the whole day and never proves lateness


def rule(t: Tables, p: Params) -> ir.Table:  # noqa: ARG001 - every rule has parameters
    """Processes whose winner has bids: whether its first valid one came after the deadline."""
    asked = releases(t).semi_join(winners(t), "rid").select("rid", "ocid", "tender_end", "end_s")
    won = winners(t).filter(lambda w: w.oid.notnull()).select("rid", "oid").distinct()
    valid = submitted(t).filter(lambda b: b.status == "valid")
    names = t.bid_tenderer.select("rid", "bid_no", "oid").semi_join(won, ["rid", "oid"])
    own = valid.join(names, ["rid", "bid_no"])
    is_day = own.date_s.length().fill_null(0) == DATE_LENGTH
    own = own.mutate(at=is_day.ifelse(ibis.null("timestamp(6)"), ibis.coalesce(own.received_at, own.date)))
    first = own.group_by(["rid", "oid"]).aggregate(at=own["at"].min())
    late = first.group_by("rid").aggregate(came=first["at"].max())
    joined = attach(asked, late, "rid")
    is_day = joined.end_s.length().fill_null(0) == DATE_LENGTH
    return verdict(
        joined,
        group=Group.OCID,
        id=joined.ocid,
        rid=joined.rid,
        value=1.0,
        flagged=joined.came > joined.tender_end,
        missing=lacking(
            **{
                "tender.tenderPeriod.endDate": joined.tender_end.isnull() | is_day,
                "bids.details.date": joined.came.isnull(),
            }
        ),
    )


def cardinal(v: View, s: Section) -> ir.Table:  # noqa: ARG001 - every rule has settings
    """The dates are compared as texts."""
    ends = v.release.filter(v.release.end_s.notnull()).select("rid", "ocid", "end_s")
    b = v.bid.filter((v.bid.status == "valid") & v.bid.date_s.notnull()).join(ends, "rid")
    late = b.filter(b.date_s > b.end_s).select("rid", "bid_no", "ocid")
    won = v.supplier.semi_join(v.award, ["rid", "award_no"]).select("rid", "id").distinct()
    both = late.join(v.tenderer, ["rid", "bid_no"]).select("rid", "ocid", "id").join(won, ["rid", "id"])
    return found(both, Group.OCID, both.ocid, 1.0).union(found(both, Group.TENDERER, both.id, 1.0))


FLAG = Flag(
    code="R030",
    title=Text("Ganó una proposición tardía", "Late bid won"),
    explanation=Text(
        "La proposición que ganó se recibió después del cierre.", "The bid that won was received after the deadline."
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.BIDS,
    inputs=("tender.tenderPeriod.endDate", "bids.details.date", "awards.suppliers.id"),
    rule=rule,
    alone=True,
    definition_es="Procesos cuyo ganador tiene proposiciones: si la primera válida llegó después del vencimiento.",
    innocent=(
        Text("La hora publicada es la de captura, no la de recepción.", "The time is of data entry, not receipt."),
        Text("El cierre se prorrogó y el aviso no se actualizó.", "The deadline was moved and the notice was not."),
    ),
    source=Text("Cardinal (OCP) 0.0.8, con el instante", "Cardinal (OCP) 0.0.8, with the instant"),
    cardinal=cardinal,
)
