# SPDX-License-Identifier: Apache-2.0
"""U015 to U024 and U033: how many take part, how many stay in, how many are new."""

from __future__ import annotations

from vitrina.insight.indicators.declare import Direction, Indicator, Unit, count, mean, median, ratio, share
from vitrina.insight.text import Text

NBID = ("bids.details", "tender.numberOfTenderers", "tender.tenderers")
BIDS = ("bids.details.status",)
WARM = "warm-up"

INDICATORS = (
    Indicator(
        "U015",
        Text("Procedimientos con un solo licitante", "Single-bid share"),
        Text(
            "De las licitaciones e invitaciones cuyo número de licitantes se conoce, parte con uno solo.",
            "Of the competitive purchases whose number of bidders is known, the share with one.",
        ),
        "count(competitive and nbid = 1) / count(competitive and nbid known)",
        NBID,
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(
            f.nbid == 1, where=f.competitive, needs={"tender.numberOfTenderers": f.nbid.notnull()}
        ),
    ),
    Indicator(
        "U016",
        Text("Importe con un solo licitante", "Single-bid value"),
        Text(
            "Parte del importe adjudicado con competencia que tuvo un solo licitante.",
            "Share of the value awarded competitively that had one bidder.",
        ),
        "sum(awards.value where nbid = 1) / sum(awards.value where competitive)",
        ("awards.value.amount", *NBID),
        base="award",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.DOWN,
        measure=lambda f: ratio(
            (f.nbid == 1).ifelse(f.centavos, 0),
            f.centavos,
            where=f.competitive,
            needs={
                "awards.value": f.centavos.notnull() & f.currency.notnull(),
                "tender.numberOfTenderers": f.nbid.notnull(),
            },
        ),
    ),
    Indicator(
        "U017",
        Text("Media de licitantes", "Mean number of bidders"),
        Text("Media de licitantes por procedimiento con competencia.", "Mean bidders of competitive purchases."),
        "mean(nbid) over competitive",
        NBID,
        base="purchase",
        unit=Unit.RATIO,
        direction=Direction.UP,
        measure=lambda f: mean(f.nbid, where=f.competitive, needs={"tender.numberOfTenderers": f.nbid.notnull()}),
    ),
    Indicator(
        "U018",
        Text("Mediana de licitantes", "Median number of bidders"),
        Text("Mediana de licitantes por procedimiento con competencia.", "Median bidders of competitive purchases."),
        "median R-8 (nbid) over competitive",
        NBID,
        base="purchase",
        unit=Unit.RATIO,
        direction=Direction.UP,
        measure=lambda f: median(f.nbid, where=f.competitive, needs={"tender.numberOfTenderers": f.nbid.notnull()}),
    ),
    Indicator(
        "U019",
        Text("Media de licitantes por mercado", "Mean bidders by market"),
        Text("Media de licitantes por clase del bien o servicio.", "Mean bidders by class of the good or service."),
        "mean(nbid) over competitive, by class",
        (*NBID, "tender.items.classification.id"),
        base="purchase",
        unit=Unit.RATIO,
        direction=Direction.UP,
        level="market",
        measure=lambda f: mean(f.nbid, where=f.competitive, needs={"tender.numberOfTenderers": f.nbid.notnull()}),
    ),
    Indicator(
        "U020",
        Text("Proveedores por mercado", "Suppliers by market"),
        Text("Proveedores adjudicados distintos por clase.", "Different awarded suppliers by class."),
        "count(distinct supplier) by class",
        ("awards.suppliers.id", "tender.items.classification.id"),
        base="supplier",
        level="market",
        measure=lambda f: count(needs={"tender.items.classification.id": f.market.notnull()}),
    ),
    Indicator(
        "U021",
        Text("Licitantes nuevos", "New bidders"),
        Text(
            "Licitantes cuya primera aparición cae en su periodo (año, o mes si se compara por mes). Los primeros 24"
            " meses del acervo no cuentan: aún no se conoce el pasado.",
            "Bidders whose first appearance falls in the period (year, or month where compared by month). The first 24"
            " months of the corpus do not count: the past is not known yet.",
        ),
        "count(bidder with first appearance in the period)",
        ("bids.details.tenderers.id", "tender.tenderPeriod.startDate"),
        base="bidder",
        tables=("bid_tenderer|tenderer",),
        direction=Direction.UP,
        measure=lambda f: count(where=(f.n_warm == 0) | (f.n_new > 0), needs={WARM: f.n_warm > 0}),
    ),
    Indicator(
        "U022",
        Text("Parte de licitantes nuevos", "Share of new bidders"),
        Text("Licitantes nuevos entre los licitantes del periodo.", "New bidders among the bidders of the period."),
        "U021 / bidders of the period",
        ("bids.details.tenderers.id", "tender.tenderPeriod.startDate"),
        base="bidder",
        tables=("bid_tenderer|tenderer",),
        unit=Unit.SHARE,
        direction=Direction.UP,
        measure=lambda f: share(f.n_new > 0, needs={WARM: f.n_warm > 0}),
    ),
    Indicator(
        "U023",
        Text("Tres o más licitantes solventes", "Three or more qualified participants"),
        Text(
            "De los procedimientos con proposiciones, parte con al menos tres licitantes de proposiciones válidas.",
            "Of the purchases with bids, the share with at least three tenderers of valid bids.",
        ),
        "count(tenderers of valid bids >= 3) / count(with bids)",
        BIDS,
        base="bids",
        unit=Unit.SHARE,
        direction=Direction.UP,
        tables=("bid",),
        measure=lambda f: share(f.n_qualified >= 3, needs={"bids.details": f.n_sent.notnull()}),  # noqa: PLR2004
    ),
    Indicator(
        "U024",
        Text("Parte desechada", "Share disqualified"),
        Text(
            "Media, por procedimiento, de proposiciones desechadas entre las presentadas.",
            "Mean, over purchases, of bids disqualified among those submitted.",
        ),
        "mean over ocid of disqualified / submitted",
        BIDS,
        base="bids",
        unit=Unit.SHARE,
        direction=Direction.SCREEN,
        tables=("bid",),
        measure=lambda f: mean(f.n_out / f.n_sent, needs={"bids.details": f.n_sent.notnull()}),
    ),
    Indicator(
        "U033",
        Text("Proposiciones para ganar", "Bids needed to win"),
        Text(
            "Media, entre quienes ganaron alguna vez, de procedimientos en que participaron por cada uno que ganaron.",
            "Mean, among those who ever won, of purchases that they took part in for each that they won.",
        ),
        "mean over winners of bids / wins",
        ("bids.details.tenderers.id", "awards.suppliers.id"),
        base="bidder",
        tables=("bid_tenderer|tenderer",),
        unit=Unit.RATIO,
        measure=lambda f: mean(f.n_bids / f.n_wins, where=f.n_wins > 0),
    ),
)
