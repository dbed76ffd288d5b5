# SPDX-License-Identifier: Apache-2.0
"""The projections of the flow of funds and of works: a purchase is folded again when an act moves its money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from vitrina.cycle.contracting.terms import Term, term
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery.events import ProgressReported
from vitrina.kernel.workdays import closes_at
from vitrina.ledger import bulk
from vitrina.ledger.erasing import BodyErased
from vitrina.ledger.models import Position
from vitrina.ledger.projections import Placed, Projection, register

from .models import Arrival, Due, FundedContract, FundedPurchase, Posting, WorkReport
from .postings import TERMS, WHICH, Flow, Owed, Told, fold

LONGEST_NAME = 300


def flow_of(ocid: str, until: int) -> Flow:
    """The flow of a purchase after the entry at position `until`."""
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}", entry__kind__in=WHICH, position__lte=until)
    placed = rows.filter(entry__visibility="public").select_related("entry").order_by("position")
    flow = fold(Told(row.position, row.entry.at, row.entry.event) for row in placed)
    flow.ocid = ocid
    return flow


def _purchase(flow: Flow) -> bulk.Row:
    plan, buyer, unit = flow.plan, flow.buyer, flow.unit
    assert plan
    assert buyer
    assert unit
    return {
        "ocid": flow.ocid, "title": plan.title, "buyer_key": buyer.key, "buyer_name": buyer.name,
        "unit_key": unit.key, "unit_name": unit.name, "year": plan.fiscal_year, "budget_key": plan.budget_key,
        "programme_key": plan.programme_key, "portfolio_key": plan.portfolio_key, "is_over": flow.is_over,
        "planned_by": flow.planned_by,
    }  # fmt: skip


def _contracts(flow: Flow) -> list[bulk.Row]:
    return [
        {"id": key, "purchase_id": flow.ocid, "award": one.ref.award, "title": one.ref.title,
         "supplier_key": one.ref.supplier.key, "supplier_name": one.ref.supplier.name[:LONGEST_NAME],
         "starts_on": one.ref.starts_on.isoformat(), "ends_on": one.ref.ends_on.isoformat(),
         "is_ended": one.is_ended}
        for key, one in flow.contracts.items()
    ]  # fmt: skip


def _arrivals(flow: Flow) -> list[bulk.Row]:
    return [
        {"id": key, "purchase_id": flow.ocid, "contract": one.contract, "position": one.told.position,
         "received_on": one.told.event.received_on.isoformat(), "late_days": one.late_days, "state": one.state,
         "centavos": one.centavos, "penalty_centavos": one.penalty}
        for key, one in flow.receipts.items()
    ]  # fmt: skip


def _postings(flow: Flow, since: int) -> list[bulk.Row]:
    """The postings of the acts from position `since` on, numbered within their act."""
    seen: Counter[int] = Counter()
    rows = []
    for one in flow.moved:
        seen[one.position] += 1
        if one.position >= since:
            rows.append({"id": f"{one.position}.{seen[one.position]}", "purchase_id": flow.ocid, **one._asdict()})
    return rows


def _dues(flow: Flow) -> list[bulk.Row]:
    owed = flow.owed()
    process = Process.objects.select_related("unit", "buyer").filter(ocid=flow.ocid).first() if owed else None
    return [_due(flow.ocid, process, one) for one in owed]


def _due(ocid: str, process: Process | None, owed: Owed) -> bulk.Row:
    """What is owed, with its last day: the contract's or the act's own, else the one that the law gives."""
    running = _term(process, owed)
    due_on = owed.due_on or (running.deadline.end if running else None)
    zone = process.unit.zone if process else ""
    return {
        "id": f"{ocid} {owed.kind} {owed.contract} {owed.ref}", "purchase_id": ocid, "contract": owed.contract,
        "kind": owed.kind, "ref": owed.ref, "position": owed.position, "centavos": owed.centavos,
        "due_on": due_on.isoformat() if due_on else None,
        "closes_at": closes_at(due_on, zone) if due_on and zone else None,
        "article": running.rule.article if running else "", "law": running.rule.law if running else "",
        "certainty": running.rule.certainty if running else "",
    }  # fmt: skip


def _term(process: Process | None, owed: Owed) -> Term | None:
    key = TERMS.get(owed.kind)
    return term(process, key, owed.since) if key and process else None


def _changed(batch: Sequence[Placed]) -> dict[str, tuple[int, int]]:
    """Ocid -> (from which position its postings are new, its last position); all of them after a withdrawal."""
    found: dict[str, tuple[int, int]] = {}
    for placed in batch:
        ocid, kind = placed.entry.ocid, placed.entry.kind
        if ocid and (kind in WHICH or kind == BodyErased.kind):
            first = 0 if kind == BodyErased.kind else placed.position
            found[ocid] = (min(first, found.get(ocid, (first, 0))[0]), placed.position)
    return found


def _forget(ocids: Iterable[str]) -> None:
    FundedContract.objects.filter(purchase__in=ocids).delete()
    Due.objects.filter(purchase__in=ocids).delete()
    Arrival.objects.filter(purchase__in=ocids).delete()


def _apply(batch: Sequence[Placed]) -> None:
    changed = _changed(batch)
    _forget(changed)
    for ocid, (since, until) in changed.items():
        flow = flow_of(ocid, until)
        Posting.objects.filter(purchase=ocid, position__gte=since).delete()
        if flow.plan is None:  # what it was bought for was withdrawn from the public record
            FundedPurchase.objects.filter(ocid=ocid).delete()
            continue
        bulk.insert(FundedPurchase, [_purchase(flow)], replace=True)
        bulk.insert(FundedContract, _contracts(flow))
        bulk.insert(Posting, _postings(flow, since))
        bulk.insert(Due, _dues(flow))
        bulk.insert(Arrival, _arrivals(flow))


def _report(row: Position) -> bulk.Row:
    """A report of progress as its act tells it."""
    event: Any = row.entry.event
    files = {ref.id: ref.sha256 for ref in event.documents}
    photos = [{"sha256": files[p.document], "alt": p.alt, "taken_on": p.taken_on.isoformat()} for p in event.photos]
    return {
        "id": f"{event.contract}-A{event.number}", "ocid": row.entry.ocid, "contract": event.contract,
        "number": event.number, "position": row.position, "at": row.entry.at,
        "cutoff_on": event.cutoff_on.isoformat(), "planned": str(event.planned), "actual": str(event.actual),
        "authorised_centavos": event.authorised.centavos, "value_centavos": event.value.centavos,
        "place": event.place, "latitude": str(event.latitude), "longitude": str(event.longitude),
        "note": event.note, "photos": photos,
    }  # fmt: skip


def _apply_reports(batch: Sequence[Placed]) -> None:
    kinds = {ProgressReported.kind, BodyErased.kind}
    changed = {p.entry.ocid: p.position for p in batch if p.entry.ocid and p.entry.kind in kinds}
    for ocid, until in changed.items():
        WorkReport.objects.filter(ocid=ocid).delete()
        rows = Position.objects.filter(
            entry__stream=f"ocid:{ocid}", entry__kind=ProgressReported.kind, position__lte=until
        ).select_related("entry")
        bulk.insert(WorkReport, [_report(row) for row in rows if not row.entry.is_erased])


register(Projection("funds", (Posting, Due, Arrival, FundedContract, FundedPurchase), _apply))
register(Projection("works", (WorkReport,), _apply_reports))
