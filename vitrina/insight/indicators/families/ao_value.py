# SPDX-License-Identifier: Apache-2.0
"""A12, A15, A16, O12 and S01 to S03: small firms, strategies, and savings by strategy, each with its basis told."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from vitrina.insight.indicators.declare import OURS, Direction, Indicator, Measure, Unit, ratio, share, total
from vitrina.insight.text import Text

from .sectors import ACQUISITIONS, WORKS

SIZE = ("parties.details.scale",)
STRATEGY = ("tender.procurementMethod", "tender.submissionMethod", "tender.isConsolidated", "tender.isFramework")
STRATEGIES = Text(
    "Estrategias, la primera que valga: consolidada, contrato o acuerdo marco, ofertas subsecuentes de descuento,"
    " licitación, invitación, directa.",
    "Strategies, the first that holds: consolidated, framework, subsequent discounts, open, invited, direct.",
)


def saving(basis: str, path: str) -> Callable[[ir.Table], Measure]:
    """One less final over basis, only where both are known in one currency."""
    return lambda f: ratio(
        f[basis] - f.final,
        f[basis],
        needs={path: f[basis].notnull() & (f[basis] > 0), "contracts.value": f.final.notnull()},
    )


def by_strategy(
    code: str, basis: Text, formula: str, path: str, base: str, measure: Callable[[ir.Table], Measure]
) -> Indicator:
    """A saving by strategy."""
    return Indicator(
        code,
        Text(f"Ahorro por estrategia contra {basis.es}", f"Saving by strategy against {basis.en}"),
        Text(
            f"Base: {basis.es}. Solo entran compras con ambos importes en la misma moneda. {STRATEGIES.es}",
            f"Basis: {basis.en}. Only purchases with both amounts in one currency enter. {STRATEGIES.en}",
        ),
        formula,
        ("contracts.value", path, *STRATEGY),
        base=base,
        unit=Unit.SHARE,
        money=True,
        direction=Direction.UP,
        level="strategy",
        principle=6,
        source=OURS,
        measure=measure,
    )


SAVINGS = (
    by_strategy(
        "S01",
        Text("el presupuesto de planeación", "the planning budget"),
        "1 - sum(contracts.value, else awards.value) / sum(planning.budget.amount)",
        "planning.budget.amount",
        "money",
        saving("budget", "planning.budget.amount"),
    ),
    by_strategy(
        "S02",
        Text("el valor estimado del procedimiento", "the estimate of the tender"),
        "1 - sum(contracts.value, else awards.value) / sum(tender.value.amount)",
        "tender.value.amount",
        "money",
        saving("estimate", "tender.value.amount"),
    ),
    by_strategy(
        "S03",
        Text(
            "la mediana de precios unitarios de la misma clase, unidad y moneda en este acervo (cinco precios o más)",
            "the median unit price of the same class, unit and currency in this store (five prices or more)",
        ),
        "1 - sum(unit price x quantity) / sum(median unit price x quantity)",
        "awards.items.unit.value",
        "price",
        lambda f: ratio(
            f.expected - f.spent,
            f.expected,
            needs={"awards.items.unit.value (peers)": f.expected.notnull() & (f.expected > 0)},
        ),
    ),
)

INDICATORS = (
    Indicator(
        "A12",
        Text("Participación MIPYME (importe)", "Share of small firms (value)"),
        Text(
            "Parte del importe adjudicado a MIPYME.",
            "Share of the awarded value that went to micro, small and medium firms.",
        ),
        "sum(awards.value to MIPYME) / sum(awards.value), size known",
        ("awards.value.amount", *SIZE),
        base="supplied",
        part="value",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.UP,
        principle=4,
        source=OURS,
        measure=lambda f: ratio(
            f.mipyme.ifelse(f.centavos, 0),
            f.centavos,
            where=ACQUISITIONS.of(f),
            needs={"awards.value": f.centavos.notnull() & f.currency.notnull(), "parties.details.scale": f.size_told},
        ),
    ),
    Indicator(
        "A12",
        Text("Participación MIPYME (adjudicaciones)", "Share of small firms (awards)"),
        Text(
            "Parte de las adjudicaciones que fue a MIPYME.",
            "Share of the awards that went to micro, small and medium firms.",
        ),
        "count(awards to MIPYME) / count(awards), size known",
        SIZE,
        base="supplied",
        part="awards",
        unit=Unit.SHARE,
        direction=Direction.UP,
        principle=4,
        source=OURS,
        measure=lambda f: share(f.mipyme, where=ACQUISITIONS.of(f), needs={"parties.details.scale": f.size_told}),
    ),
    Indicator(
        "A15",
        Text("Ahorro contra referencia", "Saving against the reference"),
        Text(
            "Ahorro contra la mediana de lo cotizado en cada partida. Contra los precios de este acervo: S03.",
            "Saving against the median of the prices quoted for each line. Against the prices of this store: S03.",
        ),
        "sum((median quoted - awarded unit price) x quantity) / sum(median quoted x quantity)",
        ("planning.requestsForQuotes.quotes.items.unit.value", "awards.items.unit.value"),
        base="quoted",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.UP,
        tables=("quote_line",),
        principle=6,
        source=OURS,
        measure=lambda f: ratio(
            f.expected - f.spent,
            f.expected,
            where=ACQUISITIONS.of(f),
            needs={"planning.requestsForQuotes.quotes.items.unit.value": f.expected.notnull() & (f.expected > 0)},
        ),
    ),
    Indicator(
        "A16",
        Text("Estrategias de contratación (importe)", "Strategies (value)"),
        Text(f"Parte del importe por estrategia. {STRATEGIES.es}", f"Share of value by strategy. {STRATEGIES.en}"),
        "sum(contracts.value, else awards.value) by strategy / sum",
        ("contracts.value", *STRATEGY),
        base="money",
        part="value",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.NONE,
        level="strategy",
        of_level=True,
        principle=6,
        source=OURS,
        measure=lambda f: total(f.final, where=ACQUISITIONS.of(f), needs={"contracts.value": f.final.notnull()}),
    ),
    Indicator(
        "A16",
        Text("Estrategias de contratación (ahorro)", "Strategies (saving)"),
        Text(
            f"Ahorro contra el valor estimado, por estrategia. {STRATEGIES.es}",
            f"Saving against the estimate, by strategy. {STRATEGIES.en}",
        ),
        "1 - sum(contracts.value, else awards.value) / sum(tender.value) by strategy",
        ("contracts.value", "tender.value.amount", *STRATEGY),
        base="money",
        part="saving",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.UP,
        level="strategy",
        principle=6,
        source=OURS,
        measure=lambda f: ratio(
            f.estimate - f.final,
            f.estimate,
            where=ACQUISITIONS.of(f),
            needs={"tender.value.amount": f.estimate > 0, "contracts.value": f.final.notnull()},
        ),
    ),
    Indicator(
        "O12",
        Text("Adjudicado contra presupuesto base", "Awarded over base budget"),
        Text(
            "Importe adjudicado de obra entre su presupuesto base.", "Awarded value of works over their base budget."
        ),
        "sum(awards.value) / sum(planning.budget.amount), pairs with both",
        ("awards.value.amount", "planning.budget.amount"),
        base="money",
        unit=Unit.RATIO,
        money=True,
        direction=Direction.ONE,
        principle=6,
        source=OURS,
        measure=lambda f: ratio(
            f.awarded,
            f.budget,
            where=WORKS.of(f),
            needs={"planning.budget.amount": f.budget > 0, "awards.value": f.awarded.notnull()},
        ),
    ),
    *SAVINGS,
)
