# SPDX-License-Identifier: Apache-2.0
"""Names of what is bought: of the public classification by object of expenditure where it is known, else as the data
most often describe it. Source of `classes.toml`: Clasificador por Objeto del Gasto (CONAC), chapters 2000 to 6000.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LONGEST: Final = 160
DESCRIBED: Final = """
SELECT class_id, mode(description) FROM award_item WHERE class_id <> '' AND description <> '' GROUP BY class_id
"""


@functools.cache
def known() -> dict[str, str]:
    """Digits -> name."""
    found: dict[str, str] = tomllib.loads((Path(__file__).parent / "classes.toml").read_text("utf-8"))["names"]
    return found


def name(key: str, described: Mapping[str, str]) -> str:
    """The name of a market: its own, that of the partida to which it belongs, else its key. `described`: class as
    published -> its most frequent description.

    >>> name("253", {}), name("25301-0009", {"25301-0009": "Insulina humana"}), name("99", {})
    ('Medicinas y productos farmacéuticos', 'Insulina humana', '99')
    """
    own = known().get(key) or described.get(key) or described.get(key.partition(":")[2])
    return (own or known().get(key[:3]) or known().get(key[:2]) or key)[:LONGEST]
