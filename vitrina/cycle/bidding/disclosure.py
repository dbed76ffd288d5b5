# SPDX-License-Identifier: Apache-2.0
"""What the opening act lays open of bids besides what they say: bidders, proofs, and the bids that are not opened."""

from __future__ import annotations

from vitrina.cycle.core.models import Process
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry
from vitrina.parties.models import Supplier

from .events import BidderRef, Proof, SetAside
from .models import Bid
from .states import BidState

UNOPENED = (BidState.REPLACED, BidState.WITHDRAWN, BidState.REFUSED)


def bidder_ref(supplier: Supplier) -> BidderRef:
    """A supplier as the ledger names it."""
    return BidderRef(key=supplier.key, name=supplier.name, rfc=supplier.rfc, size=supplier.size)


def proof_of(entry: Entry) -> Proof:
    """A blinded entry laid open: whoever holds its digest checks it with SHA-256 alone."""
    return Proof(digest=entry.digest, header=canonical(entry.header()).decode(), body=entry.body)


def set_aside(process: Process) -> tuple[SetAside, ...]:
    """The bids of a process that the act does not open, in order of arrival. Only the act may publish them."""
    rows = Bid.objects.filter(process=process, state__in=UNOPENED).select_related("supplier")
    return tuple(
        SetAside(
            bid=bid.id,
            bidder=bidder_ref(bid.supplier),
            state=bid.state,
            received_at=bid.received_at,
            proofs=tuple(proof_of(e) for e in Entry.objects.filter(stream=bid.stream).order_by("seq")),
        )
        for bid in rows.order_by("received_at", "entry_id")
    )
