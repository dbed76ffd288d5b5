# SPDX-License-Identifier: Apache-2.0
"""What would change the picture: which data would let the rule judge, on which side of the limit the verdict turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.insight.flags.declare import Flag, Side
from vitrina.insight.text import Text

NEEDED = Text("Con «{path}» la regla podría juzgar esta unidad.", "With “{path}” the rule could judge this unit.")
TURNS = {
    (Side.HIGH, True): Text("No se marcaría si el valor no pasara de {x}.", "It would be clear at {x} or less."),
    (Side.HIGH, False): Text("Se marcaría si el valor pasara de {x}.", "It would be flagged above {x}."),
    (Side.LOW, True): Text("No se marcaría con un valor de más de {x}.", "It would be clear above {x}."),
    (Side.LOW, False): Text("Se marcaría con un valor de menos de {x}.", "It would be flagged below {x}."),
    (Side.BOTH, True): Text(
        "No se marcaría si el valor, sin signo, no pasara de {x}.", "It would be clear at {x} or less, without sign."
    ),
    (Side.BOTH, False): Text(
        "Se marcaría si el valor, sin signo, pasara de {x}.", "It would be flagged above {x}, without sign."
    ),
}
RECORDED = Text(
    "Si un renglón de los mostrados está mal, corregirlo en la fuente cambia el resultado.",
    "If one of the rows shown is wrong, mending it at the source changes the result.",
)
MOVES = Text(
    "El límite sale de los pares: con más datos se mueve.", "The limit comes from the peers: with more data it moves."
)


def changes(state: str, flag: Flag, row: Mapping[str, Any], missing: Sequence[str], lang: str) -> list[str]:
    """Sentences on what would change a verdict."""
    if state == "not_computable":
        return [NEEDED.say(lang).format(path=path) for path in missing]
    found = []
    turn = TURNS.get((flag.side, state == "flagged"))
    if turn and row["threshold"] is not None and row["value"] is not None:
        found.append(turn.say(lang).format(x=number(row["threshold"])))
    by_peers = not flag.law or (row["basis"] or "").endswith("peers")
    if by_peers and row["percentile"] is not None and row["threshold"] is not None:
        found.append(MOVES.say(lang))
    return [*found, RECORDED.say(lang)]


def number(value: float | None) -> str:
    """A number to be read: thousands with commas, six significant digits, no idle zeros."""
    if value is None:
        return "—"
    if value == int(value) and abs(value) < 2**53:
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.6g}"  # noqa: PLR2004 - from there on, cents
