# SPDX-License-Identifier: Apache-2.0
"""R036, lowest bid disqualified. Rule: Cardinal 0.0.8; here only where the price alone decides."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .cardinal import View, found
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .settings import Section
from .shared import active_awards, releases, submitted

PRICE = ("priceOnly", "lowestCost", "lowestPrice")


def rule(t: Tables, p: Params) -> ir.Table:  # noqa: ARG001 - every rule has parameters
    """Awarded processes decided by price: whether the lowest of their prices was disqualified. Lots compete apart."""
    r = releases(t).semi_join(active_awards(t), "rid")
    asked = r.filter(r.award_criteria.isnull() | r.award_criteria.isin(PRICE)).select("rid", "ocid", "award_criteria")
    b = submitted(t).filter(lambda b: b.amount > 0)
    b = b.mutate(lot=b.lot.fill_null(""), currency=b.currency.fill_null(""))
    order = ibis.window(group_by=["rid", "lot", "currency"], order_by=[b.amount, b.bid_no])
    whole = ibis.window(group_by=["rid", "lot", "currency"])
    is_valid = (b.status == "valid").cast("int32")
    ranked = b.mutate(place=ibis.row_number().over(order), n_valid=is_valid.sum().over(whole))
    lowest = ranked.filter(ranked.place == 0)
    is_out = ((lowest.status == "disqualified") & (lowest.n_valid > 0)).cast("int32")
    per = lowest.group_by("rid").aggregate(bad=is_out.sum())
    joined = attach(asked, per, "rid")
    return verdict(
        joined,
        group=Group.OCID,
        id=joined.ocid,
        rid=joined.rid,
        value=joined.bad,
        threshold=1.0,
        flagged=joined.bad > 0,
        missing=lacking(
            **{"tender.awardCriteria": joined.award_criteria.isnull(), "bids.details.value": joined.bad.isnull()}
        ),
    )


def cardinal(v: View, s: Section) -> ir.Table:  # noqa: ARG001 - every rule has settings
    """The first of the lowest in the order of the file; the award criteria are not read."""
    b = v.bid.filter(v.bid.amount.notnull() & (v.bid.currency == v.settings.currency))
    b = b.semi_join(v.award, "rid").join(v.priced.select("rid", "ocid"), "rid")
    order = ibis.window(group_by="rid", order_by=[b.amount, b.bid_no])
    is_valid = (b.status == "valid").cast("int32")
    ranked = b.mutate(place=ibis.row_number().over(order), n_valid=is_valid.sum().over(ibis.window(group_by="rid")))
    bad = ranked.filter((ranked.place == 0) & (ranked.status == "disqualified") & (ranked.n_valid > 0))
    return found(bad, Group.OCID, bad.ocid, 1.0)


FLAG = Flag(
    code="R036",
    title=Text("Se desechó la más baja", "Lowest bid disqualified"),
    explanation=Text(
        "Se decidía por precio y la proposición más baja se desechó.",
        "Price was to decide, and the lowest bid was disqualified.",
    ),
    group=Group.OCID,
    side=Side.YES,
    needs=Needs.BIDS,
    inputs=("tender.awardCriteria", "bids.details.status", "bids.details.value.amount", "awards.status"),
    rule=rule,
    alone=True,
    definition_es=(
        "Procesos adjudicados que se deciden por precio: si se desechó el más bajo. Los lotes compiten aparte."
    ),
    innocent=(
        Text("No cumplía un requisito y el fallo lo dice.", "It did not fulfil a requirement and the ruling says so."),
        Text("El precio no era conveniente por demasiado bajo.", "The price was too low to be acceptable."),
    ),
    source=Text("Cardinal (OCP) 0.0.8, por precio", "Cardinal (OCP) 0.0.8, by price"),
    cardinal=cardinal,
)
