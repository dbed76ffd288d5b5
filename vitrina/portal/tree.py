# SPDX-License-Identifier: Apache-2.0
"""Where a unit stands among those of its body: what is above it, what is below, and how much each of these buys.

Two questions to the database whatever the size of the body; the count of purchases is kept while no act is added.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.law import LawError, rulebook
from vitrina.law.loader import tables
from vitrina.ledger.models import Cursor
from vitrina.parties.models import Unit
from vitrina.parties.places import UNIT_KINDS
from vitrina.search.opened import Kept

from .models import PurchaseCard

MOST_SHOWN = 120  # units below one on its page; the rest are found by name
_COUNTS = Kept(300)


@dataclass(frozen=True, slots=True)
class Below:
    """A unit right under another, with all that is under it: how many units, how many purchases."""

    key: str
    name: str
    kind: str
    n_units: int
    n_purchases: int


@dataclass(frozen=True, slots=True)
class Tree:
    """`above`: (key, name) from the body down; `children` by purchases, then name; `keys`: the unit and all below."""

    above: list[tuple[str, str]]
    children: list[Below]
    keys: frozenset[str]

    @property
    def n_below(self) -> int:
        """How many units stand under it."""
        return len(self.keys) - 1


def tree_of(unit: Unit) -> Tree:
    """The place of a unit in its body."""
    body = unit.root_id or unit.key
    rows = Unit.objects.filter(Q(root=body) | Q(pk=body)).order_by("name").values_list("key", "parent", "name", "kind")
    units = {key: (parent, name, kind) for key, parent, name, kind in rows}
    under: dict[str, list[str]] = {}
    for key, (parent, _name, _kind) in units.items():
        under.setdefault(parent or "", []).append(key)
    counts = _counts(body)
    children = []
    for key in under.get(unit.key, ()):
        within = _all(key, under)
        n = sum(counts[one] for one in within)
        children.append(Below(key, units[key][1], units[key][2], len(within) - 1, n))
    children.sort(key=lambda child: -child.n_purchases)  # stable: by name among equals
    return Tree(_above(unit.key, units), children, frozenset(_all(unit.key, under)))


def purchases_of(key: str, tree: Tree | None) -> QuerySet[PurchaseCard]:
    """The purchases of a unit and of all below it; those of a body carry its own key. `tree`: of a registered one."""
    keys = tree.keys if tree and tree.above else {key}
    return PurchaseCard.objects.filter(Q(buyer_key=key) | Q(unit_key__in=keys))


def _all(key: str, under: dict[str, list[str]]) -> list[str]:
    """A unit and every unit below it."""
    found = [key]
    for one in found:
        found += under.get(one, ())
    return found


def _above(key: str, units: dict[str, tuple[str | None, str, str]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    parent = units[key][0]
    while parent is not None:
        found.append((parent, units[parent][1]))
        parent = units[parent][0]
    return found[::-1]


def _counts(body: str) -> Counter[str]:
    """Unit key -> purchases of its own, in one body."""
    head = Cursor.objects.filter(projection="portal").values_list("position", flat=True).first() or 0
    rows = PurchaseCard.objects.filter(buyer_key=body).values_list("unit_key").annotate(n=Count("ocid"))
    found: Counter[str] = _COUNTS.get((body, head), lambda: Counter(dict(rows)))
    return found


def law_of(unit: Unit, at: datetime) -> str:
    """The title of the law under which a unit buys goods now; "" where none is recorded."""
    try:
        return tables().laws[rulebook(at, unit.jurisdiction).law].title
    except (LawError, KeyError):
        return ""


def table(children: list[Below]) -> dict[str, Any]:
    """The units right under one, as `parts/table.html` shows them."""
    columns = [
        {"label": _("Buying unit")},
        {"label": _("What it is")},
        {"label": _("Units below it"), "num": True},
        {"label": _("Purchases"), "num": True},
    ]
    rows = [
        {
            "cells": [
                {"text": child.name, "url": reverse("portal:unit", args=[child.key])},
                str(UNIT_KINDS.get(child.kind, child.kind)),
                f"{child.n_units:,}",
                f"{child.n_purchases:,}",
            ]
        }
        for child in children[:MOST_SHOWN]
    ]
    return {"child_columns": columns, "child_rows": rows, "n_children": len(children)}
