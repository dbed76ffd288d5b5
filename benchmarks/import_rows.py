# SPDX-License-Identifier: Apache-2.0
"""Import rows per second, and how fast the projections follow, on invented files shaped like the federal ones of 2026.

Peers, in the same run: reading the same rows without writing them, and COPY of the same bytes into a bare table.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks import Figure
from vitrina.compranet.readers import read
from vitrina.compranet.tests.files import CONTRACT_21, PROCEDURE_37, UNIT, csv_text
from vitrina.history.commands import import_file
from vitrina.ledger.projections import PROJECTIONS, advance
from vitrina.ledger.sequencer import catch_up, place_batch

PROCEDURES, CONTRACTS, SUPPLIERS = 2_400, 4_000, 1_700
AT = datetime(2026, 3, 2, 18, tzinfo=UTC)


def _procedure(n: int) -> dict[str, str]:
    return PROCEDURE_37 | {
        "Núm. Proc. Proyecto": f"LA-50-ZZZ-{UNIT}-N-{n}-2026",
        "Nombre anuncio": f"Compra inventada número {n}",
        "Dirección anuncio": f"https://compras.example/detalle/{10**9 + n:032x}/procedimiento",
    }


def _contract(n: int) -> dict[str, str]:
    supplier = n * n % 997 % (1 + n % SUPPLIERS)  # a few sell often, most once
    return CONTRACT_21 | {
        "rfc": "",
        "Proveedor o contratista": f"PROVEEDORA INVENTADA {supplier} SA DE CV",
        "Número de procedimiento": f"LA-50-ZZZ-{UNIT}-N-{n * 3 // 5}-2026",
        "Importe DRC": f"{10_000 + 37 * n}.{n % 100:02}",
        "Descripción del contrato": f"Contrato inventado número {n}",
        "Dirección del anuncio": f"https://compras.example/detalle/{n:032x}/procedimiento",
    }


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _copy(files: list[Path]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_copy (line text)")
        with cursor.copy("COPY bench_copy (line) FROM STDIN") as copy:
            for file in files:
                for line in file.read_text(encoding="utf-8").splitlines():
                    copy.write_row([line])
        cursor.execute("DROP TABLE bench_copy")


def _figures(files: list[Path]) -> list[Figure]:
    n = PROCEDURES + CONTRACTS
    reading = n / _seconds(lambda: [list(read(file)) for file in files])
    copying = n / _seconds(lambda: _copy(files))
    first = n / _seconds(lambda: [import_file(file, at=AT) for file in files])
    again = n / _seconds(lambda: [import_file(file, at=AT) for file in files])

    def place() -> None:
        while place_batch():
            pass

    placing = n / _seconds(place)
    ratio = "importing costs {:.1f} of it"
    figures = [
        Figure("import, rows new to the ledger", first, "rows/s", f"{n} rows; one transaction takes half a second"),
        Figure("import, the same rows again", again, "rows/s", "nothing is written"),
        Figure("peer: reading the rows, no database", reading, "rows/s", ratio.format(reading / first)),
        Figure("peer: COPY of the same lines, no checks", copying, "rows/s", ratio.format(copying / first)),
        Figure("sequencer, positions given", placing, "rows/s"),
    ]
    for name, projection in PROJECTIONS.items():
        rate = n / _seconds(lambda projection=projection: advance(projection))
        figures.append(Figure(f"projection {name}", rate, "rows/s", f"{rate / first:.1f} of the import's pace"))
    return figures


def run() -> list[Figure]:
    catch_up()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("procedimientos.csv", "contratos.csv")]
        files[0].write_text(csv_text("procedures_37", [_procedure(n) for n in range(PROCEDURES)]), encoding="utf-8")
        files[1].write_text(csv_text("contracts_21", [_contract(n) for n in range(CONTRACTS)]), encoding="utf-8")
        return _figures(files)
