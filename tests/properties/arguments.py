# SPDX-License-Identifier: Apache-2.0
"""Arguments for any command in any state: plausible ones, and the same with one value that is not.

`n` is a number that varies them. A builder never refuses: what a state lacks is named by an id that nobody has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.properties import sealed
from tests.worlds.base import World
from tests.worlds.payment import xml
from tests.worlds.tendering import call
from vitrina.cycle.awarding.queries import proposed_reasons
from vitrina.cycle.clarifying.models import Question
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import awarded_lines, digest_of_contract, guarantee_required, without_contract
from vitrina.cycle.contracting.words import GROUNDS, GUARANTEE_KINDS
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.delivery.models import Receipt
from vitrina.cycle.delivery.queries import pending
from vitrina.cycle.evaluation.queries import open_prices, pairs
from vitrina.cycle.payment.models import Invoice
from vitrina.cycle.payment.sample import sample_for
from vitrina.cycle.research.commands import SOURCE_KINDS
from vitrina.cycle.tendering.queries import tender_of
from vitrina.cycle.tendering.reasons import CANCELLATION
from vitrina.kernel.money import Money
from vitrina.parties.actors import Actor

NOBODY = "C-0000-000000"
PRICES = sealed.PRICES
LATE = "Por carga de trabajo."
ACTS = ("opening", "clarifying", "auction", "awarding")


@dataclass
class Case:
    """A purchase at an instant. `key` names the object of the step when it is known, `actor` who is about to act."""

    w: World
    process: Process
    at: datetime
    n: int = 0
    key: str = ""
    actor: Actor | None = None

    @property
    def day(self) -> date:
        return self.at.astimezone(self.process.zone).date()

    def hour(self, days: int, hour: int) -> datetime:
        """An hour of the unit's zone, so many days from now."""
        day = self.day + timedelta(days=days)
        return datetime.combine(day, time(hour), tzinfo=self.process.zone)

    def pick(self, model: Any, owner: str = "process") -> Any:
        """One row of the purchase: the one that `key` names, or the `n`th; nothing when it has none."""
        rows = list(model.objects.filter(**{owner: self.process}).order_by("id"))
        named = [row for row in rows if row.id == self.key]
        return (named or rows)[self.n % len(named or rows)] if rows else None


def line(c: Case) -> dict[str, Any]:
    items = [{"lot": 1, "cucop": "25401-0011", "description": f"Reactivo {c.n}", "quantity": Decimal(1000 + c.n),
              "unit_name": "prueba"}]  # fmt: skip
    return {
        "title": f"Reactivo {c.n}", "rationale": "Hace falta.", "items": items, "fiscal_year": c.day.year,
        "budget": Money(2_000_000_000 + c.n), "budget_key": "25401", "programme_key": "E012", "portfolio_key": "",
        "expected_on": c.day + timedelta(days=60),
    }  # fmt: skip


def publish_call(c: Case) -> dict[str, Any]:
    opening = c.hour(21 + c.n % 3, 11)
    return call(
        c.w, clarification_at=c.hour(10, 10), opening_at=opening, award_by=opening + timedelta(days=14),
        contract_start=opening.date() + timedelta(days=21), contract_end=opening.date() + timedelta(days=120),
        auction="open_clock" if c.n % 5 == 4 else "",
    )  # fmt: skip


def amend_call(c: Case) -> dict[str, Any]:
    tender = tender_of(c.process)
    if tender is None or c.n % 2:
        return {"reason": "Se precisa.", "description": f"Pruebas rápidas, versión {c.n}."}
    later = timedelta(days=7)
    return {"reason": "Se mueve.", "opening_at": tender.opening_at + later, "award_by": tender.award_by + later}


def resume(c: Case) -> dict[str, Any]:
    tender = tender_of(c.process)
    if tender is None or tender.opening_at > c.at:
        return {"reason": "Se levantó la orden."}
    opening = c.hour(21, 11)
    starts = opening.date() + timedelta(days=21)
    moved: dict[str, Any] = {
        "opening_at": opening, "award_by": opening + timedelta(days=14), "contract_start": starts,
        "contract_end": starts + timedelta(days=90),
    }  # fmt: skip
    if tender.clarification_at <= c.at and c.n % 2:
        moved["clarification_at"] = c.hour(10, 10)
    return {"reason": "Se levantó la orden.", **moved}


def answer(c: Case) -> dict[str, Any]:
    question = c.pick(Question)
    return {"question_id": question.id if question else NOBODY, "text": f"Se mantiene la convocatoria ({c.n})."}


def ask_many(c: Case) -> dict[str, Any]:
    rows = f"tema,pregunta\nlegal,¿Se acepta la versión {c.n}?\nlegal,¿Se acepta la versión {c.n % 3}?\n"
    return {"file": SimpleUploadedFile("preguntas.csv", rows.encode())}


def ask_again_many(c: Case) -> dict[str, Any]:
    rows = f"respuesta,pregunta\n1,¿Y la versión {c.n}?\n{c.n % 5},¿Y la versión {c.n % 3}?\n"
    return {"file": SimpleUploadedFile("repreguntas.csv", rows.encode())}


def declare(c: Case) -> dict[str, Any]:
    has = c.n % 6 == 5
    return {"has_conflict": has, "text": "Un familiar trabaja ahí." if has else ""}


def score(c: Case) -> dict[str, Any]:
    rows = [{"bid_id": b.bid_id, "criterion": r.number, "passes": True, "reason": ""} for r, b in pairs(c.process)]
    if rows and c.n % 3 == 2:
        rows[c.n % len(rows)] |= {"passes": False, "reason": "El registro está vencido."}
    return {"verdicts": rows}


def conclude(c: Case) -> dict[str, Any]:
    try:
        found = open_prices(c.process, c.at)
    except (Refused, LookupError, AttributeError, ValueError):  # asked for before there is anything to conclude
        found = []
    why = {"keep": bool(c.n % 2), "reason": "El mercado subió."}
    return {"decisions": {(state.lot, bid.bid_id): why for state, bid in found}}


def issue_ruling(c: Case) -> dict[str, Any]:
    try:
        reasons, lots = proposed_reasons(c.process, c.at)
    except (Refused, AttributeError):
        reasons, lots = {}, {}
    return {"reasons": reasons, "lot_reasons": lots, "extension_reason": LATE}


def draft(c: Case) -> dict[str, Any]:
    known = {s.key for s in without_contract(c.process)} | {k.supplier_id for k in c.process.contracts.all()}
    winners = sorted(known)
    who = c.key if c.key in winners else winners[c.n % len(winners)] if winners else c.w.suppliers[0].supplier_key
    rows = []
    for item, _unit in awarded_lines(c.process, who) if winners else []:
        half = item.quantity / 2
        for place, part, days in ((c.w.unit, half, 10), (c.w.hospital, item.quantity - half, 20)):
            rows.append({"item_number": item.number, "unit_key": place.key, "quantity": part,
                         "due_on": c.day + timedelta(days=days)})  # fmt: skip
    return {"supplier_key": who, "starts_on": c.day, "ends_on": c.day + timedelta(days=60), "schedule": rows}


def _contract(c: Case) -> Contract | None:
    return c.pick(Contract)


def sign(c: Case) -> dict[str, Any]:
    found = _contract(c)
    return {"contract_id": found.id if found else NOBODY, "digest": digest_of_contract(found) if found else "0" * 64}


def register_guarantee(c: Case) -> dict[str, Any]:
    found = _contract(c)
    return {
        "contract_id": found.id if found else NOBODY, "kind": list(GUARANTEE_KINDS)[c.n % len(GUARANTEE_KINDS)],
        "policy": f"F-{c.process.ocid[-6:]}-{c.n}", "guarantor": "Afianzadora Peñón Blanco, S.A.",
        "amount": guarantee_required(found) if found else Money(1), "issued_on": c.day,
        "ends_on": c.day + timedelta(days=400), "late_reason": LATE,
    }  # fmt: skip


def amend(c: Case) -> dict[str, Any]:
    found = _contract(c)
    base = {"contract_id": found.id if found else NOBODY, "reason": "Más pruebas."}
    if found is None or c.n % 2:
        return base | {"ends_on": (found.ends_on if found else c.day) + timedelta(days=30)}
    item = found.lines.first()
    added = {
        "item_number": item.item_number,
        "unit_key": c.w.unit.key,
        "quantity": Decimal(10),
        "due_on": found.ends_on,
    }
    return base | {"added": [added]}


def terminate(c: Case) -> dict[str, Any]:
    found = _contract(c)
    return {
        "contract_id": found.id if found else NOBODY, "ground": list(GROUNDS)[c.n % len(GROUNDS)],
        "reason": "No cumplió.", "notified_on": c.day - timedelta(days=c.n % 40), "opinion": "OIC-7",
    }  # fmt: skip


def receive(c: Case) -> dict[str, Any]:
    contract_id, _dot, place = c.key.partition(".")
    found = Contract.objects.filter(process=c.process, id=contract_id).first() or _contract(c)
    rows = [(d, left) for d, left in (pending(found) if found else []) if place in {"", d.place_id}]
    places = [d.place_id for d, _left in rows]
    part = 2 if c.n % 3 == 2 else 1
    lines = [{"delivery": d.number, "quantity": left / part} for d, left in rows if d.place_id == places[0]]
    return {
        "contract_id": found.id if found else NOBODY, "received_on": c.day, "note": f"REM-{c.n}", "lines": lines,
    }  # fmt: skip


def decide(c: Case) -> dict[str, Any]:
    found = c.pick(Receipt, "contract__process")
    return {"receipt_id": found.id if found else NOBODY, "late_reason": LATE}


def report_progress(c: Case) -> dict[str, Any]:
    found = _contract(c)
    return {
        "contract_id": found.id if found else NOBODY, "cutoff_on": c.day, "planned": Decimal(40),
        "actual": Decimal(c.n % 60), "authorised": Money(100 * c.n), "place": "Hospital General de Zona 3",
        "latitude": Decimal("25.6714"), "longitude": Decimal("-100.309"), "note": LATE,
    }  # fmt: skip


def submit_invoice(c: Case) -> dict[str, Any]:
    found = _contract(c)
    try:
        data = sample_for(found, at=c.at) if found else b"<xml/>"
    except (Refused, ValueError):
        data = b"<xml/>"
    return {"contract_id": found.id if found else NOBODY, "cfdi": xml(data)}


def _invoice(c: Case) -> tuple[str, Invoice | None]:
    found = c.pick(Invoice, "contract__process")
    return (found.id, found) if found else (NOBODY, None)


def check_invoice(c: Case) -> dict[str, Any]:
    return {"invoice_id": _invoice(c)[0], "late_reason": LATE}


def pay(c: Case) -> dict[str, Any]:
    key, found = _invoice(c)
    amount = found.payable if found else Money(1)
    return {"invoice_id": key, "paid_on": c.day, "amount": amount, "reference": f"CLC-{c.n}", "late_reason": LATE}


def record_source(c: Case) -> dict[str, Any]:
    return {
        "kind": list(SOURCE_KINDS)[c.n % len(SOURCE_KINDS)], "item_number": 1 + c.n % 2 * (c.process.items.count() - 1),
        "price": Money(5000 + c.n), "origin": f"Cotización {c.n % 5}", "observed_on": c.day,
    }  # fmt: skip


BUILDERS: dict[str, Callable[[Case], dict[str, Any]]] = {
    "planning.publish_line": lambda c: {"unit_key": c.w.unit.key, **line(c)},
    "planning.modify_line": lambda c: {"reason": "Se ajusta.", **line(c)},
    "planning.certify_budget": lambda c: {"certificate": f"DSP-{c.n}", "amount": c.process.plan_line.budget},
    "planning.cancel_line": lambda c: {"reason": "Ya no hace falta."},
    "research.request_quotes": lambda c: {
        "companies": ["Diagnósticos Ocotal"],
        "due_at": c.at + timedelta(days=10),
        "text": "Precio por prueba.",
    },
    "research.record_source": record_source,
    "research.conclude": lambda c: {},
    "tendering.publish_call": publish_call,
    "tendering.amend_call": amend_call,
    "tendering.suspend": lambda c: {"authority": "Secretaría", "reason": "Inconformidad."},
    "tendering.resume": resume,
    "tendering.cancel": lambda c: {"code": list(CANCELLATION)[c.n % len(CANCELLATION)], "reason": "Ya no hace falta."},
    "clarifying.ask": lambda c: {"topic": "technical", "text": f"¿Se acepta la versión {c.n}?"},
    "clarifying.ask_many": ask_many,
    "clarifying.ask_again": lambda c: {"number": 1 + c.n % 4, "text": f"¿Y la versión {c.n}?"},
    "clarifying.ask_again_many": ask_again_many,
    "clarifying.answer": answer,
    "clarifying.answer_group": answer,
    "clarifying.take_out": lambda c: {"question_id": answer(c)["question_id"]},
    "clarifying.join_groups": lambda c: {"question_id": answer(c)["question_id"], "numbers": [1 + c.n % 3]},
    "clarifying.note_flood": lambda c: {"note": "Se da vista."},
    "clarifying.give_answers": lambda c: {"hours": 4 + c.n % 48},
    "clarifying.close_meeting": lambda c: {},
    "tendering.replace_opener": sealed.replace_opener,
    "bidding.submit": sealed.submit,
    "bidding.withdraw": sealed.withdraw,
    "bidding.redeal": sealed.redeal,
    "opening.start": lambda c: {},
    "opening.attend": lambda c: {},
    "opening.give_shares": sealed.give_shares,
    "opening.present_backup": sealed.present_backup,
    "opening.open_bids": lambda c: {},
    "opening.close": lambda c: {"observations": "Sin observaciones."},
    "evaluation.declare": declare,
    "evaluation.score": score,
    "evaluation.lock": lambda c: {},
    "evaluation.conclude": conclude,
    "auction.schedule": lambda c: {"lot": 1 + c.n % 2, "starts_at": c.hour(2 + c.n % 3, 11)},
    "auction.reschedule": lambda c: {"lot": 1, "starts_at": c.hour(4, 11), "reason": "Se mueve."},
    "auction.offer": lambda c: {"lot": 1, "centavos": 1_000_000 + c.n},
    "auction.withdraw_offer": lambda c: {"lot": 1},
    "auction.leave_floor": lambda c: {"lot": 1, "centavos": 900_000 - c.n},
    "auction.pause": lambda c: {"lot": 1, "cause": "force_majeure", "reason": "Sin luz."},
    "auction.resume": lambda c: {"lot": 1, "reason": "Volvió la luz."},
    "auction.void": lambda c: {"lot": 1, "reason": "Orden de la autoridad."},
    "auction.certify": lambda c: {"lot": 1},
    "auction.justify_price": lambda c: {"lot": 1, "text": "Sin intermediario.", "costs": [("Todo", 1_000_000 + c.n)]},
    "auction.weigh_price": lambda c: {"lot": 1, "keep": c.n % 2 == 0, "reason": "Sus costos lo explican."},
    "awarding.issue_ruling": issue_ruling,
    "contracting.draft": draft,
    "contracting.sign_supplier": sign,
    "contracting.sign_buyer": lambda c: sign(c) | {"late_reason": LATE},
    "contracting.register_guarantee": register_guarantee,
    "contracting.amend": amend,
    "contracting.terminate": terminate,
    "delivery.receive": receive,
    "delivery.accept": decide,
    "delivery.reject": lambda c: decide(c) | {"reason": "Llegó abierto."},
    "delivery.report_progress": report_progress,
    "payment.submit_invoice": submit_invoice,
    "payment.return_invoice": lambda c: check_invoice(c) | {"reason": "Falta el desglose."},
    "payment.approve_invoice": check_invoice,
    "payment.pay": pay,
    "questions.answer": lambda c: {"question": int(c.key or 1), "text": "Así lo dice la convocatoria."},
    "questions.hide": lambda c: {"question": int(c.key or 1), "rule": "other", "reason": "No es de esta compra."},
    "broadcast.issue_key": lambda c: {
        "act": ACTS[c.n % 4],
        "digest": f"{c.at.timestamp():.0f}{c.n:02d}".rjust(64, "0"),
    },
    "broadcast.revoke_key": lambda c: {"act": ACTS[c.n % 4], "reason": "Se cambia de cámara."},
    "broadcast.type_caption": lambda c: {"text": "Se abre el acto."},
    "broadcast.publish_captions": lambda c: {"broadcast": NOBODY, "upload": ContentFile(b"WEBVTT", "voz.vtt")},
}


def spoilt(arguments: dict[str, Any], n: int, at: datetime) -> dict[str, Any]:
    """The arguments with one value that a form would let through and no purchase should take."""
    names = sorted(name for name, value in arguments.items() if value is not None and not hasattr(value, "read"))
    if not names:
        return arguments
    name = names[n % len(names)]
    return arguments | {name: implausible(arguments[name], n, at)}


def implausible(value: Any, n: int, at: datetime) -> Any:
    """Another value of the same type, far from any that fits; a number of each kind where a form takes one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, bytes):
        return [b"", b"{}", b"\xff", value[:-1], value + b" ", b"x" * 70_000][n % 6]
    if isinstance(value, dict) and value and all(isinstance(v, bytes) for v in value.values()):
        return [{}, dict.fromkeys(value, b"\1" * 33), {"0" * 64: b"\1" * 33}, dict.fromkeys(value, b"\1" * 32)][n % 4]
    if isinstance(value, dict):
        huge = {key: Money(99_999_999_999_999) for key in value if isinstance(key, int) and key}
        return [{}, huge if all(isinstance(v, Money) for v in value.values()) else {}][n % 2]
    if isinstance(value, list | tuple):
        return [[], list(value) * 2, list(value)[:1]][n % 3]
    pools: list[tuple[type, list[Any]]] = [
        (str, [NOBODY, "", " ", "999", "ñ" * 40]),
        (int, [0, 999, 32767]),
        (Money, [Money(1), Money(99_999_999_999_999)]),
        (Decimal, [Decimal("0.0001"), Decimal("0.999999"), Decimal(999_999_999)]),
        (datetime, [at, at - timedelta(days=400), at + timedelta(hours=1), at + timedelta(days=3650)]),
        (date, [date(1999, 1, 1), date(2100, 12, 31)]),
    ]
    pool = next((pool for kind, pool in pools if isinstance(value, kind)), [value])
    return pool[n % len(pool)]
