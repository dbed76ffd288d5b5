# SPDX-License-Identifier: Apache-2.0
"""What bidding tells: where reception stands, and to the later stages the bids once the act has opened them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.tendering import limits
from vitrina.cycle.tendering.events import TenderCancelled
from vitrina.cycle.tendering.models import Tender
from vitrina.cycle.tendering.queries import is_open_for_bids, tender_of
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

from .events import BidOpened, ReceptionClosed


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """A bid as the act published it. `prices` are unit prices by item number, `totals` by lot, `costs` what it
    declares by requirement that asks for it; all without VAT.
    """

    bid_id: str
    supplier_key: str
    supplier_name: str
    supplier_size: str
    lots: tuple[int, ...]
    prices: dict[int, Money]
    totals: dict[int, Money]
    total: Money
    responses: dict[int, str]
    documents: tuple[DocumentRef, ...]
    order: int
    costs: dict[int, Money] = field(default_factory=dict)


_CLOSINGS = Reading(lambda: _entries(ReceptionClosed.kind), by="stream", prefix="ocid:")
_OPENED = Reading(lambda: _entries(BidOpened.kind), by="stream", prefix="ocid:")


def _entries(kind: str) -> QuerySet[Entry]:
    return Entry.objects.filter(kind=kind).order_by("seq")


def closing_entry(process: Process) -> Entry | None:
    """The entry that closed the reception for the deadline in force, the first if somebody wrote another after it;
    nothing while envelopes are on time.
    """
    tender = tender_of(process)
    found = _CLOSINGS.of(process.pk) if tender else []
    return next((entry for entry in found if tender and entry.event.deadline == tender.opening_at), None)


def cancelled_entry(process: Process) -> Entry | None:
    """The entry that cancelled a purchase before its bids were opened: what they offer stays closed for ever."""
    rows = Entry.objects.filter(stream=process.stream)
    found = rows.filter(kind=TenderCancelled.kind).order_by("seq").first()
    if found is None or rows.filter(kind="bids.opened", seq__lt=found.seq).exists():
        return None
    return found


def cut_entry(process: Process) -> Entry | None:
    """The entry after which an envelope is late: the deadline's, or the cancellation if that came first."""
    found = [entry for entry in (closing_entry(process), cancelled_entry(process)) if entry]
    return min(found, key=lambda entry: entry.pk, default=None)


def is_receiving(process: Process, at: datetime) -> bool:
    """Whether an envelope that arrives at this instant is on time: before the deadline, and reception not closed."""
    return is_open_for_bids(process, at) and closing_entry(process) is None


def is_late(process: Process, entry: Entry) -> bool:
    """Whether an envelope's entry stands after the deadline's."""
    closing = closing_entry(process)
    return closing is not None and entry.pk > closing.pk


def open_tenders(*, until: datetime | None = None, after: datetime | None = None) -> list[Process]:
    """Purchases whose deadline has come (`until`) and is not written down, or is still to come (`after`)."""
    rows = Tender.objects.filter(process__halt="", process__stage__in=("tendering", "clarifying", "bidding"))
    rows = rows.filter(opening_at__lte=until) if until else rows
    rows = rows.filter(opening_at__gt=after) if after else rows
    found = [tender.process for tender in rows.select_related("process__unit", "process__buyer")]
    return [p for p in found if closing_entry(p) is None] if until else found


def upload_until(process: Process) -> datetime | None:
    """Until when the files of an envelope may arrive; nothing while the act has not begun. The rule gives minutes."""
    started = Entry.objects.filter(stream=process.stream, kind="opening.started").first()
    if started is None:
        return None
    return max(started.at, grace_end(process))


def grace_end(process: Process) -> datetime:
    """The end of the grace after the deadline, from the procedure's profile; no grace where the law is silent."""
    tender = tender_of(process)
    try:
        rule = limits.rule_of(process, "procedure.upload_grace", tender.opening_at)
    except Refused:
        return tender.opening_at
    return tender.opening_at + timedelta(minutes=int(rule.value))


def are_opened(process: Process) -> bool:
    """Whether the act has opened the bids, or found that there were none."""
    return Entry.objects.filter(stream=process.stream, kind="bids.opened").exists()


def is_act_closed(process: Process) -> bool:
    """Whether the opening act is over; the ledger tells of it, since the act belongs to a later stage."""
    return Entry.objects.filter(stream=process.stream, kind="opening.closed").exists()


def opened_bids(process: Process) -> list[OpenedBid]:
    """The bids that the act opened, in the order of the log; empty before. Read from the public ledger."""
    return [_opened(entry.event) for entry in _OPENED.of(process.pk)]


def _opened(event: BidOpened) -> OpenedBid:
    return OpenedBid(
        bid_id=event.bid,
        supplier_key=event.bidder.key,
        supplier_name=event.bidder.name,
        supplier_size=event.bidder.size,
        lots=event.content.lots,
        prices={line.item: line.unit_price for line in event.lines},
        totals={t.lot: t.amount for t in event.totals},
        total=event.total,
        responses={int(n): text for n, text in event.content.responses.items()},
        documents=event.documents,
        order=event.order,
        costs={cost.criterion: cost.amount for cost in event.costs},
    )


def tasks(process: Process, at: datetime) -> list[Task]:
    """Bidding, for every supplier alike: who has bid is not known before the act."""
    if not is_receiving(process, at):
        return []
    tender = tender_of(process)
    detail = _("It is sealed in your browser: nobody can read it before the opening, nor know that you bid.")
    return [
        Task("bidding.submit", Role.SUPPLIER, _("Seal and send your bid"), detail, due=tender.opening_at),
        Task(
            "bidding.withdraw",
            Role.SUPPLIER,
            _("Withdraw your bid, if you sent one"),
            due=tender.opening_at,
            is_optional=True,
        ),
    ]
