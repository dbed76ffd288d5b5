# SPDX-License-Identifier: Apache-2.0
"""Fills a batch of the history: who buys what, when each act was, who won, for how much. Nothing here is planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from . import amounts, dates, grounds, profile
from .amounts import DIRECT, INVITATION, NONE, OPEN
from .frame import AWARDED, KNOWN, NOT_YET, UNKNOWN, Frame, Lots, Procedures
from .skeleton import Skeleton
from .suppliers import Suppliers
from .world import ITEMS, World, classes

Array = npt.NDArray[Any]
WORKS, WORKS_SERVICES = 2, 3
_CHARACTERS = (0.835, 0.985, 1.0)  # N, T, I of tenders, D
MOVED, UP_TO = 0.90, 1.7  # direct awards up to so many times the ceiling that are brought below it, P
RISEN, FROM = 0.32, 0.4  # those from so far below that rise to near the ceiling, P
NEAR, EXACT = 0.30, 0.16  # how far below, and how many of those so near lie exactly at the ceiling
RECURRENT = 0.5  # services called in October to December that begin on 1 January, P
LOCK = np.timedelta64(1, "s")


def procedures(outline: Skeleton, rows: slice, world: World, rng: np.random.Generator) -> Procedures:
    """The procedures of a batch; what is pending on the day of the extract has no decision."""
    n = rows.stop - rows.start
    kind, outcome = outline.kind[rows], outline.outcome[rows].copy()
    published = outline.day[rows].astype("datetime64[s]") + dates.hours(n, rng).astype("timedelta64[s]")
    size = amounts.rank(outline.deviate[rows])
    category = amounts.categories(size, rng)
    unit = rng.choice(len(world.unit_share), n, p=world.unit_share).astype(np.int32)
    institution = world.unit_institution[unit]
    item_class = classes().draw(category, world.is_health[institution], rng)
    character = np.where(kind == OPEN, np.searchsorted(_CHARACTERS, rng.random(n)), 0).astype(np.int8)
    opening, clarification, decided = _acts(kind, category, character, published, rng)
    pending = outline.pending[rows]
    decided = np.where(pending, dates.NEVER, np.minimum(decided, dates.CUT - LOCK))
    opening = np.where(opening > np.where(pending, dates.CUT, decided), decided, opening)
    years = dates.year(published)
    competitive = (kind == OPEN) | (kind == INVITATION)
    return Procedures(
        number=np.arange(rows.start, rows.stop),
        published=published,
        unit=unit,
        kind=kind.copy(),
        category=category,
        item_class=item_class,
        character=character,
        outcome=outcome,
        is_consolidated=(outline.lots[rows] > 1) & (rng.random(n) < 0.3) | (rng.random(n) < 0.02),  # noqa: PLR2004
        estimate=np.full(n, NONE, np.int64),
        ground=np.zeros(n, np.int8),
        opening=opening,
        clarification=clarification,
        decided=decided,
        has_bids=competitive & world.publishes_bids[institution] & (years >= profile.BIDS_SINCE),
        has_execution=world.publishes_execution[institution],
        knows_publication=rng.random(n) >= dates.per_year(profile.UNKNOWN_PUBLICATION, years),
    )


def _acts(
    kind: Array, category: Array, character: Array, published: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Opening, clarification meeting and decision of each; NaT where the procedure has none."""
    n = len(kind)
    works = (category == WORKS) | (category == WORKS_SERVICES)
    wait = np.zeros(n, "timedelta64[s]")
    for name, rows in (
        ("open.N.opening", (kind == OPEN) & ~works & (character == 0)),
        ("open.T.opening", (kind == OPEN) & ~works & (character == 1)),
        ("open.I.opening", (kind == OPEN) & ~works & (character == 2)),  # noqa: PLR2004
        ("open.works.opening", (kind == OPEN) & works),
        ("invitation.opening", (kind == INVITATION) & ~works),
        ("invitation.works.opening", (kind == INVITATION) & works),
    ):
        wait[rows] = dates.term(name, rows.sum(), rng)
    day = published.astype("datetime64[D]").astype("datetime64[s]")
    competitive = (kind == OPEN) | (kind == INVITATION)
    opening = dates.at_hour(dates.working(day + wait), rng, profile.OPENING_HOURS)
    clarified = opening.astype("datetime64[D]").astype("datetime64[s]") - dates.term("clarification", n, rng)
    clarified = dates.at_hour(clarified, rng, (9, 10, 11, 12))
    clarified[~((kind == OPEN) | (competitive & (rng.random(n) < 0.72)))] = dates.NEVER  # noqa: PLR2004 - D
    clarified[clarified <= published] = dates.NEVER
    judging = dates.term("direct.award", n, rng)
    for name, rows in (
        ("open.award", (kind == OPEN) & ~works),
        ("works.award", (kind == OPEN) & works),
        ("invitation.award", kind == INVITATION),
    ):
        judging[rows] = dates.term(name, rows.sum(), rng)
    since = np.where(competitive, opening, day)
    decided = dates.at_hour(dates.working(since.astype("datetime64[D]").astype("datetime64[s]") + judging, -1), rng)
    decided = np.maximum(decided, np.where(competitive, opening, published) + np.timedelta64(3600, "s"))
    opening[~competitive] = dates.NEVER
    return opening, clarified, decided


def lots(
    p: Procedures, outline: Skeleton, rows: slice, world: World, suppliers: Suppliers, rng: np.random.Generator
) -> tuple[Lots, Array]:
    """The lots of the procedures with their winners, and (lots x candidates) the rivals of each."""
    n_lots = outline.lots[rows].astype(np.int64)
    at = np.repeat(np.arange(len(p)), n_lots)
    n = len(at)
    no = np.arange(n) - np.repeat(np.cumsum(n_lots) - n_lots, n_lots)
    rho = profile.WITHIN_PROCESS
    z = outline.deviate[rows][at]
    z = np.where(no == 0, z, rho * z + np.sqrt(1 - rho**2) * rng.normal(size=n))
    amount = amounts.rounded(amounts.pesos(z, dates.year(p.published)[at], rng), rng)
    amount = _press(p, at, amount, world, rng)
    p.ground[:] = grounds.draw(p, amount[no == 0], world, rng)
    market = suppliers.market_of(p.item_class[at], world.unit_state[p.unit[at]])
    winners, rivals, is_new = suppliers.draw(market, rng)
    winners = suppliers.again(winners, is_new, p.unit[at], p.item_class[at], world, rng)
    is_awarded = (p.outcome[at] == AWARDED) & ~np.isnat(p.decided[at])
    u = rng.random(n)
    amount[u < profile.NO_AMOUNT] = NONE
    amount[(u >= profile.NO_AMOUNT) & (u < profile.NO_AMOUNT + profile.ZERO)] = 0
    signature, signed, start, end = _contracting(p, at, rng)
    found = Lots(
        procedure=at,
        no=no,
        supplier=np.where(is_awarded, winners, -1),
        amount=amount,
        amended=np.full(n, NONE, np.int64),
        knows_award=rng.random(n) >= dates.per_year(profile.UNKNOWN_AWARD, dates.year(p.published)[at]),
        signature=signature,
        signed=signed,
        start=start,
        end=end,
        late_days=np.where(
            rng.random(n) < profile.LATE_DELIVERY, np.ceil(rng.exponential(12, n)), -rng.integers(0, 15, n)
        ).astype(np.int64),
        item=rng.integers(0, ITEMS, n),
        quantity=np.zeros(n, np.int64),
        is_scripted=np.zeros(n, bool),
    )
    return found, rivals


def _press(p: Procedures, at: Array, amount: Array, world: World, rng: np.random.Generator) -> Array:
    """Direct awards a little above the ceiling come to lie below it, some from well below rise towards it; of those
    just below, some are exactly at it.
    """
    years = dates.year(p.published)[at]
    ceiling = world.ceilings(world.unit_institution[p.unit[at]], years, p.category[at], DIRECT)
    n = len(amount)
    direct = p.kind[at] == DIRECT
    moved = direct & (amount > ceiling) & (amount < UP_TO * ceiling) & (rng.random(n) < MOVED)
    moved |= direct & (amount > FROM * ceiling) & (amount < (1 - NEAR) * ceiling) & (rng.random(n) < RISEN)
    below = ceiling * (1 - NEAR * rng.random(n) ** 1.3)
    below = np.where(rng.random(n) < profile.WHOLE_PESOS, np.floor(below / 100) * 100, np.floor(below))
    amount = np.where(moved, below, amount)
    near = direct & (amount >= (1 - NEAR) * ceiling) & (amount < ceiling)
    return np.where(near & (rng.random(n) < EXACT), ceiling, amount).astype(np.int64)


def _contracting(p: Procedures, at: Array, rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """Signature (known, unknown, not yet), and the days on which each contract is signed, begins and ends."""
    n = len(at)
    decided, published = p.decided[at], p.published[at]
    day = decided.astype("datetime64[D]").astype("datetime64[s]")
    signed = dates.at_hour(
        dates.working(np.where(np.isnat(day), dates.CUT, day) + dates.term("signature", n, rng)), rng
    )
    start = signed.astype("datetime64[D]").astype("datetime64[s]") - dates.term("start_before_signature", n, rng)
    start = np.maximum(start, day)
    month = published.astype("datetime64[M]").astype(np.int64) % 12
    services = (p.category[at] == 0) | (p.category[at] == 4)  # noqa: PLR2004
    yearly = services & (month >= 9) & (rng.random(n) < RECURRENT)  # noqa: PLR2004
    new_year = (published.astype("datetime64[Y]") + 1).astype("datetime64[s]")
    start = np.where(yearly & (new_year > day), new_year, start)
    december = (start.astype("datetime64[Y]") + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    length = np.rint(np.exp(rng.normal(4.5, 0.7, n))).astype("timedelta64[D]")
    end = start.astype("datetime64[D]") + np.maximum(length, np.timedelta64(5, "D"))
    in_year = (rng.random(n) < 0.6) & (december - start.astype("datetime64[D]") > np.timedelta64(15, "D"))  # noqa: PLR2004
    end = np.where(yearly | in_year, december, end).astype("datetime64[s]")
    years = dates.year(published)
    signature = np.where(rng.random(n) < dates.per_year(profile.UNKNOWN_SIGNATURE, years), UNKNOWN, KNOWN)
    signature = np.where(signed >= dates.CUT, NOT_YET, signature).astype(np.int8)
    return signature, signed, start, end


def batch(
    outline: Skeleton, rows: slice, world: World, suppliers: Suppliers, rng: np.random.Generator
) -> tuple[Frame, Array]:
    """A batch without its bids, and the rivals of the winner of each lot."""
    p = procedures(outline, rows, world, rng)
    found, rivals = lots(p, outline, rows, world, suppliers, rng)
    return Frame(p, found), rivals
