# SPDX-License-Identifier: Apache-2.0
"""Registering units, suppliers, people and offices. The installation itself acts here, or an operator (`by`).

Who may is decided where an operator comes in: `vitrina.desk.commands`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.db import transaction

from vitrina.kernel.canonical import digest, digest_of
from vitrina.kernel.money import Money
from vitrina.ledger.append import append, append_many
from vitrina.ledger.kinds import Signer

from .events import (
    BudgetAuthorised,
    IdentitySet,
    InvitationRenewed,
    OfficeEnded,
    OfficeGiven,
    SupplierRegistered,
    UnitChanged,
    UnitRegistered,
)
from .models import Appointment, Budget, Identity, Person, Supplier, Unit
from .roles import Role

OPERATOR = Signer(role=Role.OPERATOR, name="Vitrina", party="")
BATCH = 500


def register_unit(
    *, at: datetime, key: str, name: str, kind: str, acronym: str = "", parent: str = "", state: str = "",
    zone: str = "America/Mexico_City", jurisdiction: str = "mx", rfc: str = "", can_contract: bool = False,
    by: Signer = OPERATOR,
) -> Unit:  # fmt: skip
    """Register a unit under its parent; a unit without parent is a buyer."""
    row = {
        "key": key, "name": name, "kind": kind, "acronym": acronym, "parent": parent, "state": state, "zone": zone,
        "jurisdiction": jurisdiction, "rfc": rfc, "can_contract": can_contract,
    }  # fmt: skip
    return register_units([row], at=at, by=by)[0]


@transaction.atomic
def register_units(rows: Iterable[Mapping[str, Any]], *, at: datetime, by: Signer = OPERATOR) -> list[Unit]:
    """Register many units at once, in any order; rows as the arguments of `register_unit`, `parent` a key or "".

    Returns them parents first. Errors: `ValueError` for a parent that nobody has, or units that stand over each other.
    """
    rows = [dict(row) for row in rows]
    parents = {row["parent"] for row in rows if row.get("parent")}
    known = {u.key: u for u in Unit.objects.filter(key__in=parents).select_related("root")}
    units = []
    waiting = rows
    while waiting:
        ready = [row for row in waiting if not row.get("parent") or row["parent"] in known]
        if not ready:
            missing = sorted({row["parent"] for row in waiting} - {row["key"] for row in waiting})
            raise ValueError(f"no unit has the key {', '.join(missing)}" if missing else "units stand over each other")
        for row in ready:
            above = known[row["parent"]] if row.get("parent") else None
            known[row["key"]] = Unit(**row | {"parent": above, "root": above.buyer if above else None})
            units.append(known[row["key"]])
        waiting = [row for row in waiting if row["key"] not in known]
    Unit.objects.bulk_create(units, batch_size=BATCH)
    append_many([(f"unit:{unit.key}", _registered(unit)) for unit in units], actor=by, at=at)
    return units


def _registered(unit: Unit) -> UnitRegistered:
    return UnitRegistered(
        key=unit.key, name=unit.name, acronym=unit.acronym, parent=unit.parent_id or "", unit_kind=unit.kind,
        state=unit.state, zone=unit.zone, jurisdiction=unit.jurisdiction,
    )  # fmt: skip


@transaction.atomic
def change_units(
    changes: Sequence[tuple[Unit, Mapping[str, Any]]], *, at: datetime, by: Signer = OPERATOR
) -> None:  # fmt: skip
    """Write down what the register says of units from now on: (unit, what changes of its columns). Never its key, its
    place in the tree or its law.
    """
    for unit, columns in changes:
        if strange := set(columns) - {"name", "acronym", "kind", "state", "zone", "rfc", "can_contract"}:
            raise ValueError(f"{min(strange)} of a unit does not change")
        for name, value in columns.items():
            setattr(unit, name, value)
        unit.save(update_fields=list(columns))
    append_many([(f"unit:{unit.key}", _changed(unit)) for unit, _ in changes], actor=by, at=at)


def _changed(unit: Unit) -> UnitChanged:
    return UnitChanged(
        key=unit.key, name=unit.name, acronym=unit.acronym, unit_kind=unit.kind, state=unit.state, zone=unit.zone,
        can_contract=unit.can_contract,
    )  # fmt: skip


@transaction.atomic
def set_identity(
    unit: Unit, *, at: datetime, colours: Mapping[str, Mapping[str, str]], logo: bytes = b"", by: Signer = OPERATOR
) -> bool:
    """Give the pages of a body their colours (`identity.palette`) and logo; false when it has these already."""
    sha256 = digest(logo) if logo else ""
    of_both = digest_of({"colours": colours, "logo": sha256})
    if Identity.objects.filter(unit=unit, digest=of_both).exists():
        return False
    values = {"palette": colours, "logo": logo, "digest": of_both}
    Identity.objects.update_or_create(unit=unit, defaults=values)
    event = IdentitySet(
        unit=unit.key, name=unit.name, light=dict(colours["light"]), dark=dict(colours["dark"]), logo=sha256
    )
    append(f"unit:{unit.key}", event, actor=by, at=at)
    return True


@transaction.atomic
def authorise_budget(*, at: datetime, buyer: Unit, year: int, amount: Money) -> Budget:
    """Write down the budget authorised to a buyer for a year; the ceilings of that year depend on it."""
    budget, _ = Budget.objects.update_or_create(buyer=buyer, year=year, defaults={"centavos": amount.centavos})
    event = BudgetAuthorised(buyer=buyer.key, year=year, amount=amount)
    append(f"unit:{buyer.key}", event, actor=OPERATOR, at=at)
    return budget


@transaction.atomic
def register_supplier(
    *, at: datetime, key: str, name: str, rfc: str, size: str = "", email: str = "", by: Signer = OPERATOR
) -> Supplier:
    """Register a supplier under a public key that says nothing of its RFC."""
    supplier = Supplier.objects.create(key=key, name=name, rfc=rfc, size=size, email=email)
    event = SupplierRegistered(key=key, name=name, rfc=rfc, size=size)
    append(f"supplier:{key}", event, actor=by, at=at)
    return supplier


@transaction.atomic
def register_person(
    *, email: str, given_name: str, surname: str, second_surname: str = "", position: str = "", password: str = "",
    rfc: str = "",
) -> Person:  # fmt: skip
    """Make a sign-in for a person; `rfc` is that of the e.firma they sign with.

    People are not in the ledger; their offices are, blinded.
    """
    user = get_user_model().objects.create_user(username=email, email=email, password=password or None)
    return Person.objects.create(
        user=user, given_name=given_name, surname=surname, second_surname=second_surname, position=position,
        rfc=rfc,
    )  # fmt: skip


@transaction.atomic
def renew_invitation(*, at: datetime, person: Person, forget_keys: bool = False, by: Signer = OPERATOR) -> None:
    """Take the person's password back, so that only a new one-time link (`sign_in.one_time_link`) opens the account.

    Former links and open sessions end with it. `forget_keys` takes passkeys, authenticator and recovery codes back
    too: for a lost telephone.
    """
    person.user.set_unusable_password()
    person.user.save(update_fields=["password"])
    if forget_keys:
        Authenticator.objects.filter(user=person.user).delete()
    event = InvitationRenewed(person=person.pk, keys_forgotten=forget_keys)
    append(f"person:{person.pk}", event, actor=by, at=at)


@transaction.atomic
def appoint(
    *, at: datetime, person: Person, role: Role, unit: Unit | None = None, supplier: Supplier | None = None,
    by: Signer = OPERATOR,
) -> Appointment:  # fmt: skip
    """Give a person an office in a unit, or for a supplier, from an instant on."""
    appointment = Appointment.objects.create(person=person, role=role, unit=unit, supplier=supplier, since=at)
    party = unit.key if unit else supplier.key if supplier else ""
    event = OfficeGiven(person=person.pk, role=role, party=party)
    append(f"person:{person.pk}", event, actor=by, at=at)
    return appointment


@transaction.atomic
def end_appointment(*, at: datetime, appointment: Appointment, by: Signer = OPERATOR) -> None:
    """End an office from an instant on."""
    appointment.until = at
    appointment.save(update_fields=["until"])
    party = appointment.unit_id or appointment.supplier_id or ""
    event = OfficeEnded(person=appointment.person_id, role=appointment.role, party=party)
    append(f"person:{appointment.person_id}", event, actor=by, at=at)
