# SPDX-License-Identifier: Apache-2.0
"""What a purchase knows of what the formats ask: one set of facts for each contract, or for each award without one.

Nothing is guessed: a fact that no act tells is empty, and the note says why where a reader would ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from vitrina.api.edca.classify import category_of
from vitrina.kernel.ids import legal_personality
from vitrina.kernel.money import Money, total

from .acts import Acts

Json = dict[str, Any]
WATCHERS = {"socialWitness": "Testigo social", "internalControlUnit": "Órgano interno de control",
            "citizenComptroller": "Contraloría social", "externalAuditor": "Auditoría externa"}  # fmt: skip
PAID_BY = {"wireTransfe": "Transferencia electrónica"}
FUNDS = {"federal": "Federales", "state": "Estatales", "municipal": "Municipales"}
NOTE_VAT = "El monto con impuestos se conoce por las facturas, al concluir el contrato."
NOTE_NAME = "El registro guarda completo el nombre de las personas físicas, sin separar apellidos."
NOTE_NONE = "Procedimiento sin adjudicación: no hay contrato que informar."
LAW_DAY = ("T00:00:00Z", "T23:59:59Z")  # how a release writes a day of the law, which has no hour


@dataclass(frozen=True, slots=True)
class Purchase:
    """A compiled release with the papers of its acts, the zone of its buyer and the funds that its law follows."""

    compiled: Json
    acts: Acts
    zone: str
    funds: str = ""


def rows(purchase: Purchase) -> Iterator[tuple[date, Json]]:
    """`(day of the award, facts)` of each contract, award without contract, or purchase that was awarded to nobody."""
    c = purchase.compiled
    awards = [a for a in c.get("awards", []) if a.get("date")]
    active = [a for a in awards if a.get("status") == "active"]
    done = set()
    named = {x.get("awardID") for x in c.get("contracts", [])}
    for contract in c.get("contracts", []):
        own = next((a for a in active if a["id"] == contract.get("awardID")), None)
        if own:  # of a winner's several awards a contract names the first; an imported contract has one of its own
            mine = [a for a in active if a is own or (_winner(a) == _winner(own) and a["id"] not in named)]
            done |= {a["id"] for a in mine}
            yield _day(own["date"], purchase.zone), _facts(purchase, mine, contract)
    for award in active:
        if award["id"] not in done:
            yield _day(award["date"], purchase.zone), _facts(purchase, [award], {})
    if awards and not active:
        yield _day(awards[-1]["date"], purchase.zone), _facts(purchase, awards, {})


def _winner(award: Json) -> Any:
    return next(iter(award.get("suppliers", [])), {}).get("id")


def _facts(p: Purchase, awards: list[Json], contract: Json) -> Json:
    winner = next(iter(awards[0].get("suppliers", [])), None) if awards[0].get("status") == "active" else None
    facts = {**_procedure(p), **_areas(p), **_awarded(p, awards, winner), **_contract(p, contract)}
    notes = [NOTE_NONE] if winner is None else []
    notes += [NOTE_VAT] if contract and not facts["gross"] else []
    notes += [NOTE_NAME] if any(x.get("given") for x in [*facts["bidders"], facts["winner"]]) else []
    return facts | {"note": " ".join(notes)}


def _procedure(p: Purchase) -> Json:
    tender = p.compiled.get("tender", {})
    meeting = next((m for m in tender.get("clarificationMeetings", []) if m.get("date")), {})
    held = p.acts.last("clarification.closed")
    bidders = [_person(p, x) for x in tender.get("tenderers", [])]
    character = tender.get("procurementMethodCharacterMxCnet", "")
    method = tender.get("procurementMethod", "")
    is_historic = not p.acts.told
    grounds = (tender.get("procurementMethodDetails"), tender.get("procurementMethodRationale"))
    notice = next((d["url"] for d in tender.get("documents", []) if d.get("documentType") == "tenderNotice"), "")
    return {
        "procedure": method,
        "procedure_direct": method,
        "category": category_of(p.compiled),
        "character": {"": "", "Nacional": "national"}.get(character, "international"),
        "number": tender.get("procedureNumber") or (tender.get("id", "") if is_historic else p.compiled["ocid"]),
        "description": tender.get("description") or tender.get("title", ""),
        "ground": ". ".join(g for g in grounds if g),
        "candidates": bidders,
        "bidders": bidders,
        "call_url": p.acts.url("call.published") or notice,
        "called_on": _day(tender.get("tenderPeriod", {}).get("startDate"), p.zone),
        "meeting_on": _day(meeting.get("date"), p.zone) if held or is_historic else None,
        "meeting_officials": [{"given": held[2]}] if held and held[2] else [],
        "meeting_url": p.acts.url("clarification.closed"),
        "opening_url": p.acts.url("opening.closed"),
        "evaluation_url": p.acts.url("evaluation.concluded") and p.acts.url("ruling.issued"),
        "suspended_url": p.acts.url("tender.suspended"),
        "updated_on": _day(p.compiled["date"], p.zone),
        "validated_on": _day(p.compiled["date"], p.zone),
    }  # fmt: skip


def _areas(p: Purchase) -> Json:
    planning = p.compiled.get("planning", {})
    lines = [x for b in planning.get("budget", {}).get("budgetBreakdown", []) for x in b.get("budgetLines", [])]
    coded = [i["classification"]["id"] for i in p.compiled.get("tender", {}).get("items", [])
             if i.get("classification", {}).get("scheme") == "COG"]  # fmt: skip
    unit = p.compiled.get("tender", {}).get("procuringEntity") or p.compiled.get("buyer", {})
    contracting = _names(planning.get("contractingUnits")) or unit.get("name", "")
    return {
        "requesting": _names(planning.get("requestingUnits")),
        "contracting": contracting,
        "publisher": contracting,
        "budget_lines": [{"key": x["id"]} for x in lines] or [{"key": code} for code in dict.fromkeys(coded)],
        "funds": p.funds,
        "funds_word": FUNDS.get(p.funds, ""),
    }


def _awarded(p: Purchase, awards: list[Json], winner: Json | None) -> Json:
    reasons = dict.fromkeys(a["rationale"] for a in awards if a.get("rationale"))
    return {"winner": _person(p, winner) if winner else {}, "reasons": " ".join(reasons)}


def _contract(p: Purchase, contract: Json) -> Json:
    key, done = contract.get("id", ""), contract.get("implementation", {})
    details, period = contract.get("contractDetails", {}), contract.get("period", {})
    page = f"{settings.PUBLIC_URL}/p/{p.compiled['ocid']}/"
    ways = dict.fromkeys(PAID_BY.get(t.get("paymentMethod", ""), "") for t in done.get("transactions", []))
    places = [i["deliveryLocation"]["description"] for i in contract.get("items", []) if i.get("deliveryLocation")]
    amended = [_amendment(p, key, a) for a in contract.get("amendments", [])]
    guaranteed = [Decimal(str(g["value"]["amount"])) for g in contract.get("guarantees", []) if g.get("value")]
    is_over = done.get("status") == "concluded"
    gross = total([i.total for i in p.acts.invoices(key)]) if is_over and p.acts.invoices(key) else None
    return {
        "contract": key,
        "object": contract.get("title") or contract.get("description", ""),
        "signed_on": _day(contract.get("dateSigned"), p.zone),
        "net": contract.get("value", {}).get("amount"),
        "gross": gross.decimal if isinstance(gross, Money) else None,
        "minimum": details.get("minValue", {}).get("amount"),
        "maximum": details.get("maxValue", {}).get("amount"),
        "currency": contract.get("value", {}).get("currency", ""),
        "payment_method": "; ".join(filter(None, ways)),
        "guaranteed": sum(guaranteed) if guaranteed else None,
        "starts_on": _day(period.get("startDate"), p.zone),
        "ends_on": _day(period.get("endDate"), p.zone),
        "responsible": "; ".join(dict.fromkeys(places)),
        "contract_url": p.acts.url("contract.signed", key) if key else "",
        "ended_url": (p.acts.url("contract.terminated", key) if key else "") or p.acts.url("tender.suspended"),
        "is_amended": ("yes" if amended or contract.get("hasAmendments") else "no") if key else "",
        "amendments": amended,
        "watchers": "; ".join(WATCHERS.get(w, w) for w in contract.get("surveillanceMechanisms", [])),
        "physical_url": page if done.get("milestones") else "",
        "financial_url": page if done.get("transactions") else "",
        "reception_url": p.acts.url("goods.accepted", key) if key else "",
        "settlement_url": p.acts.url("purchase.completed") if is_over else "",
    }


def _amendment(p: Purchase, contract: str, amendment: Json) -> Json:
    return {
        "number": amendment["id"],
        "object": amendment.get("rationale") or amendment.get("description", ""),
        "signed_on": _day(amendment.get("date"), p.zone),
        "url": p.acts.url("contract.amended", contract),
    }


def _person(p: Purchase, reference: Json) -> Json:
    """Name and RFC of a bidder: a company's in its field, a person's whole where names go."""
    party = next((x for x in p.compiled.get("parties", []) if x.get("id") == reference.get("id")), {})
    identifier, name = party.get("identifier", {}), party.get("name") or reference.get("name", "")
    rfc = identifier.get("id", "") if identifier.get("scheme") == "MX-RFC" else ""
    is_person = bool(rfc) and legal_personality(rfc) == "naturalPerson"
    return {("given" if is_person else "company"): name, "rfc": rfc}


def _names(units: list[Json] | None) -> str:
    return "; ".join(unit.get("name", "") for unit in units or [])


def _day(text: str | None, zone: str) -> date | None:
    """The day of an instant where the buyer is; a day of the law as it was written."""
    if not text:
        return None
    if text.endswith(LAW_DAY):
        return date.fromisoformat(text[:10])
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).date()
