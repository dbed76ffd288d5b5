# SPDX-License-Identifier: Apache-2.0
"""What becomes of each envelope once it can be read: from the signed objects, in the order of the log. Writes nothing.

Specification: sealed bids, section 7. Only what is signed by its bidder counts. It was checked as it arrived; it is
checked again here, because a record may have come into the custody by another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry
from vitrina.parties import signing
from vitrina.parties.models import Supplier
from vitrina.parties.signing.verdicts import Code
from vitrina.sealed import objects, timeline

from . import envelope
from .queries import cancelled_entry
from .states import EnvelopeState


class Fate(NamedTuple):
    """What becomes of one envelope: a command of the state table, what is published of its signature, a remark."""

    record: envelope.Record
    row: Any
    command: str
    signature: dict[str, Any]
    is_signed: bool
    warning: str


class Fates(NamedTuple):
    """Of the envelopes read now, in the order of the log; and (row, command) of those that stood and stand no more."""

    fresh: list[Fate]
    overtaken: list[tuple[Any, str]]


def fates_of(process: Process, records: Sequence[envelope.Record], deadline: Entry) -> Fates:
    """The fates of these records beside what was revealed before; what came after the deadline's entry is late.

    In a purchase that was cancelled before its bids were opened, nothing stands: what would have, stays closed.
    """
    stand = "keep_closed" if cancelled_entry(process) else "stand"
    rows = {row.c: row for row in envelope.all_of(process)}
    shown = {found.c: _shown(found) for found in records}
    known = [(row.entry_id, objects.parse(row.object.encode())) for row in rows.values() if _counts(row)]
    read = [(rows[r.c].entry_id, r.object) for r in records if "value" in shown[r.c]]
    outcome = timeline.resolve([*known, *read], deadline.pk)
    remarks = {w.c: w.code for w in outcome.warnings}
    fresh = []
    for found in sorted(records, key=lambda r: rows[r.c].entry_id):
        row, signature = rows[found.c], shown[found.c]
        is_signed = "value" in signature
        command = _became(found, row, outcome, deadline, stand) if is_signed else "note"
        remark = remarks.get(found.c, "") if is_signed else "bad_signature"
        fresh.append(Fate(found, row, command, signature, is_signed, remark))
    return Fates(fresh, list(_overtaken(rows, outcome, stand)))


def _shown(found: envelope.Record) -> dict[str, Any]:
    """The public view of a signature that holds and is of a bidder of the register; of another the verdict alone."""
    kind = objects.PAYLOAD_TYPES.get(found.object.type, "")
    try:
        verdict = signing.reverify(found.signature, payload_type=kind, body=found.data)
        if verdict == Code.OK and not _is_own(found):
            verdict = Code.CERT_RFC_MISMATCH
        if verdict == Code.OK:
            return signing.public_view(found.signature)
    except (LookupError, TypeError, ValueError, AttributeError):
        verdict = Code.SIG_BAD
    return {"verdict": verdict.value}


def _is_own(found: envelope.Record) -> bool:
    rfc = found.object.supplier
    return Supplier.objects.filter(rfc=rfc).exists() and found.signature.get("rfc", rfc) == rfc


def _counts(row: Any) -> bool:
    return bool(row.signature and "value" in row.signature)


def _became(found: envelope.Record, row: Any, outcome: timeline.Timeline, deadline: Entry, stand: str) -> str:
    if row.entry_id > deadline.pk:
        return "arrive_late"
    if not isinstance(found.object, objects.Manifest):
        return "note"
    fates = ((stand, outcome.live), ("replace", outcome.superseded), ("take_back", outcome.withdrawn))
    return next(command for command, bids in fates if any(bid.c == found.c for bid in bids))


def _overtaken(rows: dict[str, Any], outcome: timeline.Timeline, stand: str) -> Iterator[tuple[Any, str]]:
    """Bids that stood while others of their bidder could not be read yet, or until the purchase was cancelled."""
    live, withdrawn = {b.c for b in outcome.live}, {b.c for b in outcome.withdrawn}
    for row in rows.values():
        if row.state not in {EnvelopeState.LIVE, EnvelopeState.KEPT_CLOSED}:
            continue
        if row.c not in live:
            yield row, "take_back" if row.c in withdrawn else "replace"
        elif row.state == EnvelopeState.LIVE and stand == "keep_closed":
            yield row, stand
