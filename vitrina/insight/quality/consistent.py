# SPDX-License-Identifier: Apache-2.0
"""R13 to R37: numbers, sums, names, roles and references of a release agree with one another.

Amounts are compared in one currency only; those missing, zero or of opposite sign are not compared.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from vitrina.insight.text import Text

from .declare import Book, Finding, Level, RecordRule, Release
from .walk import When, child, day, id_of, money, number, objects, periods, text, transactions, when

LOW, HIGH = 0.5, 1.5
ROLES = ("buyer", "supplier", "tenderer", "procuringEntity", "payer", "payee")
ALPHABETIC = tuple(sorted(ROLES))

CHECKS = Book(Level.RECORD)


def references(release: Release, role: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The references to organisations in a role, with their paths."""
    tender = child(release, "tender")
    if role == "buyer" and isinstance(release.get("buyer"), dict):
        yield "buyer", release["buyer"]
    elif role == "procuringEntity" and isinstance(tender.get("procuringEntity"), dict):
        yield "tender.procuringEntity", tender["procuringEntity"]
    elif role == "tenderer":
        yield from ((f"tender.tenderers.{n}", each) for n, each in objects(tender, "tenderers"))
    elif role == "supplier":
        for n, award in objects(release, "awards"):
            yield from ((f"awards.{n}.suppliers.{m}", each) for m, each in objects(award, "suppliers"))
    elif role in {"payer", "payee"}:
        for n, contract in objects(release, "contracts"):
            for m, payment in transactions(contract):
                if isinstance(payment.get(role), dict):
                    yield f"contracts.{n}.implementation.transactions.{m}.{role}", payment[role]


@CHECKS(
    "R13",
    Text("Número de licitantes", "Number of tenderers"),
    Text("numberOfTenderers = longitud de tenderers.", "numberOfTenderers = length of tenderers."),
    Text("falta uno de los dos", "one of the two is missing"),
)
def _r13(release: Release) -> Iterator[Finding]:
    tender = child(release, "tender")
    n = number(tender, "numberOfTenderers")
    if n is not None and isinstance(tender.get("tenderers"), list):
        yield n == len(tender["tenderers"]), "tender.numberOfTenderers"


def _within(total: float, of: float) -> bool:
    return LOW * abs(of) <= abs(total) <= HIGH * abs(of)


@CHECKS(
    "R14",
    Text("Presupuesto y estimado", "Budget and tender"),
    Text("El presupuesto está entre 50 y 150 % del estimado.", "The budget is within 50-150 % of the tender's value."),
    Text("no hay dos importes en una moneda", "no two amounts in one currency"),
)
def _r14(release: Release) -> Iterator[Finding]:
    budget = money(child(child(release, "planning"), "budget"), "amount")
    value = money(child(release, "tender"))
    if budget and value and budget[1] == value[1] and budget[0] * value[0] > 0:
        yield _within(budget[0], value[0]), "planning.budget.amount"


@CHECKS(
    "R15",
    Text("Contratos y adjudicación", "Contracts and award"),
    Text(
        "Los contratos de una adjudicación suman entre 50 y 150 % de ella.",
        "The contracts of an award add up to 50-150 % of it.",
    ),
    Text("no hay importes en una moneda", "no amounts in one currency"),
)
def _r15(release: Release) -> Iterator[Finding]:
    contracts = [contract for _, contract in objects(release, "contracts")]
    for n, award in objects(release, "awards"):
        value, own = money(award), id_of(award)
        amounts = [money(contract) for contract in contracts if own and id_of(contract, "awardID") == own]
        if not value or not amounts or any(a is None or a[1] != value[1] for a in amounts):
            continue
        total = sum(a[0] for a in amounts if a)
        if total * value[0] > 0:
            yield _within(total, value[0]), f"awards.{n}.value"


@CHECKS(
    "R16",
    Text("Pagos y contrato", "Transactions and contract"),
    Text("Los pagos no exceden el importe del contrato.", "The transactions do not exceed the value of the contract."),
    Text("sin pagos, o en otra moneda", "no transactions, or another currency"),
)
def _r16(release: Release) -> Iterator[Finding]:
    for n, contract in objects(release, "contracts"):
        value, amounts = money(contract), [money(payment) for _, payment in transactions(contract)]
        if value and amounts and all(a and a[1] == value[1] for a in amounts):
            yield sum(a[0] for a in amounts if a) <= value[0], f"contracts.{n}.implementation.transactions"


@CHECKS(
    "R17",
    Text("Partes citadas", "Parties referenced"),
    Text(
        "Quien tiene un papel en parties (salvo comprador) es citado en él.",
        "Whoever has a role in parties (buyer apart) is referred to in it.",
    ),
    Text("sin partes con papel", "no parties with a role"),
)
def _r17(release: Release) -> Iterator[Finding]:
    used = {role: {id_of(each) for _, each in references(release, role)} for role in ROLES}
    for n, party in objects(release, "parties"):
        for role in _roles(party):
            if role in ROLES and role != "buyer" and id_of(party):
                yield id_of(party) in used[role], f"parties.{n}.roles"


def _roles(party: dict[str, Any]) -> list[str]:
    found = party.get("roles")
    return [role for role in found if isinstance(role, str)] if isinstance(found, list) else []


@CHECKS(
    "R18",
    Text("Duración", "Duration"),
    Text("durationInDays = fin (o extensión máxima) - inicio.", "durationInDays = end (or maxExtent) - start."),
    Text("falta la duración o una fecha", "the duration or a date is missing"),
)
def _r18(release: Release) -> Iterator[Finding]:
    for path, period in periods(release):
        days, start = number(period, "durationInDays"), when(period, "startDate")
        end = when(period, "endDate") or when(period, "maxExtentDate")
        if days is not None and start and end:
            least, most = _apart(start, end)
            yield least <= days <= most, f"{path}.durationInDays"


def _apart(start: When, end: When) -> tuple[int, int]:
    """The fewest and the most whole days that two dates may mean: a part of a day may count or not."""
    if isinstance(start, dt.datetime) and isinstance(end, dt.datetime):
        seconds = (end - start).total_seconds()
        return int(seconds // 86_400), int(-(-seconds // 86_400))
    apart = (day(end) - day(start)).days
    return apart, apart


def role_set(role: str) -> RecordRule:
    """Whoever is referred to in a role has it among its party's roles."""

    def rule(release: Release) -> Iterator[Finding]:
        parties = {id_of(party): _roles(party) for _, party in objects(release, "parties")}
        for path, each in references(release, role):
            if id_of(each) and id_of(each) in parties:
                yield role in parties[id_of(each)], path

    return rule


def name_equal(role: str) -> RecordRule:
    """The name in a reference is that of the party."""

    def rule(release: Release) -> Iterator[Finding]:
        names = {id_of(party): text(party, "name") for _, party in objects(release, "parties")}
        for path, each in references(release, role):
            own, named = names.get(id_of(each)), text(each, "name")
            if id_of(each) and own and named:
                yield own == named, f"{path}.name"

    return rule


def reference(role: str) -> RecordRule:
    """The id of a reference matches exactly one party."""

    def rule(release: Release) -> Iterator[Finding]:
        count = Counter(id_of(party) for _, party in objects(release, "parties"))
        for path, each in references(release, role):
            if id_of(each):
                yield count[id_of(each)] == 1, f"{path}.id"

    return rule


def _family(start: int, roles: tuple[str, ...], make: Callable[[str], RecordRule], title: Text, rule: Text) -> None:
    """Write down one check for each role, numbered from `start`."""
    for n, role in enumerate(roles, start=start):
        CHECKS(
            f"R{n}",
            Text(f"{title.es}: {role}", f"{title.en}: {role}"),
            Text(rule.es.format(role=role), rule.en.format(role=role)),
            Text("nadie en ese papel, o sin su parte", "nobody in that role, or without its party"),
        )(make(role))


_family(
    19,
    ROLES,
    role_set,
    Text("Papel declarado", "Role set"),
    Text("Quien es citado como {role} tiene ese papel en parties.", "Whoever is {role} has the role in parties."),
)
_family(
    25,
    ALPHABETIC,
    name_equal,
    Text("Mismo nombre", "Name equal"),
    Text("El nombre de {role} es el de parties.", "The name of {role} is that in parties."),
)
_family(
    31,
    ALPHABETIC,
    reference,
    Text("Referencia", "Reference"),
    Text("La clave de {role} es la de una sola parte.", "The id of {role} matches exactly one party."),
)


@CHECKS(
    "R37",
    Text("Referencia de adjudicación", "Award reference"),
    Text(
        "Cada contracts.awardID es la de una sola adjudicación.", "Each contracts.awardID matches exactly one award."
    ),
    Text("sin contratos con awardID", "no contracts with an awardID"),
)
def _r37(release: Release) -> Iterator[Finding]:
    count = Counter(id_of(award) for _, award in objects(release, "awards"))
    for n, contract in objects(release, "contracts"):
        if id_of(contract, "awardID"):
            yield count[id_of(contract, "awardID")] == 1, f"contracts.{n}.awardID"
