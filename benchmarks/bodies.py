# SPDX-License-Identifier: Apache-2.0
"""Pages of the hierarchy with 258 bodies, the largest of 1,180 units, and purchases under 400 of these: loading the
register from a file, the list of bodies, the pages of a body, a delegation and a clinic, and their queries.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from benchmarks import Figure
from vitrina.parties.loading import run as loading
from vitrina.parties.loading.files import read
from vitrina.portal.models import PurchaseCard

BODIES, UNITS, DELEGATIONS, TIMES = 258, 1180, 31, 15
WITH_PURCHASES, EACH = 400, 25  # units that buy, and how often
PAGES = {
    "bodies": "/compradores/",
    "a body": "/u/BODY-000/",
    "a delegation": "/u/DEL-03/",
    "a clinic": "/u/UNIT-0200/",
}


def register(path: Path) -> None:
    """Write the register as a sheet."""
    rows = [f"BODY-{n:03d},Entidad {n},,institute" for n in range(BODIES)]
    rows += [f"DEL-{n:02d},Delegación {n},BODY-000,delegation" for n in range(DELEGATIONS)]
    for n in range(UNITS - DELEGATIONS):
        above = f"DEL-{n % DELEGATIONS:02d}" if n < 87 else f"UNIT-{n % 87:04d}"
        rows.append(f"UNIT-{n:04d},Unidad {n},{above},{'hospital' if n < 87 else 'clinic'}")
    path.write_text("key,name,parent,kind\n" + "\n".join(rows), encoding="utf-8")


def cards() -> None:
    """Purchases as the portal's projection would have them."""
    at = now()
    PurchaseCard.objects.bulk_create(
        PurchaseCard(
            ocid=f"ocds-vt0001-b-{n}", title=f"Compra {n}", buyer_key="BODY-000", buyer_name="Entidad 0",
            unit_key=f"UNIT-{n % WITH_PURCHASES:04d}", unit_name="Unidad", stage="awarding", status="complete",
            method="open", category="goods", amount_centavos=10**6, amount_kind="contract", year=2026,
            last_position=n, last_at=at,
        )
        for n in range(WITH_PURCHASES * EACH)
    )  # fmt: skip


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registro.csv"
        register(path)
        rows, start = read(path), time.perf_counter()
        told = loading.load(rows, at=now(), folder=path.parent)["unit"]
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        loading.load(rows, at=now(), folder=path.parent)
        again = time.perf_counter() - start
    cards()
    found = [
        Figure("bodies: loading the register", seconds, "s", f"{told.registered} bodies and units"),
        Figure("bodies: the same again", again, "s", "no change"),
    ]
    client = Client(SERVER_NAME="127.0.0.1")
    for name, address in PAGES.items():
        client.get(address)
        spent = []
        for _ in range(TIMES):
            start = time.perf_counter()
            assert client.get(address).status_code == 200
            spent.append((time.perf_counter() - start) * 1000)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        median = statistics.median(spent)
        found.append(Figure(f"bodies: page of {name}, median", median, "ms", f"{len(asked)} queries"))
    return found
