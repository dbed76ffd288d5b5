# SPDX-License-Identifier: Apache-2.0
"""What the pages of sealed bids are made of, as plain JSON values: the sealing, an opener's key, the opening.

The same values go into the page and answer its scripts (`seal_api`). Nothing here tells who bid before the act.
"""

from __future__ import annotations

import base64
from typing import Any

import pyrage
from django.conf import settings
from django.utils.translation import gettext as _

from vitrina.cycle.bidding import envelope, vault
from vitrina.cycle.bidding.contents import MAX_DOCUMENTS
from vitrina.cycle.bidding.events import BidOpened, BidUnopenable
from vitrina.cycle.bidding.queries import are_opened, cancelled_entry, cut_entry, grace_end, is_receiving
from vitrina.cycle.bidding.reception import ENVELOPE, MAX_TOTAL, month_after
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening.events import ShareFalse, SharesGiven
from vitrina.cycle.opening.queries import act_of, attendance_of, started_event, what_is_missing
from vitrina.cycle.opening.states import ActState
from vitrina.cycle.planning.queries import items_of
from vitrina.cycle.tendering.models import Opener
from vitrina.cycle.tendering.queries import criteria_of, openers_of, tender_of
from vitrina.ledger.log import index_of
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import iso
from vitrina.parties.models import OpenerKey, Supplier
from vitrina.parties.openers.queries import fingerprint, key_of
from vitrina.parties.roles import ROLE_NAMES, Role
from vitrina.parties.signing import policy

from .offices import Seat


def sealing_data(seat: Seat, process: Process) -> dict[str, Any]:
    """All that a supplier's browser needs to seal a bid for a purchase, and to check to whom it seals."""
    tender, supplier = tender_of(process), Supplier.objects.get(key=seat.actor.supplier_key)
    call = Entry.objects.filter(stream=process.stream, kind="call.published").first()
    return {
        "ocid": process.ocid,
        "number": process.number,
        "title": process.title,
        "buyer": process.buyer.short,
        "envelope": ENVELOPE,
        "lot": None,
        "supplier": {"rfc": supplier.rfc, "name": supplier.name},
        "k": tender.threshold,
        "panel": [_opener(o) for o in openers_of(process)],
        "call_position": _position(call),
        "replaced_positions": [_position(e) for e in _events(process, "opener.replaced")],
        "amended_at": _last_at(process, "call.amended"),
        "reveal_by": month_after(tender.opening_at),
        "opening_at": iso(tender.opening_at),
        "now": iso(seat.at),
        "items": [
            {
                "number": i.number,
                "lot": i.lot,
                "description": i.description,
                "quantity": f"{i.quantity.normalize():f}",
                "unit": i.unit_name,
            }
            for i in items_of(process)
        ],
        "criteria": [
            {
                "number": c.number,
                "title": c.title,
                "description": c.description,
                "lot": c.lot,
                "points": f"{c.points.normalize():f}" if c.points else "",
                "years": c.years,
            }
            for c in criteria_of(process)
        ],
        "statement": _("The bidder states under oath that what this bid says is true and that it may contract."),
        "limits": {"max_documents": MAX_DOCUMENTS, "max_bytes": MAX_TOTAL, "max_total": MAX_TOTAL},
        "signing": {"kinds": list(policy.of("bid").kinds)},
        "state": _sealing_state(process, seat),
    }


def _sealing_state(process: Process, seat: Seat) -> str:
    if cancelled_entry(process):
        return "cancelled"
    if are_opened(process):
        return "opened"
    return "open" if is_receiving(process, seat.at) else "closed"


def _last_at(process: Process, kind: str) -> str | None:
    """When an act of a kind last happened in a purchase."""
    entries = _events(process, kind)
    return iso(entries[-1].at) if entries else None


def _opener(opener: Opener) -> dict[str, Any]:
    key = opener.key
    return {
        "id": key.id,
        "x": opener.x,
        "role": opener.role,
        "role_name": str(ROLE_NAMES[Role(opener.role)]),
        "name": opener.name,
        "body": opener.body,
        "recipient": key.recipient,
        "fingerprint": fingerprint(key.recipient),
        "position": _position(key.entry),
    }


def _position(entry: Entry | None) -> int | None:
    """The public number of an act; nothing while it waits for it."""
    found = index_of(entry) if entry else None
    return None if found is None else found + 1


def key_data(seat: Seat, challenge: str | None = None) -> dict[str, Any]:
    """The key of who is signed in, and a practice envelope that it should open."""
    key = key_of(seat.actor.person_id)
    return {
        "person": seat.actor.name,
        "key": _own_key(key) if key else None,
        "challenge": challenge,
        "drill": _drill(key) if key else None,
        "demo": settings.VITRINA_DEMO,
    }


def _own_key(key: OpenerKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "recipient": key.recipient,
        "fingerprint": fingerprint(key.recipient),
        "state": "proven" if key.proven_at else "registered",
        "locked": key.locked,
        "position": _position(key.entry),
        "proven_at": iso(key.proven_at) if key.proven_at else None,
    }


def _drill(key: OpenerKey) -> dict[str, str]:
    """An envelope with nothing in it but a sentence, sealed to the key anew each time."""
    text = _("This is a practice envelope. If you can read this, your key works.")
    sealed = pyrage.encrypt(text.encode(), [pyrage.x25519.Recipient.from_str(key.recipient)])
    return {"age": base64.b64encode(sealed).decode(), "text": text}


def opening_data(seat: Seat, process: Process) -> dict[str, Any]:
    """Where the opening stands, for an opener's or the officer's browser: who is in, what is asked of whom."""
    tender, act, cut = tender_of(process), act_of(process), cut_entry(process)
    openers, is_cancelled = openers_of(process), cancelled_entry(process) is not None
    me = next((o for o in openers if o.person_id == seat.actor.person_id), None)
    own = key_of(seat.actor.person_id) if me else None
    return {
        "ocid": process.ocid,
        "state": _opening_state(process, act),
        "opening_at": iso(tender.opening_at),
        "grace_end": iso(grace_end(process)),
        "now": iso(seat.at),
        "k": tender.threshold,
        "n": len(openers),
        "me": {"id": me.key_id, "x": me.x, "locked": own.locked if own and own.id == me.key_id else me.key.locked}
        if me
        else None,
        "openers": _present(process, openers),
        "wanted": _wanted(me) if me and (act or is_cancelled) else None,
        "envelopes": _envelopes(process) if cut else [],
        "false_shares": [_plain(e) for e in _events(process, ShareFalse.kind)],
        "missing": what_is_missing(process, seat.at)
        if act and act.state == ActState.STARTED and not is_cancelled
        else [],
        "may_open": seat.actor.role is Role.OFFICER,
    }


def _opening_state(process: Process, act: Any) -> str:
    """`waiting`, then `custody` (who bid), `bids` (what they bid), `ready` (to be opened), `opened`, `over`;
    `cancelled` while who bid is owed in a purchase that was cancelled first.
    """
    rows = envelope.all_of(process)
    if cancelled_entry(process):
        return "cancelled" if any(r.state == "closed" for r in rows) else "over"
    if act is None:
        return "waiting"
    if act.state == ActState.CLOSED:
        return "over"
    if act.state == ActState.BIDS_OPENED:
        return "opened"
    deadline = cut_entry(process)
    if any(r.state == "closed" and deadline and r.entry_id < deadline.pk for r in rows):
        return "custody"
    to_open = [r for r in rows if r.state == "live"]
    waiting = [
        r for r in to_open if envelope.is_complete(r) and len(envelope.true_shares(r, envelope.BIDS)) < r.locked["k"]
    ]
    return "bids" if waiting else "ready"


def _present(process: Process, openers: list[Opener]) -> list[dict[str, Any]]:
    noted = {a.person_id: a.noted_at for a in attendance_of(process)}
    started, act = started_event(process), act_of(process)
    given = {r: envelope.givers(process, r) for r in envelope.ROUNDS}
    entries = {(e.event.opener, e.event.round): e for e in _events(process, SharesGiven.kind)}
    found = []
    for o in openers:
        presides = started is not None and started.presided_by.name == o.name
        at = noted.get(o.person_id) or (act.started_at if presides and act else None)
        last = entries.get((o.key_id, envelope.BIDS)) or entries.get((o.key_id, envelope.CUSTODY))
        found.append(
            {
                "id": o.key_id,
                "x": o.x,
                "name": o.name,
                "body": o.body,
                "role": o.role,
                "role_name": str(ROLE_NAMES[Role(o.role)]),
                "present_at": iso(at) if at else None,
                "given": {r: o.pk in given[r] for r in envelope.ROUNDS},
                "given_at": iso(last.at) if last else None,
                "position": _position(last),
            }
        )
    return found


def _wanted(me: Opener) -> dict[str, Any] | None:
    for round_name in envelope.ROUNDS:
        if rows := envelope.wanted_of(me, round_name):
            shares = [{"c": w.c, "age": w.age, "commit": w.commit, "ctx": w.ctx} for w in rows]
            return {"round": round_name, "envelopes": shares}
    return None


def _envelopes(process: Process) -> list[dict[str, Any]]:
    opened = {e.event.c: e.event for e in _events(process, BidOpened.kind)}
    failed = {e.event.c: e.event for e in _events(process, BidUnopenable.kind)}
    rows = enumerate(envelope.all_of(process), start=1)
    return [_envelope(n, row, opened.get(row.c), failed.get(row.c)) for n, row in rows]


def _envelope(order: int, row: Any, opened: BidOpened | None, failed: BidUnopenable | None) -> dict[str, Any]:
    """An envelope as it may be shown after the deadline: its size and hour, and once revealed whose it is."""
    return {
        "c": row.c,
        "order": order,
        "size": sum(f["size"] for f in row.files),
        "received_at": iso(row.entry.at),
        "state": row.state,
        "is_complete": not vault.missing(row.files),
        "is_bid": bool(row.files),
        "bidder": row.supplier.name if row.supplier else None,
        "position": _position(row.entry),
        "total": str(opened.total) if opened else None,
        "problem": failed.sentence() if failed else None,
    }


def _events(process: Process, kind: str) -> list[Entry]:
    return list(Entry.objects.filter(stream=process.stream, kind=kind).order_by("seq"))


def _plain(entry: Entry) -> dict[str, Any]:
    event = entry.event
    return {
        "opener": event.opener,
        "name": event.name,
        "round": event.round,
        "c": event.c,
        "expected": event.expected,
        "found": event.found,
        "position": _position(entry),
    }
