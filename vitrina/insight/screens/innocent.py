# SPDX-License-Identifier: Apache-2.0
"""Readings without any wrong, most fitting first, and what is missing that could change the picture. Always told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrina.insight.text import Text

from .lots import NO_TIME, Lots

if TYPE_CHECKING:
    from .cards import Signal

RESERVE = Text(
    "El precio de reserva o el estimado era público: las posturas honestas se juntan debajo de él.",
    "The reserve price or the estimate was public: honest bids bunch below it.",
)
INPUT = Text(
    "Un insumo común (importación, tarifa, salario mínimo) fija casi todo el costo de todos.",
    "A common input (import, tariff, minimum wage) makes nearly all of everybody's cost.",
)
MAKER = Text(
    "El fabricante fija el precio o el margen de sus distribuidores.",
    "The manufacturer sets the price or the margin of its distributors.",
)
FRAMEWORK = Text(
    "Los precios vienen de un contrato marco o de un catálogo.", "Prices come from a framework or a catalogue."
)
FEW = Text("Hay pocos proveedores en el mercado o en la región.", "The market or the region has few suppliers.")
GROUP = Text(
    "Las empresas son de un mismo grupo, o de un consorcio lícito y declarado.",
    "The firms are of one group of companies, or of a lawful and declared consortium.",
)
ADVISER = Text("Un mismo asesor prepara las proposiciones de varios.", "One adviser prepares the bids of several.")
ROUNDING = Text(
    "Impuestos, moneda o una regla de redondeo igualan precios.",
    "Tax, currency or a rounding rule makes prices equal.",
)
ALL = (RESERVE, INPUT, MAKER, FRAMEWORK, FEW, GROUP, ADVISER, ROUNDING)
LOW_SPREAD = ("CV", "SPD", "MAD", "TRIAD", "LCV", "TOP3")
FEW_BIDS = 3


def readings(row: Mapping[str, Any], signals: Mapping[str, Signal]) -> list[Text]:
    """All the readings, those that fit this tender first."""

    def high(code: str) -> bool:
        return code in signals and signals[code].suspicion >= 0.9  # noqa: PLR2004 - the tenth that stands out

    first = []
    if row["estimate"] is not None and (high("NEAR-EST") or high("KS-U") or any(map(high, LOW_SPREAD))):
        first.append(RESERVE)
    if any(map(high, LOW_SPREAD)) and not high("IDENT"):
        first.append(INPUT)
    if high("IDENT"):
        first += [MAKER, ROUNDING, FRAMEWORK]
    if row["n"] <= FEW_BIDS:
        first.append(FEW)
    return [*dict.fromkeys([*first, *ALL])]


def lacking(row: Mapping[str, Any], lots: Lots, at: int) -> list[Text]:
    """What is not known, and what to ask for next."""
    here = lots.of(at)
    found = []
    if row["estimate"] is None:
        found.append(
            Text(
                "Falta el estimado previo: pida la investigación de mercado.",
                "The estimate is missing: ask for the market research.",
            )
        )
    if row["line"] < 0:
        found.append(
            Text(
                "Faltan precios por partida: pida las propuestas económicas.",
                "Prices by line are missing: ask for the price schedules.",
            )
        )
    if (lots.received[here] == NO_TIME).any():
        found.append(
            Text(
                "Faltan las horas de recepción: pida los acuses.",
                "Hours of receipt are missing: ask for the receipts.",
            )
        )
    if (lots.author[here] < 0).any():
        found.append(
            Text(
                "Faltan los metadatos de los archivos: pida los originales.",
                "Metadata of the files are missing: ask for the originals.",
            )
        )
    if (lots.oid[here] < 0).any() or not len(np.unique(lots.oid[here])):
        found.append(Text("Hay proponentes sin identificar.", "Some bidders are not identified."))
    return found
