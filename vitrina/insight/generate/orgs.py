# SPDX-License-Identifier: Apache-2.0
"""Institutions, units and suppliers as rows of `org`. Addresses, telephones and tax ids belong to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from vitrina.insight.ingest.orgs import RFC_SCHEME, norm
from vitrina.insight.store import schema

from . import profile, suppliers
from .arrow import CURRENCY, table, text
from .naming import buyer_id
from .plants.scene import Lists
from .suppliers import Suppliers, supplier_id
from .world import CAPITAL, STATES, World

COUNTRY = "MX"
BATCH = 50_000
BUDGETED = (2024, 2025, 2026)


def buyers(world: World) -> list[dict[str, Any]]:
    """Rows of institutions, then of units."""
    found: list[dict[str, Any]] = []
    for i, name in enumerate(world.name):
        key = buyer_id(i)
        found.append(
            {"oid": i, "id": key, "name": name, "region": STATES[CAPITAL], "country": COUNTRY, "key": f"|{key}"}
        )
    base = len(found)
    for i, (code, name) in enumerate(zip(world.unit_code, world.unit_name, strict=True)):
        region = STATES[world.unit_state[i]]
        key = f"MX-UC-{code}"
        found.append(
            {"oid": base + i, "id": key, "name": name, "region": region, "country": COUNTRY, "key": f"|{key}"}
        )
    return found


def supplier(known: Suppliers, number: int, base: int, *, with_rfc: bool) -> dict[str, Any]:
    """The row of a supplier, with its RFC or as one whose RFC is not told. `base`: number of the first such row."""
    is_person = bool(known.is_person[number])
    word = suppliers.word(number)
    found: dict[str, Any] = {
        "oid": base + 2 * number + with_rfc,
        "id": supplier_id(number),
        "name": suppliers.name(number, is_person=is_person),
        "region": STATES[known.state[number]],
        "street": f"Calle {word} {number % 997 + 1}",
        "postal_code": f"00{number % 1000:03d}",
        "country": COUNTRY,
        "phone": f"+52 55 0{number % 1000:03d} {number // 1000 % 10_000:04d}",
        "email": f"contacto@{word.lower()}{number}.example",
        "contact_name": suppliers.name(number * 3 + 1, is_person=True).removesuffix(" (ficticia)"),
        "size": profile.SIZES[known.size[number]],
        "key": f"|{supplier_id(number)}",
    }
    if with_rfc:
        code = suppliers.rfc(number, is_person=is_person)
        kind = "person" if is_person else "company"
        found |= {"rfc": code, "scheme": RFC_SCHEME, "kind": kind, "key": f"{RFC_SCHEME}|{code}"}
    return found | known.contacts.get(number, {})


def tables(world: World, known: Suppliers, seen: np.ndarray) -> Iterator[pa.Table]:
    """The table `org` in parts, of who appeared. `seen`: by `oid`."""
    base = len(world.name) + len(world.unit_code)
    rows = [row for row in buyers(world) if seen[row["oid"]]]
    for at in np.flatnonzero(seen[base:]).tolist():
        rows.append(supplier(known, at // 2, base, with_rfc=bool(at % 2)))
        if len(rows) >= BATCH:
            yield _table(rows)
            rows = []
    if rows:
        yield _table(rows)


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    for row in rows:
        row["name_norm"] = norm(row["name"])
    return pa.Table.from_pylist(rows, schema=schema.SCHEMAS["org"])


def budgets(world: World) -> pa.Table:
    """The table `buyer_budget`: pesos a year of every institution, for the years whose ceilings are recorded."""
    n = len(world.name)
    institution = np.tile(np.arange(n), len(BUDGETED))
    amount = np.rint(world.budget / 1e6)[institution] * 1e6
    ids = text("MX-SINT-", institution, 4)
    years = np.repeat(BUDGETED, n)
    return table(
        "buyer_budget",
        n * len(BUDGETED),
        buyer_oid=institution,
        buyer_id=ids,
        year=years,
        amount=amount,
        currency=CURRENCY,
    )


def register(known: Suppliers, lists: Lists) -> Iterator[dict[str, str]]:
    """Rows of the register of firms: every company that is known, but those that no register ever had."""
    numbers = np.arange(len(known))
    for number in np.flatnonzero(~known.is_person & ~known.uncovered(numbers)).tolist():
        closed = lists.closed.get(number)
        if closed != "":
            yield {
                "rfc": suppliers.rfc(number, is_person=False),
                "name": suppliers.name(number, is_person=False),
                "status": "Cancelado" if closed else "Activo",
                "until": closed or "",
            }
