# SPDX-License-Identifier: Apache-2.0
"""A01 to A07 and O01 to O04: the annual programme, market research, and the method by which money is spent."""

from __future__ import annotations

from vitrina.insight.indicators.declare import OURS, Direction, Indicator, Measure, Unit, median, ratio, share
from vitrina.insight.text import Text

from .sectors import ACQUISITIONS, WORKS, Sector

MATURITY = (
    "planning.budget.budgetBreakdown.budgetLines.components (cartera)",
    "planning.documents (projectPlan, environmentalImpact, feasibilityStudy)",
    "planning.documents (land, permits)",
)
SIGNED = ("contracts.value.amount", "contracts.value.currency")


def programme(code: str, sector: Sector, name: str) -> Indicator:
    """Contracted over planned, of purchases with a line of the programme."""
    return Indicator(
        code,
        Text(name, f"Compliance with the annual programme ({sector.en})"),
        Text(
            f"Importe contratado entre el programado, de las líneas del programa ({sector.es}). Compárese por unidad y"
            " mercado.",
            f"Contracted over planned value, of lines of the programme ({sector.en}). Compare by unit and market.",
        ),
        "sum(contracts.value of planned lines) / sum(planning.budget of planned lines)",
        ("planning.budget.projectID", "planning.budget.amount", *SIGNED),
        base="money",
        unit=Unit.RATIO,
        money=True,
        direction=Direction.ONE,
        tables=("release.plan_line",),
        principle=6,
        source=OURS,
        measure=lambda f: ratio(
            f.contracted.fill_null(0),
            f.budget,
            where=sector.of(f),
            needs={"planning.budget.projectID": f.planned, "planning.budget.amount": f.budget.notnull()},
        ),
    )


def open_value(code: str, sector: Sector) -> Indicator:
    """Value by open tender over all value."""
    return Indicator(
        code,
        Text("Licitación pública (importe)", f"Open tender, by value ({sector.en})"),
        Text(
            f"Parte del importe contratado por licitación pública ({sector.es}); lo que no dice su método cuenta en el"
            " total.",
            f"Share of contracted value by open tender ({sector.en}); what does not tell its method counts in the"
            " whole.",
        ),
        "sum(contracts.value where method = open) / sum(contracts.value)",
        ("tender.procurementMethod", *SIGNED),
        base="signed",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.UP,
        principle=3,
        source=OURS,
        measure=lambda f: ratio(
            f.open.fill_null(False).ifelse(f.centavos, 0),
            f.centavos,
            where=sector.of(f),
            needs={"contracts.value": f.centavos.notnull() & f.currency.notnull()},
        ),
    )


INDICATORS = (
    programme("A01", ACQUISITIONS, "Cumplimiento del PAAAS"),
    programme("O01", WORKS, "Cumplimiento del programa anual de obra"),
    open_value("A05", ACQUISITIONS),
    open_value("O03", WORKS),
    Indicator(
        "A02",
        Text("Contratación no programada", "Contracted outside the programme"),
        Text(
            "Parte del importe contratado sin línea del programa anual.",
            "Share of the contracted value without a line of the annual programme.",
        ),
        "sum(contracts.value without plan line) / sum(contracts.value)",
        ("planning.budget.projectID", *SIGNED),
        base="signed",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.DOWN,
        tables=("release.plan_line",),
        principle=6,
        source=OURS,
        measure=lambda f: ratio(
            f.planned.ifelse(0, f.centavos),
            f.centavos,
            where=ACQUISITIONS.of(f),
            needs={"contracts.value": f.centavos.notnull() & f.currency.notnull()},
        ),
    ),
    Indicator(
        "A03",
        Text("Días a la publicación del programa anual", "Days to the publication of the annual programme"),
        Text(
            "Mediana de días naturales del 31 de enero del año de la compra a la publicación del programa que trae.",
            "Median natural days from 31 January of the year of the purchase to the publication of the programme that"
            " it brings.",
        ),
        "median R-8 (published - 31 January)",
        ("planning.documents.datePublished (procurementPlan)",),
        base="programme",
        part="days",
        unit=Unit.DAYS,
        direction=Direction.DOWN,
        tables=("document",),
        principle=1,
        source=OURS,
        measure=lambda f: median(f.plan_days, needs={"planning.documents.datePublished (procurementPlan)": f.told}),
    ),
    Indicator(
        "A03",
        Text("Meses del programa actualizados a tiempo", "Months of the programme updated in time"),
        Text(
            "Meses del año en que el programa se actualizó a tiempo, de doce. Ningún formato abierto dice cuándo se"
            " actualizó un programa.",
            "Months of the year in which the programme was updated in time, of twelve. No open format tells when a"
            " programme was updated.",
        ),
        "months updated in time / 12",
        ("planning.documents.dateModified (procurementPlan, monthly)",),
        part="updated",
        unit=Unit.SHARE,
        direction=Direction.UP,
        absent=("planning.documents.dateModified (procurementPlan, monthly)",),
        principle=1,
        source=OURS,
    ),
    Indicator(
        "A04",
        Text("Investigación de mercado completa", "Complete market research"),
        Text(
            "De los procedimientos que dicen sus cotizaciones, parte con dos fuentes o más y el estudio publicado"
            " a más tardar con la convocatoria.",
            "Of the purchases that tell their quotes, the share with two sources or more and the study published by"
            " the call.",
        ),
        "count(>= 2 quotes and marketStudies published by the call) / count(quotes told)",
        ("planning.requestsForQuotes.quotes", "planning.documents.datePublished (marketStudies)"),
        base="research",
        unit=Unit.SHARE,
        direction=Direction.UP,
        tables=("quote",),
        principle=6,
        source=OURS,
        measure=lambda f: share(
            (f.n_quotes > 1) & f.has_study,
            where=ACQUISITIONS.of(f),
            needs={"planning.requestsForQuotes.quotes": f.n_quotes.notnull()},
        ),
    ),
    Indicator(
        "A06",
        Text("Tope de excepción por monto", "Cap on exceptions by amount"),
        Text(
            "Importe adjudicado por monto (artículo 55 de la ley de 2025, 42 de la de 2000) entre el presupuesto anual"
            " autorizado del comprador. El tope está en la ley: `exception.amount_cap`.",
            "Value awarded under the amount exception (article 55 of the law of 2025, 42 of that of 2000) over the"
            " authorised annual budget of the buyer. The cap is in the law: `exception.amount_cap`.",
        ),
        "sum(contracts.value where exception article is the one on amounts) / authorised budget of the year",
        ("tender.legalBasis.id", "buyer_budget.amount", *SIGNED),
        base="capped",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.DOWN,
        tables=("buyer_budget", "release.exception_article"),
        principle=3,
        law=("exception.amount_cap", "exception.amount_cap.warning"),
        source=OURS,
        measure=lambda f: Measure(f.excepted, f.budget, needs={"buyer_budget.amount": f.budget.notnull()}),
    ),
    Indicator(
        "A07",
        Text("Excepción justificada y publicada", "Exceptions justified and published"),
        Text(
            "De las compras adjudicadas por el artículo 54, parte con los campos de justificación que la ley pide y un"
            " dictamen o estudio publicado a más tardar con la adjudicación.",
            "Of the purchases awarded under article 54, the share with the fields of justification that the law asks"
            " for and an opinion or study published by the award.",
        ),
        "count(article 54 with justification and opinion by the award) / count(article 54)",
        ("tender.legalBasis.id", "justification.text", "planning.documents.datePublished"),
        base="exception",
        unit=Unit.SHARE,
        direction=Direction.UP,
        tables=("justification", "release.exception_article"),
        principle=1,
        law=("exception.justification.fields",),
        source=OURS,
        measure=lambda f: share(
            (f.filled >= f.justification_fields) & f.has_opinion,
            where=ACQUISITIONS.of(f),
            needs={"law": f.justification_fields.notnull()},
        ),
    ),
    Indicator(
        "O02",
        Text("Madurez del proyecto", "Maturity of the project"),
        Text(
            "Parte de las obras con Clave Cartera, proyecto ejecutivo, predio y permisos antes de la convocatoria.",
            "Share of the works with portfolio key, executive project, land and permits before the call.",
        ),
        "count(portfolio key, executive project, land, permits before the call) / count",
        MATURITY,
        unit=Unit.SHARE,
        direction=Direction.UP,
        absent=MATURITY,
        principle=12,
        source=OURS,
    ),
    Indicator(
        "O04",
        Text("Tope del artículo 43", "Cap of article 43"),
        Text(
            "Importe de obra adjudicado por monto entre el presupuesto de obra del año.",
            "Value of works awarded under the amount exception over the works budget of the year.",
        ),
        "sum(contracts.value under art. 43) / works budget",
        ("tender.legalBasis.id", "buyer_budget (works)"),
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        absent=("buyer_budget (works)",),
        principle=3,
        law=("exception.amount_cap",),
        source=OURS,
    ),
)
