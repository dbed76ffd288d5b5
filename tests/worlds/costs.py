# SPDX-License-Identifier: Apache-2.0
"""A call by life-cycle cost: the cheapest bid is thirsty, the dearest is frugal and wins."""

from __future__ import annotations

ENERGY, DISPOSAL = 2, 3  # the requirements that ask for a cost
CRITERIA = [
    {"title": "Registro sanitario vigente", "description": "De COFEPRIS.", "kind": "legal"},
    {
        "title": "Energía",
        "description": "Consumo de la ficha técnica × 8 horas × 250 días × tarifa GDMTO de la convocatoria, cada año.",
        "kind": "cost",
        "years": 5,
    },
    {"title": "Retiro", "description": "Recolección de los sobrantes, cotizada.", "kind": "cost", "years": 1},
]
BY_COST = {"criteria": CRITERIA, "evaluation_method": "costo_beneficio"}
# supplier -> requirement -> amount; with the usual prices: 25,118,800.00, 26,235,600.00 and 24,793,000.00 in all
COSTS = {
    0: {ENERGY: "2400000.00", DISPOSAL: "100000.00"},
    1: {ENERGY: "5000000.5", DISPOSAL: "99999.50"},
    2: {ENERGY: "1000000", DISPOSAL: "0"},
}
UNREADABLE = COSTS | {0: {ENERGY: "-2400000.00", DISPOSAL: "100000.00"}}
REJECTED = {(n, 0, ENERGY): "No declara un importe." for n in range(3)}
