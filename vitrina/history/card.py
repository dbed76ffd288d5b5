# SPDX-License-Identifier: Apache-2.0
"""The plain-language fields of a record for a card in a list."""

from __future__ import annotations

import re

import msgspec

from vitrina.compranet.records import Imported, ImportedContract, ImportedProcedure
from vitrina.kernel.money import Money

_UNIT_TAIL = re.compile(r"\s*#[0-9A-Z]{9}$")

# Stage or contract status -> Spanish and English words for it.
WORDS: dict[str, tuple[str, str]] = {
    "draft": ("En preparación", "Being prepared"),
    "draft.awaiting_approval": ("En espera de autorización", "Awaiting approval"),
    "consultation": ("Proyecto abierto a comentarios", "Draft open to comments"),
    "consultation.closed": ("Proyecto cerrado a comentarios", "Draft closed to comments"),
    "consultation.done": ("Proyecto concluido", "Draft finished"),
    "consultation.cancelled": ("Proyecto cancelado", "Draft cancelled"),
    "enquiries": ("Recibe preguntas", "Taking questions"),
    "clarification": ("En junta de aclaraciones", "Clarification meeting under way"),
    "clarification.minutes": ("Acta de aclaraciones por firmar", "Clarification minutes to be signed"),
    "clarification.minutes_late": ("Falta el acta de aclaraciones", "Clarification minutes missing"),
    "bidding": ("Recibe proposiciones", "Taking bids"),
    "opening.due": ("Apertura pendiente", "Opening due"),
    "opening": ("En acto de apertura", "Opening under way"),
    "evaluation.queued": ("Por evaluar", "To be evaluated"),
    "evaluation": ("En evaluación", "Being evaluated"),
    "award.deciding": ("Fallo en decisión", "Ruling being decided"),
    "awarded": ("Adjudicado", "Awarded"),
    "awarded.partial": ("Adjudicado en parte", "Partly awarded"),
    "deserted": ("Desierto", "Deserted"),
    "cancelled": ("Cancelado", "Cancelled"),
    "suspended": ("Suspendido", "Suspended"),
    "contract.active": ("Contrato vigente", "Contract in force"),
    "contract.terminated": ("Contrato terminado", "Contract ended"),
    "contract.cancelled": ("Contrato cancelado", "Contract cancelled"),
    "contract.signed": ("Contrato firmado", "Contract signed"),
    "contract.unsigned": ("Adjudicado, sin firma publicada", "Awarded, no signature published"),
}


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """What a list shows of a record; nothing where the source is silent. `status` is a key of `WORDS`."""

    title: str
    buyer: str | None
    unit: str | None
    supplier: str | None
    amount: Money | None
    status: str

    def status_word(self, language: str = "es") -> str:
        """The status in words, Spanish (`es`) or English (`en`)."""
        return WORDS[self.status][0 if language == "es" else 1]


def card(record: Imported) -> Card:
    """The card of a record: titles as published, the unit's name without its key."""
    unit = _UNIT_TAIL.sub("", record.buyer.unit_name or "") or None
    contract = record if isinstance(record, ImportedContract) else None
    return Card(
        title=record.title or record.key,
        buyer=record.buyer.institution,
        unit=unit,
        supplier=contract.supplier.name if contract else None,
        amount=contract.amount if contract else None,
        status=_status(record),
    )


def _status(record: Imported) -> str:
    if isinstance(record, ImportedProcedure):
        return record.stage
    if isinstance(record, ImportedContract) and record.contract_status:
        return f"contract.{record.contract_status}"
    return "contract.signed" if isinstance(record, ImportedContract) and record.signed else "contract.unsigned"
