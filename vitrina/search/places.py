# SPDX-License-Identifier: Apache-2.0
"""One name for each state, however a source writes it, so that a filter counts it once."""

from __future__ import annotations

from vitrina.kernel.text import fold

_SHORT = {
    "coahuila de zaragoza": "Coahuila",
    "michoacan de ocampo": "Michoacán",
    "veracruz de ignacio de la llave": "Veracruz",
    "mexico": "Estado de México",
    "edo. de mexico": "Estado de México",
    "estado de mexico": "Estado de México",
    "distrito federal": "Ciudad de México",
    "cdmx": "Ciudad de México",
}


def place(text: str | None) -> str:
    """The name of a place as people say it.

    >>> place("COAHUILA DE ZARAGOZA"), place("Sonora"), place(None)
    ('Coahuila', 'Sonora', '')
    """
    name = (text or "").strip()
    return _SHORT.get(fold(name), name.title() if name.isupper() else name)
