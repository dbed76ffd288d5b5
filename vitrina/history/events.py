# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of imported history. The whole record stands inside the event, with its file, line and repairs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from vitrina.compranet.records import Imported, ImportedContract, ImportedProcedure
from vitrina.cycle.core.words import day, day_time, lang, money
from vitrina.ledger.kinds import Event, kind

from .card import card


@kind("procedure.imported", stage="history")
class ProcedureImported(Event):
    """A procedure, or the draft of a call, as an official file showed it."""

    record: ImportedProcedure

    def sentence(self) -> str:
        record = self.record
        values = {"buyer": _buyer(record), "procedure": _procedure(record), "number": _number(record)}
        if record.element == "draft":
            return _("%(buyer)s put the draft call %(number)s up for comments (imported from CompraNet)") % values
        if record.published is None:
            return _("%(buyer)s registered %(procedure)s %(number)s (imported from CompraNet)") % values
        return _("%(buyer)s published %(procedure)s %(number)s (imported from CompraNet)") % values

    def detail(self) -> str:
        parts = [_("State in the source: %(status)s.") % {"status": card(self.record).status_word(lang())}]
        if opening := self.record.opening:
            when = day_time(opening.at) if opening.at else day(opening.on)
            parts.append(_("Opening of bids: %(when)s.") % {"when": when})
        return " ".join(parts)


@kind("contract.imported", stage="history")
class ContractImported(Event):
    """A contract as an official file showed it."""

    record: ImportedContract

    def sentence(self) -> str:
        record = self.record
        values = {
            "buyer": _buyer(record),
            "supplier": record.supplier.name,
            "amount": money(record.amount) if record.amount else _("an amount that the source leaves out"),
        }
        if record.signed or record.contract_status:
            return _("%(buyer)s contracted %(supplier)s for %(amount)s (imported from CompraNet)") % values
        return _("%(buyer)s awarded %(supplier)s a contract for %(amount)s (imported from CompraNet)") % values

    def detail(self) -> str:
        record = self.record
        shown = card(record)
        says_more = not record.signed or shown.status != "contract.signed"
        parts = [f"{shown.status_word(lang())}."] if says_more else []
        if record.signed:
            parts.append(_("Signed on %(day)s.") % {"day": day(record.signed.on)})
        elif record.award:
            parts.append(_("Ruling of %(day)s.") % {"day": day(record.award.on)})
        return " ".join(parts)


Imports = ProcedureImported | ContractImported


def event_for(record: ImportedProcedure | ImportedContract) -> Imports:
    """The event that carries a record."""
    return (
        ProcedureImported(record=record) if isinstance(record, ImportedProcedure) else ContractImported(record=record)
    )


def _buyer(record: Imported) -> str:
    buyer = record.buyer
    return buyer.siglas or buyer.institution or buyer.unit_name or buyer.unit_key or _("A public buyer")


def _number(record: Imported) -> str:
    return record.number.text if record.number else record.file_code or ""


def _procedure(record: Imported) -> str:
    """The procedure with its article, as it stands in the middle of a sentence."""
    return {
        "licitacion_publica": _("the open tender"),
        "invitacion_tres_personas": _("the invitation to at least three"),
        "adjudicacion_directa": _("the direct award"),
        "dialogo_competitivo": _("the competitive dialogue"),
        "ad_estrategia_negociacion": _("the direct award with a negotiation strategy"),
        "contrato_especifico_acuerdo_marco": _("the call-off from a framework agreement"),
        "orden_tienda_digital": _("the order in the digital store"),
        "entre_entes": _("the purchase between public bodies"),
    }.get(record.procedure or "", _("the purchase"))
