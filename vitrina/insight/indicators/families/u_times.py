# SPDX-License-Identifier: Apache-2.0
"""U059 to U071: how long it takes, what is cancelled, what is saved, what is delivered in time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import ibis.expr.types as ir

from vitrina.insight.indicators.declare import (
    Direction,
    Indicator,
    Measure,
    Unit,
    mean,
    median,
    quantile,
    ratio,
    share,
)
from vitrina.insight.text import Text

P90 = 0.9
DURATIONS = (
    ("U059", "Plazo para presentar", "Days to tender", "purchase", "tender_days", "tenderPeriod: endDate - startDate"),
    ("U060", "Plazo para fallar", "Days to decide", "purchase", "decision_days", "awards.date - tenderPeriod.endDate"),
    (
        "U061",
        "De la adjudicación al inicio",
        "Award to start",
        "award",
        "start_days",
        "contracts.period.startDate - awards.date",
    ),
    (
        "U062",
        "De la convocatoria a la adjudicación",
        "Call to award",
        "purchase",
        "total_days",
        "awards.date - tenderPeriod.startDate",
    ),
)
PATHS = {
    "tender_days": "tender.tenderPeriod",
    "decision_days": "awards.date",
    "start_days": "contracts.period.startDate",
    "total_days": "awards.date",
}
STATISTICS: tuple[tuple[str, str, Callable[..., Measure]], ...] = (
    ("mean", "media", mean),
    ("median", "mediana", median),
    ("p90", "percentil 90", partial(quantile, p=P90)),
)


def _days(how: Callable[..., Measure], column: str) -> Callable[[ir.Table], Measure]:
    """A statistic of days; a negative number is an error of the data and is left out as `negative`."""
    return lambda f: how(f[column], needs={PATHS[column]: f[column].notnull(), "negative": f[column] >= 0})


TIMES = tuple(
    Indicator(
        code,
        Text(f"{es} ({part_es})", f"{en} ({part})"),
        Text(
            f"{part_es.capitalize()} de días naturales: {es.lower()}.",
            f"{part.capitalize()} of natural days: {en.lower()}.",
        ),
        f"{part} of {formula}, local days",
        (PATHS[column],),
        base=base,
        part=part,
        unit=Unit.DAYS,
        measure=_days(how, column),
    )
    for code, es, en, base, column, formula in DURATIONS
    for part, part_es, how in STATISTICS
)

ENDS = (
    Indicator(
        "U063",
        Text("Cancelados por adjudicado", "Cancelled per awarded"),
        Text("Procedimientos cancelados por cada uno adjudicado.", "Cancelled purchases for each awarded one."),
        "count(status = cancelled) / count(awarded)",
        ("tender.status", "awards"),
        base="process",
        unit=Unit.RATIO,
        direction=Direction.DOWN,
        measure=lambda f: ratio(
            f.cancelled.cast("int64"),
            (f.awarded & ~f.cancelled).cast("int64"),
            needs={"tender.status": f.status.notnull()},
        ),
    ),
    Indicator(
        "U064",
        Text("Contratos cancelados", "Contracts cancelled"),
        Text("Parte de los contratos que fue cancelada.", "Share of the contracts that were cancelled."),
        "count(contracts.status = cancelled) / count(contracts)",
        ("contracts.status",),
        base="contract",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(f.cancelled),
    ),
    Indicator(
        "U070",
        Text("Contratos terminados a tiempo", "Contracts on time"),
        Text(
            "De los contratos cuyo fin ya llegó, parte que terminó a más tardar el día pactado al inicio.",
            "Of the contracts whose end has come, the share that ended by the day first agreed.",
        ),
        "count(ended <= first agreed end) / count(ended)",
        ("contracts.period.endDate", "contracts.amendments"),
        base="term",
        unit=Unit.SHARE,
        direction=Direction.UP,
        tables=("amendment",),
        measure=lambda f: share(
            f.in_time, where=f.ended.fill_null(True), needs={"contracts.period.endDate": f.end_told}
        ),
    ),
    Indicator(
        "U071",
        Text("Hitos a tiempo", "Milestones on time"),
        Text(
            "De los hitos vencidos, parte cumplida en su fecha.", "Of the milestones due, the share met by their date."
        ),
        "count(dateMet <= dueDate) / count(due)",
        ("contracts.implementation.milestones.dueDate", "contracts.implementation.milestones.dateMet"),
        base="milestone",
        unit=Unit.SHARE,
        direction=Direction.UP,
        tables=("milestone",),
        measure=lambda f: share(f.in_time, where=f.is_due.fill_null(True), needs={"milestones.dueDate": f.due_told}),
    ),
)


def _both(f: ir.Table, before: str, path: str) -> dict[str, ir.BooleanValue]:
    """Both amounts are known in one currency, and there is something to compare with."""
    return {path: f[before].notnull() & (f[before] > 0), "contracts.value": f.contracted.notnull()}


AGAINST = (
    Indicator(
        "U066",
        Text("Contratos por encima del presupuesto", "Contracts over budget"),
        Text(
            "Parte de las compras contratadas por más que su presupuesto.",
            "Share of purchases contracted above budget.",
        ),
        "count(sum(contracts.value) > planning.budget) / count(both known)",
        ("contracts.value", "planning.budget.amount"),
        base="money",
        unit=Unit.SHARE,
        money=True,
        direction=Direction.DOWN,
        measure=lambda f: Measure(
            (f.contracted > f.budget).cast("int64"),
            f.rid.notnull().cast("int64"),
            needs=_both(f, "budget", "planning.budget"),
            plain=True,
        ),
    ),
    Indicator(
        "U067",
        Text("Exceso medio sobre el presupuesto", "Mean overrun of the budget"),
        Text(
            "Entre las compras que exceden su presupuesto, media del exceso como fracción de él.",
            "Among purchases over their budget, the mean excess as a fraction of it.",
        ),
        "mean((contracts - budget) / budget) where contracts > budget",
        ("contracts.value", "planning.budget.amount"),
        base="money",
        unit=Unit.RATIO,
        money=True,
        direction=Direction.DOWN,
        measure=lambda f: Measure(
            (f.contracted - f.budget) / f.budget,
            f.rid.notnull().cast("int64"),
            where=(f.contracted > f.budget).fill_null(True),
            needs=_both(f, "budget", "planning.budget"),
            plain=True,
        ),
    ),
    *(
        Indicator(
            code,
            Text(f"Ahorro contra {es}", f"Saving against {en}"),
            Text(
                f"Uno menos lo contratado entre {es}, solo donde ambos se conocen en la misma moneda.",
                f"One less the contracted value over {en}, only where both are known in one currency.",
            ),
            f"1 - sum(contracts.value) / sum({path}), pairs with both",
            ("contracts.value", path),
            base="money",
            unit=Unit.SHARE,
            money=True,
            direction=Direction.UP,
            measure=lambda f, column=column, path=path: ratio(
                f[column] - f.contracted, f[column], needs=_both(f, column, path)
            ),
        )
        for code, es, en, column, path in (
            ("U068", "el presupuesto", "the budget", "budget", "planning.budget"),
            ("U069", "el valor estimado", "the estimate", "estimate", "tender.value"),
        )
    ),
)

INDICATORS = (*TIMES, *ENDS, *AGAINST)
