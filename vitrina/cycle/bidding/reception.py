# SPDX-License-Identifier: Apache-2.0
"""What is checked of a signed object as it arrives, without reading anything of the bid.

Specification: sealed bids, section 6. Nothing of who sent it leaves this module but in the locked record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.core import barred
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.tendering.limits import calendar_of
from vitrina.cycle.tendering.queries import openers_of, tender_of
from vitrina.parties import signing
from vitrina.parties.actors import Actor
from vitrina.parties.models import Supplier
from vitrina.sealed import objects
from vitrina.sealed.errors import SealedError

from .contents import MAX_DOCUMENTS

ENVELOPE = "economica"  # art. 34: one closed envelope holds the technical and the economic offer
MAX_OBJECT = 64 * 1024
MAX_TOTAL = 4 * 1024**3  # ciphertext bytes of one envelope
EXTRA_FILES = 2  # the index and the answers


@dataclass(frozen=True, slots=True)
class Received:
    """An object that may be logged: its bytes, parsed form, digest and signature record."""

    data: bytes
    object: Any
    c: str
    signature: dict[str, Any]

    @property
    def files(self) -> list[dict[str, Any]]:
        """The ciphertexts that it promises."""
        return promised(self.object)


def promised(found: Any) -> list[dict[str, Any]]:
    """The ciphertexts that a signed object promises, `[{sha256, size, parts}]`; none but a manifest promises any."""
    return [{"sha256": f.sha256, "size": f.size, "parts": list(f.parts)} for f in getattr(found, "files", ())]


def month_after(at: datetime) -> str:
    """The month after an instant's, `YYYY-MM`: by when an envelope must be explained (section 6)."""
    year, month = at.year + at.month // 12, at.month % 12 + 1
    return f"{year:04d}-{month:02d}"


def check(
    actor: Actor, process: Process, kind: type, data: bytes, claim: dict[str, Any] | None, *,
    previous: bytes | None, at: datetime, is_rescue: bool = False,
) -> Received:  # fmt: skip
    """The object ready to be logged, or a refusal that says what is wrong with it.

    `previous` is the signed object that this one replaces, withdraws or deals anew: the server does not know it, its
    bidder does. A manifest that its bidder brings again in the act (`is_rescue`) is compared with what the log holds,
    not with the panel and the month of today.
    """
    tender = tender_of(process)
    found = _parse(data, kind)
    supplier = Supplier.objects.get(key=actor.supplier_key)
    if found.ocid != process.ocid:
        raise refuse("ocid", _("This envelope was sealed for another purchase."))
    if found.supplier != supplier.rfc:
        message = _("The envelope names the RFC %(found)s and your company's is %(rfc)s.")
        raise refuse("supplier", message % {"found": found.supplier, "rfc": supplier.rfc})
    if not is_rescue:
        wanted = month_after(tender.opening_at)
        if found.reveal_by != wanted:
            raise refuse("reveal_by", _("The envelope must be explained by %(month)s.") % {"month": wanted})
        if isinstance(found, objects.Manifest):
            check_panel(found, process)
            _check_size(found)
        _check_previous(found, previous, supplier)
    record = _signature(found.type, claim, data, actor, at)
    return Received(data, found, objects.reveal_digest(data), record)


def require_not_barred(actor: Actor, process: Process, at: datetime) -> None:
    """Refuse a bid of who is debarred today, where the law of the purchase says that none is received."""
    found = barred.law_of(process, barred.RECEIVED, at)
    bar = _bar(actor, process, at) if found is not None and found.value is True else None
    if bar is not None:
        message = _("Your company is %(debarred)s: while that holds no bid of yours is received. %(article)s")
        raise refuse("debarred", message % {"debarred": bar.words(), "article": barred.told(found)})


def warning(actor: Actor, process: Process, at: datetime) -> str:
    """What a bidder who is debarred today is told before it seals: that it is not received, or will not be awarded."""
    bar = _bar(actor, process, at)
    if bar is None:
        return ""
    found = barred.law_of(process, barred.RECEIVED, at)
    if found is not None and found.value is True:
        message = _("Your company is %(debarred)s: while that holds no bid of yours is received. %(article)s")
        return message % {"debarred": bar.words(), "article": barred.told(found)}
    found = barred.law_of(process, barred.AWARDED, at)
    article = barred.told(found) if found else ""
    message = _("Your company is %(debarred)s: on a day within, no contract is awarded to it. %(article)s")
    return (message % {"debarred": bar.words(), "article": article}).strip()


def _bar(actor: Actor, process: Process, at: datetime) -> barred.Bar | None:
    today = calendar_of(process).local_day(at)
    return barred.bars_of([actor.supplier_key], today).get(actor.supplier_key)


def _parse(data: bytes, kind: type) -> Any:
    if len(data) > MAX_OBJECT:
        raise refuse("size", _("The manifest is larger than any can be."))
    try:
        found = objects.parse(data)
    except SealedError as error:
        message = _("The envelope does not follow the format: %(detail)s.")
        raise refuse(error.code, message % {"detail": error.detail.rstrip(".")}) from error
    if not isinstance(found, kind):
        raise refuse("type", _("This is a signed text of another kind. Send it where it belongs."))
    return found


def check_panel(found: objects.Manifest, process: Process) -> None:
    """Refuse a manifest that was not sealed to those who open the purchase now, for as many as must open."""
    if found.lot is not None or found.envelope != ENVELOPE:
        raise refuse("envelope", _("This purchase takes one envelope for the whole bid."))
    dealt = [(s.opener, s.x) for s in found.shares]
    if found.k != tender_of(process).threshold or dealt != [(o.key_id, o.x) for o in openers_of(process)]:
        message = _("Those who can open this purchase are others now. Open the page again and seal anew.")
        raise refuse("panel", message)


def _check_size(found: objects.Manifest) -> None:
    if len(found.files) - EXTRA_FILES > MAX_DOCUMENTS:
        raise refuse("documents", _("Send at most %(n)d documents.") % {"n": MAX_DOCUMENTS}, field="documents")
    if sum(f.size for f in found.files) > MAX_TOTAL:
        raise refuse("total", _("Your documents are larger than 4 GB together."), field="documents")


def _check_previous(found: Any, previous: bytes | None, supplier: Supplier) -> None:
    """What it points to must be the sender's own: nobody withdraws or replaces another's bid."""
    named = getattr(found, "replaces", None) if isinstance(found, objects.Manifest) else found.bid
    if named is None:
        return
    if previous is None or len(previous) > MAX_OBJECT or objects.reveal_digest(previous) != named:
        message = _("To replace or withdraw a bid its receipt is needed: load it from where you keep it.")
        raise refuse("previous", message)
    former = _parse(previous, objects.Manifest)
    if former.supplier != supplier.rfc or former.ocid != found.ocid:
        raise refuse("previous", _("The receipt is of another bid."))
    if isinstance(found, objects.Redeal):
        dealt = {s.x: s.commit for s in former.shares}
        if dealt.get(found.share.x) != found.share.commit:
            raise refuse("share", _("The share dealt anew is not the one of the envelope."))


def _signature(kind: str, claim: dict[str, Any] | None, data: bytes, actor: Actor, at: datetime) -> dict[str, Any]:
    if not claim:
        raise refuse("signature", _("Sign the envelope before you send it."), article="34")
    payload_type = objects.PAYLOAD_TYPES[kind]
    try:
        return signing.accept(claim, payload_type=payload_type, body=data, actor=actor, act="bid", at=at)
    except signing.SigningRefused as refused:
        raise refuse(refused.code, refused.message, field="signature") from refused
