# SPDX-License-Identifier: Apache-2.0
"""A batch as tables of the store: the release, who takes part, lines, bids, awards and contracts.

What follows them (papers, payments, milestones, questions, protests, amendments) is in `trail`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import dates, grounds, trail
from .amounts import INVITATION, NONE, OPEN
from .arrow import CURRENCY, choose, day, digest, instant, join, money, only, stamp, table, text
from .frame import (
    BID_STATUS,
    CANCELLED,
    DISQUALIFIED,
    INVITED,
    KNOWN,
    NOT_YET,
    Bids,
    Frame,
    empty_bids,
)
from .naming import PREFIX, PUBLISHER
from .suppliers import Suppliers
from .world import ITEMS, STATES, World, classes

Array = npt.NDArray[Any]
SCHEME = "CUCOP"
_MAIN = ("services", "goods", "works", "works", "goods")
_DETAIL = (None, None, None, "SERVICIOS RELACIONADOS CON LA OBRA", "ARRENDAMIENTOS")
_TYPES = {(0, False): "LA", (1, False): "IA", (2, False): "AA", (0, True): "LO", (1, True): "IO", (2, True): "AO"}
_CHARACTERS = ("N", "T", "I")


@dataclass
class Context:
    """What the tables of a batch need beside it. `first`: number of its first release."""

    world: World
    suppliers: Suppliers
    first: int
    rng: np.random.Generator

    def buyer_oid(self, institution: Array) -> Array:
        """Rows of `org` of institutions."""
        return institution.astype(np.int64)

    def unit_oid(self, unit: Array) -> Array:
        """Rows of `org` of buying units."""
        found: Array = unit.astype(np.int64) + len(self.world.name)
        return found

    def supplier_oid(self, supplier: Array, year: Array) -> Array:
        """Rows of `org` of suppliers: one without and one with its RFC, for the data do not tell that they are one."""
        base = len(self.world.name) + len(self.world.unit_code)
        found: Array = base + 2 * supplier + self.suppliers.knows_rfc(supplier, year)
        return found


def build(frame: Frame, context: Context) -> dict[str, pa.Table]:
    """The tables of a batch, rows in the order of releases."""
    bids = frame.bids if frame.bids is not None else empty_bids()
    order = np.argsort(bids.lot, kind="stable")
    bids = bids.take(order)
    of_bid = frame.lots.procedure[bids.lot]
    follow = trail.build(frame, context)
    release = _release(frame, bids, of_bid, context, follow)
    return {
        "release": release,
        **_bids(frame, bids, of_bid, context),
        **_lots(frame, bids, of_bid, context),
        "party_role": _roles(frame, bids, of_bid, context),
        **follow,
    }


def years(frame: Frame) -> Array:
    """The year of publication of each procedure."""
    return dates.year(frame.procedures.published)


def _no_in(groups: Array) -> Array:
    """The position of each row within its group; groups are contiguous."""
    if not len(groups):
        return np.empty(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(groups)]]))
    found: Array = np.arange(len(groups)) - np.repeat(starts, counts)
    return found


def item_code(frame: Frame) -> pa.Array:
    """The item code of each lot: its class and a number."""
    return join(choose(classes().code, frame.of_lots("item_class")), text("-", frame.lots.item, 4))


def _release(frame: Frame, bids: Bids, of_bid: Array, context: Context, follow: dict[str, pa.Table]) -> pa.Table:
    p, lots, rng, world = frame.procedures, frame.lots, context.rng, context.world
    n = len(p)
    rid = context.first + np.arange(n)
    institution = world.unit_institution[p.unit]
    first = np.searchsorted(lots.procedure, np.arange(n))
    is_works = (p.category == 2) | (p.category == 3)  # noqa: PLR2004 - works and what goes with them
    laws = grounds.statute(p.published, is_works)
    words = [grounds.words(int(k), int(g), s) for k, g, s in zip(p.kind, p.ground, laws, strict=True)]
    competitive = (p.kind == OPEN) | (p.kind == INVITATION)
    has = p.has_bids & ~np.isnat(p.decided) & (p.outcome != CANCELLED)
    bidders = _distinct(of_bid, bids, n)
    last = np.where(np.isnat(p.decided), p.published, p.decided)
    signed = np.where(lots.signature == KNOWN, lots.signed, dates.NEVER)
    np.maximum.at(last, lots.procedure[~np.isnat(signed)], signed[~np.isnat(signed)])
    published_at = np.minimum(np.maximum(last, p.published), dates.CUT)
    date = instant(published_at)
    start = instant(np.where(p.knows_publication, p.published, dates.NEVER))
    opening = instant(np.where(p.opening < dates.CUT, p.opening, dates.NEVER))
    end = instant(p.opening)
    total = np.bincount(lots.procedure, np.maximum(lots.amount, 0), minlength=n)
    plan_line, has_budget = rng.random(n) < 0.7, (rng.random(n) < 0.5) & (total > 0)  # noqa: PLR2004
    year_text = text("", years(frame))
    unit_code = choose(world.unit_code, p.unit)
    status = np.where(np.isnat(p.decided), 0, np.choose(p.outcome, [1, 2, 3]))
    asked = np.bincount(follow["enquiry"]["rid"].to_numpy() - context.first, minlength=n) > 0
    reasons = rng.random(n) < 0.7  # noqa: PLR2004 - direct awards whose reason is published
    number = text("", p.number)
    kind = [_TYPES.get((int(k), bool(w)), "EP") for k, w in zip(p.kind, is_works, strict=True)]
    character = choose(_CHARACTERS, p.character)
    return table(
        "release",
        n,
        rid=rid,
        ocid=text(f"{PREFIX}-", p.number, 8),
        publisher=PUBLISHER,
        release_id=text("r", p.number, 8),
        date=date,
        date_s=stamp(date),
        tag="compiled",
        language="es",
        source=0,
        line=p.number + 1,
        is_synthetic=True,
        plan_line=only(join("PAAAS-", year_text, "-", number), plan_line),
        budget=only(np.rint(total * 1.1 / 1e5) * 1e3, has_budget),
        budget_currency=only(choose([CURRENCY], np.zeros(n, np.int64)), has_budget),
        buyer_oid=context.buyer_oid(institution),
        buyer_id=text("MX-SINT-", institution, 4),
        pe_oid=context.unit_oid(p.unit),
        pe_id=join("MX-UC-", unit_code),
        unit_id=join("MX-UC-", unit_code),
        unit_name=choose(world.unit_name, p.unit),
        region=STATES[6],
        government="federal",
        tender_id=join(pa.array(kind), "-", unit_code, "-", character, number, "-", year_text),
        title=choose(classes().name, p.item_class),
        status=choose(["active", "complete", "unsuccessful", "cancelled"], status),
        method=pa.array([grounds.METHODS[int(k)] for k in p.kind], pa.string()),
        method_detail=pa.array([w[0] for w in words], pa.string()),
        method_rationale=only(pa.array([w[0] for w in words], pa.string()), (p.ground > 0) & reasons),
        legal_ground=pa.array([w[1] for w in words], pa.string()),
        exception_article=pa.array([_article(w[1]) for w in words], pa.string()),
        law=pa.array([w[2] for w in words], pa.string()),
        character=character,
        category=choose(_MAIN, p.category),
        category_detail=choose(_DETAIL, p.category),
        award_criteria=only(choose(["priceOnly", "ratedCriteria"], (rng.random(n) < 0.2).astype(int)), competitive),  # noqa: PLR2004
        submission_method=only(choose(["electronicSubmission"], np.zeros(n, np.int64)), competitive),
        participation_form=only(choose(["electrónica"], np.zeros(n, np.int64)), competitive),
        is_consolidated=p.is_consolidated,
        n_tenderers=only(bidders, has),
        n_tenderers_is_int=has,
        has_enquiries=only(asked, competitive),
        tender_start=start,
        tender_start_day=day(np.where(p.knows_publication, p.published, dates.NEVER)),
        start_s=stamp(start),
        tender_end=end,
        tender_end_day=day(p.opening),
        end_s=stamp(end),
        opening=opening,
        opening_day=day(np.where(p.opening < dates.CUT, p.opening, dates.NEVER)),
        clarification=instant(p.clarification),
        value=only(p.estimate / 100, p.estimate != NONE),
        value_centavos=only(p.estimate, p.estimate != NONE),
        currency=only(choose([CURRENCY], np.zeros(n, np.int64)), p.estimate != NONE),
        main_class=item_code(frame).take(pa.array(first)),
        main_class_scheme=SCHEME,
        has_complaints=np.bincount(follow["complaint"]["rid"].to_numpy() - context.first, minlength=n) > 0,
    )


def _article(ground: str | None) -> str | None:
    """`ART. 54 FR. V` -> `54-V`."""
    if ground is None:
        return None
    parts = ground.split()
    return f"{parts[1]}-{parts[3]}" if "FR." in parts else parts[1]


def _distinct(of_bid: Array, bids: Bids, n: int) -> Array:
    """How many distinct firms sent a bid to each procedure."""
    sent = bids.status != INVITED
    pairs = (
        np.unique(np.stack([of_bid[sent], bids.supplier[sent]], axis=1), axis=0)
        if sent.any()
        else np.empty((0, 2), int)
    )
    return np.bincount(pairs[:, 0], minlength=n)


def _lot_id(frame: Frame, lot: Array) -> pa.Array:
    """The id of each lot, null where the procedure has one."""
    many = np.bincount(frame.lots.procedure, minlength=len(frame.procedures)) > 1
    return only(text("L", frame.lots.no[lot] + 1), many[frame.lots.procedure[lot]])


def _bids(frame: Frame, bids: Bids, of_bid: Array, context: Context) -> dict[str, pa.Table]:
    n = len(bids)
    rid, no = context.first + of_bid, _no_in(of_bid)
    oid = context.supplier_oid(bids.supplier, years(frame)[of_bid])
    sent = bids.status != INVITED
    received = instant(np.where(sent, bids.received, dates.NEVER))
    out = only(choose(["No cumple los requisitos técnicos"], np.zeros(n, np.int64)), bids.status == DISQUALIFIED)
    ids = text("MX-PROV-", bids.supplier, 7)
    sending = np.flatnonzero(sent)
    _, once = np.unique(of_bid[sending] * 2**32 + bids.supplier[sending], return_index=True)
    first = sending[np.sort(once)]
    return {
        "bid": table(
            "bid", n, rid=rid, bid_no=no, bid_id=text("B-", no + 1), status=choose(BID_STATUS, bids.status),
            date=received, date_s=stamp(received), **money(bids.amount), lot=_lot_id(frame, bids.lot), n_tenderers=1,
            received_at=received, reason=out, device_hash=only(digest(bids.device), sent),
            author_hash=only(digest(bids.author), sent),
        ),
        "bid_tenderer": table("bid_tenderer", n, rid=rid, bid_no=no, pos=0, oid=oid, id=ids),
        "tenderer": table(
            "tenderer", len(first), rid=rid[first], pos=_no_in(of_bid[first]), oid=oid[first],
            id=ids.take(pa.array(first)),
        ),
    }  # fmt: skip


def _lots(frame: Frame, bids: Bids, of_bid: Array, context: Context) -> dict[str, pa.Table]:
    p, lots = frame.procedures, frame.lots
    n = len(lots)
    rid = context.first + lots.procedure
    code, year = item_code(frame), years(frame)[lots.procedure]
    shelf = classes()
    item_class = frame.of_lots("item_class")
    quantity, price = quantities(frame)
    unit = choose(shelf.unit, item_class)
    description = choose(shelf.thing, item_class.astype(np.int64) * ITEMS + lots.item % ITEMS)
    item = {"scheme": SCHEME, "class_id": code, "description": description, "quantity": quantity, "unit": unit}
    a = np.flatnonzero(lots.supplier >= 0)
    at = pa.array(a)
    won = np.full(n, -1)
    is_winner = bids.supplier == lots.supplier[bids.lot]
    won[bids.lot[is_winner]] = _no_in(of_bid)[is_winner]
    decided = np.where(lots.knows_award, frame.of_lots("decided"), dates.NEVER)[a]
    awarded = instant(decided)
    suppliers, ids = context.supplier_oid(lots.supplier[a], year[a]), text("MX-PROV-", lots.supplier[a], 7)
    no = lots.no[a]
    signed = np.where(lots.signature == KNOWN, lots.signed, dates.NEVER)[a]
    now = np.where(lots.amended >= 0, lots.amended, lots.amount)[a]
    status = np.where(lots.signature[a] == NOT_YET, 0, np.where(lots.end[a] < dates.CUT, 2, 1))
    long = dates.year(lots.end[a]) > dates.year(lots.start[a])
    states = context.world.unit_state[frame.of_lots("unit")]
    return {
        "tender_item": table(
            "tender_item", n, rid=rid, pos=lots.no, state=choose(STATES, states), has_place=True,
            lot=_lot_id(frame, np.arange(n)), item_id=text("I-", lots.no + 1), **item,
        ),
        "award": table(
            "award", len(a), rid=rid[a], award_no=no, award_id=text("A-", no + 1), status="active", date=awarded,
            date_day=day(decided), date_s=stamp(awarded), **money(lots.amount[a]), n_suppliers=1,
            related_bid=only(text("B-", won[a] + 1), won[a] >= 0),
        ),
        "award_supplier": table("award_supplier", len(a), rid=rid[a], award_no=no, pos=0, oid=suppliers, id=ids),
        "award_item": table(
            "award_item", len(a), rid=rid[a], award_no=no, pos=0, item_id=text("I-", no + 1),
            **{name: value if isinstance(value, str) else pa.array(value).take(at) for name, value in item.items()},
            unit_price=only(price[a], price[a] > 0),
            currency=only(choose([CURRENCY], np.zeros(len(a), np.int64)), price[a] > 0),
        ),
        "contract": table(
            "contract", len(a), rid=rid[a], contract_no=no,
            contract_id=join(text("C-", p.number[lots.procedure[a]], 8), text("-", no + 1)),
            award_id=text("A-", no + 1), award_no=no, status=choose(["pending", "active", "terminated"], status),
            description=description.take(at), date_signed=instant(signed), date_signed_day=day(signed),
            start=instant(lots.start[a]), start_day=day(lots.start[a]), end=instant(lots.end[a]),
            end_day=day(lots.end[a]), **money(now), is_multiyear=long,
        ),
    }  # fmt: skip


def quantities(frame: Frame) -> tuple[Array, Array]:
    """The quantity and unit price (pesos) of each lot: a usual price of its item, with noise by lot."""
    lots = frame.lots
    base = classes().log_price[frame.of_lots("item_class")] + (lots.item * 61 % 40 - 20) / 14
    noise = ((frame.of_lots("number") * 7 + lots.no * 13) % 101 - 50) / 250
    pesos = np.maximum(lots.amount, 0) / 100
    usual = np.maximum(1, np.rint(pesos / np.exp(base + noise)))
    quantity = np.where(lots.quantity > 0, lots.quantity, usual).astype(float)
    return quantity, np.rint(pesos / quantity * 1e4) / 1e4


def _roles(frame: Frame, bids: Bids, of_bid: Array, context: Context) -> pa.Table:
    """Who takes part in each release, in which role."""
    p, lots = frame.procedures, frame.lots
    n = len(p)
    year = years(frame)
    a = np.flatnonzero(lots.supplier >= 0)
    groups = [
        (np.arange(n), context.buyer_oid(context.world.unit_institution[p.unit]), 0),
        (np.arange(n), context.unit_oid(p.unit), 1),
        (np.arange(n), context.unit_oid(p.unit), 2),
        (lots.procedure[a], context.supplier_oid(lots.supplier[a], year[lots.procedure[a]]), 3),
        (of_bid, context.supplier_oid(bids.supplier, year[of_bid]), 4),
    ]
    rows = np.concatenate([g[0] for g in groups])
    oids = np.concatenate([g[1] for g in groups])
    roles = np.concatenate([np.full(len(g[0]), g[2]) for g in groups])
    _, once = np.unique((rows * 2**32 + oids) * 8 + roles, return_index=True)
    names = ["buyer", "procuringEntity", "contractingUnit", "supplier", "tenderer"]
    return table(
        "party_role", len(once), rid=context.first + rows[once], oid=oids[once], role=choose(names, roles[once])
    )
