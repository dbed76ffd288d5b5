# SPDX-License-Identifier: Apache-2.0
"""What a supplier can do with a bid, and the opening of all of them, which the act calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from msgspec import structs

from vitrina.cycle.core import files
from vitrina.cycle.core.command import move, record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel import ids
from vitrina.kernel.money import Money, total
from vitrina.ledger.append import append
from vitrina.ledger.kinds import DocumentRef
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Supplier

from . import contents, envelope
from .checks import content_of
from .disclosure import bidder_ref, proof_of
from .events import BidOpened, BidReceived, BidRefusedLate, BidWithdrawn, LotTotal, PricedLine
from .frame import bid_command
from .models import Bid
from .queries import is_act_closed, is_receiving, live_bid
from .states import TABLE


@bid_command("bidding.submit")
def submit(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    prices: Mapping[int, Money],
    responses: Mapping[int, str] | None = None,
    documents: Sequence[tuple[str, UploadedFile]] = (),
    statement: bool = False,
) -> Entry:
    """Hand in a bid, in place of the former one if there was one.

    `prices`: item number -> unit price without VAT; the bid is for the lots whose items are all priced. `responses`:
    criterion number -> how the bid meets it. `documents`: (title, file). At or after the hour of the opening nothing
    is kept and the entry is `bid.refused_late`. Refuses a lot that is priced in part, an unknown item or criterion, a
    criterion left without answer, and a bid without the statement under oath.
    """
    tender = tender_of(process)
    if tender is None:
        raise refuse("not-called", _("The call is not published yet: there is nothing to bid for."))
    supplier = Supplier.objects.get(key=actor.supplier_key)
    if not is_receiving(process, at):
        return _refuse_late(actor, process, supplier, tender.opening_at, at)
    bid_id = ids.ulid(at)
    content = content_of(process, prices, responses or {}, n_documents=len(documents), has_statement=statement)
    content = structs.replace(content, documents=_store(documents, bid_id))
    sealed = envelope.seal(content, process=process, supplier=supplier.key, bid=bid_id)
    former = live_bid(process, supplier.key)
    if former is not None:
        move(former, TABLE, "replace")
        former.save()
        envelope.destroy(former)
    event = BidReceived(
        ocid=process.ocid,
        bid=bid_id,
        supplier=supplier.key,
        digest=sealed.digest,
        deadline=tender.opening_at,
        replaces=former.id if former else "",
    )
    entry = append(f"bid:{bid_id}", event, actor=actor.signer, at=at)
    bid = Bid(
        id=bid_id,
        process=process,
        supplier=supplier,
        state="",
        received_at=at,
        deadline_at=tender.opening_at,
        digest=sealed.digest,
        entry=entry,
    )
    move(bid, TABLE, "submit")
    bid.save(force_insert=True)
    envelope.put(bid, sealed)
    return entry


def _store(documents: Sequence[tuple[str, UploadedFile]], bid_id: str) -> tuple[DocumentRef, ...]:
    """Store the files, not public. Titles stay in the envelope: the table of files gets names that say nothing."""
    refs = []
    for n, (title, upload) in enumerate(documents, start=1):
        nameless = copy(upload)
        nameless.name = f"documento-{n}{PurePath(upload.name or '').suffix}"
        row = files.store(nameless, public=False, field="documents")
        ref = files.reference(row, id=f"bid-{bid_id}-{n}", title=title, document_type="submissionDocuments")
        refs.append(ref)
    return tuple(refs)


def _refuse_late(actor: Actor, process: Process, supplier: Supplier, deadline: datetime, at: datetime) -> Entry:
    """Keep that a bid arrived late, and nothing of what it held."""
    if is_act_closed(process):
        raise refuse("closed", _("The opening act is over; bids are no longer received."))
    bid_id = ids.ulid(at)
    event = BidRefusedLate(
        ocid=process.ocid,
        bid=bid_id,
        supplier=supplier.key,
        arrived_at=at,
        deadline=deadline,
        zone=process.unit.zone,
    )
    entry = append(f"bid:{bid_id}", event, actor=actor.signer, at=at)
    bid = Bid(
        id=bid_id, process=process, supplier=supplier, state="", received_at=at, deadline_at=deadline, entry=entry
    )
    move(bid, TABLE, "refuse_late")
    bid.save(force_insert=True)
    return entry


@bid_command("bidding.withdraw")
def withdraw(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Take the bid back before the opening; what it held is destroyed unread."""
    bid = live_bid(process, actor.supplier_key)
    if bid is None:
        raise refuse("no-bid", _("You have no bid in this purchase."))
    if not is_receiving(process, at):
        raise refuse("late", _("The hour of the opening has come: bids can no longer be withdrawn."))
    move(bid, TABLE, "withdraw")
    bid.save()
    envelope.destroy(bid)
    event = BidWithdrawn(ocid=process.ocid, bid=bid.id, supplier=actor.supplier_key)
    return append(bid.stream, event, actor=actor.signer, at=at)


def open_received(actor: Actor, process: Process, *, at: datetime) -> list[Entry]:
    """Open every live bid, in order of arrival: one public entry each. Only the opening act calls it, in its own
    transaction and under its own permission. Refuses as `envelope.open_all` does.
    """
    items = items_of(process)
    entries = []
    for order, opened in enumerate(envelope.open_all(process, at=at), start=1):
        bid, content = opened.bid, opened.content
        move(bid, TABLE, "open")
        bid.save()
        files.publish([d.sha256 for d in content.documents])
        priced = contents.lines(content, items)
        event = BidOpened(
            order=order,
            bid=bid.id,
            bidder=bidder_ref(bid.supplier),
            received_at=bid.received_at,
            lines=tuple(_line(p) for p in priced),
            totals=tuple(LotTotal(lot=lot, amount=amount) for lot, amount in contents.totals(priced).items()),
            total=total([p.amount for p in priced]),
            content=content,
            content_salt=opened.salt,
            digest=bid.digest,
            proof=proof_of(bid.entry),
            documents=content.documents,
        )
        entries.append(record(actor, process, event, at=at))
    return entries


def _line(priced: contents.Line) -> PricedLine:
    item = priced.item
    return PricedLine(
        item=item.number,
        lot=item.lot,
        description=item.description,
        quantity=item.quantity,
        unit_name=item.unit_name,
        unit_price=priced.unit_price,
        amount=priced.amount,
    )
