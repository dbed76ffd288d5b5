# SPDX-License-Identifier: Apache-2.0
"""What a book answers. Amounts are integer centavos of contracts in pesos; other currencies count but are not summed.

A contract with several suppliers counts whole for each of them, so their parts may add up to more than all.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from vitrina.insight.text import Text

FEWEST: Final = 5  # below, a share says nothing: pages write "n < 5"


def share(part: int, of: int) -> float | None:
    """Part of a whole in percent; None of fewer than `FEWEST`, of which no share is told.

    >>> share(3, 12), share(3, 4)
    (25.0, None)
    """
    return 100 * part / of if of >= FEWEST else None


class Part(msgspec.Struct, frozen=True):
    """One of those that a profile lists: `n` contracts, for so many centavos."""

    kind: str
    key: str
    name: str
    n: int
    centavos: int


class Top(msgspec.Struct, frozen=True):
    """The largest by amount, of `n_all` there are."""

    n_all: int
    rows: list[Part]


class Year(msgspec.Struct, frozen=True):
    """A year (0: no date is known): contracts and centavos, by method (OCDS words; empty: not told) too."""

    year: int
    n: int
    centavos: int
    methods: dict[str, tuple[int, int]]


class Quartiles(msgspec.Struct, frozen=True):
    """Of `n` values."""

    n: int
    q1: float
    median: float
    q3: float


class Prices(msgspec.Struct, frozen=True):
    """Unit prices (pesos) of a class in a unit of measure, in the three years that end with `year`. `bins`: how many
    lie in each of equal steps from `low`, of `step` pesos; the first and the last hold what lies beyond.
    """

    item: str
    unit: str
    year: int
    n: int
    least: float
    q1: float
    median: float
    q3: float
    most: float
    low: float
    step: float
    bins: list[int]


class Paid(msgspec.Struct, frozen=True):
    """What an entity paid (or was paid) for a class: its median of `n` lines in the last three years beside that of
    all.
    """

    item: str
    name: str
    unit: str
    n: int
    median: float
    peers: Prices


class Figures(msgspec.Struct, frozen=True):
    """Counts of contracts. `n_amount`, `n_signed`, `n_class`, `n_place`, `n_supplier`, `n_rfc`: those of which it is
    known; `n_foreign`: in other currencies; `n_joint`: with several suppliers. `n_bids`: of tenders and invitations,
    those that tell how many bid, `n_single`: one. `n_due`: those that tell whether they were delivered in time,
    `n_late`: not; `late_days`: median of these. `days`: from call to award, of tenders and invitations that date both.
    """

    n: int
    centavos: int
    n_amount: int
    n_foreign: int
    n_signed: int
    n_class: int
    n_place: int
    n_supplier: int
    n_rfc: int
    n_joint: int
    n_open: int
    n_bids: int
    n_single: int
    n_due: int
    n_late: int
    late_days: int | None
    days: Quartiles | None


class Rule(msgspec.Struct, frozen=True):
    """A rule in words. `flagged` and `judged`: units in the whole store, where known; `n`: contracts it touches."""

    code: str
    group: str
    title: Text
    explanation: Text
    innocent: list[Text]
    flagged: int
    judged: int | None
    n: int


class Raised(msgspec.Struct, frozen=True):
    """A flag: a reason to look. `n`: contracts of the entity in which it was raised, of `of`; `national`: percent of
    all contracts with it. Of the entity itself (`is_own`) or one process: `value` against `threshold`, and the peers.
    """

    rule: Rule
    n: int
    of: int
    national: float | None
    is_own: bool = False
    item: str = ""
    value: float | None = None
    threshold: float | None = None
    peer_n: int | None = None
    percentile: float | None = None
    basis: str = ""


class Mention(msgspec.Struct, frozen=True):
    """A row of an outside list with the RFC of a supplier. `list`: `tax` (69-B), `sanction`, `register`; `kind`:
    stage, kind of sanction, status; `cut`: day of the list.
    """

    list: str
    kind: str
    authority: str
    file: str
    start: date | None
    end: date | None
    cut: date | None


class Profile(msgspec.Struct, frozen=True):
    """All that is known of an entity. `tops`: kind -> the largest; `above`: what it belongs to; `below`: the markets
    or units in it; `largest`: ids of its largest contracts; `country`: the same figures of all contracts, of which
    `n_direct_country` were direct awards; `lists`: outside lists that were loaded, with their day; `has_flags`:
    whether rules were run over the store; `is_registered`: whether it is told with one RFC, by which lists are asked.
    """

    kind: str
    key: str
    name: str
    rfc: str
    first_year: int
    last_year: int
    figures: Figures
    country: Figures
    years: list[Year]
    tops: dict[str, Top]
    above: list[Part]
    below: Top
    largest: list[str]
    paid: list[Paid]
    flags: list[Raised]
    mentions: list[Mention]
    lists: dict[str, date | None]
    n_direct_country: int
    has_flags: bool
    is_registered: bool
    is_synthetic: bool

    @property
    def methods(self) -> dict[str, tuple[int, int]]:
        """Method -> (contracts, centavos) of all years, the most centavos first."""
        found: dict[str, tuple[int, int]] = {}
        for year in self.years:
            for method, (n, centavos) in year.methods.items():
                had = found.get(method, (0, 0))
                found[method] = (had[0] + n, had[1] + centavos)
        return dict(sorted(found.items(), key=lambda one: -one[1][1]))


class Page(msgspec.Struct, frozen=True):
    """A page of a list: rows of `total`."""

    total: int
    rows: list[Part]
