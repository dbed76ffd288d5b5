# SPDX-License-Identifier: Apache-2.0
"""R01 to R12: what a release says agrees with its own statuses and with time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from vitrina.insight.text import Text

from .declare import Book, Finding, Level, Release
from .walk import child, id_of, in_order, listed, number, objects, periods, text, transactions, values, when

UNFINISHED = ("planning", "planned", "active", "cancelled", "unsuccessful", "withdrawn")
LARGEST_USD = 5e9
RATES: dict[str, float] = {"USD": 1.0}  # USD for one of a currency; `stream` takes a table of them

CHECKS = Book(Level.RECORD)


@CHECKS(
    "R01",
    Text("Periodos en orden", "Periods in order"),
    Text("Inicio <= fin de todo periodo.", "Start <= end of every period."),
    Text("ningún periodo tiene ambas fechas", "no period has both dates"),
)
def _r01(release: Release) -> Iterator[Finding]:
    for path, period in periods(release):
        start, end = when(period, "startDate"), when(period, "endDate")
        if start and end:
            yield in_order(start, end), path


@CHECKS(
    "R02",
    Text("Fuente única", "Sole source"),
    Text("Método direct => numberOfTenderers <= 1.", "Method direct => numberOfTenderers <= 1."),
    Text("no es directa, o no dice cuántos", "not direct, or the number is not told"),
)
def _r02(release: Release) -> Iterator[Finding]:
    tender = child(release, "tender")
    n = number(tender, "numberOfTenderers")
    if text(tender, "procurementMethod") == "direct" and n is not None:
        yield n <= 1, "tender.numberOfTenderers"


@CHECKS(
    "R03",
    Text("Licitación incompleta", "Incomplete tender"),
    Text(
        "En planeación, activa, cancelada, desierta o retirada => sin adjudicaciones ni contratos.",
        "Planning, planned, active, cancelled, unsuccessful, withdrawn => no awards, contracts.",
    ),
    Text("otro estado, o ninguno", "another status, or none"),
)
def _r03(release: Release) -> Iterator[Finding]:
    if text(child(release, "tender"), "status") in UNFINISHED:
        for key in ("awards", "contracts"):
            yield not release.get(key), key


@CHECKS(
    "R04",
    Text("Adjudicación inactiva", "Inactive award"),
    Text(
        "Pendiente, cancelada o desierta => ningún contrato la señala.",
        "Pending, cancelled, unsuccessful => no contract points to it.",
    ),
    Text("ninguna adjudicación inactiva", "no award is inactive"),
)
def _r04(release: Release) -> Iterator[Finding]:
    pointed = {id_of(c, "awardID") for _, c in objects(release, "contracts")}
    for n, award in objects(release, "awards"):
        if text(award, "status") in {"pending", "cancelled", "unsuccessful"} and id_of(award):
            yield id_of(award) not in pointed, f"awards.{n}"


@CHECKS(
    "R05",
    Text("Contrato sin firmar", "Unsigned contract"),
    Text("Pendiente o cancelado => sin pagos.", "Pending, cancelled => no transactions."),
    Text("ningún contrato pendiente o cancelado", "no contract is pending or cancelled"),
)
def _r05(release: Release) -> Iterator[Finding]:
    for n, contract in objects(release, "contracts"):
        if text(contract, "status") in {"pending", "cancelled"}:
            yield not transactions(contract), f"contracts.{n}.implementation.transactions"


@CHECKS(
    "R06",
    Text("Hito no cumplido", "Unmet milestone"),
    Text("Programado o no cumplido => sin dateMet.", "Scheduled, notMet => no dateMet."),
    Text("ningún hito así", "no such milestone"),
)
def _r06(release: Release) -> Iterator[Finding]:
    for path, milestone in listed(release, "milestones"):
        if text(milestone, "status") in {"scheduled", "notMet"}:
            yield not milestone.get("dateMet"), f"{path}.dateMet"


@CHECKS(
    "R07",
    Text("Importes verosímiles", "Realistic values"),
    Text("|importe| <= 5 mil millones de dólares.", "|value| <= 5 thousand million USD."),
    Text("ningún importe, o sin tipo de cambio", "no value, or no exchange rate"),
)
def _r07(release: Release) -> Iterator[Finding]:
    for path, value in values(release):
        amount, rate = number(value, "amount"), RATES.get(text(value, "currency") or "")
        if amount is not None and rate:
            yield abs(amount) * rate <= LARGEST_USD, path


@CHECKS(
    "R08",
    Text("Línea de tiempo", "Timeline"),
    Text(
        "Cierre <= inicio del contrato, adjudicación, firma; adjudicación <= firma de sus contratos; firma <= pagos;"
        " adjudicación y firma <= fecha de la publicación.",
        "Tender end <= contractPeriod start, award date, dateSigned; award date <= signature of its contracts;"
        " signature <= transaction dates; award and signature <= release date.",
    ),
    Text("ningún par de fechas", "no pair of dates"),
)
def _r08(release: Release) -> Iterator[Finding]:
    tender, published = child(release, "tender"), when(release, "date")
    end = when(child(tender, "tenderPeriod"), "endDate")
    awards, contracts = objects(release, "awards"), objects(release, "contracts")
    begun = ("tender.contractPeriod.startDate", when(child(tender, "contractPeriod"), "startDate"))
    done = [(f"awards.{n}.date", when(a, "date")) for n, a in awards]
    done += [(f"contracts.{n}.dateSigned", when(c, "dateSigned")) for n, c in contracts]
    pairs = [(end, at, path) for path, at in [begun, *done]]
    for (_, award), (n, contract) in product(awards, contracts):
        if id_of(award) and id_of(award) == id_of(contract, "awardID"):
            pairs.append((when(award, "date"), when(contract, "dateSigned"), f"contracts.{n}.dateSigned"))
    for n, contract in contracts:
        signed, path = when(contract, "dateSigned"), f"contracts.{n}.implementation.transactions"
        pairs += [(signed, when(payment, "date"), f"{path}.{m}.date") for m, payment in transactions(contract)]
    pairs += [(at, published, path) for path, at in done]
    for first, second, path in pairs:
        if first and second:
            yield in_order(first, second), path


@CHECKS(
    "R09",
    Text("Fecha de la publicación", "Release date"),
    Text(
        "Fechas de adjudicación, firma, hitos, convenios y documentos <= fecha de la publicación.",
        "Award, signature, milestone, amendment and document dates <= release date.",
    ),
    Text("sin fechas que comparar", "no dates to compare"),
)
def _r09(release: Release) -> Iterator[Finding]:
    published = when(release, "date")
    dates = [(f"awards.{n}.date", when(a, "date")) for n, a in objects(release, "awards")]
    dates += [(f"contracts.{n}.dateSigned", when(c, "dateSigned")) for n, c in objects(release, "contracts")]
    for key, fields in (
        ("milestones", ("dateModified", "dateMet")),
        ("amendments", ("date",)),
        ("documents", ("datePublished", "dateModified")),
    ):
        dates += [(f"{path}.{field}", when(each, field)) for path, each in listed(release, key) for field in fields]
    for path, at in dates:
        if published and at:
            yield in_order(at, published), path


@CHECKS(
    "R10",
    Text("Fechas de hitos", "Milestone dates"),
    Text("Modificado, cumplido <= fecha de la publicación.", "Modified, met <= release date."),
    Text("sin fechas de hitos", "no milestone dates"),
)
def _r10(release: Release) -> Iterator[Finding]:
    published = when(release, "date")
    for path, milestone in listed(release, "milestones"):
        for field in ("dateModified", "dateMet"):
            at = when(milestone, field)
            if published and at:
                yield in_order(at, published), f"{path}.{field}"


@CHECKS(
    "R11",
    Text("Fechas de convenios", "Amendment dates"),
    Text(
        "<= fecha de la publicación; no antes del inicio del plazo, la adjudicación o la firma.",
        "<= release date; not before the start of the tender period, the award date, the signature.",
    ),
    Text("sin fechas de convenios", "no amendment dates"),
)
def _r11(release: Release) -> Iterator[Finding]:
    published, tender = when(release, "date"), child(release, "tender")
    parents = [("tender", tender, when(child(tender, "tenderPeriod"), "startDate"))]
    parents += [(f"awards.{n}", a, when(a, "date")) for n, a in objects(release, "awards")]
    parents += [(f"contracts.{n}", c, when(c, "dateSigned")) for n, c in objects(release, "contracts")]
    for path, parent, start in parents:
        for n, amendment in objects(parent, "amendments"):
            at = when(amendment, "date")
            if at and published:
                yield in_order(at, published), f"{path}.amendments.{n}.date"
            if at and start:
                yield in_order(start, at), f"{path}.amendments.{n}.date"


@CHECKS(
    "R12",
    Text("Fechas de documentos", "Document dates"),
    Text("<= fecha de la publicación; publicado <= modificado.", "<= release date; published <= modified."),
    Text("sin fechas de documentos", "no document dates"),
)
def _r12(release: Release) -> Iterator[Finding]:
    published = when(release, "date")
    for path, document in listed(release, "documents"):
        first, last = when(document, "datePublished"), when(document, "dateModified")
        for field, at in (("datePublished", first), ("dateModified", last)):
            if at and published:
                yield in_order(at, published), f"{path}.{field}"
        if first and last:
            yield in_order(first, last), f"{path}.dateModified"
