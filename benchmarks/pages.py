# SPDX-License-Identifier: Apache-2.0
"""Page times with 10,000 purchases, against the limit of 300 ms for the 95th percentile of a public page."""

from __future__ import annotations

import csv
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from django.test import Client

from benchmarks import Figure
from vitrina.history.commands import import_file
from vitrina.ledger.sequencer import catch_up
from vitrina.portal.models import PurchaseCard

PURCHASES, TIMES, LIMIT_MS = 10_000, 40, 300.0
COLUMNS = (
    "rfc",
    "Institución",
    "Nombre de la UC",
    "Clave de la UC",
    "Proveedor o contratista",
    "Número de procedimiento",
    "Tipo Procedimiento",
    "Tipo de contratación",
    "Ley",
    "Artículo de excepción",
    "Descripción excepción",
    "Partida específica",
    "Importe DRC",
    "Estratificación",
    "Compra consolidada",
    "Fecha de publicación",
    "Fecha de fallo",
    "Fecha de firma del contrato",
    "Fecha de inicio del contrato",
    "Descripción del contrato",
    "Dirección del anuncio",
)
GOODS = ("guantes de nitrilo", "reactivo para VIH", "gasas estériles", "oxígeno medicinal", "vacuna de influenza")


def _invented_history(folder: Path) -> Path:
    """Ten thousand invented contracts in the 21-column layout."""
    path = folder / "invented.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for n in range(PURCHASES):
            unit = n % 80
            writer.writerow(
                [
                    "",
                    "INSTITUTO INVENTADO",
                    f"UNIDAD {unit:03d}",
                    f"099AAA{unit:03d}",
                    f"EMPRESA INVENTADA {n % 900} SA DE CV",
                    f"LA-99-AAA-099AAA{unit:03d}-N-{n + 1}-2026",
                    "LICITACIÓN PÚBLICA",
                    "ADQUISICIONES",
                    "LAASSP",
                    "",
                    "",
                    "25401",
                    f"{1000 + n}.00",
                    "PEQUEÑA",
                    "NO",
                    "2026-01-05 10:00:00",
                    "2026-01-28 00:00:00",
                    "2026-02-10 00:00:00",
                    "15/02/2026",
                    f"{GOODS[n % 5]} lote {n}",
                    f"https://example.invalid/anuncio/{n:032x}",
                ]
            )
    return path


def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        import_file(_invented_history(Path(folder)), at=datetime(2026, 3, 1, tzinfo=UTC))
    catch_up()
    count = PurchaseCard.objects.count()
    card = PurchaseCard.objects.order_by("ocid").first()
    addresses = {
        "home": "/",
        "search, no words": "/buscar",
        "search, two words": "/buscar?q=reactivo+vih",
        "search by number": f"/buscar?q={card.number}",
        "purchase": f"/p/{card.ocid}/",
        "buyer": f"/u/{card.buyer_key}/",
        "acts": "/actos/",
        "feed, 1,000 entries": "/api/feed?limit=1000",
        "record": f"/api/ocds/records/{card.ocid}",
    }
    client = Client(SERVER_NAME="127.0.0.1")
    figures = []
    for name, address in addresses.items():
        spent = []
        for _ in range(TIMES):
            start = time.perf_counter()
            response = client.get(address)
            b"".join(response) if response.streaming else response.content
            spent.append((time.perf_counter() - start) * 1000)
            assert response.status_code == 200, (address, response.status_code)
        p95 = statistics.quantiles(spent, n=20)[-1]
        figures.append(Figure(f"{name}, p95", p95, "ms", f"{p95 / LIMIT_MS:.2f} of the limit, {count:,} purchases"))
    return figures
