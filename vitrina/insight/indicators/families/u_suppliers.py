# SPDX-License-Identifier: Apache-2.0
"""U025 to U044: who supplies: how concentrated, how new, how dependent on one buyer or on direct award.

Numbers of one supplier (U035, U037 to U044) are told as means over the suppliers of the group; by `supplier` they are
those of each.
"""

from __future__ import annotations

import dataclasses

import ibis.expr.types as ir

from vitrina.insight.indicators.declare import (
    Direction,
    Indicator,
    Known,
    Measure,
    Unit,
    count,
    mean,
    median,
    ratio,
    share,
    total,
)
from vitrina.insight.text import Text

from .u_competition import WARM

SUPPLIER = ("awards.suppliers.id",)
VALUE = ("awards.value.amount", "awards.suppliers.id")
TOP = 10


def _priced(f: ir.Table) -> Known:
    return {"awards.value": (f.n_priced > 0) & f.currency.notnull()}


def _new_value(f: ir.Table) -> Known:
    return {
        "awards.value": f.centavos.notnull() & f.currency.notnull(),
        "awards.date": f.day.notnull(),
        WARM: f.is_warm,
    }


def _share_of_value(f: ir.Table) -> Measure:
    found = mean(f.share, needs={**_priced(f), "awards.value.amount": f.share.notnull()})
    return dataclasses.replace(found, plain=True)


INDICATORS = (
    Indicator(
        "U025",
        Text("Parte de los diez mayores proveedores", "Share of the ten largest suppliers"),
        Text("Parte del importe adjudicado a los diez mayores.", "Share of the awarded value of the ten largest."),
        "sum(value of 10 largest) / U006",
        VALUE,
        base="supplier",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.DOWN,
        measure=lambda f: ratio((f["rank"] < TOP).ifelse(f.centavos, 0), f.centavos, needs=_priced(f)),
    ),
    Indicator(
        "U026",
        Text("Proveedores por comprador", "Suppliers per buyer"),
        Text("Media de proveedores distintos por comprador.", "Mean of different suppliers per buyer."),
        "mean over buyers of count(distinct supplier)",
        ("buyer.id", *SUPPLIER),
        base="buyer",
        unit=Unit.RATIO,
        direction=Direction.UP,
        measure=lambda f: mean(f.n_suppliers, needs={"buyer.id": f.buyer_told}),
    ),
    Indicator(
        "U027",
        Text("Proveedores nuevos", "New suppliers"),
        Text(
            "Proveedores cuya primera adjudicación cae en su periodo (año, o mes si se compara por mes), pasados los"
            " primeros 24 meses del acervo.",
            "Suppliers whose first award falls in the period (year, or month where compared by month), after the first"
            " 24 months of the corpus.",
        ),
        "count(supplier with first award in the period)",
        ("awards.suppliers.id", "awards.date"),
        base="supplier",
        direction=Direction.UP,
        measure=lambda f: count(where=(f.n_warm == 0) | (f.n_new > 0), needs={WARM: f.n_warm > 0}),
    ),
    Indicator(
        "U028",
        Text("Adjudicaciones a proveedores nuevos", "Awards to new suppliers"),
        Text(
            "Parte de las adjudicaciones que fue a proveedores nuevos.", "Share of awards that went to new suppliers."
        ),
        "count(awards of new suppliers) / count(awards)",
        ("awards.suppliers.id", "awards.date"),
        base="supplied",
        unit=Unit.SHARE,
        direction=Direction.UP,
        measure=lambda f: share(f.new_in_year, needs={"awards.date": f.day.notnull(), WARM: f.is_warm}),
    ),
    Indicator(
        "U029",
        Text("Importe a proveedores nuevos", "Value to new suppliers"),
        Text("Importe adjudicado a proveedores nuevos.", "Value awarded to new suppliers."),
        "sum(awards.value of new suppliers)",
        (*VALUE, "awards.date"),
        base="supplied",
        unit=Unit.MONEY,
        money=True,
        direction=Direction.UP,
        measure=lambda f: total(f.new_in_year.ifelse(f.centavos, 0), needs=_new_value(f)),
    ),
    Indicator(
        "U030",
        Text("Parte de proveedores nuevos", "Share of new suppliers"),
        Text("Proveedores nuevos entre los proveedores del periodo.", "New suppliers among those of the period."),
        "U027 / U004",
        ("awards.suppliers.id", "awards.date"),
        base="supplier",
        unit=Unit.SHARE,
        direction=Direction.UP,
        measure=lambda f: share(f.n_new > 0, needs={WARM: f.n_warm > 0}),
    ),
    Indicator(
        "U031",
        Text("Crecimiento de proveedores nuevos", "Growth of new suppliers"),
        Text(
            "Cambio del número de proveedores nuevos de cada año contra el año anterior.",
            "Change of the number of new suppliers of each year against the year before.",
        ),
        "U027(y) / U027(y - 1) - 1",
        ("awards.suppliers.id", "awards.date"),
        base="growth",
        unit=Unit.RATIO,
        direction=Direction.UP,
        level="year",
        measure=lambda f: ratio(f.n_new - f.n_before, f.n_before, needs={WARM: f.n_before.notnull()}),
    ),
    Indicator(
        "U032",
        Text("Importe a proveedores recurrentes", "Value to recurring suppliers"),
        Text("Parte del importe adjudicado a proveedores que no son nuevos.", "Share of value to suppliers not new."),
        "1 - U029 / U006",
        (*VALUE, "awards.date"),
        base="supplied",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.NONE,
        measure=lambda f: ratio(f.new_in_year.ifelse(0, f.centavos), f.centavos, needs=_new_value(f)),
    ),
    Indicator(
        "U034",
        Text("Parte de la mayor empresa de cada mercado", "Largest company's share of each market"),
        Text(
            "Parte del importe del mayor proveedor, por mercado.", "Share of value of the largest supplier, by market."
        ),
        "max over suppliers of value / value, by market",
        (*VALUE, "tender.items.classification.id"),
        base="supplier",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.DOWN,
        level="market",
        measure=lambda f: ratio(
            (f["rank"] == 0).ifelse(f.centavos, 0),
            f.centavos,
            needs={**_priced(f), "tender.items.classification.id": f.market.notnull()},
        ),
    ),
    Indicator(
        "U035",
        Text("Adjudicación directa por proveedor", "Non-competitive share per supplier"),
        Text(
            "Media, por proveedor, de sus adjudicaciones directas o restringidas entre todas las suyas.",
            "Mean, over suppliers, of direct or limited awards among all of theirs.",
        ),
        "mean over suppliers of awards by direct, limited / awards",
        (*SUPPLIER, "tender.procurementMethod"),
        base="supplier",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: mean(f.n_direct / f.n_method, needs={"tender.procurementMethod": f.n_method > 0}),
    ),
    Indicator(
        "U036",
        Text("Entidad de los proveedores", "Region of suppliers"),
        Text("Parte de los proveedores por entidad federativa.", "Share of the suppliers by region of their address."),
        "count(suppliers) by parties.address.region / count(suppliers)",
        (*SUPPLIER, "parties.address.region"),
        base="supplier",
        unit=Unit.SHARE,
        level="home",
        of_level=True,
        measure=lambda f: count(needs={"parties.address.region": f.home.notnull()}),
    ),
    Indicator(
        "U037",
        Text("Procedimientos por licitante", "Purchases per bidder"),
        Text(
            "Media de procedimientos en que participa cada licitante.",
            "Mean of purchases in which a bidder takes part.",
        ),
        "mean over bidders of purchases",
        ("bids.details.tenderers.id",),
        base="bidder",
        tables=("bid_tenderer|tenderer",),
        unit=Unit.RATIO,
        measure=lambda f: mean(f.n_bids),
    ),
    Indicator(
        "U038",
        Text("Tasa de éxito", "Success rate"),
        Text(
            "Media, por licitante, de procedimientos ganados entre participados.",
            "Mean, over bidders, of wins over bids.",
        ),
        "mean over bidders of wins / purchases",
        ("bids.details.tenderers.id", "awards.suppliers.id"),
        base="bidder",
        tables=("bid_tenderer|tenderer",),
        unit=Unit.SHARE,
        measure=lambda f: mean(f.n_wins / f.n_bids),
    ),
    Indicator(
        "U039",
        Text("Clases por proveedor", "Item classes per supplier"),
        Text(
            "Media, por proveedor, de clases de dos dígitos distintas (compare R048).",
            "Mean, over suppliers, of different two-digit classes (compare R048).",
        ),
        "mean over suppliers of count(distinct 2-digit class)",
        (*SUPPLIER, "tender.items.classification.id"),
        base="supplier",
        unit=Unit.RATIO,
        measure=lambda f: mean(f.n_classes, needs={"tender.items.classification.id": f.n_classes > 0}),
    ),
    *(
        Indicator(
            "U040",
            Text(f"Importe por proveedor ({es})", f"Value per supplier ({part})"),
            Text(f"Importe adjudicado por proveedor: {es}.", f"Value awarded per supplier: {part}."),
            f"{part} over suppliers of sum(value)",
            VALUE,
            base="supplier",
            part=part,
            unit=Unit.MONEY,
            money=True,
            measure=lambda f, how=how: how(f.centavos, needs=_priced(f)),
        )
        for part, es, how in (("mean", "media", mean), ("median", "mediana", median))
    ),
    Indicator(
        "U041",
        Text("Parte del importe por proveedor", "Share of value per supplier"),
        Text(
            "Media, por proveedor, de su parte del importe del grupo.",
            "Mean, over suppliers, of their share of the value of the group.",
        ),
        "mean over suppliers of value / value of the group",
        VALUE,
        base="supplier",
        unit=Unit.SHARE,
        money=True,
        measure=_share_of_value,
    ),
    Indicator(
        "U042",
        Text("Adjudicaciones por proveedor", "Awards per supplier"),
        Text("Media de adjudicaciones por proveedor.", "Mean of awards per supplier."),
        "mean over suppliers of awards",
        SUPPLIER,
        base="supplier",
        unit=Unit.RATIO,
        measure=lambda f: mean(f.n_awards),
    ),
    Indicator(
        "U043",
        Text("Compradores por proveedor", "Buyers per supplier"),
        Text("Media de compradores distintos por proveedor.", "Mean of different buyers per supplier."),
        "mean over suppliers of count(distinct buyer)",
        (*SUPPLIER, "buyer.id"),
        base="supplier",
        unit=Unit.RATIO,
        measure=lambda f: mean(f.n_buyers, needs={"buyer.id": f.n_buyers > 0}),
    ),
    Indicator(
        "U044",
        Text("Un solo licitante, por proveedor", "Single bids per supplier"),
        Text(
            "Media, por proveedor, de adjudicaciones con un solo licitante entre las suyas con competencia.",
            "Mean, over suppliers, of awards with one bidder among their competitive awards.",
        ),
        "mean over suppliers of awards with nbid = 1 / competitive awards",
        (*SUPPLIER, "tender.numberOfTenderers"),
        base="supplier",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: mean(f.n_single / f.n_competitive, needs={"tender.numberOfTenderers": f.n_competitive > 0}),
    ),
)
