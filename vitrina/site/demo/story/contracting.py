# SPDX-License-Identifier: Apache-2.0
"""A purchase whose contracts are signed by both sides and guaranteed: half to the unit, half to the hospital."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.contracting.queries import awarded_lines, digest_of_contract, guarantee_required, without_contract
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.awarding import reach_awarding

DRAFTED = local(2020, 10, 29, 10)
SIGNED = local(2020, 11, 5, 12)
GUARANTEED = local(2020, 11, 12, 12)
STARTS, ENDS = date(2020, 11, 5), date(2020, 12, 31)
ISSUED, EXPIRES = date(2020, 11, 10), date(2021, 3, 31)
FIRST_DUE, SECOND_DUE = date(2020, 11, 20), date(2020, 12, 4)


def halves(w: World, process: Process, supplier_key: str) -> list[dict[str, Any]]:
    """Each item in two deliveries: half to the unit, the rest to the hospital two weeks later."""
    rows = []
    for item, _unit in awarded_lines(process, supplier_key):
        half = item.quantity / 2
        rows.append(
            {"item_number": item.number, "unit_key": w.unit.key, "quantity": half, "due_on": w.when(FIRST_DUE)}
        )
        rows.append({"item_number": item.number, "unit_key": w.hospital.key, "quantity": item.quantity - half,
                     "due_on": w.when(SECOND_DUE)})  # fmt: skip
    return rows


def draft(w: World, process: Process, supplier_key: str, *, at: datetime = DRAFTED, **changes: Any) -> Contract:
    """The contract of a supplier, written; `changes` replace arguments of the command."""
    arguments = {"starts_on": w.when(STARTS), "ends_on": w.when(ENDS), "schedule": halves(w, process, supplier_key)}
    contracting.draft(w[Role.OFFICER], process.ocid, at=w.when(at), supplier_key=supplier_key, **(arguments | changes))
    return Contract.objects.get(process=process, supplier=supplier_key)


def sign(w: World, contract: Contract, *, at: datetime = SIGNED, **more: Any) -> Entry:
    """Both sides sign the contract as it stands."""
    ocid, digest = contract.process_id, digest_of_contract(contract)
    supplier = next(s for s in w.suppliers if s.supplier_key == contract.supplier_id)
    contracting.sign_supplier(supplier, ocid, at=w.when(at), contract_id=contract.id, digest=digest)
    return contracting.sign_buyer(
        w[Role.APPROVER], ocid, at=w.when(at), contract_id=contract.id, digest=digest, **more
    )


def bond(contract: Contract, **changes: Any) -> dict[str, Any]:
    """The arguments of a performance bond for the whole share that the contract needs."""
    terms = {
        "contract_id": contract.id,
        "kind": "suretyBond",
        "policy": f"F-{contract.id}",
        "guarantor": "Afianzadora Peñón Blanco, S.A.",
        "amount": guarantee_required(contract),
        "issued_on": ISSUED,
        "ends_on": EXPIRES,
    }
    return terms | changes


def reach_contracting(w: World, *, guaranteed: bool = True, share: Decimal | None = None, **awarding: Any) -> Process:
    """A purchase with every contract in force. `share`: of the guarantee; `awarding`: for `reach_awarding`."""
    if share is not None:
        awarding.setdefault("terms", {})["guarantee_share"] = share
    process = reach_awarding(w, **awarding)
    for supplier in without_contract(process):
        contract = draft(w, process, supplier.key)
        sign(w, contract)
        if guaranteed:
            contracting.register_guarantee(
                w[Role.OFFICER],
                process.ocid,
                at=w.when(GUARANTEED),
                **bond(contract, issued_on=w.when(ISSUED), ends_on=w.when(EXPIRES)),
            )
    return Process.objects.get(ocid=process.ocid)
