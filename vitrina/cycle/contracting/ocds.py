# SPDX-License-Identifier: Apache-2.0
"""Contracting as OCDS release fragments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from vitrina.cycle.planning.ocds import item
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import document, number, release_for, value

from .events import (
    ContractAmended,
    ContractDrafted,
    ContractRef,
    ContractSigned,
    ContractTerminated,
    DeliveryRef,
    GuaranteeRegistered,
    LineRef,
)


def first_instant(day: date) -> str:
    """A day of the law as the instant OCDS wants."""
    return f"{day.isoformat()}T00:00:00Z"


def last_instant(day: date) -> str:
    """The end of a day of the law."""
    return f"{day.isoformat()}T23:59:59Z"


def _item(line: LineRef, schedule: Sequence[DeliveryRef]) -> dict[str, Any]:
    plain = item(line.item)
    places = dict.fromkeys(d.place.name for d in schedule if d.item == line.item.number)
    where = {"deliveryLocation": {"description": "; ".join(places)}} if places else {}
    return plain | {"unit": {**plain["unit"], "value": value(line.unit_price)}, **where}


def milestone(ref: DeliveryRef) -> dict[str, Any]:
    """A delivery of the schedule as a milestone; what became of it stands in the contract's implementation."""
    return {
        "id": f"delivery-{ref.number}",
        "title": f"Entrega {ref.number}: {ref.place.name}",
        "type": "delivery",
        "description": f"Renglón {ref.item}, cantidad {number(ref.quantity)}",
        "dueDate": last_instant(ref.due_on),
    }


def _contract(ref: ContractRef) -> dict[str, Any]:
    return {
        "id": ref.id,
        "awardID": ref.award,
        "title": ref.title,
        "status": "active",
        "period": {"startDate": first_instant(ref.starts_on), "endDate": last_instant(ref.ends_on)},
        "value": value(ref.value),
        "items": [_item(line, ref.schedule) for line in ref.lines],
        "milestones": [milestone(d) for d in ref.schedule],
    }


def _documents(event: Any, entry: Entry) -> dict[str, Any]:
    found = [document(ref, entry.header()["at"]) for ref in event.documents]
    return {"documents": found} if found else {}


def _named(event: Any) -> dict[str, Any]:
    return {"id": event.contract, "awardID": event.award}


@release_for(ContractDrafted, "contract")
def contract_drafted(event: ContractDrafted, entry: Entry) -> dict[str, Any]:  # noqa: ARG001 - builder shape
    """A contract that waits for signatures: its amount only."""
    return {"contracts": [_named(event) | {"status": "pending", "value": value(event.value)}]}


@release_for(ContractSigned, "contractUpdate")
def contract_signed(event: ContractSigned, entry: Entry) -> dict[str, Any]:
    """The whole contract, in force; nothing of it is delivered yet."""
    signed = {
        "dateSigned": entry.header()["at"],
        "implementation": {"status": "planning"},
        **_documents(event, entry),
        **({"surveillanceMechanisms": list(event.surveillance)} if event.surveillance else {}),
    }
    return {"contracts": [_contract(event.contract) | signed]}


@release_for(GuaranteeRegistered, "contractUpdate")
def guarantee_registered(event: GuaranteeRegistered, entry: Entry) -> dict[str, Any]:
    """A guarantee, with its guarantor as a party."""
    party_id = f"guarantor-{event.contract}-{event.number}"
    guarantee = {
        "id": f"{event.contract}-G{event.number}",
        "type": event.guarantee_kind,
        "date": first_instant(event.issued_on),
        "obligations": event.obligation,
        "value": value(event.amount),
        "guarantor": {"id": party_id, "name": event.guarantor},
        "period": {"startDate": first_instant(event.issued_on), "endDate": last_instant(event.ends_on)},
    }
    return {
        "parties": [{"id": party_id, "name": event.guarantor, "roles": ["guarantor"]}],
        "contracts": [_named(event) | {"guarantees": [guarantee], **_documents(event, entry)}],
    }


@release_for(ContractAmended, "contractAmendment")
def contract_amended(event: ContractAmended, entry: Entry) -> dict[str, Any]:
    """The whole contract after the change, and the amendment."""
    amendment = {
        "id": f"{event.contract.id}-M{event.number}",
        "date": entry.header()["at"],
        "description": event.contract.title,
        "rationale": event.reason,
    }
    return {"contracts": [_contract(event.contract) | {"amendments": [amendment], **_documents(event, entry)}]}


@release_for(ContractTerminated, "contractTermination")
def contract_terminated(event: ContractTerminated, entry: Entry) -> dict[str, Any]:
    """A contract that ended early."""
    return {"contracts": [_named(event) | {"status": "terminated", **_documents(event, entry)}]}
