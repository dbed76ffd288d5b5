# SPDX-License-Identifier: Apache-2.0
"""What an address asks of the search: words, filters, order. The same search has one spelling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from vitrina.portal.queries import facet_words
from vitrina.search.entry import FACETS
from vitrina.search.finding import ORDERS, Wanted

MOST_VALUES = 12  # of one facet at once
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filters:
    """`q`: words; `values`: (facet, value) that were chosen: of each facet one has to hold; `exact`: no synonyms."""

    q: str = ""
    values: tuple[tuple[str, str], ...] = ()
    order: str = ""
    exact: bool = False

    def of(self, name: str) -> tuple[str, ...]:
        """The values of one facet."""
        return tuple(value for facet, value in self.values if facet == name)

    @property
    def wanted(self) -> Wanted:
        """The question for the index."""
        return Wanted(self.q, {name: self.of(name) for name in FACETS}, self.order, self.exact)

    def pairs(self) -> list[tuple[str, str]]:
        """The search as the pairs of an address, empty ones left out."""
        order = [("order", self.order)] if self.order else []
        return [*([("q", self.q)] if self.q else []), *self.values, *order, *([("exact", "1")] if self.exact else [])]

    def query(self) -> str:
        """The search as the query of an address."""
        return urlencode(self.pairs())

    def scope(self) -> Filters:
        """What it finds, whatever the order."""
        return Filters(self.q, self.values, exact=self.exact)


def pairs_of(query: QueryDict) -> list[tuple[str, str]]:
    """Every pair of an address."""
    return [(name, str(value)) for name, values in query.lists() for value in values]


def read_filters(pairs: Pairs) -> Filters:
    """Filters from an address; what nobody could have chosen is left out, not an error."""
    last = {"q": "", "order": "", "exact": ""}
    values: dict[str, set[str]] = {name: set() for name in FACETS}
    for name, given in pairs:
        value = given.strip()[:200].replace("\x00", "")
        if name in last:
            last[name] = value
        elif name in values and value and (name != "year" or is_year(value)):
            values[name].add(value)
    chosen = tuple((name, value) for name in FACETS for value in sorted(values[name])[:MOST_VALUES])
    order = last["order"] if last["order"] in {"best", *ORDERS} else ""
    return Filters(last["q"], chosen, order, last["exact"] == "1")


def is_year(text: str) -> bool:
    """Whether it is a year in four digits."""
    return text.isascii() and text.isdigit() and len(text) == 4  # noqa: PLR2004


def facet_label(name: str) -> str:
    """A facet's heading."""
    return {
        "status": _("State"),
        "buyer": _("Buyer"),
        "method": _("How it is bought"),
        "category": _("What"),
        "band": _("Amount"),
        "place": _("Place"),
        "year": _("Year"),
    }[name]


def value_words(name: str, value: str) -> str:
    """A facet's value in words, but for a buyer, whose name the index knows."""
    return band_words(value) if name == "band" else facet_words(name, value)


def band_words(value: str) -> str:
    """The words of a band of amounts."""
    return {
        "0": _("up to 500 thousand"),
        "1": _("500 thousand to 5 million"),
        "2": _("5 to 50 million"),
        "3": _("more than 50 million"),
    }.get(value, value)
