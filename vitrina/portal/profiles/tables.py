# SPDX-License-Identifier: Apache-2.0
"""The tables of a profile: as a page shows them, and the same rows as data for CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.core.words import money
from vitrina.kernel.money import Money
from vitrina.portal import queries
from vitrina.portal.charts import tiles
from vitrina.profiles import Profile
from vitrina.profiles.shapes import FEWEST, Part

from . import sentences
from .reading import search_url, share_words, url

Cell = Any
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `data`: names of columns and rows as plain values, for CSV."""

    id: str
    heading: str
    caption: str
    columns: list[dict[str, Any]]
    rows: list[Row]
    data: tuple[Sequence[str], list[Sequence[Any]]]
    note: str = ""
    more: list[dict[str, str]] = field(default_factory=list)
    tiles: list[tiles.Tile] = field(default_factory=list)


def headings(profile: Profile) -> dict[str, tuple[str, str]]:
    """Kind listed -> (heading, caption) on this profile."""
    whose = {
        "supplier": (_("From whom"), _("Suppliers by amount contracted")),
        "buyer": (_("Who buys"), _("Institutions by amount contracted")),
        "unit": (_("Its units"), _("Buying units by amount contracted")),
        "market": (_("What"), _("Classes of goods, services and works by amount contracted")),
        "place": (_("Where"), _("States of delivery, else of who buys, by amount contracted")),
    }
    if profile.kind == "market":
        whose["supplier"] = (_("Who sells"), _("Suppliers by amount contracted"))
    if profile.kind == "place":
        whose["unit"] = (_("Units that buy"), _("Buying units by amount contracted"))
    if profile.kind == "supplier":
        whose["buyer"] = (_("To whom"), _("Institutions by amount contracted"))
    return whose


def tables(profile: Profile) -> Iterator[Table]:
    """All tables of a profile that have rows, in the order of a page."""
    yield years(profile)
    words = headings(profile)
    for kind, top in profile.tops.items():
        if top.rows and not (kind == "unit" and profile.below.rows):
            yield parts(profile, kind, top.rows, top.n_all, words[kind])
    if profile.below.rows:
        kind = profile.below.rows[0].kind
        told = words[kind] if kind == "unit" else (_("Within it"), _("Narrower classes by amount contracted"))
        yield parts(profile, "below", profile.below.rows, profile.below.n_all, told)
    yield methods(profile)
    if profile.kind != "country":
        yield compared(profile)
    if profile.paid:
        yield paid(profile)


def years(profile: Profile) -> Table:
    """Contracts and amount by year, and how many were direct awards."""
    rows: list[Row] = []
    data: list[Sequence[Any]] = []
    for year in profile.years:
        name = str(year.year) if year.year else _("year not known")
        direct = year.methods.get("direct", (0, 0))[0]
        rows.append({"cells": [name, number(year.n), money(year.centavos), share_words(direct, year.n)]})
        for method, (n, centavos) in sorted(year.methods.items()):
            data.append((year.year or "", method, n, decimal(centavos)))
    total = profile.figures
    return Table(
        "years", _("By year"), _("Contracts, amount in pesos and share of direct awards by year"),
        [{"label": _("Year")}, {"label": _("Contracts"), "num": True}, {"label": _("Amount"), "num": True},
         {"label": _("Direct awards"), "num": True}],
        rows, (("year", "method", "contracts", "amount_mxn"), data),
        note=_("The year is that of the signature, else of the beginning or the award."),
        more=[{"label": _("All %(n)s in the search") % {"n": number(total.n)}, "url": search_url(profile)}],
    )  # fmt: skip


def parts(profile: Profile, id_: str, rows: Sequence[Part], n_all: int, words: tuple[str, str]) -> Table:
    """The largest of a kind with links, amounts and shares."""
    heading, caption = words
    shown: list[Row] = []
    for one in rows:
        label: Cell = {"text": one.name, "url": url(one.kind, one.key), "sub": one.key if one.kind == "market" else ""}
        of_all = (
            share_words(one.centavos, profile.figures.centavos) if profile.figures.n >= FEWEST else f"n < {FEWEST}"
        )
        shown.append({"cells": [label, number(one.n), money(one.centavos), of_all]})
    left = n_all - len(rows)
    note = _("The %(n)s largest of %(all)s.") % {"n": number(len(rows)), "all": number(n_all)} if left > 0 else ""
    return Table(
        id_, heading, caption,
        [{"label": heading}, {"label": _("Contracts"), "num": True}, {"label": _("Amount"), "num": True},
         {"label": _("Of the amount"), "num": True}],
        shown, (("kind", "key", "name", "contracts", "amount_mxn"),
                [(one.kind, one.key, one.name, one.n, decimal(one.centavos)) for one in rows]),
        note=note, tiles=_tiles(rows) if rows[0].kind == "place" and not left else [],
    )  # fmt: skip


def _tiles(rows: Sequence[Part]) -> list[tiles.Tile]:
    """States as tiles, by amount; one that is not among these rows leads nowhere."""
    amounts = {one.key: one.centavos for one in rows}
    return tiles.tiles(amounts, lambda name: url("place", name) if name in amounts else "",
                       said=lambda n: money(n) if n else _("nothing here"))  # fmt: skip


def compared(profile: Profile) -> Table:
    """Four measures beside those of all contracts."""
    own, all_ = profile.figures, profile.country
    measures = [
        ("direct", _("Direct awards, of all contracts"), sentences.direct(profile), own.n, profile.n_direct_country,
         all_.n),
        ("single", _("A single bid, of tenders and invitations that tell it"), own.n_single, own.n_bids, all_.n_single,
         all_.n_bids),
        ("late", _("Late, of deliveries that tell it"), own.n_late, own.n_due, all_.n_late, all_.n_due),
    ]  # fmt: skip
    rows = [{"cells": [label, share_words(a, n), number(n), share_words(b, m)]} for _id, label, a, n, b, m in measures]
    data: list[Sequence[Any]] = [(id_, a, n, b, m) for id_, _label, a, n, b, m in measures]
    days, of_all = own.days, all_.days
    if days and of_all:
        few = days.n < FEWEST
        cell = f"n < {FEWEST}" if few else {"text": number(int(days.median)), "sub": sentences.days(profile)}
        label = _("Days from call to award, the middle one")
        rows.append({"cells": [label, cell, number(days.n), number(int(of_all.median))]})
        data.append(("days_median", "" if few else int(days.median), days.n, int(of_all.median), of_all.n))
    return Table(
        "compared", _("Compared with all"), _("The same measures here and in the whole history"),
        [{"label": _("Measure")}, {"label": _("In these"), "num": True}, {"label": _("Of how many"), "num": True},
         {"label": _("In all"), "num": True}],
        rows, (("measure", "here", "of", "in_all", "in_all_of"), data),
        note=_("Of fewer than %(n)s no share is told.") % {"n": FEWEST},
    )  # fmt: skip


def paid(profile: Profile) -> Table:
    """Unit prices beside those of their peers."""
    rows: list[Row] = []
    data: list[Sequence[Any]] = []
    for one in profile.paid:
        few = one.n < FEWEST
        peers = one.peers
        rows.append({"cells": [
            {"text": one.name, "url": url("market", one.item), "sub": f"{one.item}, {one.unit.lower()}"},
            {"text": f"n < {FEWEST}" if few else pesos(one.median), "sub": lines(one.n)},
            {"text": pesos(peers.median), "sub": _("half between %(q1)s and %(q3)s; %(n)s") % {
                "q1": pesos(peers.q1), "q3": pesos(peers.q3), "n": lines(peers.n)}},
        ]})  # fmt: skip
        data.append((one.item, one.name, one.unit, one.n, "" if few else f"{one.median:.4f}", peers.n,
                     f"{peers.q1:.4f}", f"{peers.median:.4f}", f"{peers.q3:.4f}"))  # fmt: skip
    when = {"first": profile.paid[0].peers.year - 2, "last": profile.paid[0].peers.year}
    return Table(
        "prices", _("Unit prices"),
        _("Middle price of a unit in pesos, %(first)s to %(last)s, beside that of all who bought the class") % when,
        [{"label": _("What")}, {"label": _("In these"), "num": True}, {"label": _("Everybody"), "num": True}],
        rows, (("class", "name", "unit", "lines", "median", "peer_lines", "peer_q1", "peer_median", "peer_q3"), data),
        note=_("A class holds products that differ: a higher price is a question, not an answer."),
    )  # fmt: skip


def lines(n: int) -> str:
    """So many lines of awards."""
    return _("n = %(n)s") % {"n": number(n)}


def number(n: int) -> str:
    """With thousands, which both languages write alike."""
    return f"{n:,}"


def pesos(value: float) -> str:
    """A unit price of a store, which keeps it as a number of pesos, to the centavo."""
    return money(int((Decimal(str(value)) * 100).to_integral_value(ROUND_HALF_UP)))


def decimal(centavos: int) -> str:
    """An amount for files."""
    return str(Money(centavos).decimal)


def methods(profile: Profile) -> Table:
    """How it was bought."""
    rows: list[Row] = [
        {
            "cells": [
                queries.method_words(method).capitalize(),
                number(n),
                money(centavos),
                share_words(n, profile.figures.n),
            ]
        }
        for method, (n, centavos) in profile.methods.items()
    ]
    return Table(
        "methods", _("How it was bought"), _("Contracts by procedure"),
        [{"label": _("Procedure")}, {"label": _("Contracts"), "num": True}, {"label": _("Amount"), "num": True},
         {"label": _("Of the contracts"), "num": True}],
        rows, (("method", "contracts", "amount_mxn"),
               [(method, n, decimal(centavos)) for method, (n, centavos) in profile.methods.items()]),
    )  # fmt: skip
