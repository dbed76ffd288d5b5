# SPDX-License-Identifier: Apache-2.0
"""What a supplier can do with a sealed bid, the deadline, decoys; and revealing and opening, which the act calls."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.utils.translation import gettext as _

from vitrina.cycle.core import files
from vitrina.cycle.core.command import record
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.queries import costs_asked, tender_of
from vitrina.kernel import ids
from vitrina.kernel.canonical import canonical
from vitrina.kernel.money import total
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties.actors import PLATFORM, Actor
from vitrina.parties.models import Supplier
from vitrina.sealed import objects

from . import contents, envelope, unsealing, vault
from .costs import declared
from .events import (
    NOBODY,
    BidderRef,
    BidOpened,
    BidUnopenable,
    DeclaredCost,
    DecoysRevealed,
    EnvelopeLogged,
    EnvelopeRevealed,
    LotTotal,
    PricedLine,
    ReceptionClosed,
)
from .fates import fates_of
from .frame import bid_command
from .models import Decoy
from .queries import cancelled_entry, closing_entry, cut_entry, is_act_closed, open_tenders, upload_until
from .reception import Received, check, check_panel, month_after, require_not_barred
from .states import EnvelopeState

DECOY_HOURS = 24  # at least one decoy for each open purchase in so many hours (sealed bids, section 4.4)


@transaction.atomic
def close_reception(ocid: str, *, at: datetime) -> Entry | None:
    """Write down the deadline of a purchase once it has come: the entry, or nothing when it is not due or was done.

    It waits for the envelopes on their way: who holds a share of the purchase's row came before.
    """
    process = Process.objects.select_related("unit", "buyer").get(ocid=ocid)
    if not _is_due(process, at):
        return None
    process = Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer").get(ocid=ocid)
    tender = tender_of(process)
    if not _is_due(process, at):
        return None
    event = ReceptionClosed(deadline=tender.opening_at, zone=process.unit.zone)
    return record(PLATFORM, process, event, at=at)


def _is_due(process: Process, at: datetime) -> bool:
    tender = tender_of(process)
    return bool(tender and not process.halt and tender.opening_at <= at and closing_entry(process) is None)


def _checked(kind: type) -> Callable[..., Received]:
    """What came, looked at before anything is locked. `data`: the signed object, canonical JSON; `claim`: of its
    signature; `previous`: the manifest that it replaces, withdraws or deals anew.
    """

    def check_it(
        actor: Actor, process: Process, *, at: datetime, data: bytes, claim: dict[str, Any] | None,
        previous: bytes | None = None,
    ) -> Received:  # fmt: skip
        _require_reception(process)
        if kind is objects.Manifest:
            require_not_barred(actor, process, at)
        return check(actor, process, kind, data, claim, previous=previous, at=at)

    return check_it


def _require_reception(process: Process) -> None:
    if tender_of(process) is None:
        raise refuse("not-called", _("The call is not published yet: there is nothing to bid for."))
    if is_act_closed(process):
        raise refuse("closed", _("The opening act is over; bids are no longer received."))


@bid_command("bidding.submit", close=close_reception, check=_checked(objects.Manifest))
def submit(actor: Actor, process: Process, received: Received, *, at: datetime) -> Entry:  # noqa: ARG001
    """Log a sealed bid: its manifest (`data`), the claim of its signature, `previous` where it replaces one.

    The files follow. At or after the deadline it is logged all the same, and is late: its place in the log says so.
    Sent twice, the second changes nothing.
    """
    check_panel(received.object, process)  # who opens may have changed since it was checked
    return _receive(process, received, "submit", at)


@bid_command("bidding.withdraw", close=close_reception, check=_checked(objects.Withdrawal))
def withdraw(actor: Actor, process: Process, received: Received, *, at: datetime) -> Entry:  # noqa: ARG001
    """Log the withdrawal (`data`) of the bid whose manifest is `previous`. After the deadline it has no effect."""
    return _receive(process, received, "withdraw", at)


@bid_command("bidding.redeal", close=close_reception, check=_checked(objects.Redeal))
def redeal(actor: Actor, process: Process, received: Received, *, at: datetime) -> Entry:  # noqa: ARG001
    """Log a share (`data`) of the bid `previous` dealt anew to who replaced an opener."""
    return _receive(process, received, "redeal", at)


def _receive(process: Process, received: Received, command: str, at: datetime) -> Entry:
    _require_reception(process)
    known = envelope.find(received.c)
    if known is not None:
        return known.entry
    entry = log_envelope(received, at)
    envelope.put(process, received, entry, command=command, at=at)
    return entry


def log_envelope(received: Received, at: datetime) -> Entry:
    """The blinded entry of an envelope, in a stream of its own that nobody can tell from another's."""
    return _log(received.c, received.object.reveal_by, at)


def _log(c: str, reveal_by: str, at: datetime) -> Entry:
    return append(f"sobre:{ids.token(16)}", EnvelopeLogged(c=c, reveal_by=reveal_by), actor=NOBODY, at=at)


def receive_part(c: str, sha256: str, source: BinaryIO, *, at: datetime) -> list[str]:
    """Keep a part that the envelope `c` promised; the digests of those still missing. No row is written.

    Refuses a part that was not promised, other bytes than those promised, and one after the grace that the rule gives.
    """
    row = envelope.promising(c, sha256)
    if row is None:
        raise refuse("part", _("No envelope of this purchase promised that file."))
    until = upload_until(row.process)
    if until is not None and at >= until:
        raise refuse("late", _("The time to send the files of this envelope is over."))
    if not vault.has(sha256):
        try:
            vault.write_part(sha256, source)
        except vault.BadPart as error:
            raise refuse("bytes", _("The file changed on its way. Send this part again.")) from error
    return vault.missing(row.files)


# The act: who sent what, then what they hold.


def reveal_all(actor: Actor, process: Process, *, at: datetime) -> list[Entry]:
    """Reveal every envelope whose custody enough openers have opened, once that is so for all; else nothing happens.

    One public entry each, in the order of the log: whose it is, what was signed, and what became of it. Where the
    purchase was cancelled nothing is decided by them any more: those that can be read are revealed without the others.
    """
    deadline = cut_entry(process)
    closed = [row for row in envelope.all_of(process) if row.state == EnvelopeState.CLOSED]
    found = [(row, envelope.unlock(row)) for row in closed]
    on_time = [record for row, record in found if deadline and row.entry_id < deadline.pk]
    if None in on_time and cancelled_entry(process) is None:  # whose envelope stands depends on all that came in time
        return []
    return reveal_these(actor, process, [record for _row, record in found if record is not None], at=at)


def reveal_these(actor: Actor, process: Process, records: list[envelope.Record], *, at: datetime) -> list[Entry]:
    """Reveal records whose digests the log holds, in its order, with what the order makes of them."""
    deadline = cut_entry(process)
    if deadline is None:
        raise refuse("open", _("The reception is still open."))
    found = fates_of(process, records, deadline)
    entries = []
    for fate in found.fresh:
        envelope.reveal(
            fate.row, fate.record, command=fate.command, signature=fate.signature, is_signed=fate.is_signed
        )
        event = _revealed(fate.row, fate.record.received_at, fate.warning)
        entries.append(record(actor, process, event, at=at))
    for row, command in found.overtaken:  # told again: what could not be read yet has changed them
        envelope.settle(row, command)
        if row.state == EnvelopeState.KEPT_CLOSED:
            envelope.forget(row)
        entries.append(record(actor, process, _revealed(row, row.entry.at), at=at))
    return entries


@transaction.atomic
def keep_closed(ocid: str, *, at: datetime) -> list[Entry]:
    """Tell of the bids that stood when their purchase was cancelled in the middle of the act that they stay closed."""
    process = Process.objects.select_for_update(of=("self",)).select_related("unit", "buyer").get(ocid=ocid)
    return reveal_these(PLATFORM, process, [], at=at) if cancelled_entry(process) else []


def _revealed(row: Any, logged_at: datetime, warning: str = "") -> EnvelopeRevealed:
    return EnvelopeRevealed(
        c=row.c,
        object=row.object,
        signature=row.signature,
        bidder=bidder_ref(row.supplier) if row.supplier else None,
        state=row.state,
        logged_at=logged_at,
        warning=warning,
    )


def open_received(actor: Actor, process: Process, *, at: datetime) -> tuple[list[Entry], list[Entry]]:
    """Publish what every live envelope held, in the order of the log: (those opened, those that could not be).

    Only the opening act calls it, in its own transaction and under its own permission; the envelopes were read before
    (`unsealing`). An envelope that nobody could read is told with its reason.
    """
    items, asked, opened, failed = items_of(process), costs_asked(process), [], []
    for row in (r for r in envelope.live_of(process) if r.state == EnvelopeState.LIVE):
        kept = unsealing.confirmed(row)
        if kept is not None and not kept.problem:
            envelope.settle(row, "open")
            opened.append(record(actor, process, _opened(row, kept, len(opened) + 1, items, asked), at=at))
            continue
        envelope.settle(row, "give_up")
        event = BidUnopenable(
            c=row.c,
            bidder=bidder_ref(row.supplier),
            reason=kept.problem if kept else "no_keys" if envelope.is_complete(row) else "not_received",
            explanation=kept.detail if kept else "",
            share_audit=tuple(kept.share_audit) if kept else (),
        )
        failed.append(record(actor, process, event, at=at))
    return opened, failed


def _opened(row: Any, kept: Any, order: int, items: Any, asked: Mapping[int, int]) -> BidOpened:
    content = contents.content_from(kept.content["content"])
    files.publish([d.sha256 for d in content.documents])
    priced = contents.lines(content, items)
    price = total([p.amount for p in priced])
    costs = declared({int(n): text for n, text in content.responses.items()}, asked, content.lots)
    if (price + total(list(costs.values()))).centavos > contents.MAX_CENTAVOS:
        costs = {}  # too large to be right, or to be written exactly
    lacks = any(n not in costs for n, lot in asked.items() if lot in content.lots)
    return BidOpened(
        order=order,
        bid=row.c[:26],
        c=row.c,
        bidder=bidder_ref(row.supplier),
        received_at=row.entry.at,
        lines=tuple(_line(p) for p in priced),
        totals=tuple(LotTotal(lot=lot, amount=amount) for lot, amount in contents.totals(priced).items()),
        total=price,
        content=content,
        identity=kept.identity,
        shares=tuple(s.hex() for s in envelope.true_shares(row, envelope.BIDS)),
        share_audit=tuple(kept.share_audit),
        by_backup=kept.by_backup,
        notes=(*kept.content["notes"], *(["cost"] if lacks else [])),
        withheld=tuple(kept.content["withheld"]),
        documents=content.documents,
        costs=tuple(DeclaredCost(criterion=n, lot=asked[n], amount=amount) for n, amount in costs.items()),
    )


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


def bidder_ref(supplier: Supplier) -> BidderRef:
    """A supplier as the ledger names it."""
    return BidderRef(key=supplier.key, name=supplier.name, rfc=supplier.rfc, size=supplier.size)


# Decoys: the platform's own leaves, so that who watches the log cannot count bids.


def tend(at: datetime) -> int:
    """What the platform does by itself when its hour comes: deadlines, decoys, decoys laid open. Returns acts done."""
    done = sum(close_reception(process.ocid, at=at) is not None for process in open_tenders(until=at))
    done += sum(len(keep_closed(ocid, at=at)) for ocid in envelope.left_live())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('decoys', 0))")
        if not cursor.fetchone()[0]:  # another sequencer is at it: a decoy that is laid twice would be known for one
            return done
        for process in open_tenders(after=at):
            _plan_decoy(process, at)
        return done + sum(1 for _ in _lay_decoys(at)) + _reveal_decoys(at)


def _plan_decoy(process: Process, at: datetime) -> None:
    """One decoy at a random instant of the next day, unless one is planned already."""
    if Decoy.objects.filter(process=process, entry=None).exists():
        return
    months = {month_after(tender_of(p).opening_at) for p in open_tenders(after=at)}
    found = objects.Decoy(type="sobre/v1/senuelo", reveal_by=secrets.choice(sorted(months)), salt=ids.token(32))
    due = at + timedelta(seconds=secrets.randbelow(DECOY_HOURS * 3600))
    c = objects.reveal_digest(objects.to_jcs(found))
    Decoy.objects.create(c=c, process=process, reveal_by=found.reveal_by, salt=found.salt, due_at=due)


def _lay_decoys(at: datetime) -> Iterator[Entry]:
    for decoy in Decoy.objects.filter(entry=None, due_at__lte=at).select_related("process"):
        decoy.entry = _log(decoy.c, decoy.reveal_by, at)
        decoy.save(update_fields=["entry"])
        yield decoy.entry


def _reveal_decoys(at: datetime) -> int:
    """Lay open the decoys of the months that are over."""
    month = f"{at.year:04d}-{at.month:02d}"
    rows = Decoy.objects.filter(is_revealed=False, reveal_by__lt=month).exclude(entry=None)
    found = list(rows.order_by("entry_id"))
    if not found:
        return 0
    texts = tuple(canonical(decoy_object(d.reveal_by, d.salt)).decode() for d in found)
    append("platform:decoys", DecoysRevealed(objects=texts), actor=PLATFORM.signer, at=at)
    Decoy.objects.filter(pk__in=[d.pk for d in found]).update(is_revealed=True)
    return 1


def decoy_object(reveal_by: str, salt: str) -> dict[str, str]:
    """A decoy as it is laid open."""
    return {"type": "sobre/v1/senuelo", "reveal_by": reveal_by, "salt": salt}
