# SPDX-License-Identifier: Apache-2.0
"""What the report tells of a buyer, as plain values: money by procedure, month and supplier; flags; how much is known.

Money is that of active awards in the currency of most of them, exact in centavos.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from vitrina.insight.flags.declare import Group, Side
from vitrina.insight.flags.outcome import Outcome
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.shared import active_awards, processes, winners
from vitrina.insight.tables import Tables
from vitrina.kernel.text import fold

METHODS = ("open", "selective", "limited", "direct")
NO_METHOD = "unknown"
TOP = 10
EXAMPLES = 3
NEAR = 5
ENOUGH = 20  # awards from which a share says something
PEERS = 10  # buyers from which a place among them says something
WITHOUT = ("direct", "limited")
BY_NAME = ":name_only"  # how the basis of a match by name alone ends
OF_FIRMS = (Group.TENDERER, Group.BUYER_SUPPLIER)


class UnknownBuyer(ValueError):
    """No buyer, or several, go by that id or name; `near` are the ones it may be."""

    def __init__(self, asked: str, near: list[str]) -> None:
        super().__init__(asked)
        self.near = near


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the whole: its key, its money in centavos, its awards."""

    key: str
    centavos: int
    n: int


@dataclass(frozen=True, slots=True)
class Example:
    """A unit that is flagged; `name`: of the purchase or the firm, empty where there is none."""

    id: str
    name: str
    value: float | None
    threshold: float | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class Sign:
    """A flag at this buyer: how many of its units are flagged, and the three that stand out most. `n_by_name`: those
    that match a list by name alone, which may be somebody else: they are counted, and never shown.
    """

    outcome: Outcome
    n: int
    examples: tuple[Example, ...]
    n_by_name: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the page says."""

    buyer: str
    buyer_id: str
    currency: str
    n_processes: int
    n_awards: int
    centavos: int
    n_other_currency: int
    n_suppliers: int
    first: str
    last: str
    methods: tuple[Share, ...]
    months: tuple[Share, ...]
    suppliers: tuple[Share, ...]
    direct_share: float | None  # of the money whose procedure is told
    untold_share: float  # of all the money: that whose procedure is not told
    rank: tuple[int, int] | None  # place among buyers by share without tender, 1 is the most; number of buyers
    signs: tuple[Sign, ...]
    silent: tuple[Outcome, ...]
    blind: tuple[Outcome, ...]
    is_synthetic: bool


def facts_of(t: Tables, asked: str, outcomes: Sequence[Outcome] = ()) -> Facts:
    """The facts of the buyer with this id or name, with what flags found in the store. `UnknownBuyer` where there
    is none, or more than one.
    """
    buyer_id, name = find(t, asked)
    awards = _awards(t)
    currency = _currency(t, awards, buyer_id)
    own = awards.filter((awards.buyer == buyer_id) & (awards.currency == currency))
    other = t.rows(
        awards.filter((awards.buyer == buyer_id) & (awards.currency != currency)).aggregate(n=ibis._.count())
    )
    methods = _shares(t, own, "method")
    total = sum(one.centavos for one in methods)
    signs, silent, blind = _signs(t, outcomes, buyer_id)
    sellers = _suppliers(t, own)
    spans = t.rows(own.aggregate(first=own.day.min(), last=own.day.max()))[0]
    p = processes(t)
    return Facts(
        buyer=name,
        buyer_id=buyer_id,
        currency=currency,
        n_processes=t.rows(p.filter(p.buyer == buyer_id).aggregate(n=ibis._.count()))[0]["n"],
        n_awards=sum(one.n for one in methods),
        centavos=total,
        n_other_currency=other[0]["n"],
        n_suppliers=len(sellers),
        first=str(spans["first"] or ""),
        last=str(spans["last"] or ""),
        methods=methods,
        months=_every_month(_shares(t, own.filter(own.month.notnull()), "month")),
        suppliers=tuple(sorted(sellers, key=lambda s: (-s.centavos, s.key))[:TOP]),
        direct_share=_part(methods),
        untold_share=sum(m.centavos for m in methods if m.key == NO_METHOD) / total if total else 0.0,
        rank=_rank(t, awards, buyer_id, currency),
        signs=signs,
        silent=silent,
        blind=blind,
        is_synthetic=t.manifest.is_synthetic,
    )


def find(t: Tables, asked: str) -> tuple[str, str]:
    """(id, name) of a buyer by its id, or by its name without regard to case and accents."""
    p = processes(t)
    named = p.join(t.org.select(who_oid="oid", who="name"), "who_oid", how="left")
    rows = t.rows(named.filter(named.buyer.notnull()).group_by("buyer").aggregate(who=named.who.max()))
    known = {row["buyer"]: row["who"] or row["buyer"] for row in rows}
    if asked in known:
        return asked, known[asked]
    same = [key for key, who in known.items() if fold(who) == fold(asked)]
    if len(same) == 1:
        return same[0], known[same[0]]
    inside = [key for key, who in known.items() if fold(asked) in fold(who)]
    if not same and len(inside) == 1:
        return inside[0], known[inside[0]]
    names = {f"{who} ({key})": fold(who) for key, who in known.items()}
    near = [shown for shown in names if shown.endswith(tuple(f"({key})" for key in same or inside))]
    if not near:
        close = difflib.get_close_matches(fold(asked), names.values(), n=NEAR, cutoff=0.3)
        near = [shown for shown, folded in names.items() if folded in close]
    raise UnknownBuyer(asked, sorted(near)[:NEAR])


def _awards(t: Tables) -> ir.Table:
    """Active awards with buyer, method and month. The day is the award's, else of the signature, else of the call."""
    signed = t.contract.filter(t.contract.award_no.notnull()).group_by(["rid", "award_no"])
    signed = signed.aggregate(signed=lambda c: c.date_signed_day.min(), begun=lambda c: c.start_day.min())
    p = processes(t).select("rid", "buyer", "method", "tender_start_day")
    a = active_awards(t).join(p, "rid").left_join(signed, ["rid", "award_no"])
    a = a.drop("rid_right", "award_no_right")
    day = ibis.coalesce(a.date_day, a.signed, a.begun, a.tender_start_day)
    month = day.year() * 100 + day.month()
    return a.filter(a.centavos.notnull() & a.currency.notnull()).select(
        "rid",
        "award_no",
        "buyer",
        "centavos",
        "currency",
        day=day,
        method=a.method.fill_null(NO_METHOD),
        month=month.cast("string"),
    )


def _currency(t: Tables, awards: ir.Table, buyer_id: str) -> str:
    own = awards.filter(awards.buyer == buyer_id)
    counts = t.rows(own.group_by("currency").aggregate(n=own.count()))
    return min(counts, key=lambda row: (-row["n"], row["currency"]))["currency"] if counts else t.manifest.currency


def _shares(t: Tables, awards: ir.Table, by: str) -> tuple[Share, ...]:
    rows = t.rows(awards.group_by(by).aggregate(centavos=awards.centavos.sum(), n=awards.count()))
    return tuple(Share(row[by], int(row["centavos"]), row["n"]) for row in sorted(rows, key=lambda row: row[by]))


def _every_month(told: tuple[Share, ...]) -> tuple[Share, ...]:
    """The months from the first to the last, those without an award too."""
    if not told:
        return ()
    found = {one.key: one for one in told}
    first, last = (int(key[:4]) * 12 + int(key[4:]) - 1 for key in (told[0].key, told[-1].key))
    keys = (f"{n // 12:04d}{n % 12 + 1:02d}" for n in range(first, last + 1))
    return tuple(found.get(key, Share(key, 0, 0)) for key in keys)


def _suppliers(t: Tables, awards: ir.Table) -> list[Share]:
    """By supplier; what several won together is told of the first named, so that nothing counts twice."""
    first = winners(t).filter(winners(t).pos == 0)
    named = awards.join(first.select("rid", "award_no", "oid"), ["rid", "award_no"])
    named = named.join(t.org.select("oid", "name"), "oid")
    rows = t.rows(named.group_by("name").aggregate(centavos=named.centavos.sum(), n=named.count()))
    return [Share(row["name"] or "", int(row["centavos"]), row["n"]) for row in rows]


def _part(methods: tuple[Share, ...]) -> float | None:
    """Share of the money without a tender (direct and limited), of that whose procedure is told."""
    told = sum(m.centavos for m in methods if m.key != NO_METHOD)
    return sum(m.centavos for m in methods if m.key in WITHOUT) / told if told else None


def _rank(t: Tables, awards: ir.Table, buyer_id: str, currency: str) -> tuple[int, int] | None:
    """The place of a buyer by the share of money without a tender, among at least ten buyers with at least twenty
    awards whose procedure is told.
    """
    rows = awards.filter((awards.currency == currency) & (awards.method != NO_METHOD))
    without = rows.method.isin(WITHOUT).ifelse(rows.centavos, 0)
    grouped = rows.group_by("buyer").aggregate(n=rows.count(), whole=rows.centavos.sum(), part=without.sum())
    told = t.rows(grouped.filter((grouped.n >= ENOUGH) & (grouped.whole > 0)))
    share = {row["buyer"]: row["part"] / row["whole"] for row in told}
    if buyer_id not in share or len(share) < PEERS:
        return None
    return 1 + sum(other > share[buyer_id] for other in share.values()), len(share)


def _signs(
    t: Tables, outcomes: Iterable[Outcome], buyer_id: str
) -> tuple[tuple[Sign, ...], tuple[Outcome, ...], tuple[Outcome, ...]]:
    """Flags that point at the buyer, those that could be computed and do not, those that could not be computed."""
    p = processes(t)
    mine = p.filter(p.buyer == buyer_id).select("rid")
    own = {row["rid"] for row in t.rows(mine)}
    won = winners(t).semi_join(mine, "rid")
    sellers = {row["id"] for row in t.rows(t.org.semi_join(won, "oid").select("id")) if row["id"]}
    signs, silent, blind = [], [], []
    for outcome in outcomes:
        found = [row for row in outcome.rows.to_pylist() if _is_own(row, own, sellers, buyer_id)]
        if found:
            sure = [row for row in found if BY_NAME not in (row["basis"] or "")]
            signs.append(Sign(outcome, len(found), _examples(t, outcome.code, sure), len(found) - len(sure)))
        elif outcome.clear or outcome.flagged:
            silent.append(outcome)
        else:
            blind.append(outcome)
    return tuple(sorted(signs, key=lambda s: (-s.n, s.outcome.code))), tuple(silent), tuple(blind)


def _examples(t: Tables, code: str, found: list[dict[str, Any]]) -> tuple[Example, ...]:
    """The units that stand out most, on the side that is suspicious; days below zero, mistakes of the data, last."""
    side = flags()[code].side

    def far(row: dict[str, Any]) -> tuple[bool, float]:
        value = float(row["value"] or 0.0)
        return (value < 0, value) if side is Side.LOW else (False, -abs(value))

    best = sorted(found, key=lambda row: (far(row), row["id"]))[:EXAMPLES]
    names = _names(t, best)
    return tuple(
        Example(row["id"], names.get(row["id"], ""), row["value"], row["threshold"], row["basis"]) for row in best
    )


def _names(t: Tables, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Id of a unit -> title of the purchase, or name of the firm."""
    rids = [row["rid"] for row in rows if row["group"] in (Group.OCID, Group.ITEM) and row["rid"] is not None]
    firms = {row["id"].split(" | ")[-1]: row["id"] for row in rows if row["group"] in OF_FIRMS}
    titles = {one["rid"]: one["title"] for one in t.rows(t.release.filter(t.release.rid.isin(rids)))} if rids else {}
    found = {row["id"]: titles[row["rid"]] or "" for row in rows if row["rid"] in titles}
    if firms:
        org = t.org.filter(t.org.id.isin(list(firms))).select("id", "name")
        found |= {firms[one["id"]]: one["name"] or "" for one in t.rows(org)}
    return found


def _is_own(row: dict[str, Any], own: set[int], sellers: set[str], buyer_id: str) -> bool:
    if row["group"] in (Group.BUYER, Group.PROCURING_ENTITY):
        return bool(row["id"] == buyer_id)
    if row["group"] == Group.BUYER_SUPPLIER:
        return bool(row["id"].startswith(f"{buyer_id} | "))
    if row["group"] == Group.TENDERER:
        return row["id"] in sellers
    return row["group"] in (Group.OCID, Group.ITEM) and row["rid"] in own
