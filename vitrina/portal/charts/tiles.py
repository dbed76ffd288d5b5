# SPDX-License-Identifier: Apache-2.0
"""Mexico as 32 tiles of one size, about where each state lies: a small state is touched as well as a large one.

It is a list of links; a style sheet puts each into its place. What is drawn by tone is also said in words. Where there
is room the true outlines stand beside them (`mexico.json`, by MapSVG, CC BY 4.0), simplified to 15 KB.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# Row by row, from the north: the second part of ISO 3166-2:MX, `.` for the sea or a neighbour.
GRID = """
BCN SON CHH COA NLE .   .   .   .   .
BCS SIN DUR ZAC SLP TAM .   .   .   .
.   NAY JAL AGU GUA QUE HID .   .   .
.   .   COL MIC MEX CMX TLA VER .   .
.   .   .   .   GRO MOR PUE TAB CAM YUC
.   .   .   .   .   .   OAX CHP .   ROO
"""
# As `vitrina.search.places` writes them.
NAMES = {
    "AGU": "Aguascalientes", "BCN": "Baja California", "BCS": "Baja California Sur", "CAM": "Campeche",
    "CHH": "Chihuahua", "CHP": "Chiapas", "CMX": "Ciudad de México", "COA": "Coahuila", "COL": "Colima",
    "DUR": "Durango", "GRO": "Guerrero", "GUA": "Guanajuato", "HID": "Hidalgo", "JAL": "Jalisco",
    "MEX": "Estado de México", "MIC": "Michoacán", "MOR": "Morelos", "NAY": "Nayarit", "NLE": "Nuevo León",
    "OAX": "Oaxaca", "PUE": "Puebla", "QUE": "Querétaro", "ROO": "Quintana Roo", "SIN": "Sinaloa",
    "SLP": "San Luis Potosí", "SON": "Sonora", "TAB": "Tabasco", "TAM": "Tamaulipas", "TLA": "Tlaxcala",
    "VER": "Veracruz", "YUC": "Yucatán", "ZAC": "Zacatecas",
}  # fmt: skip
TONES = 4  # beside that of nothing
FIELD = (793, 498)  # pixels of the outlines


@dataclass(frozen=True, slots=True)
class Tile:
    """A state: where it stands (row and column from 1), how dark it is (0 to `TONES`), how much and how that is said,
    where it leads (nowhere, when empty).
    """

    code: str
    name: str
    row: int
    column: int
    tone: int
    count: int
    said: str
    url: str
    is_chosen: bool

    @property
    def outline(self) -> str:
        """Its outline, as the path of an SVG in `FIELD`."""
        return outlines()[self.code]


@cache
def outlines() -> dict[str, str]:
    """Code -> outline."""
    found: dict[str, str] = json.loads(Path(__file__).with_name("mexico.json").read_text(encoding="utf-8"))["states"]
    return found


def tones(counts: Mapping[str, int]) -> dict[str, int]:
    """How dark each state is: a fourth of those that have anything in each tone, the same count in the same one.

    >>> tones({"Sonora": 9, "Colima": 1, "Puebla": 5, "Jalisco": 0})
    {'Sonora': 4, 'Colima': 2, 'Puebla': 3, 'Jalisco': 0}
    """
    having = sorted(n for n in counts.values() if n)
    places = {n: having.index(n) + 1 for n in having}
    return {name: -(-TONES * places[n] // len(having)) if n else 0 for name, n in counts.items()}


def tiles(
    counts: Mapping[str, int],
    url: Callable[[str], str],
    chosen: Collection[str] = (),
    said: Callable[[int], str] = "{:,}".format,
) -> list[Tile]:
    """The 32 states by name. `counts`: name -> how many (or centavos), of all or some; `url`: name -> where its tile
    leads; `said`: how many, in words.
    """
    known = {name: counts.get(name, 0) for name in NAMES.values()}
    dark, found = tones(known), []
    for row, line in enumerate(GRID.split("\n")[1:-1], start=1):
        for column, code in enumerate(line.split(), start=1):
            if code != ".":
                name = NAMES[code]
                is_chosen = name in chosen
                n = known[name]
                found.append(Tile(code, name, row, column, dark[name], n, said(n), url(name), is_chosen))
    return sorted(found, key=lambda tile: tile.name)
