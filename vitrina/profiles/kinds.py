# SPDX-License-Identifier: Apache-2.0
"""The kinds of which there are profiles, and by which key each is known.

| kind | is | key |
|---|---|---|
| `country` | all contracts of the store | empty |
| `buyer` | an institution | its id as published: `buyer.id` |
| `unit` | a buying unit | its id as published |
| `supplier` | who was awarded | `kernel.ids.supplier_key`: never the RFC of a natural person |
| `market` | what was bought | the class as published, or its first 2, 3, 4 or 5 digits |
| `place` | a state: of delivery, else of who buys | its name as people say it (`search.places`) |
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Kind = Literal["country", "buyer", "unit", "supplier", "market", "place"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
NATIONAL: Final = ("", "CUCOP", "CUCOP+", "CUCOP_PLUS", "PARTIDA", "COG", "MX-CUCOP")
PARTIDA: Final = 5  # digits of a *partida específica* of the Federation; some states have four


def class_key(scheme: str | None, code: str | None) -> str:
    """The key of what is bought: codes of other schemes than the Mexican ones keep the name of theirs.

    >>> class_key("CUCOP", " 25301-0009"), class_key("CPV", "33600000"), class_key(None, None)
    ('25301-0009', 'CPV:33600000', '')
    """
    tidy, name = (code or "").strip().upper(), (scheme or "").strip().upper()
    return tidy if name in NATIONAL or not tidy else f"{name}:{tidy}"


def above(key: str) -> tuple[str, ...]:
    """The markets to which a market belongs, the widest first: chapters by their first digits.

    >>> above("25301-0009"), above("25301"), above("2531"), above("CPV:33600000")
    (('25', '253', '25301'), ('25', '253'), ('25', '253'), ())
    """
    digits = key[:PARTIDA]
    if ":" in key or not digits.isdigit():
        return ()
    steps = tuple(digits[:n] for n in (2, 3) if n < len(digits))
    return (*steps, digits) if len(key) > PARTIDA else steps
