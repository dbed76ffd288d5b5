# SPDX-License-Identifier: Apache-2.0
"""U045 to U058: what is published of a purchase and of its contract, and what is missing."""

from __future__ import annotations

from vitrina.insight.indicators.declare import Direction, Indicator, Unit, ratio, share
from vitrina.insight.text import Text

DAYS, TITLE, DESCRIPTION = 30, 10, 30

INDICATORS = (
    Indicator(
        "U045",
        Text("Procedimientos ligados a un programa", "Tenders linked to a plan"),
        Text(
            "Parte de los procedimientos con línea del programa anual o documento de planeación.",
            "Share of the purchases with a line of the annual plan or a planning document.",
        ),
        "count(plan link or plan document) / count",
        ("planning.budget.projectID", "planning.documents.documentType"),
        base="papers",
        unit=Unit.SHARE,
        direction=Direction.UP,
        measure=lambda f: share(f.planned | f.has_plan_paper),
    ),
    Indicator(
        "U046",
        Text("Contratos con información de inhabilitados", "Contracts with debarment information"),
        Text(
            "Parte de los contratos en cuyo procedimiento se publicó la consulta de inhabilitados.",
            "Share of the contracts whose purchase published a document on debarments.",
        ),
        "count(document of type debarments) / count(contracts)",
        ("awards.documents.documentType",),
        base="signed",
        unit=Unit.SHARE,
        direction=Direction.UP,
        tables=("document",),
        measure=lambda f: share(f.has_debarments),
    ),
    Indicator(
        "U047",
        Text("Documentos agregados después de la convocatoria", "Documents added after the announcement"),
        Text(
            "Parte de los procedimientos con bases publicadas después del inicio del plazo.",
            "Share of the purchases with bidding documents published after the period began.",
        ),
        "count(a biddingDocuments published after tenderPeriod.startDate) / count",
        ("tender.documents.datePublished", "tender.tenderPeriod.startDate"),
        base="papers",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("document",),
        measure=lambda f: share(
            f.has_late_paper,
            needs={"tender.documents": f.n_papers > 0, "tender.tenderPeriod.startDate": f.day.notnull()},
        ),
    ),
    Indicator(
        "U048",
        Text("Convenios modificatorios por contrato", "Amendments per contract"),
        Text(
            "Media de modificaciones por contrato; compárese por comprador.",
            "Mean amendments per contract; compare by buyer.",
        ),
        "count(contracts.amendments) / count(contracts)",
        ("contracts.amendments",),
        base="signed",
        unit=Unit.RATIO,
        direction=Direction.SCREEN,
        tables=("amendment",),
        measure=lambda f: ratio(f.n_amendments, f.rid.notnull().cast("int64")),
    ),
    Indicator(
        "U049",
        Text("Cerrados hace más de 30 días sin adjudicación publicada", "Closed for 30 days without award data"),
        Text(
            "De los procedimientos cuyo plazo cerró hace más de 30 días, parte sin una adjudicación con clave, fecha,"
            " estado, importe y proveedor.",
            "Of the purchases whose period ended over 30 days ago, the share without an award with id, date, status,"
            " value and supplier.",
        ),
        "count(endDate + 30 d < as-of and award data lacking) / count(endDate + 30 d < as-of)",
        ("tender.tenderPeriod.endDate", "awards"),
        base="closed",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(
            ~f.told, where=f.due.fill_null(True), needs={"tender.tenderPeriod.endDate": f.end_day.notnull()}
        ),
    ),
    Indicator(
        "U050",
        Text("Adjudicados hace más de 30 días sin contrato publicado", "Awards 30 days old without a contract"),
        Text(
            "De las adjudicaciones de hace más de 30 días, parte sin contrato publicado.",
            "Of the awards over 30 days old, the share without a published contract.",
        ),
        "count(awards.date + 30 d < as-of and no contract) / count(awards.date + 30 d < as-of)",
        ("awards.date", "contracts.awardID"),
        base="award",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(~f.has_contract, where=f.due.fill_null(True), needs={"awards.date": f.day.notnull()}),
    ),
    Indicator(
        "U051",
        Text("Sin lugar de entrega", "No place of delivery"),
        Text(
            "Parte de los procedimientos con partidas de los que ninguna dice su lugar de entrega.",
            "Share of the purchases with lines of which none tells its place of delivery.",
        ),
        "count(no delivery location or address) / count",
        ("tender.items.deliveryLocation", "tender.items.deliveryAddress"),
        base="delivery",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("tender_item.has_place",),
        measure=lambda f: share(~f.has_place),
    ),
    Indicator(
        "U052",
        Text("Sin fecha de entrega", "No date of delivery"),
        Text(
            "Parte de los procedimientos sin fecha de fin del contrato.",
            "Share of the purchases without a contract end date.",
        ),
        "count(no contractPeriod.endDate) / count",
        ("tender.contractPeriod.endDate",),
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(~f.has_end),
    ),
    Indicator(
        "U053",
        Text("Títulos de menos de 10 caracteres", "Titles under 10 characters"),
        Text(
            "Parte de los procedimientos sin título o con uno muy corto.",
            "Share of the purchases with no title or a very short one.",
        ),
        "count(length(tender.title) < 10 or none) / count",
        ("tender.title",),
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(f.title_length.fill_null(0) < TITLE),
    ),
    Indicator(
        "U054",
        Text("Descripciones de menos de 30 caracteres", "Descriptions under 30 characters"),
        Text(
            "Parte de los procedimientos sin descripción o con una muy corta.",
            "Share with no description or a very short one.",
        ),
        "count(length(tender.description) < 30 or none) / count",
        ("tender.description",),
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(f.description_length.fill_null(0) < DESCRIPTION),
    ),
    Indicator(
        "U055",
        Text("Sin clave de bienes o servicios", "No item codes"),
        Text(
            "Parte de los procedimientos sin clave de clasificación.", "Share of the purchases without an item code."
        ),
        "count(no items.classification.id) / count",
        ("tender.items.classification.id",),
        base="purchase",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        measure=lambda f: share(~f.coded),
    ),
    Indicator(
        "U056",
        Text("Contratos sin modificaciones", "Contracts without amendments"),
        Text("Parte de los contratos sin convenio modificatorio.", "Share of the contracts without an amendment."),
        "count(no contracts.amendments) / count(contracts)",
        ("contracts.amendments",),
        base="signed",
        unit=Unit.SHARE,
        direction=Direction.NONE,
        tables=("amendment",),
        measure=lambda f: share(f.n_amendments == 0),
    ),
    Indicator(
        "U057",
        Text("Contratos con avance financiero", "Contracts with financial data"),
        Text("Parte de los contratos con algún pago publicado.", "Share of the contracts with a published payment."),
        "count(implementation.transactions) / count(contracts)",
        ("contracts.implementation.transactions",),
        base="signed",
        unit=Unit.SHARE,
        direction=Direction.UP,
        measure=lambda f: share(f.has_payments),
    ),
    Indicator(
        "U058",
        Text("Contratos con avance físico", "Contracts with physical data"),
        Text("Parte de los contratos con algún hito publicado.", "Share of the contracts with a published milestone."),
        "count(contracts.milestones or implementation.milestones) / count(contracts)",
        ("contracts.implementation.milestones",),
        base="signed",
        unit=Unit.SHARE,
        direction=Direction.UP,
        measure=lambda f: share(f.has_milestones),
    ),
)
