# SPDX-License-Identifier: Apache-2.0
"""What an auction tells: the room as its acts make it, who is behind an alias to the room alone, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Subquery
from django.utils.translation import gettext as _

from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import Reading
from vitrina.cycle.evaluation import queries as evaluation
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.cycle.tendering.queries import lots_of, tender_of
from vitrina.kernel.canonical import parse
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry, Stream
from vitrina.parties.roles import Role

from .abnormal import Mark
from .acts import Attempt
from .justifying import queries as prices
from .justifying.award import marks_on
from .models import Auction
from .room import Room
from .states import Phase
from .verifying import Report, verify

SETTLED = frozenset({Phase.SKIPPED, Phase.CERTIFIED, Phase.VOIDED})  # of a void one nothing counts: the bids stand
GOING = frozenset({Phase.SCHEDULED, Phase.WARMUP, Phase.RUNNING})


def is_announced(process: Process) -> bool:
    """Whether the call said that the lots are auctioned."""
    tender = tender_of(process)
    return bool(tender and tender.auction)


_AUCTIONS = Reading(Auction.objects.all)


def auctions_of(process: Process) -> dict[int, Auction]:
    """Lot -> auction."""
    return {auction.lot: auction for auction in _AUCTIONS.of(process.pk)}


def auction_of(process: Process, lot: int) -> Auction | None:
    """The auction of a lot, with the instant of the purchase's last entry; nothing when the lot has none."""
    head_at = Stream.objects.filter(name=process.stream).values("head_at")
    found = Auction.objects.filter(process=process, lot=lot).annotate(head_at=Subquery(head_at)).first()
    if found:
        found.process = process
    return found


def entries_of(process: Process) -> list[dict[str, object]]:
    """The public entries of the purchase as the feed gives them, those of this transaction too."""
    return told(Entry.objects.filter(stream=process.stream, visibility="public").order_by("seq"))


def told(rows: Iterable[Entry]) -> list[dict[str, object]]:
    """Entries as the verifier takes them, but for those whose text was withdrawn."""
    return [{**row.header(), "body": parse(row.body), "digest": row.digest} for row in rows if not row.is_erased]


def hidden_of(auction: Auction) -> tuple[Attempt, ...]:
    """What was offered in the part that runs and is not public yet, in order."""
    return tuple(
        Attempt(
            alias=row.alias,
            received_at=row.received_at,
            amount=None if row.centavos is None else Money(row.centavos),
            code=row.code,
        )
        for row in auction.hidden.filter(is_published=False)
    )


def held_of(auction: Auction, alias: str) -> int | None:
    """What a bidder has offered in the hidden part that runs and has not taken back, centavos."""
    taken = [attempt for attempt in hidden_of(auction) if attempt.alias == alias and not attempt.code]
    return taken[-1].amount.centavos if taken and taken[-1].amount else None


def alias_of(auction: Auction, supplier_key: str) -> str:
    """Under which alias a supplier takes part; empty when it does not."""
    return auction.entrants.filter(supplier_key=supplier_key).values_list("alias", flat=True).first() or ""


def multiple_of(process: Process, lot: int) -> int:
    """Offers of a lot of one item are prices per piece: multiples of so many centavos."""
    items = items_by_lot(process)[lot]
    if len(items) != 1 or items[0].quantity != items[0].quantity.to_integral_value():
        return 1
    return int(items[0].quantity)


def solvent_bids(process: Process, lot: int) -> list[str]:
    """The bids that may take part: those that the evaluation found solvent."""
    return [r.bid_id for r in evaluation.results(process, lot) if r.is_solvent]


def are_settled(process: Process) -> bool:
    """Whether every lot that was to be auctioned was, or was skipped for want of bidders, or its auction is void."""
    held = auctions_of(process)
    return all(lot.number in held and held[lot.number].state in SETTLED for lot in lots_of(process))


def is_awaited(process: Process) -> bool:
    """Whether the ruling has to wait for an auction: the call announced one, there are bids, and it is not settled."""
    return is_announced(process) and bool(opened_bids(process)) and not are_settled(process)


def report_of(process: Process, lot: int) -> Report | None:
    """The auction of a lot computed again from the ledger, once it is certified; nothing when it was not held."""
    auction = auctions_of(process).get(lot)
    if auction is None or auction.state != Phase.CERTIFIED:
        return None
    return verify(entries_of(process), lot=lot)


def report_after_rejection(process: Process, lot: int) -> Report | None:
    """The same where a price of the lot was rejected, so that somebody else is first; nothing where none was."""
    return report_of(process, lot) if prices.has_rejected(process, lot) else None


def marks_of(room: Room) -> list[Mark]:
    """What marks the first of the ranking as abnormally low; nothing while the bidders are not known."""
    return marks_on(room, room.leader)


def tasks(process: Process, at: datetime) -> list[Task]:
    """The announcement of each auction, what an official may do while it goes on, its certificate; the room to bid;
    the prices to be justified.
    """
    if process.halt or not is_announced(process) or not evaluation.is_concluded(process) or not opened_bids(process):
        return []
    held = auctions_of(process)
    of_lots = [task for lot in lots_of(process) for task in _tasks_of(process, lot.number, held.get(lot.number))]
    return [*of_lots, *prices.tasks(process, at)]


def _tasks_of(process: Process, lot: int, auction: Auction | None) -> list[Task]:
    def task(command: str, role: Role, title: str, **more: Any) -> Task:
        return Task(command, role, title % {"lot": lot}, process.title, key=str(lot), **more)

    if auction is None:
        return [task("auction.schedule", Role.OFFICER, _("Announce the auction of lot %(lot)s"))]
    leave = task(
        "auction.leave_floor", Role.SUPPLIER, _("Leave a floor in the auction of lot %(lot)s"), is_optional=True
    )
    floor = [leave] if auction.takes_floors else []
    void = task("auction.void", Role.APPROVER, _("Declare the auction of lot %(lot)s void"), is_optional=True)
    if auction.state in {Phase.SCHEDULED, Phase.WARMUP}:
        title = _("Move the auction of lot %(lot)s")
        return [task("auction.reschedule", Role.OFFICER, title, is_optional=True), *floor]
    if auction.state == Phase.RUNNING:
        return [
            # for every supplier alike: who has a solvent bid is not known before the ruling
            task("auction.offer", Role.SUPPLIER, _("Offer in the auction of lot %(lot)s"), due=auction.ends_at),
            *floor,
            task("auction.pause", Role.OFFICER, _("Pause the auction of lot %(lot)s"), is_optional=True),
            void,
        ]
    if auction.state == Phase.PAUSED:
        return [task("auction.resume", Role.OFFICER, _("Resume the auction of lot %(lot)s")), *floor, void]
    if auction.state == Phase.REVEALED:
        return [task("auction.certify", Role.OFFICER, _("Certify the auction of lot %(lot)s")), void]
    return []
