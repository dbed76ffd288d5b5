# SPDX-License-Identifier: Apache-2.0
"""A17 to A21 and O13 to O19: publicity, complaints, amendments, delivery and payment."""

from __future__ import annotations

from vitrina.insight.indicators.declare import OURS, Direction, Indicator, Unit, median, ratio, share
from vitrina.insight.text import Text

from .sectors import ACQUISITIONS, WORKS, Sector

AMENDED = ("contracts.amendments", "contracts.value")


def absent(
    code: str, title: Text, explanation: Text, formula: str, paths: tuple[str, ...], principle: int, **more: object
) -> Indicator:
    """An indicator that no table of the store can answer yet: it says so, with the paths that it needs."""
    return Indicator(
        code,
        title,
        explanation,
        formula,
        paths,
        absent=paths,
        principle=principle,
        source=OURS,
        **more,
    )


def overrun(code: str, sector: Sector, part: str, title: Text) -> Indicator:
    """(final - original) / original, over the sums."""
    return Indicator(
        code,
        title,
        Text(
            f"Lo que cambió el importe de los contratos, entre el original ({sector.es}).",
            f"What the value of contracts changed by, over the original ({sector.en}).",
        ),
        "sum(final - original) / sum(original)",
        AMENDED,
        base="signed",
        part=part,
        unit=Unit.RATIO,
        money=True,
        direction=Direction.DOWN,
        tables=("amendment",),
        principle=11,
        source=OURS,
        measure=lambda f: ratio(
            f.final - f.original,
            f.original,
            where=sector.of(f),
            needs={
                "contracts.value": f.original.notnull() & f.currency.notnull(),
                "contracts.amendments.amendsAmount": f.delta_told & f.final.notnull(),
            },
        ),
    )


COMPLAINTS = (
    Indicator(
        "A18",
        Text("Inconformidades por mil procedimientos", "Complaints per thousand purchases"),
        Text(
            "Inconformidades presentadas por cada mil procedimientos.", "Complaints filed for each thousand purchases."
        ),
        "1,000 x count(complaints) / count(ocid)",
        ("complaints",),
        base="purchase",
        part="rate",
        unit=Unit.RATIO,
        direction=Direction.DOWN,
        tables=("complaint",),
        principle=11,
        source=OURS,
        measure=lambda f: ratio(f.n_complaints, f.rid.notnull().cast("int64"), where=ACQUISITIONS.of(f), scale=1000.0),
    ),
    Indicator(
        "A18",
        Text("Inconformidades fundadas", "Complaints founded"),
        Text(
            "De las inconformidades con sentido conocido, parte fundada.",
            "Of the complaints decided, the share founded.",
        ),
        "count(founded) / count(decided)",
        ("complaints.isFounded",),
        base="complaint",
        part="founded",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("complaint",),
        principle=11,
        source=OURS,
        measure=lambda f: share(
            f.founded, where=ACQUISITIONS.of(f), needs={"complaints.isFounded": f.founded.notnull()}
        ),
    ),
    Indicator(
        "A18",
        Text("Días para resolver una inconformidad", "Days to resolve a complaint"),
        Text(
            "Mediana de días naturales de la presentación a la resolución.",
            "Median natural days from filing to decision.",
        ),
        "median R-8 (resolved - filed)",
        ("complaints.date", "complaints.dateResolved"),
        base="complaint",
        part="days",
        unit=Unit.DAYS,
        direction=Direction.DOWN,
        tables=("complaint",),
        principle=11,
        source=OURS,
        measure=lambda f: median(
            f.days, where=ACQUISITIONS.of(f), needs={"complaints.dateResolved": f.days.notnull()}
        ),
    ),
)

AMENDMENTS = (
    Indicator(
        "A19",
        Text("Contratos modificados", "Contracts amended"),
        Text("Parte de los contratos con convenio modificatorio.", "Share of the contracts with an amendment."),
        "count(contracts with amendments) / count(contracts)",
        AMENDED[:1],
        base="signed",
        part="amended",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("amendment",),
        principle=11,
        source=OURS,
        measure=lambda f: share(f.n_amendments > 0, where=ACQUISITIONS.of(f)),
    ),
    overrun("A19", ACQUISITIONS, "delta", Text("Variación del importe contratado", "Change of contracted value")),
    Indicator(
        "A19",
        Text("Contratos modificados más allá del tope", "Contracts amended beyond the cap"),
        Text(
            "Parte de los contratos cuyo importe creció más que el tope de la ley de su día (por línea en la ley; aquí"
            " sobre el contrato entero).",
            "Share of the contracts whose value grew by more than the cap of the law of their day (by line in the law;"
            " here over the whole contract).",
        ),
        "count(final > original x (1 + cap)) / count(cap and values known)",
        AMENDED,
        base="amended",
        part="beyond",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("amendment",),
        principle=11,
        law=("amendment.line.max",),
        source=OURS,
        measure=lambda f: share(
            f.final > f.original * (1 + f.amendment_line_max),
            where=ACQUISITIONS.of(f),
            needs={
                "contracts.value": f.original > 0,
                "contracts.amendments.amendsAmount": f.delta_told & f.final.notnull(),
                "law": f.amendment_line_max.notnull(),
            },
        ),
    ),
    overrun("O15", WORKS, "", Text("Sobrecosto", "Cost overrun")),
    Indicator(
        "O16",
        Text("Sobreplazo", "Time overrun"),
        Text(
            "Lo que se alargó el plazo de las obras, entre el original.",
            "What the term of works grew by, over the original.",
        ),
        "sum(final end - first end) / sum(first end - start), days",
        ("contracts.period", "contracts.amendments"),
        base="signed",
        unit=Unit.RATIO,
        direction=Direction.DOWN,
        tables=("amendment",),
        principle=11,
        source=OURS,
        measure=lambda f: ratio(
            f.late_days.fill_null(0),
            f.term_days,
            where=WORKS.of(f),
            needs={
                "contracts.period": f.term_days > 0,
                "contracts.amendments.amendsPeriod": (f.n_amendments == 0) | f.late_days.notnull(),
            },
        ),
    ),
    Indicator(
        "O17",
        Text("Convenios extraordinarios", "Extraordinary agreements"),
        Text(
            "Parte de los contratos de obra que crecieron más que el tope de la ley, en importe o en plazo.",
            "Share of the contracts of works that grew by more than the cap of the law, in value or in time.",
        ),
        "count(value or term grew by more than the cap) / count(both known)",
        AMENDED,
        base="amended",
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        tables=("amendment",),
        principle=11,
        law=("amendment.agreement.max",),
        source=OURS,
        measure=lambda f: share(
            (f.final > f.original * (1 + f.amendment_agreement_max))
            | (f.late_days.fill_null(0) > f.term_days.fill_null(0) * f.amendment_agreement_max),
            where=WORKS.of(f),
            needs={
                "contracts.value": f.original > 0,
                "contracts.amendments.amendsAmount": f.delta_told & f.final.notnull(),
                "law": f.amendment_agreement_max.notnull(),
            },
        ),
    ),
)

DELIVERY = Indicator(
    "A20",
    Text("Entregas a tiempo", "Deliveries in time"),
    Text(
        "De las entregas vencidas, parte cumplida en su fecha.", "Of the deliveries due, the share met by their date."
    ),
    "count(delivery milestones met by their date) / count(due)",
    ("contracts.implementation.milestones.type", "contracts.implementation.milestones.dateMet"),
    base="milestone",
    part="in_time",
    unit=Unit.SHARE,
    direction=Direction.UP,
    tables=("milestone",),
    principle=9,
    source=OURS,
    measure=lambda f: share(
        f.in_time,
        where=ACQUISITIONS.of(f) & (f.type == "delivery") & f.is_due.fill_null(True),
        needs={"milestones.dueDate": f.due_told},
    ),
)


def paid(code: str, sector: Sector, part: str, title: Text) -> Indicator:
    """Financing milestones (invoices, estimates) met by the day on which the law says that they are due."""
    return Indicator(
        code,
        title,
        Text(
            f"De los hitos de pago vencidos, parte pagada a más tardar en su fecha ({sector.es}). La fecha es la que"
            " cuenta el publicador con el plazo de la ley.",
            f"Of the payments due, the share made by their date ({sector.en}). The date is the one that the publisher"
            " counts by the term of the law.",
        ),
        "count(financing milestones met by their date) / count(due)",
        ("contracts.implementation.milestones.dueDate (financing)", "contracts.implementation.milestones.dateMet"),
        base="milestone",
        part=part,
        unit=Unit.SHARE,
        direction=Direction.UP,
        tables=("milestone",),
        principle=12,
        source=OURS,
        measure=lambda f: share(
            f.in_time,
            where=sector.of(f) & (f.type == "financing") & f.is_due.fill_null(True),
            needs={"contracts.implementation.milestones.dueDate (financing)": f.due_told},
        ),
    )


PAYMENT = (
    paid("A21", ACQUISITIONS, "in_time", Text("Pago oportuno", "Timely payment")),
    paid("O18", WORKS, "in_time", Text("Estimaciones pagadas a tiempo", "Estimates paid in time")),
)

DISPUTES = Indicator(
    "O19",
    Text("Inconformidades fundadas por cien contratos", "Founded complaints per hundred contracts"),
    Text(
        "Inconformidades fundadas en compras de obra por cada cien contratos vigentes o terminados.",
        "Founded complaints on purchases of works for each hundred contracts in force or ended.",
    ),
    "100 x count(founded complaints) / count(contracts)",
    ("complaints.status", "contracts.status"),
    base="dispute",
    part="complaints",
    unit=Unit.RATIO,
    direction=Direction.DOWN,
    tables=("complaint.is_founded", "contract"),
    principle=11,
    source=OURS,
    measure=lambda f: ratio(f.n_founded, f.n_contracts, where=WORKS.of(f), scale=100.0),
)

ABSENT = (
    absent(
        "A17",
        Text("Publicidad oportuna y completa", "Timely and complete publicity"),
        Text(
            "Actos con su documento obligatorio publicado a tiempo, entre los exigibles, y retardo mediano.",
            "Acts with their mandatory document published in time, over those due, and the median delay.",
        ),
        "count(document in time) / count(acts due); median delay in minutes",
        ("documents.datePublished (of each act)", "the day on which each act was due"),
        1,
        unit=Unit.SHARE,
        direction=Direction.UP,
    ),
    absent(
        "A20",
        Text("Penas aplicadas", "Penalties applied"),
        Text("Penas convencionales aplicadas entre las procedentes.", "Penalties applied over those due."),
        "penalties applied / penalties due",
        ("contracts.implementation.penalties",),
        9,
        part="penalties",
        unit=Unit.SHARE,
        direction=Direction.UP,
    ),
    absent(
        "A21",
        Text("Días hábiles para pagar", "Working days to pay"),
        Text(
            "Mediana de días hábiles de la verificación del CFDI a su pago.",
            "Median working days from the verification of the invoice to its payment.",
        ),
        "median R-8 working days (paid - verified)",
        ("contracts.implementation.milestones (invoice verified)",),
        12,
        part="days",
        unit=Unit.DAYS,
        direction=Direction.DOWN,
    ),
    absent(
        "O13",
        Text("Avance físico (SPI)", "Physical progress (SPI)"),
        Text("Avance físico real entre el programado a la fecha.", "Real over planned physical progress to date."),
        "real / planned progress to date",
        ("contracts.implementation.metrics (physical progress, planned and real)",),
        9,
        unit=Unit.RATIO,
        direction=Direction.ONE,
    ),
    absent(
        "O14",
        Text("Brecha financiero-físico", "Gap of money and works"),
        Text("Avance financiero menos avance físico, en puntos.", "Financial less physical progress, in points."),
        "financial - physical progress",
        ("contracts.implementation.metrics (physical progress)", "contracts.implementation.transactions"),
        11,
        unit=Unit.RATIO,
        direction=Direction.DOWN,
    ),
    absent(
        "O18",
        Text("Bitácora abierta al inicio", "Site log open by the start"),
        Text(
            "Parte de las obras con bitácora abierta al inicio.",
            "Share of the works with a site log open by the start.",
        ),
        "count(log open by the start) / count(works)",
        ("contracts.implementation.documents (site log)",),
        12,
        part="log",
        unit=Unit.SHARE,
        direction=Direction.UP,
    ),
    absent(
        "O19",
        Text("Fianzas de vicios ocultos ejecutadas", "Bonds for hidden defects executed"),
        Text(
            "Fianzas de vicios ocultos ejecutadas por cada cien contratos.",
            "Bonds for hidden defects executed for each hundred contracts.",
        ),
        "100 x count(bonds executed) / count(contracts)",
        ("contracts.guarantees (latentDefects, executed)",),
        11,
        part="bonds",
        unit=Unit.RATIO,
        direction=Direction.DOWN,
    ),
)

INDICATORS = (*COMPLAINTS, *AMENDMENTS, DELIVERY, *PAYMENT, DISPUTES, *ABSENT)
