# SPDX-License-Identifier: Apache-2.0
"""R052, a small first award and then a large one without competition."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach, r8
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared import DIRECT
from .suppliers import PAIR, awarded, worst_pairs

MANY = "awards>=2"


class SmallFirstParams(Params, frozen=True):
    """The parameters of R052."""

    times: Annotated[
        float,
        Text(
            "cuántas veces la primera adjudicación debe ser una posterior",
            "how many times the first award a later one must be",
        ),
    ] = 20.0
    days: Annotated[
        int, Text("días naturales desde la primera en que llega", "natural days from the first within which it comes")
    ] = 730
    small: Annotated[
        float,
        Text(
            "cuantil de las adjudicaciones del comprador hasta el que la primera es chica",
            "quantile of the buyer's awards up to which the first is small",
        ),
    ] = 0.25
    procurement_methods: Annotated[
        tuple[str, ...], Text("métodos (palabras de OCDS) sin concurso", "methods (OCDS words) without competition")
    ] = DIRECT


def rule(t: Tables, p: SmallFirstParams) -> ir.Table:
    """Suppliers whose first award from a buyer was among its smallest and who within two years got one many times
    larger without competition. Value: the largest such award over the first. Of several first awards of one day the
    largest is taken.
    """
    rows = awarded(t).filter(lambda r: r.c.notnull() & r.day.notnull())
    rows = rows.mutate(day_no=rows.day.epoch_days().cast("int64"))
    pair = [*PAIR, "currency"]
    order = ibis.window(group_by=pair, order_by=[rows.day_no, rows.c.desc(), rows.rid, rows.award_no])
    placed = rows.mutate(place=ibis.row_number().over(order))
    first = placed.filter(placed.place == 0).select(*pair, first_c="c", first_day="day_no", rid="rid")
    later = placed.filter(placed.place > 0).drop("rid").join(first, pair)
    large = later.filter(
        later.method.isin(p.procurement_methods)
        & (later.day_no > later.first_day)
        & (later.day_no <= later.first_day + p.days)
    )
    most = large.group_by(pair).aggregate(most=large.c.max())
    counts = rows.group_by(pair).aggregate(n=rows.c.count())
    low = r8(rows, ["buyer_no", "currency"], "c", {"small": p.small}).drop("n")
    found = attach(attach(attach(first, counts, pair), most, pair), low, ["buyer_no", "currency"])
    ratio = found.most.cast("float64") / found.first_c
    small = found.first_c.cast("float64") <= found.small
    judged = verdict(
        found,
        group=Group.BUYER_SUPPLIER,
        id=ibis.null("string"),
        rid=found.rid,
        value=ratio,
        threshold=p.times,
        peer_n=found.n,
        flagged=(small & (ratio >= p.times)).fill_null(False),
        missing=lacking(**{MANY: found.n < 2}),  # noqa: PLR2004 - a first one and a later one
        basis=found.currency,
        unit={name: found[name] for name in PAIR},
    )
    return worst_pairs(t, judged)  # a pair that deals in two currencies has two rows


FLAG = Flag(
    code="R052",
    title=Text("Primero una compra chica, luego una grande sin concurso", "Small first, then large"),
    explanation=Text(
        "El proveedor entró con un contrato de los más chicos del comprador y antes de dos años recibió, sin "
        "competencia, otro muchas veces mayor.",
        "The supplier came in with one of the buyer's smallest contracts and within two years got another, many times "
        "larger, without competition.",
    ),
    group=Group.BUYER_SUPPLIER,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("awards.value", "awards.date", "awards.suppliers", "tender.procurementMethod"),
    rule=rule,
    definition_es=(
        "Proveedores cuya primera adjudicación de un comprador fue de las más chicas y que en dos años "
        "recibieron, sin concurso, otra muchas veces mayor. Valor: la mayor de estas entre la primera. De "
        "varias primeras del mismo día se toma la mayor."
    ),
    params=SmallFirstParams,
    innocent=(
        Text("Hizo bien lo primero y era el único que podía seguir.", "It did well and alone could go on."),
        Text("Los contratos anteriores no están en los datos.", "Earlier contracts are not in the data."),
    ),
    bases=bases.CURRENCY,
)
