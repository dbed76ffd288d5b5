# SPDX-License-Identifier: Apache-2.0
"""A08 to A14 and O05 to O11: who competes, who wins, how long it takes."""

from __future__ import annotations

import dataclasses

import ibis.expr.types as ir

from vitrina.insight.indicators.declare import OURS, Direction, Indicator, Measure, Unit, mean, median, ratio, share
from vitrina.insight.text import Text

from .sectors import ACQUISITIONS, WORKS, Sector

OFFERS = ("bids.details.items", "bids.details", "tender.numberOfTenderers")
TOP = 3


def herfindahl(f: ir.Table) -> Measure:
    """Sum of squared shares, 0 to 10,000."""
    needs = {"awards.value": (f.n_priced > 0) & f.currency.notnull()}
    return Measure((f.share * f.share * 10_000).fill_null(0.0), None, needs=needs, plain=True)


def concentration(code: str, sector: Sector, base: str, cells: Text) -> tuple[Indicator, Indicator]:
    """HHI and the share of the three largest."""
    common = {
        "code": code,
        "inputs": ("awards.value.amount", "awards.suppliers.id"),
        "base": base,
        "money": True,
        "direction": Direction.DOWN,
        "principle": 3,
        "source": OURS,
    }
    return (
        Indicator(
            title=Text("Concentración (HHI)", f"Concentration, HHI ({sector.en})"),
            explanation=Text(
                f"Índice de Herfindahl-Hirschman del importe por proveedor, de 0 a 10,000. {cells.es}",
                f"Herfindahl-Hirschman index of value by supplier, 0 to 10,000. {cells.en}",
            ),
            formula="sum over suppliers of (value / value of the group)^2 x 10,000",
            part="hhi",
            unit=Unit.HHI,
            measure=herfindahl,
            **common,
        ),
        Indicator(
            title=Text("Concentración (tres mayores)", f"Concentration, three largest ({sector.en})"),
            explanation=Text(
                "Parte del importe de los tres mayores proveedores.", "Share of value of the three largest."
            ),
            formula="sum(value of 3 largest) / sum(value)",
            part="top3",
            unit=Unit.SHARE,
            measure=lambda f: ratio(
                (f["rank"] < TOP).ifelse(f.centavos, 0),
                f.centavos,
                needs={"awards.value": (f.n_priced > 0) & f.currency.notnull()},
            ),
            **common,
        ),
    )


def duration(code: str, sector: Sector) -> Indicator:
    """Median days from the call to the award, by method."""
    return Indicator(
        code,
        Text("Duración del procedimiento", f"Length of the procedure ({sector.en})"),
        Text(
            f"Mediana de días naturales de la convocatoria a la adjudicación, por método ({sector.es}).",
            f"Median natural days from the call to the award, by method ({sector.en}).",
        ),
        "median R-8 (awards.date - tender.tenderPeriod.startDate) by method, local days",
        ("tender.tenderPeriod.startDate", "awards.date"),
        base="purchase",
        unit=Unit.DAYS,
        direction=Direction.DOWN,
        level="method",
        principle=6,
        source=OURS,
        measure=lambda f: median(
            f.total_days,
            where=sector.of(f) & f.awarded,
            needs={"awards.date": f.total_days.notnull(), "negative": f.total_days >= 0},
        ),
    )


def short(code: str, sector: Sector) -> Indicator:
    """Share of tenders and invitations under the ordinary term."""
    return Indicator(
        code,
        Text("Uso de plazos reducidos", f"Use of reduced terms ({sector.en})"),
        Text(
            "Parte de las licitaciones e invitaciones con plazo menor al ordinario de la ley de su día, según"
            f" carácter; sin carácter vale el más corto ({sector.es}).",
            "Share of the tenders and invitations with a term under the ordinary one of the law of their day, by"
            f" character; without character the shortest holds ({sector.en}).",
        ),
        "count(tenderPeriod days < ordinary term) / count(term known)",
        ("tender.tenderPeriod.startDate", "tender.tenderPeriod.endDate"),
        base="terms",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        principle=3,
        law=("term.publication_to_opening.min", "term.invitation_to_opening.min"),
        source=OURS,
        measure=lambda f: share(
            f.tender_days < f.ordinary_days,
            where=sector.of(f) & f.competitive.fill_null(False),
            needs={"tender.tenderPeriod": f.tender_days.notnull(), "law": f.ordinary_days.notnull()},
        ),
    )


LINES = (
    Indicator(
        "A08",
        Text("Competencia efectiva", "Effective competition"),
        Text(
            "Media de proposiciones solventes por partida en licitaciones públicas; sin proposiciones por partida, las"
            " del procedimiento.",
            "Mean of qualified bids per line in open tenders; without bids by line, those of the purchase.",
        ),
        "mean over lines of valid bids, method = open",
        OFFERS,
        base="line",
        unit=Unit.RATIO,
        direction=Direction.UP,
        tables=("tender_item",),
        principle=3,
        source=OURS,
        measure=lambda f: mean(
            f.offers, where=ACQUISITIONS.of(f) & f.open.fill_null(False), needs={"bids.details": f.offers.notnull()}
        ),
    ),
    Indicator(
        "A09",
        Text("Oferente único", "Single offer"),
        Text(
            "De las partidas adjudicadas en licitaciones e invitaciones, parte con una sola proposición.",
            "Of the lines awarded in tenders and invitations, the share with one bid.",
        ),
        "count(awarded lines with one bid) / count(awarded lines), method open or selective",
        OFFERS,
        base="line",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("tender_item",),
        principle=3,
        source=OURS,
        measure=lambda f: share(
            f.offers == 1,
            where=ACQUISITIONS.of(f) & f.competitive.fill_null(False) & f.won,
            needs={"bids.details": f.offers.notnull()},
        ),
    ),
    Indicator(
        "A10",
        Text("Partidas desiertas", "Deserted lines"),
        Text(
            "Parte de las partidas convocadas que quedó desierta.", "Share of the lines called for that were deserted."
        ),
        "count(deserted lines) / count(lines)",
        ("tender.lots.status",),
        base="line",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("tender_item",),
        principle=6,
        source=OURS,
        measure=lambda f: share(f.deserted, where=ACQUISITIONS.of(f), needs={"tender.lots.status": f.state_told}),
    ),
)

WORK_BIDS = (
    Indicator(
        "O05",
        Text("Competencia efectiva (obra)", "Effective competition (works)"),
        Text(
            "Media de proposiciones solventes por procedimiento de obra.",
            "Mean of qualified bids per purchase of works.",
        ),
        "mean over ocid of valid bids",
        ("bids.details.status",),
        base="bids",
        unit=Unit.RATIO,
        direction=Direction.UP,
        tables=("bid",),
        principle=3,
        source=OURS,
        measure=lambda f: mean(f.n_valid, where=WORKS.of(f), needs={"bids.details": f.n_sent.notnull()}),
    ),
    Indicator(
        "O06",
        Text("Oferente único (obra)", "Single offer (works)"),
        Text(
            "De las licitaciones e invitaciones de obra, parte con un solo licitante.",
            "Of the competitive purchases of works, the share with one bidder.",
        ),
        "count(nbid = 1) / count(nbid known), competitive",
        OFFERS[1:],
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        principle=3,
        source=OURS,
        measure=lambda f: share(
            f.nbid == 1,
            where=WORKS.of(f) & f.competitive.fill_null(False),
            needs={"tender.numberOfTenderers": f.nbid.notnull()},
        ),
    ),
    Indicator(
        "O07",
        Text("Desiertas (obra)", "Deserted (works)"),
        Text(
            "Parte de los procedimientos de obra que quedó desierta.",
            "Share of purchases of works that were deserted.",
        ),
        "count(status = unsuccessful) / count(competitive)",
        ("tender.status",),
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        principle=6,
        source=OURS,
        measure=lambda f: share(
            f.status == "unsuccessful",
            where=WORKS.of(f) & f.competitive.fill_null(False),
            needs={"tender.status": f.status.notnull()},
        ),
    ),
    *(
        Indicator(
            "O11",
            Text(f"Dispersión de posturas ({es})", f"Spread of bids ({en})"),
            Text(
                f"Media, por procedimiento de obra con dos precios válidos o más: {es}.",
                f"Mean, over purchases of works with two valid prices or more: {en}.",
            ),
            formula,
            ("bids.details.value.amount", "bids.details.status"),
            base="bids",
            part=part,
            unit=Unit.RATIO,
            direction=Direction.SCREEN,
            tables=("bid",),
            principle=10,
            source=OURS,
            measure=lambda f, part=part: mean(
                f[part], where=WORKS.of(f), needs={"bids.details.value": f[part].notnull()}
            ),
        )
        for part, es, en, formula in (
            ("cv", "coeficiente de variación", "coefficient of variation", "sample standard deviation / mean"),
            ("gap", "distancia del segundo al primero", "distance from second to first", "(2nd - 1st) / 1st"),
        )
    ),
)

CELLS = Text("Por partida y unidad con `--by market,unit,year`.", "By class and unit with `--by market,unit,year`.")
WORK_CELLS = Text("Por estado y tipo con `--by region,market`.", "By state and kind with `--by region,market`.")
_WORKS_HHI, _ = concentration("O08", WORKS, "works_supplier", WORK_CELLS)

INDICATORS = (
    *LINES,
    *concentration("A11", ACQUISITIONS, "goods_supplier", CELLS),
    duration("A13", ACQUISITIONS),
    short("A14", ACQUISITIONS),
    *WORK_BIDS,
    dataclasses.replace(_WORKS_HHI, part=""),
    duration("O09", WORKS),
    short("O10", WORKS),
)
