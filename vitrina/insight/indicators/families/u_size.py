# SPDX-License-Identifier: Apache-2.0
"""U001 to U014: how much is bought, by whom, how, and how much of it with competition."""

from __future__ import annotations

from vitrina.insight.indicators.declare import Direction, Indicator, Unit, count, distinct, share, total
from vitrina.insight.text import Text

METHOD = ("tender.procurementMethod",)

INDICATORS = (
    Indicator(
        "U001",
        Text("Procedimientos", "Purchases"),
        Text("Cuántos procedimientos no cancelados hay.", "How many purchases there are that were not cancelled."),
        "count(ocid)",
        ("ocid",),
        base="purchase",
        measure=lambda _: count(),
    ),
    Indicator(
        "U002",
        Text("Compradores", "Buyers"),
        Text("Cuántos compradores distintos tienen procedimientos.", "How many different buyers have purchases."),
        "count(distinct buyer)",
        ("buyer.id",),
        base="purchase",
        measure=lambda f: distinct(f.who, needs={"buyer.id": f.who.notnull()}),
    ),
    Indicator(
        "U003",
        Text("Licitantes distintos", "Unique bidders"),
        Text(
            "Cuántas empresas o personas distintas presentaron una proposición o fueron nombradas como licitantes.",
            "How many different firms or persons submitted a bid or were named as tenderers.",
        ),
        "count(distinct bidder)",
        ("bids.details.tenderers.id", "tender.tenderers.id"),
        base="bidder",
        tables=("bid_tenderer|tenderer",),
        measure=lambda _: count(),
    ),
    Indicator(
        "U004",
        Text("Proveedores adjudicados", "Awarded suppliers"),
        Text(
            "Cuántos proveedores distintos tienen una adjudicación activa.", "How many suppliers have an active award."
        ),
        "count(distinct awards.suppliers.id)",
        ("awards.suppliers.id",),
        base="supplier",
        measure=lambda _: count(),
    ),
    *(
        Indicator(
            "U005",
            Text(f"Procedimientos por {es}", f"Purchases by {part}"),
            Text(f"Procedimientos de cada {es} de inicio.", f"Purchases that began in each {part}."),
            f"U001 by {part} of tender.tenderPeriod.startDate",
            ("tender.tenderPeriod.startDate",),
            base="purchase",
            part=part,
            level=part,
            measure=lambda f: count(needs={"tender.tenderPeriod.startDate": f.day.notnull()}),
        )
        for part, es in (("year", "año"), ("month", "mes"))
    ),
    Indicator(
        "U006",
        Text("Importe adjudicado", "Value awarded"),
        Text("Suma de las adjudicaciones activas, por moneda.", "Sum of active awards, by currency."),
        "sum(awards.value)",
        ("awards.value.amount",),
        base="award",
        unit=Unit.MONEY,
        money=True,
        measure=lambda f: total(f.centavos, needs={"awards.value": f.centavos.notnull() & f.currency.notnull()}),
    ),
    Indicator(
        "U007",
        Text("Distribución por estado", "Share by status"),
        Text(
            "Parte de los procedimientos en cada estado; aquí sí cuentan los cancelados.",
            "Share of the purchases in each status; cancelled ones count here.",
        ),
        "count by tender.status / count",
        ("tender.status",),
        base="process",
        unit=Unit.SHARE,
        level="status",
        of_level=True,
        measure=lambda _: count(),
    ),
    *(
        Indicator(
            "U008",
            Text(f"Procedimientos por clase de {n} dígitos", f"Purchases by {n}-digit class"),
            Text(
                "Procedimientos por clase de su bien o servicio principal.",
                "Purchases by the class of their main good or service.",
            ),
            f"U001 by the first {n} digits of items.classification.id",
            ("tender.items.classification.id",),
            base="purchase",
            part=f"digits{n}",
            level=level,
            measure=lambda f: count(needs={"tender.items.classification.id": f.coded}),
        )
        for n, level in ((2, "class2"), (4, "market"))
    ),
    Indicator(
        "U009",
        Text("Distribución por categoría", "Share by category"),
        Text("Parte de los procedimientos en cada categoría.", "Share of the purchases in each main category."),
        "count by tender.mainProcurementCategory / count",
        ("tender.mainProcurementCategory",),
        base="purchase",
        unit=Unit.SHARE,
        level="category",
        of_level=True,
        measure=lambda _: count(),
    ),
    *(
        Indicator(
            "U010",
            Text(f"Distribución por {es}", f"Share by {en}"),
            Text(f"Parte de los procedimientos por {es}.", f"Share of the purchases by {en}."),
            f"count by {path} / count",
            (path,),
            base="purchase",
            part=level,
            unit=Unit.SHARE,
            level=level,
            of_level=True,
            measure=lambda _: count(),
        )
        for level, es, en, path in (
            ("method", "método", "method", "tender.procurementMethod"),
            ("detail", "tipo de procedimiento", "procedure type", "tender.procurementMethodDetails"),
        )
    ),
    Indicator(
        "U011",
        Text("Adjudicados con competencia", "Awarded competitively"),
        Text(
            "De los procedimientos con adjudicación, parte que fue licitación abierta o invitación.",
            "Of the purchases with an award, the share that was an open or a selective tender.",
        ),
        "count(awarded and method in open, selective) / count(awarded)",
        METHOD,
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.UP,
        measure=lambda f: share(
            f.competitive, where=f.awarded, needs={"tender.procurementMethod": f.competitive.notnull()}
        ),
    ),
    *(
        indicator
        for part, base, es, en, path in (
            ("awards", "award", "adjudicaciones", "awards", "awards"),
            ("contracts", "signed", "contratos", "contracts", "contracts"),
        )
        for indicator in (
            Indicator(
                "U012",
                Text(f"{es.capitalize()} por método", f"{en.capitalize()} by method"),
                Text(f"Número de {es} por método de contratación.", f"Number of {en} by procurement method."),
                f"count({path}) by method",
                METHOD,
                base=base,
                part=part,
                level="method",
                measure=lambda _: count(),
            ),
            Indicator(
                "U012",
                Text(f"Distribución de {es} por método", f"Share of {en} by method"),
                Text(f"Parte de los {es} en cada método.", f"Share of the {en} in each method."),
                f"count({path}) by method / count({path})",
                METHOD,
                base=base,
                part=f"{part}_share",
                unit=Unit.SHARE,
                level="method",
                of_level=True,
                measure=lambda _: count(),
            ),
        )
    ),
    *(
        Indicator(
            "U013",
            Text(f"{es} por método", f"{en} by method"),
            Text(f"{es} por método de contratación, por moneda.", f"{en} by procurement method, by currency."),
            "sum(contracts.value) by method" + (" / sum(contracts.value)" if of_level else ""),
            ("contracts.value.amount", *METHOD),
            base="signed",
            part=part,
            unit=Unit.SHARE if of_level else Unit.MONEY,
            money=True,
            level="method",
            of_level=of_level,
            measure=lambda f: total(
                f.centavos,
                needs={"contracts.value": f.centavos.notnull() & f.currency.notnull()},
            ),
        )
        for part, of_level, es, en in (
            ("value", False, "Importe contratado", "Contracted value"),
            ("share", True, "Parte del importe contratado", "Share of the contracted value"),
        )
    ),
    Indicator(
        "U014",
        Text("Importe adjudicado con competencia", "Value awarded competitively"),
        Text(
            "Suma de las adjudicaciones activas de licitaciones abiertas e invitaciones.",
            "Sum of the active awards of open and selective tenders.",
        ),
        "sum(awards.value where method in open, selective)",
        ("awards.value.amount", *METHOD),
        base="award",
        unit=Unit.MONEY,
        money=True,
        direction=Direction.UP,
        measure=lambda f: total(
            f.competitive.ifelse(f.centavos, 0),
            needs={
                "awards.value": f.centavos.notnull() & f.currency.notnull(),
                "tender.procurementMethod": f.competitive.notnull(),
            },
        ),
    ),
)
