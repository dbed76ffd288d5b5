# SPDX-License-Identifier: Apache-2.0
"""A second institute with a tree as large as the real one's: 1,180 units in 31 states, their names invented."""

from __future__ import annotations

from datetime import datetime

from vitrina.parties.commands import register_units

CLINICS, HOSPITALS = 1093, 87
STATES = (
    "Aguascalientes",
    "Baja California",
    "Baja California Sur",
    "Campeche",
    "Coahuila",
    "Colima",
    "Chiapas",
    "Chihuahua",
    "Ciudad de México",
    "Durango",
    "Guanajuato",
    "Guerrero",
    "Hidalgo",
    "Jalisco",
    "México",
    "Michoacán",
    "Morelos",
    "Nayarit",
    "Nuevo León",
    "Oaxaca",
    "Puebla",
    "Querétaro",
    "Quintana Roo",
    "San Luis Potosí",
    "Sinaloa",
    "Sonora",
    "Tabasco",
    "Tamaulipas",
    "Tlaxcala",
    "Veracruz",
    "Yucatán",
)
ZONES = {
    "Baja California": "America/Tijuana",
    "Baja California Sur": "America/Mazatlan",
    "Sonora": "America/Hermosillo",
    "Sinaloa": "America/Mazatlan",
    "Quintana Roo": "America/Cancun",
    "Chihuahua": "America/Chihuahua",
}


def register_issste(at: datetime) -> None:
    """Register the institute, a delegation for each state, and its clinics and hospitals spread over them."""
    root = {
        "key": "051GYN",
        "name": "Instituto de Seguridad y Servicios Sociales de los Trabajadores del Estado",
        "acronym": "ISSSTE",
        "kind": "institute",
        "parent": "",
    }
    rows = [root]
    for n, state in enumerate(STATES, start=1):
        place = {"state": f"{n:02d}", "zone": ZONES.get(state, "America/Mexico_City")}
        rows.append(
            {
                "key": f"051GYN{n:03d}",
                "name": f"Delegación {state}",
                "kind": "delegation",
                "parent": "051GYN",
                "can_contract": True,
                **place,
            }
        )
    for n in range(CLINICS + HOSPITALS):
        above = rows[1 + n % len(STATES)]
        is_hospital = n < HOSPITALS
        kind, name = ("hospital", f"Hospital {n + 1}") if is_hospital else ("clinic", f"Clínica {n + 1 - HOSPITALS}")
        rows.append(
            {
                "key": f"051GYN-{n + 1:04d}",
                "name": f"{name}, {STATES[n % len(STATES)]}",
                "kind": kind,
                "parent": above["key"],
                "state": above["state"],
                "zone": above["zone"],
            }
        )
    register_units(rows, at=at)
