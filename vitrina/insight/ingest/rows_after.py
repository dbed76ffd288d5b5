# SPDX-License-Identifier: Apache-2.0
"""The rest of a release as rows: market research, awards, contracts and what was paid; protests; related processes."""

from __future__ import annotations

from typing import Any

from . import shape
from .orgs import Roster
from .rows import (
    Rows,
    add_amendments,
    add_documents,
    add_milestones,
    add_responses,
    cents,
    item_columns,
    joined,
    money,
    requirements,
)

FOUNDED = {"upheld": True, "founded": True, "fundada": True, "rejected": False, "unfounded": False, "infundada": False}


def add_after(rows: Rows, rid: int, release: shape.Release, roster: Roster) -> None:
    """Add awards, contracts, plan papers, protests and related processes."""
    planning = release.planning or shape.Planning()
    add_documents(rows, rid, "planning", None, planning.documents)
    add_milestones(rows, rid, "planning", None, planning.milestones)
    for no, request in enumerate(planning.requests_for_quotes or ()):
        _add_quotes(rows, rid, no, request.quotes, roster)
    asked = requirements(release.tender) if release.tender else {}
    for no, award in enumerate(release.awards or ()):
        _add_award(rows, rid, no, award, roster, asked)
    numbers: dict[str | None, int] = {}
    for no, award in enumerate(release.awards or ()):
        numbers.setdefault(award.id, no)
    sellers = {s.id for a in release.awards or () for s in a.suppliers or ()}
    for no, contract in enumerate(release.contracts or ()):
        award_no = None if contract.award_id is None else numbers.get(contract.award_id)
        unit = next((s for s in contract.signatories or () if s.id not in sellers), None) or shape.Ref()
        _add_contract(rows, rid, no, contract, award_no, roster, unit)
    _add_related(rows, rid, "release", release.related_processes)
    at = rows.times.instant
    rows.rows["complaint"].extend(
        (rid, pos, at(c.date), at(c.date_resolved), c.status, FOUNDED.get((c.status or "").casefold()))
        for pos, c in enumerate(release.complaints or ())
    )


def _add_quotes(rows: Rows, rid: int, request: int, quotes: list[shape.Quote] | None, roster: Roster) -> None:
    at = rows.times.instant
    for no, quote in enumerate(quotes or ()):
        amount, _, currency = money(quote.value)
        who = quote.issuing_supplier
        rows.rows["quote"].append(
            (rid, request, no, at(quote.date), roster.named(who), who.id if who else None, amount, currency)
        )
        for line, item in enumerate(quote.items or ()):
            price, _, priced_in = money(item.unit.value if item.unit else None)
            rows.rows["quote_line"].append((rid, request, no, line, item.id, price, item.quantity, priced_in))


def _add_award(rows: Rows, rid: int, no: int, award: shape.Award, roster: Roster, asked: dict[str, int]) -> None:
    at, day = rows.times.instant, rows.times.day
    who = award.suppliers
    lasting = award.contract_period or shape.Period()
    bid = award.related_bid or next(iter(award.related_bids or ()), None)
    rows.rows["award"].append(
        (
            *(rid, no, award.id, award.status, award.title, at(award.date), day(award.date), award.date),
            *money(award.value),
            *(len(who) if who is not None else None, bid, award.rationale),
            *_subcontracting(rows, rid, no, award, roster),
            *(at(lasting.start_date), at(lasting.end_date)),
        )
    )
    named = roster.named
    rows.rows["award_supplier"].extend((rid, no, pos, named(s), s.id) for pos, s in enumerate(who or ()))
    rows.rows["award_item"].extend((rid, no, pos, *item_columns(i)) for pos, i in enumerate(award.items or ()))
    add_documents(rows, rid, "award", no, award.documents)
    add_amendments(rows, rid, "award", None, award.amendments)
    add_responses(rows, rid, (no, None), award.requirement_responses, asked)


def _subcontracting(
    rows: Rows, rid: int, no: int, award: shape.Award, roster: Roster
) -> tuple[bool | None, float | None]:
    told = award.subcontracting or shape.Subcontracting()
    share = told.minimum_percentage if told.minimum_percentage is not None else told.maximum_percentage
    rows.rows["subcontractor"].extend(
        (rid, no, pos, roster.named(s), s.id, s.share) for pos, s in enumerate(told.subcontractors or ())
    )
    return award.has_subcontracting, _part(share)


def _part(share: float | None) -> float | None:
    """A part of one; some write per cent."""
    return share / 100 if share is not None and 1 < share <= 100 else share  # noqa: PLR2004 - per cent


def _add_contract(
    rows: Rows,
    rid: int,
    no: int,
    contract: shape.Contract,
    award_no: int | None,
    roster: Roster,
    unit: shape.Ref,
) -> None:
    at, day = rows.times.instant, rows.times.day
    period = contract.period or shape.Period()
    done = contract.implementation or shape.Implementation()
    bounds = contract.contract_details or shape.Bounds()
    least, most = contract.min_value or bounds.min_value, contract.max_value or bounds.max_value
    rows.rows["contract"].append(
        (
            *(rid, no, contract.id, contract.award_id, award_no, contract.status, contract.title),
            *(contract.description, at(contract.date_signed), day(contract.date_signed)),
            *(at(period.start_date), day(period.start_date), at(period.end_date), day(period.end_date)),
            *money(contract.value),
            *(_cents(least), _cents(most), _cents(done.final_value), contract.multiyear),
            *(unit.id, unit.name),
        )
    )
    states = [lines.items for lines in contract.items_before or ()] + [contract.items]
    rows.rows["contract_item"].extend(
        (rid, no, pos, version, *item_columns(i))
        for version, items in enumerate(states)
        for pos, i in enumerate(items or ())
    )
    add_documents(rows, rid, "contract", no, contract.documents)
    add_documents(rows, rid, "implementation", no, done.documents)
    add_milestones(rows, rid, "contract", no, contract.milestones)
    add_milestones(rows, rid, "implementation", no, done.milestones)
    add_amendments(rows, rid, "contract", no, contract.amendments)
    _add_related(rows, rid, "contract", contract.related_processes)
    for pos, paid in enumerate(done.transactions or ()):
        rows.rows["transaction"].append(
            (
                *(rid, no, pos, at(paid.date), *money(paid.value or paid.amount)),
                *(roster.named(paid.payer), roster.named(paid.payee), paid.uuid),
            )
        )


def _cents(value: shape.Value | None) -> int | None:
    return cents(value.amount) if value else None


def _add_related(rows: Rows, rid: int, section: str, related: list[Any] | None) -> None:
    rows.rows["related_process"].extend(
        (rid, section, pos, joined(r.relationship), r.identifier, r.title) for pos, r in enumerate(related or ())
    )
