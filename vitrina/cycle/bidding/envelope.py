# SPDX-License-Identifier: Apache-2.0
"""The seam around the contents of bids: the only code that reads or writes `Envelope`.

Commands `put` and `destroy`; the opening act calls `open_all`. Whoever changes how contents are kept (encrypted in the
supplier's browser, say) changes this file and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel import ids
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry

from .contents import Content, digest_of_content
from .models import Bid, Envelope
from .states import BidState


@dataclass(frozen=True, slots=True)
class Sealed:
    """Contents ready to be kept: their digest may be shown, the rest may not."""

    content: Content
    salt: str
    digest: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A bid with its contents, once the act may read them."""

    bid: Bid
    content: Content
    salt: str


def seal(content: Content, *, process: Process, supplier: str, bid: str) -> Sealed:
    """The contents with a fresh salt and the digest that binds them to purchase, bidder and bid."""
    salt = ids.token(32)
    return Sealed(content, salt, digest_of_content(content, salt=salt, ocid=process.ocid, supplier=supplier, bid=bid))


def put(bid: Bid, sealed: Sealed) -> None:
    """Keep the contents of a bid that was received."""
    text = canonical(msgspec.to_builtins(sealed.content)).decode()
    Envelope.objects.create(bid=bid, content=text, salt=sealed.salt)


def destroy(bid: Bid) -> None:
    """Forget the contents of a bid that its supplier replaced or withdrew: nobody may ever read them."""
    Envelope.objects.filter(bid=bid).delete()


def open_all(process: Process, *, at: datetime) -> list[Opened]:
    """The contents of every live bid, in order of arrival.

    Refuses before the hour of the opening, before the act has started, and when an envelope is missing or is not the
    one whose digest the ledger has held since it was received.
    """
    if at < tender_of(process).opening_at or not _act_started(process):
        raise refuse("sealed", _("The bids stay closed until the opening act has started."))
    live = Bid.objects.filter(process=process, state=BidState.RECEIVED).select_related("supplier", "entry")
    return [_open(bid, process) for bid in live.order_by("received_at", "entry_id")]


def _act_started(process: Process) -> bool:
    # The act belongs to a later stage: the ledger tells of it.
    return Entry.objects.filter(stream=process.stream, kind="opening.started").exists()


def _open(bid: Bid, process: Process) -> Opened:
    envelope = Envelope.objects.filter(bid=bid).first()
    promised = bid.entry.event.digest
    if envelope is not None:
        content = msgspec.json.decode(envelope.content, type=Content)
        found = digest_of_content(content, salt=envelope.salt, ocid=process.ocid, supplier=bid.supplier_id, bid=bid.id)
        if found == promised:
            return Opened(bid, content, envelope.salt)
    message = _("The envelope of %(name)s is not the one that was received. Stop the act and call internal control.")
    raise refuse("altered", message % {"name": bid.supplier.name})
