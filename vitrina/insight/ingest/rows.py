# SPDX-License-Identifier: Apache-2.0
"""A release as rows of the store's tables: who buys, the plan, the tender and its bids. Awards and contracts are in
`rows_after`. Rows are tuples in the order of `store.schema`; `rid` and `oid` are numbers within the batch.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import pyarrow as pa
from msgspec.structs import astuple

from vitrina.insight.store import schema

from . import shape
from .orgs import Orgs, Roster
from .shape_parts import Classification, Shape
from .times import Times

ARTICLE = re.compile(
    r"\bart(?:[íi]culo|\.)?\s*(\d+)(?:\s*[-,]?\s*(?:fracci[óo]n|fr\.?)?\s*([IVX]+)\b)?", re.IGNORECASE
)
MAX_CENTAVOS = 2**63 - 1
WITH_TAX = "with_tax"


class Origin(NamedTuple):
    """Where a release was read."""

    source: int
    line: int
    sha: str
    publisher: str | None = None


class Rows:
    """The rows of a batch of releases, by table."""

    def __init__(self, times: Times, orgs: Orgs | None = None) -> None:
        self.times = times
        self.orgs = orgs or Orgs()
        self.rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in schema.COLUMNS}
        self.count = 0

    def table(self, name: str) -> pa.Table:
        """A table of what was added."""
        given = self.orgs.listed() if name == "org" else self.rows[name]
        columns = schema.SCHEMAS[name]
        if not given:
            return columns.empty_table()
        # Columns that no release fills stand at the end and are null.
        told = dict(zip(columns.names, zip(*given, strict=True), strict=False))
        nothing = (None,) * len(given)
        arrays = [pa.array(told.get(field.name, nothing), type=field.type) for field in columns]
        return pa.Table.from_arrays(arrays, schema=columns)


def add(rows: Rows, release: shape.Release, origin: Origin) -> int:
    """Add a release; its number within the batch."""
    from .rows_after import add_after  # noqa: PLC0415 - the two halves of one release

    rid = rows.count
    rows.count += 1
    roster = Roster(rows.orgs, release.parties)
    tender = release.tender or shape.Tender()
    add_parties(rows, rid, release, roster)
    _add_release(rows, rid, release, tender, origin, roster)
    _add_tender(rows, rid, tender, roster)
    _add_bids(rows, rid, release, tender, roster)
    add_after(rows, rid, release, roster)
    return rid


def cents(amount: float | None) -> int | None:
    """An amount in hundredths, exact for what a double tells exactly; None beyond 64 bits."""
    if amount is None or not math.isfinite(amount):
        return None
    found = round(amount * 100) if abs(amount) < 2**53 else int(amount) * 100
    return found if abs(found) <= MAX_CENTAVOS else None


def money(value: shape.Value | None) -> tuple[float | None, int | None, str | None]:
    """amount, centavos, currency."""
    return (None, None, None) if value is None else (value.amount, cents(value.amount), value.currency)


def whole(number: int | None) -> int | None:
    """A number that fits the column."""
    return number if number is not None and abs(number) <= MAX_CENTAVOS else None


def joined(texts: Iterable[str] | None) -> str | None:
    """Several codes in one column."""
    return ";".join(texts) if texts else None


def item_columns(item: shape.Item) -> tuple[Any, ...]:
    """The columns of an item, from `item_id` on."""
    code = item.classification
    unit = item.unit
    price = unit.value if unit else None
    return (
        item.id,
        code.scheme if code else None,
        code.id if code else None,
        item.description,
        item.quantity,
        (unit.id or unit.name) if unit else None,
        price.amount if price else None,
        price.currency if price else None,
    )


def add_parties(rows: Rows, rid: int, release: shape.Release, roster: Roster) -> None:
    """Roles and owners of the parties."""
    for party in release.parties or ():
        number = roster.found.get(party.id) if party.id is not None else roster.add(party)
        if number is None:
            continue
        rows.rows["party_role"].extend((rid, number, role) for role in dict.fromkeys(party.roles or ()))
        pos = 0
        for owner in party.beneficial_owners or ():
            register = owner.identifier
            key = (register.id if register else None) or owner.id
            born = owner.birth_date[:4] if owner.birth_date else ""
            year = int(born) if born.isascii() and born.isdigit() else None
            rows.rows["owner"].append((rid, number, pos, "beneficial", key, owner.name, year, owner.share))
            pos += 1
        for holder in party.shareholders or ():
            who = holder.shareholder
            key, name = (who.id, who.name) if who else (holder.id, holder.name)
            rows.rows["owner"].append((rid, number, pos, "shareholder", key, name, None, holder.shareholding))
            pos += 1


def add_documents(
    rows: Rows, rid: int, section: str, parent: int | None, documents: list[shape.Document] | None
) -> None:
    """Documents of a part of the release."""
    at = rows.times.instant
    for pos, d in enumerate(documents or ()):
        rows.rows["document"].append(
            (
                *(rid, section, parent, pos, d.id, d.document_type, d.title, d.description),
                *(at(d.date_published), at(d.date_modified), d.format, d.language, d.url, d.sha256),
            )
        )


def add_milestones(
    rows: Rows, rid: int, section: str, contract: int | None, milestones: list[shape.Milestone] | None
) -> None:
    """Milestones of a part of the release."""
    at = rows.times.instant
    rows.rows["milestone"].extend(
        (rid, section, contract, pos, m.type, at(m.due_date), at(m.date_met), m.status)
        for pos, m in enumerate(milestones or ())
    )


def add_amendments(
    rows: Rows, rid: int, section: str, contract: int | None, amendments: list[shape.Amendment] | None
) -> None:
    """Amendments; amounts and dates before are known where the old form of changes tells them."""
    at = rows.times.instant
    for pos, a in enumerate(amendments or ()):
        before = {c.property: c.former_value for c in a.changes or () if c.property}
        amount = next((before[k] for k in ("value.amount", "value/amount") if k in before), None)
        end = next((before[k] for k in ("period.endDate", "period/endDate") if k in before), None)
        rows.rows["amendment"].append(
            (
                *(rid, section, contract, pos, at(a.date), a.rationale or a.description),
                *(_float(amount), None, at(end) if isinstance(end, str) else None, None),
            )
        )


def _float(given: Any) -> float | None:
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool) and abs(given) < 2**1000
    return float(given) if is_number else None


def _add_release(
    rows: Rows, rid: int, release: shape.Release, tender: shape.Tender, origin: Origin, roster: Roster
) -> None:
    at, day = rows.times.instant, rows.times.day
    planning = release.planning or shape.Planning()
    budget = planning.budget or shape.Budget()
    fund = budget.amount or shape.Value()
    buyer, entity = release.buyer, tender.procuring_entity
    by_role = {role: party for party in release.parties or () for role in party.roles or ()}
    who = by_role.get("buyer")
    unit = next(iter(planning.contracting_units or ()), None) or by_role.get("contractingUnit")
    details, basis = tender.procurement_method_details, tender.legal_basis
    article = None if tender.procurement_method == "open" else _article(details) or _article(basis and basis.id)
    period, judging = tender.tender_period or shape.Period(), tender.award_period or shape.Period()
    lasting = tender.contract_period or shape.Period()
    value = tender.value or shape.Value()
    fee, fee_currency = fee_of(tender.participation_fees)
    opening = tender.bid_opening.date if tender.bid_opening else None
    meetings = [found for m in tender.clarification_meetings or () if (found := at(m.date))]
    code = _main_class(release, tender)
    n = tender.number_of_tenderers
    rows.rows["release"].append(
        (
            *(rid, release.ocid, origin.publisher or (release.publisher.name if release.publisher else None)),
            *(release.id, at(release.date), release.date, joined(release.tag), release.language),
            *(origin.source, origin.line, origin.sha, bool(release.is_synthetic)),
            # planning
            *(budget.project_id or budget.id, planning.method_planned, fund.amount, fund.currency, planning.rationale),
            # who buys
            roster.named(buyer) if buyer else roster.found.get(who.id) if who else None,
            buyer.id if buyer else None,
            *(roster.named(entity), entity.id if entity else None),
            *(unit.id if unit else None, unit.name if unit else None),
            who.address.region if who and who.address else None,
            who.details.gov_level if who and who.details else None,
            # tender
            *(tender.id, tender.title, tender.description, tender.status, tender.procurement_method, details),
            tender.procurement_method_rationale,
            (basis.description or basis.id) if basis else None,
            *(article, basis.scheme if basis else None, None, tender.character, tender.main_procurement_category),
            joined(tender.additional_procurement_categories),
            *(tender.award_criteria, joined(tender.submission_method), _form(tender.submission_method)),
            tender.eligibility_criteria,
            tender.consolidated,
            tender.techniques.has_framework_agreement if tender.techniques else tender.framework_agreement,
            *(whole(n), n is not None, _said(release), tender.has_enquiries),
            *(at(period.start_date), day(period.start_date), period.start_date),
            *(at(period.end_date), day(period.end_date), period.end_date),
            *(at(opening), day(opening), max(meetings, default=None)),
            *(at(judging.start_date), day(judging.start_date), at(lasting.start_date), at(lasting.end_date)),
            *(value.amount, cents(value.amount), tender.min_value.amount if tender.min_value else None),
            *(value.currency, WITH_TAX if value.net_amount is not None else None),
            *(fee, fee_currency),
            *((code.id, code.scheme) if code else (None, None)),
            *(None, bool(release.complaints) if release.complaints is not None else None, release.page),
        )
    )


def fee_of(fees: list[shape.Fee] | None) -> tuple[float | None, str | None]:
    """What is charged for taking part, all fees of the currency of the first, and that currency."""
    told = [f.value for f in fees or () if f.value and f.value.amount is not None]
    if not told:
        return None, None
    return sum(f.amount or 0.0 for f in told if f.currency == told[0].currency), told[0].currency


def _form(methods: list[str] | None) -> str | None:
    """How bids come in, in the words of the official files: electrónica, presencial, mixta."""
    told = set(methods or ())
    if "inPerson" in told:
        return "mixta" if "electronicSubmission" in told else "presencial"
    return "electrónica" if "electronicSubmission" in told else None


def _article(text: str | None) -> str | None:
    """The article that a text names: `Adjudicación directa art.54-II` -> `54-II`."""
    found = ARTICLE.search(text) if text else None
    return None if found is None else f"{found[1]}-{found[2].upper()}" if found[2] else found[1]


def _main_class(release: shape.Release, tender: shape.Tender) -> Classification | None:
    """The code of the first item that has one: of the tender, else of the awards, else of the contracts."""
    lists = [tender.items, *(a.items for a in release.awards or ()), *(c.items for c in release.contracts or ())]
    codes = (i.classification for items in lists for i in items or ())
    return next((c for c in codes if c and c.id), None)


def _said(release: shape.Release) -> int | None:
    """The number of bids that the statistics of the bids extension tell."""
    told = (release.bids.statistics if release.bids else None) or ()
    found = next((s.value for s in told if s.measure == "bids" and s.value is not None), None)
    return int(found) if found is not None and abs(found) < 2**53 else None


def _add_tender(rows: Rows, rid: int, tender: shape.Tender, roster: Roster) -> None:
    at = rows.times.instant
    named = roster.named
    rows.rows["tenderer"].extend((rid, pos, named(t), t.id) for pos, t in enumerate(tender.tenderers or ()))
    statuses = {lot.id: lot.status for lot in tender.lots or ()}
    for pos, item in enumerate(tender.items or ()):
        where, status = item.delivery_address, statuses.get(item.related_lot)
        rows.rows["tender_item"].append(
            (
                *(rid, pos, where.region if where else None, item.related_lot, *item_columns(item), status),
                True if _says(where) or _says(item.delivery_location) else None,
            )
        )
    rows.rows["criterion"].extend(
        (rid, pos, c.title, c.description, None) for pos, c in enumerate(tender.criteria or ())
    )
    rows.rows["enquiry"].extend(
        (rid, pos, at(e.date), at(e.date_answered), bool(e.answer), named(e.author))
        for pos, e in enumerate(tender.enquiries or ())
    )
    rows.rows["fee_change"].extend(
        (rid, pos, at(told.date), *fee_of(told.fees)) for pos, told in enumerate(tender.fees_told or ())
    )
    add_documents(rows, rid, "tender", None, tender.documents)
    add_milestones(rows, rid, "tender", None, tender.milestones)
    add_amendments(rows, rid, "tender", None, tender.amendments)


def _add_bids(rows: Rows, rid: int, release: shape.Release, tender: shape.Tender, roster: Roster) -> None:
    at = rows.times.instant
    asked = requirements(tender)
    for no, bid in enumerate((release.bids.details if release.bids else None) or ()):
        who = bid.tenderers
        rank = int(bid.rank) if bid.rank is not None and abs(bid.rank) < 2**31 else None
        rows.rows["bid"].append(
            (
                *(rid, no, bid.id, bid.status, at(bid.date), bid.date, *money(bid.value), joined(bid.related_lots)),
                *(len(who) if who is not None else None, at(bid.date_received or bid.date), rank),
                *(bid.status_details, bid.device_hash, bid.author_hash),
            )
        )
        rows.rows["bid_tenderer"].extend((rid, no, pos, roster.named(t), t.id) for pos, t in enumerate(who or ()))
        for line, item in enumerate(bid.items or ()):
            price = item.unit.value if item.unit else None
            amount, currency = (price.amount, price.currency) if price else (None, None)
            rows.rows["bid_line"].append((rid, no, line, item.id, amount, item.quantity, currency))
        add_documents(rows, rid, "bid", no, bid.documents)
        add_responses(rows, rid, (None, no), bid.requirement_responses, asked)


def _says(thing: Shape | None) -> bool:
    return thing is not None and any(value is not None for value in astuple(thing))


def requirements(tender: shape.Tender) -> dict[str, int]:
    """Id of a requirement, or of a criterion -> position of the criterion."""
    found: dict[str, int] = {}
    for pos, criterion in enumerate(tender.criteria or ()):
        ids = [r.id for g in criterion.requirement_groups or () for r in g.requirements or ()]
        found |= {key: pos for key in (*ids, criterion.id) if key is not None}
    return found


def add_responses(
    rows: Rows,
    rid: int,
    place: tuple[int | None, int | None],
    responses: list[shape.Response] | None,
    asked: dict[str, int],
) -> None:
    """Answers to requirements that are a truth (passed) or a number (score). `place`: award_no and bid_no."""
    for response in responses or ():
        key = response.requirement.id if response.requirement else None
        pos = asked.get(key) if key is not None else None
        given = response.value
        if pos is not None and isinstance(given, (bool, int, float)):
            passed, score = (given, None) if isinstance(given, bool) else (None, _float(given))
            rows.rows["criterion_result"].append((rid, *place, pos, passed, score))
