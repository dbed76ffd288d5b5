# SPDX-License-Identifier: Apache-2.0
"""A small store by hand: three purchases, four contracts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from vitrina.insight.store import Store, schema
from vitrina.insight.store.folder import Count, Judged

SIGNED = date(2019, 5, 2)


def small_store(path: Path, *, more: int = 0) -> Store:
    """The store; `more` contracts of the last purchase beyond the four."""
    release = {"tag": "compiled", "status": "complete", "method": "open", "category": "goods", "buyer_oid": 0,
               "buyer_id": "MX-X-1", "region": "COAHUILA DE ZARAGOZA", "law": "LAASSP-2000", "legal_ground": "ART. 26",
               "method_detail": "LICITACIÓN PÚBLICA", "is_synthetic": True, "publisher": "Prueba"}  # fmt: skip
    contract = {"contract_no": 0, "award_no": 0, "status": "terminated", "date_signed_day": SIGNED, "currency": "MXN"}
    titles = ("Medicinas y productos farmacéuticos", "Servicios de limpieza y lavandería", "Bacheo")
    rows: dict[str, list[dict[str, Any]]] = {
        "release": [{**release, "rid": n, "ocid": f"ocds-x-{n}", "title": title, "tender_id": f"LA-019GYR019-E{n}-2019"}
                    for n, title in enumerate(titles)],
        "org": [{"oid": 0, "id": "MX-X-1", "name": "Instituto Inventado"},
                {"oid": 1, "id": "P1", "name": "Farmacia Mayor, S.A.", "rfc": "FMA770707PL9"}],
        "contract": [{**contract, "rid": n, "contract_id": f"C/{n}", "centavos": 100_000_00 * (n + 1)} for n in range(3)]
        + [{**contract, "rid": 2, "contract_no": n + 1, "contract_id": "C/2", "centavos": 77, "currency": "USD"}
           for n in range(more + 1)],
        "award": [{"rid": n, "award_no": 0, "date_day": date(2019, 4, 1)} for n in range(3)],
        "award_supplier": [{"rid": n, "award_no": 0, "pos": 0, "oid": 1, "id": "P1"} for n in range(2)],
        "award_item": [{"rid": 0, "award_no": 0, "pos": 0, "description": "Insulina humana", "class_id": "25301-0009",
                        "quantity": 1200.0, "unit": "FRASCO", "unit_price": 83.3333, "currency": "MXN"}],
        "result": [{"code": "R018", "group": "OCID", "id": "ocds-x-0", "rid": 0, "value": 1.0, "threshold": 1.0}],
    }  # fmt: skip
    store = Store.create(path)
    tables = {name: pa.Table.from_pylist(found, schema=schema.SCHEMAS[name]) for name, found in rows.items()}
    store.write(tables, mark=f"m{more}")
    store.manifest.next_rid = 3
    store.manifest.is_synthetic = True
    store.manifest.judged = Judged("x", 3, [], 0, {"R018": Count(1, 2)})
    store.save()
    return store
