# SPDX-License-Identifier: Apache-2.0
"""The seam around closed envelopes: the only code that reads or writes `Envelope` and the shares given for it.

Commands `put`, `post`, `reveal`, `settle`, `forget` and `keep_unsealed`; the rest reads. Before the act a row holds
nothing that tells who sent it: the signed object lies locked to the openers, and the server has forgotten the key.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import QuerySet

from vitrina.cycle.core.command import move
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.together import Reading
from vitrina.cycle.tendering.models import Opener
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import tender_of
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import iso
from vitrina.parties.models import Supplier
from vitrina.sealed import custody, objects, shares
from vitrina.sealed.contents import proves_dealer_fault
from vitrina.sealed.keys import secret_of

from . import vault
from .models import Envelope, PostedShare, Unsealed
from .queries import cancelled_entry
from .reception import Received, promised
from .states import TABLE, EnvelopeState

log = logging.getLogger(__name__)
CUSTODY, BIDS = "custody", "bids"
ROUNDS = (CUSTODY, BIDS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A share that an opener is asked for: of which envelope, as it was locked to their key, and what proves it."""

    c: str
    age: str
    commit: str
    ctx: str


@dataclass(frozen=True, slots=True)
class Record:
    """What the custody of an envelope held: the signed object, its signature, and when it arrived."""

    c: str
    data: bytes
    object: Any
    signature: dict[str, Any]
    received_at: datetime


def all_of(process: Process) -> list[Envelope]:
    """Every envelope of a purchase, in the order of the log."""
    return list(Envelope.objects.filter(process=process).select_related("entry", "supplier", "process"))


_CLOSED = Reading(lambda: Envelope.objects.filter(state=EnvelopeState.CLOSED).select_related("entry"))


def closed_of(process: Process) -> list[Envelope]:
    """The envelopes of a purchase of which nobody knows yet what they were, in the order of the log."""
    return _CLOSED.of(process.pk)


def live_of(process: Process) -> list[Envelope]:
    """The bids that stand, opened or to be opened, in the order of the log; none before they are revealed."""
    states = (EnvelopeState.LIVE, EnvelopeState.OPENED, EnvelopeState.UNOPENABLE)
    return [row for row in all_of(process) if row.state in states]


def owing() -> QuerySet[Envelope, Any]:
    """The purchases (their ids) with envelopes of which nobody knows yet what they were."""
    return Envelope.objects.filter(state=EnvelopeState.CLOSED).values("process")


def left_live() -> list[str]:
    """The purchases that were cancelled while bids of theirs waited to be opened."""
    rows = Envelope.objects.filter(state=EnvelopeState.LIVE, process__halt="cancelled").order_by("process")
    return list(rows.values_list("process", flat=True).distinct())


def find(c: str) -> Envelope | None:
    """An envelope by its digest."""
    return Envelope.objects.select_related("entry", "process__unit").filter(c=c).first()


def promising(c: str, part: str) -> Envelope | None:
    """The envelope `c` when it promised this part."""
    row = find(c)
    return row if row and any(part in file["parts"] for file in row.files) else None


def files_of(row: Envelope) -> list[dict[str, Any]]:
    """The ciphertexts that an envelope promised: as signed, once it is revealed."""
    if not row.object:
        return list(row.files)
    return promised(objects.parse(row.object.encode()))


def is_complete(row: Envelope) -> bool:
    """Whether all its ciphertexts have arrived."""
    return not vault.missing(files_of(row))


def put(process: Process, received: Received, entry: Entry, *, command: str, at: datetime) -> Envelope:
    """Keep a received object locked to the openers of the purchase."""
    record = canonical({"object": received.data.decode(), "signature": received.signature, "received_at": iso(at)})
    locked = custody.lock(record, ocid=process.ocid, panel=panel_for_seal(process), k=tender_of(process).threshold)
    row = Envelope(c=received.c, process=process, entry=entry, locked=locked, files=received.files, state="")
    move(row, TABLE, command)
    row.save(force_insert=True)
    return row


def wanted_of(opener: Opener, round_name: str) -> list[Wanted]:
    """The shares that an opener is asked for in a round and has not given truly yet; of a purchase that was cancelled
    before its bids were opened, those of the first round alone.
    """
    if round_name == BIDS and cancelled_entry(opener.process):
        return []
    given = PostedShare.objects.filter(opener=opener, round=round_name, is_true=True).values_list(
        "envelope_id", flat=True
    )
    rows = [row for row in _in_round(opener.process, round_name) if row.c not in set(given)]
    found = (_custody_share(row, opener) if round_name == CUSTODY else _bid_share(row, opener) for row in rows)
    return [one for one in found if one is not None]


def _in_round(process: Process, round_name: str) -> list[Envelope]:
    state = EnvelopeState.CLOSED if round_name == CUSTODY else EnvelopeState.LIVE
    return [row for row in all_of(process) if row.state == state]


def _custody_share(row: Envelope, opener: Opener) -> Wanted | None:
    ctx = f"{row.process_id}/{row.locked['recipient']}"
    for share in row.locked["shares"]:
        if share["opener"] == opener.key_id:
            return Wanted(row.c, share["age"], share["commit"], ctx)
    return None


def _bid_share(row: Envelope, opener: Opener) -> Wanted | None:
    manifest = objects.parse(row.object.encode())
    dealt = [*manifest.shares, *_dealt_anew(row)]
    for share in reversed(dealt):
        if share.opener == opener.key_id:
            return Wanted(row.c, share.age, share.commit, manifest.ctx)
    return None


def _dealt_anew(row: Envelope) -> list[objects.ShareRef]:
    """Shares of a bid that its supplier gave to another opener before the deadline."""
    notices = Envelope.objects.filter(process=row.process_id, state=EnvelopeState.NOTICE, supplier=row.supplier_id)
    found = [objects.parse(text.encode()) for text in notices.values_list("object", flat=True)]
    return [o.share for o in found if isinstance(o, objects.Redeal) and o.bid == row.c]


def holds_share(row: Envelope, opener: Opener, round_name: str) -> bool:
    """Whether a share of an envelope was dealt to an opener; who took a place later may have none."""
    return (_custody_share(row, opener) if round_name == CUSTODY else _bid_share(row, opener)) is not None


def post(opener: Opener, round_name: str, c: str, share: bytes, *, is_true: bool) -> None:
    """Note a share that an opener gave; a true one takes the place of a false one, never the reverse."""
    kept = PostedShare.objects.filter(opener=opener, envelope=c, round=round_name)
    if kept.filter(is_true=True).exists():
        return
    kept.delete()
    text = base64.b64encode(share).decode()
    PostedShare.objects.create(opener=opener, envelope_id=c, round=round_name, share=text, is_true=is_true)


def true_shares(row: Envelope, round_name: str) -> list[bytes]:
    """The true shares given for an envelope, by place of the opener."""
    rows = PostedShare.objects.filter(envelope=row, round=round_name, is_true=True).order_by("opener__x")
    return [base64.b64decode(r.share) for r in rows]


def shares_that_fit_nothing(c: str) -> list[bytes]:
    """The true shares given for an envelope where they prove that its dealer dealt what fits no key; else nothing."""
    row = find(c)
    given = true_shares(row, BIDS) if row else []
    return given if row and proves_dealer_fault(objects.parse(row.object.encode()), given) else []


def was_heard(opener: Opener, round_name: str, c: str) -> bool:
    """Whether an opener has given anything for an envelope in a round."""
    return PostedShare.objects.filter(opener=opener, envelope=c, round=round_name).exists()


def was_given(opener: Opener, round_name: str, c: str, share: bytes) -> bool:
    """Whether what an opener gave last for an envelope in a round is this very share."""
    text = base64.b64encode(share).decode()
    return PostedShare.objects.filter(opener=opener, envelope=c, round=round_name, share=text).exists()


def heard(row: Envelope, round_name: str) -> set[int]:
    """The openers (their rows) who gave a share for an envelope in a round, true or false."""
    return set(PostedShare.objects.filter(envelope=row, round=round_name).values_list("opener_id", flat=True))


def givers(process: Process, round_name: str) -> dict[int, int]:
    """Opener's row -> how many true shares they gave in a round."""
    rows = PostedShare.objects.filter(opener__process=process, round=round_name, is_true=True)
    found: dict[int, int] = {}
    for pk in rows.values_list("opener_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found


def unlock(row: Envelope) -> Record | None:
    """What the custody of an envelope holds, when enough true shares were given; nothing before."""
    given = true_shares(row, CUSTODY)
    if len(given) < row.locked["k"]:
        return None
    try:
        return record_of(row, custody.unlock(row.locked, row.process_id, given))
    except (ValueError, LookupError, TypeError, AttributeError, msgspec.MsgspecError):  # not what this server locked
        log.exception("the custody of the envelope %s is damaged", row.c)
        return None


def record_of(row: Envelope, data: bytes) -> Record | None:
    """A custody record that fits its envelope: its object has the digest that the log holds."""
    found = msgspec.json.decode(data)
    text = found["object"].encode()
    if objects.reveal_digest(text) != row.c:
        return None
    signed = objects.parse(text)
    if getattr(signed, "ocid", row.process_id) != row.process_id:
        return None
    return Record(row.c, text, signed, found["signature"], datetime.fromisoformat(found["received_at"]))


def reveal(row: Envelope, record: Record, *, command: str, signature: dict[str, Any], is_signed: bool) -> None:
    """Write down what was in an envelope, what became of it, and, where the signature holds, who sent it."""
    move(row, TABLE, command)
    row.object, row.signature = record.data.decode(), signature
    row.supplier = Supplier.objects.filter(rfc=record.object.supplier).first() if is_signed else None
    row.save()


def settle(row: Envelope, command: str) -> None:
    """Note that a live envelope was opened, or that it cannot be."""
    move(row, TABLE, command)
    row.save(update_fields=["state"])


def forget(row: Envelope) -> None:
    """Drop what was already found in an envelope that now stays closed, and the keys that were given to read it."""
    Unsealed.objects.filter(envelope=row).delete()
    PostedShare.objects.filter(envelope=row, round=BIDS).delete()


def identity_fits(row: Envelope, identity: str) -> bool:
    """Whether a bidder's backup is the key that the envelope committed to."""
    manifest = objects.parse(row.object.encode())
    return shares.key_commit(manifest.ctx, secret_of(identity)) == manifest.key_commit


def keep_unsealed(row: Envelope, **found: Any) -> Unsealed:
    """Keep what an envelope held, or why it cannot be opened; a problem may be mended, contents never change."""
    kept, _created = Unsealed.objects.update_or_create(envelope=row, defaults=found)
    return kept


def unsealed_of(row: Envelope) -> Unsealed | None:
    """What was found in an envelope, once it was tried."""
    return Unsealed.objects.filter(envelope=row).first()


def revealed(process: Process) -> QuerySet[Envelope]:
    """The envelopes that the act has revealed, in the order of the log."""
    rows = Envelope.objects.filter(process=process).exclude(object="")
    return rows.select_related("entry", "supplier")


def shown(digests: Iterable[str]) -> list[tuple[str, str, Any]]:
    """(digest, signed object, signature record) of those of these envelopes that an act has revealed."""
    rows = Envelope.objects.filter(c__in=list(digests)).exclude(object="")
    return list(rows.values_list("c", "object", "signature"))


def opened_ciphertext(sha256: str, process: Process) -> bool:
    """Whether a ciphertext belongs to an opened envelope of a purchase, so that anybody may have it."""
    rows = Envelope.objects.filter(process=process, state=EnvelopeState.OPENED)
    return any(file["sha256"] == sha256 for row in rows for file in files_of(row))
