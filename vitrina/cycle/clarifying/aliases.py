# SPDX-License-Identifier: Apache-2.0
"""The word under which a supplier asks in one purchase: drawn at random, so that nobody computes it from a name."""

from __future__ import annotations

import secrets
from collections.abc import Collection

WORDS = (
    "Ahuehuete",
    "Ajolote",
    "Alcatraz",
    "Amaranto",
    "Amate",
    "Arrayán",
    "Bugambilia",
    "Cacao",
    "Cardenal",
    "Cedro",
    "Cenote",
    "Cenzontle",
    "Ceiba",
    "Chirimoya",
    "Ciruelo",
    "Colibrí",
    "Copal",
    "Dalia",
    "Encino",
    "Flamboyán",
    "Fresno",
    "Garza",
    "Golondrina",
    "Granada",
    "Guayacán",
    "Higuera",
    "Jacaranda",
    "Jade",
    "Jaguar",
    "Jícara",
    "Lince",
    "Luciérnaga",
    "Maguey",
    "Mapache",
    "Mariposa",
    "Mezquite",
    "Nogal",
    "Nopal",
    "Obsidiana",
    "Ocelote",
    "Olivo",
    "Orquídea",
    "Oyamel",
    "Palmera",
    "Pirul",
    "Pitaya",
    "Quetzal",
    "Roble",
    "Sabino",
    "Tabachín",
    "Tecolote",
    "Tejón",
    "Tepozán",
    "Tezontle",
    "Tucán",
    "Turquesa",
    "Venado",
    "Xoloitzcuintle",
    "Zapote",
    "Zarza",
)


def draw(taken: Collection[str]) -> str:
    """A word that is not taken; numbered words once all are."""
    free = [word for word in WORDS if word not in taken]
    if free:
        return secrets.choice(free)
    return next(name for n in range(2, len(taken) + 3) if (name := f"{secrets.choice(WORDS)} {n}") not in taken)
