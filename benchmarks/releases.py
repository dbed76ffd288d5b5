# SPDX-License-Identifier: Apache-2.0
"""Invented compiled releases of about 11 KB each, with bids, awards, items and long texts, as JSON Lines."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

WORDS = ("adquisición", "de", "bienes", "y", "servicios", "para", "la", "unidad", "médica", "según", "el", "anexo")
LENGTH = 11_000


def _text(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words))


def release(rng: random.Random, number: int) -> dict[str, Any]:
    """One process with 0 to 5 bids."""
    firms = [f"MX-RFC-FIRM{rng.randrange(3000):06}" for _ in range(rng.choice((0, 1, 2, 2, 3, 5)))]
    base = round(rng.lognormvariate(13, 1.5), 2)
    amounts = [round(base * (1 + rng.random() * 0.3), 2) for _ in firms]
    winner = min(range(len(firms)), key=amounts.__getitem__, default=None)
    items = [
        {
            "id": str(n),
            "description": _text(rng, 20),
            "classification": {"scheme": "CUCOP", "id": f"{rng.randrange(2100, 6200)}{n:04}"},
            "quantity": rng.randrange(1, 500),
            "unit": {"name": "pieza", "value": {"amount": 12.5, "currency": "MXN"}},
        }
        for n in range(4)
    ]
    day = f"202{rng.randrange(3, 6)}-{rng.randrange(1, 13):02}"
    found: dict[str, Any] = {
        "ocid": f"ocds-bench0-{number:07}",
        "id": f"ocds-bench0-{number:07}-c",
        "date": f"{day}-28T12:00:00-06:00",
        "tag": ["compiled"],
        "initiationType": "tender",
        "buyer": {"id": f"UC-{rng.randrange(400):04}", "name": "Unidad compradora"},
        "parties": [{"id": f, "name": f, "roles": ["tenderer"], "address": {"region": "Sonora"}} for f in firms],
        "tender": {
            "id": "t",
            "title": _text(rng, 15),
            "description": _text(rng, 60),
            "status": "complete",
            "procurementMethod": rng.choice(("open", "selective", "direct")),
            "mainProcurementCategory": "goods",
            "numberOfTenderers": len(firms),
            "tenderPeriod": {
                "startDate": f"{day}-01T10:00:00-06:00",
                "endDate": f"{day}-{rng.randrange(8, 28):02}T10:00:00-06:00",
            },
            "procuringEntity": {"id": f"UC-{rng.randrange(400):04}", "name": "Unidad"},
            "value": {"amount": base, "currency": "MXN"},
            "items": items,
        },
        "bids": {
            "details": [
                {
                    "id": f"b{n}",
                    "status": rng.choice(("valid", "valid", "valid", "disqualified")) if n != winner else "valid",
                    "date": f"{day}-07T10:00:00-06:00",
                    "value": {"amount": amounts[n], "currency": "MXN"},
                    "tenderers": [{"id": firm, "name": firm}],
                }
                for n, firm in enumerate(firms)
            ]
        },
        "awards": []
        if winner is None
        else [
            {
                "id": "a",
                "status": "active",
                "date": f"{day}-28T10:00:00-06:00",
                "value": {"amount": amounts[winner], "currency": "MXN"},
                "suppliers": [{"id": firms[winner], "name": firms[winner]}],
                "items": items,
            }
        ],
    }
    documents: list[dict[str, str]] = []
    found["tender"]["documents"] = documents
    size = len(json.dumps(found, ensure_ascii=False))
    while size < LENGTH:
        text = {"id": str(len(documents)), "documentType": "tenderNotice", "title": _text(rng, 8)}
        text |= {"description": _text(rng, 50), "url": f"https://bench.example/{number}/{len(documents)}"}
        documents.append(text)
        size += len(json.dumps(text, ensure_ascii=False))
    return found


def write(path: Path, count: int, seed: int = 7) -> None:
    """Write so many releases."""
    rng = random.Random(seed)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(release(rng, number), ensure_ascii=False, separators=(",", ":")) + "\n")
