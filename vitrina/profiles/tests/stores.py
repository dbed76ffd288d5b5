# SPDX-License-Identifier: Apache-2.0
"""A store of sixty contracts by hand: two institutions, four suppliers, three classes, dates, bids, deliveries, flags, lists."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from vitrina.insight.store import Store, schema
from vitrina.insight.store.folder import Count, Judged

PERSON = "GOMA800101AB1"  # nobody's: the form of a natural person's RFC
COMPANY = "FMA770707PL9"
UNITS = ("MX-UC-050GYR047", "MX-UC-050GYR048", "MX-UC-011000001")
CLASSES = ("25301-0009", "25301-0010", "35801")
STATES = ("COAHUILA DE ZARAGOZA", "Sonora")
ORGS = [
    {"oid": 0, "id": "MX-INST-050GYR", "name": "Instituto Inventado"},
    {"oid": 1, "id": "MX-INST-011", "name": "Comisión Inventada"},
    {"oid": 2, "id": f"MX-RFC-{COMPANY}", "name": "Farmacia Mayor, S.A.", "rfc": COMPANY},
    {"oid": 3, "id": f"MX-RFC-{PERSON}", "name": "Ana Gómez Inventada", "rfc": PERSON},
    {"oid": 4, "id": "P4", "name": "Aseo Sin Clave"},
    {"oid": 5, "id": "P5", "name": "Limpieza Total, S.A.", "rfc": "LTO010101AA1"},
    *({"oid": 6 + n, "id": unit, "name": f"Clínica {n}"} for n, unit in enumerate(UNITS)),
]


def told_store(path: Path, *, n: int = 60) -> Store:
    """The store; contract `k` is the only one of release `k`, but the last release has two of one id."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "release",
            "contract",
            "award",
            "award_supplier",
            "award_item",
            "tender_item",
            "bid",
            "bid_tenderer",
            "milestone",
        )
    }
    for k in range(n):
        for name, row in _contract(k):
            rows[name].append(row)
    rows["contract"].append(rows["contract"][-1] | {"contract_no": 1, "centavos": 77, "currency": "USD"})
    rows["org"] = ORGS
    rows["result"] = [
        {"code": "R018", "group": "OCID", "id": f"ocds-y-{k}", "rid": k, "value": 1.0, "threshold": 1.0}
        for k in range(0, 12, 3)
    ] + [{"code": "R048", "group": "Tenderer", "id": "P4", "rid": -1, "value": 7.0, "threshold": 5.0, "peer_n": 40}]
    told = {"source": 0, "line": 1, "rfc": COMPANY, "name": "X", "stage": "presumed", "presumed": date(2021, 3, 4)}
    rows["tax_list"] = [
        told | {"cut": date(2023, 1, 1)},
        told
        | {"line": 2, "stage": "definitive", "definitive": date(2019, 1, 1), "cut": date(2022, 1, 1)},  # superseded
        told | {"line": 3, "rfc": "ZZZ010101AA1", "cut": date(2023, 6, 1)},  # of a newer file that is silent on it
    ]
    rows["sanction"] = [
        {
            "source": 0,
            "line": 1,
            "rfc": PERSON,
            "name": "X",
            "authority": "Contraloría Inventada",
            "kind": "inhabilitación",
            "start": date(2020, 1, 2),
            "end": date(2020, 7, 2),
            "cut": date(2023, 1, 1),
        }
    ]
    store = Store.create(path)
    store.write(
        {name: pa.Table.from_pylist(found, schema=schema.SCHEMAS[name]) for name, found in rows.items()}, mark=f"n{n}"
    )
    store.manifest.next_rid, store.manifest.is_synthetic = n, True
    store.manifest.judged = Judged("x", n, [], 0, {"R018": Count(4, 36), "R048": Count(1, 3)})
    store.save()
    return store


def _contract(k: int):
    """(table, row) of the release `k`: years 2019 to 2022, direct awards but every third, one bid but every sixth."""
    buyer, unit, item = int(k % 5 == 4), (0, 1, 0, 1, 2)[k % 5], k % 3
    signed, is_open = date(2019 + k % 4, 1 + k % 12, 3), k % 3 == 0
    oid, class_id = (2, 3, 4, 2, 5)[k % 5], CLASSES[item]
    awarded, currency = signed - timedelta(10), {"currency": "MXN"}
    yield (
        "release",
        {
            "rid": k,
            "ocid": f"ocds-y-{k}",
            "tag": "compiled",
            "title": f"Compra {k}",
            "tender_id": f"LA-{k:03}-2019",
            "status": "complete",
            "method": "open" if is_open else "direct",
            "category": "goods",
            "is_synthetic": True,
            "buyer_oid": buyer,
            "buyer_id": ORGS[buyer]["id"],
            "pe_oid": 6 + unit,
            "pe_id": UNITS[unit],
            "region": "CDMX",
            "publisher": "Prueba",
            "tender_start_day": awarded - timedelta(5 + k) if k % 4 else None,
        },
    )
    yield "contract", {"rid": k, "contract_no": 0, "contract_id": f"C/{k}", "award_no": 0, "status": "active", **currency,
                       "date_signed_day": signed if k % 10 else None, "start_day": signed, "description": f"Compra {k}",
                       "centavos": None if k == 7 else 1000_00 * (k + 1), "end_day": signed + timedelta(90)}  # fmt: skip
    yield "award", {"rid": k, "award_no": 0, "date_day": awarded}
    yield "award_supplier", {"rid": k, "award_no": 0, "pos": 0, "oid": oid, "id": ORGS[oid]["id"]}
    line = {
        "rid": k,
        "pos": 0,
        "item_id": "1",
        "scheme": "CUCOP",
        "class_id": class_id,
        "description": f"Cosa {item}",
        "unit": "PIEZA",
    }
    yield "award_item", line | {"award_no": 0, "quantity": 10.0, "unit_price": 50.0 + k, **currency}
    yield "tender_item", line | {"state": STATES[unit % 2]} if k % 6 else line
    for b in range((1 if k % 6 == 0 else 3) if is_open else 0):
        yield "bid", {"rid": k, "bid_no": b, "status": "valid"}
        yield "bid_tenderer", {"rid": k, "bid_no": b, "pos": 0, "oid": 2 + b, "id": ORGS[2 + b]["id"]}
    if k % 2:
        due = datetime(2019 + k % 4, 6, 1)  # noqa: DTZ001 - as the store keeps them
        yield (
            "milestone",
            {
                "rid": k,
                "section": "implementation",
                "contract_no": 0,
                "pos": 0,
                "type": "delivery",
                "due": due,
                "met": due + timedelta(days=k % 7 - 3),
                "status": "met",
            },
        )
