# SPDX-License-Identifier: Apache-2.0
"""What bidding tells: to a supplier its own receipts, to the later stages the bids once the act has opened them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.tendering.queries import is_open_for_bids, tender_of
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role

from .events import BidOpened
from .models import Bid
from .states import BidState


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a supplier keeps of a bid. `entry_digest` is in the public feed, without a name, from the first second.
    `is_call_changed`: the call was amended after the bid arrived; its supplier should look at it again.
    """

    bid_id: str
    ocid: str
    title: str
    supplier_name: str
    state: str
    received_at: datetime
    deadline_at: datetime
    digest: str
    entry_digest: str
    is_call_changed: bool

    @property
    def is_late(self) -> bool:
        return self.state == BidState.REFUSED


@dataclass(frozen=True, slots=True)
class OpenedBid:
    """A bid as the act published it. `prices` are unit prices by item number, `totals` by lot, all without VAT."""

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


def live_bid(process: Process, supplier_key: str) -> Bid | None:
    """The bid of a supplier that stands now."""
    return Bid.objects.filter(process=process, supplier=supplier_key, state=BidState.RECEIVED).first()


def receipt(bid: Bid) -> Receipt:
    """The receipt of a bid, for its supplier only."""
    return Receipt(
        bid_id=bid.id,
        ocid=bid.process_id,
        title=bid.process.title,
        supplier_name=bid.supplier.name,
        state=bid.state,
        received_at=bid.received_at,
        deadline_at=bid.deadline_at,
        digest=bid.digest,
        entry_digest=bid.entry.digest,
        is_call_changed=_is_call_changed(bid),
    )


def _is_call_changed(bid: Bid) -> bool:
    entries = Entry.objects.filter(stream=bid.process.stream, kind="call.amended", id__gt=bid.entry_id)
    return bid.state == BidState.RECEIVED and entries.exists()


def bids_of_supplier(supplier_key: str) -> list[Receipt]:
    """The receipts of every bid that a supplier ever sent, latest first; for that supplier only."""
    rows = Bid.objects.filter(supplier=supplier_key).select_related("process", "supplier", "entry")
    return [receipt(bid) for bid in rows.order_by("-received_at", "-entry_id")]


def is_receiving(process: Process, at: datetime) -> bool:
    """Whether a bid that arrives at this instant is received: before the hour of the opening, and unopened."""
    return is_open_for_bids(process, at) and not are_opened(process)


def are_opened(process: Process) -> bool:
    """Whether the act has opened the bids, or found that there were none."""
    return Entry.objects.filter(stream=process.stream, kind="bids.opened").exists()


def is_act_closed(process: Process) -> bool:
    """Whether the opening act is over; the ledger tells of it, since the act belongs to a later stage."""
    return Entry.objects.filter(stream=process.stream, kind="opening.closed").exists()


def opened_bids(process: Process) -> list[OpenedBid]:
    """The bids that the act opened, in order of arrival; empty before. Read from the public ledger."""
    rows = Entry.objects.filter(stream=process.stream, kind=BidOpened.kind).order_by("seq")
    return [_opened(entry.event) for entry in rows]


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
    )


def tasks(process: Process, at: datetime) -> list[Task]:
    """Bidding, for every supplier alike: a task for those who have bid would tell the others how many they are."""
    if not is_receiving(process, at):
        return []
    tender = tender_of(process)
    detail = _("You may replace or withdraw it until the opening. The system shows it to nobody before.")
    return [
        Task("bidding.submit", Role.SUPPLIER, _("Send your bid"), detail, due=tender.opening_at),
        Task(
            "bidding.withdraw",
            Role.SUPPLIER,
            _("Withdraw your bid, if you sent one"),
            due=tender.opening_at,
            is_optional=True,
        ),
    ]
