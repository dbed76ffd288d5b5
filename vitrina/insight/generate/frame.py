# SPDX-License-Identifier: Apache-2.0
"""A batch of procedures as arrays: procedures, their lots (each becomes an award and a contract), the bids for lots.

Background and planted cases fill the same arrays, so that nothing but a label tells them apart. Times are local wall
time (`datetime64[s]`, NaT for none); amounts are centavos, -1 for none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
AWARDED, DESERTED, CANCELLED = range(3)
KNOWN, UNKNOWN, NOT_YET = range(3)
VALID, DISQUALIFIED, WITHDRAWN, INVITED = range(4)
BID_STATUS = ("valid", "disqualified", "withdrawn", "invited")


@dataclass
class Columns:
    """Arrays of one length."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, index: Array) -> Self:
        """The rows of an index or mask."""
        return type(self)(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    def plus(self, other: Self) -> Self:
        """These rows, then the others."""
        return type(self)(
            **{f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)}
        )


@dataclass
class Procedures(Columns):
    """One row a procedure. `number`: which of the history; `size`: percentile of its amount; `estimate`: centavos."""

    number: Array
    published: Array
    unit: Array
    kind: Array
    category: Array
    item_class: Array
    character: Array
    outcome: Array
    is_consolidated: Array
    estimate: Array
    ground: Array
    opening: Array
    clarification: Array
    decided: Array
    has_bids: Array
    has_execution: Array
    knows_publication: Array


@dataclass
class Lots(Columns):
    """One row a lot, in the order of procedures. `procedure`: row of `Procedures`; `supplier`: who is awarded, -1 for
    none. `signature`: KNOWN, UNKNOWN or NOT_YET. `is_scripted`: a planted case writes its bids. `amended`: centavos
    after amendments, -1 for none. `quantity`: 0 where it follows from the amount and a usual price.
    """

    procedure: Array
    no: Array
    supplier: Array
    amount: Array
    amended: Array
    knows_award: Array
    signature: Array
    signed: Array
    start: Array
    end: Array
    late_days: Array
    item: Array
    quantity: Array
    is_scripted: Array


@dataclass
class Bids(Columns):
    """One row a bid for a lot. `lot`: row of `Lots`; `author`, `device`: numbers that papers and receipts carry."""

    lot: Array
    supplier: Array
    amount: Array
    status: Array
    received: Array
    author: Array
    device: Array


@dataclass
class Frame:
    """A batch."""

    procedures: Procedures
    lots: Lots
    bids: Bids | None = None

    def of_lots(self, name: str) -> Array:
        """A column of the procedures, by lot."""
        found: Array = getattr(self.procedures, name)[self.lots.procedure]
        return found


def empty_bids() -> Bids:
    """No bids."""
    none = np.empty(0, np.int64)
    return Bids(none, none, none, none.astype(np.int8), none.astype("datetime64[s]"), none, none)
