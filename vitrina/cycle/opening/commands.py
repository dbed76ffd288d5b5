# SPDX-License-Identifier: Apache-2.0
"""What is done in the opening act."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.commands import bidder_ref, close_reception, open_received, reveal_all, reveal_these
from vitrina.cycle.bidding.queries import cancelled_entry
from vitrina.cycle.bidding.reception import check
from vitrina.cycle.bidding.states import EnvelopeState
from vitrina.cycle.bidding.unsealing import unseal_ready, unseal_with_backup
from vitrina.cycle.clarifying.queries import is_closed as is_meeting_closed
from vitrina.cycle.core.command import command, move, record
from vitrina.cycle.core.laws import applied
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.cycle.tendering.limits import calendar_of, rule_of
from vitrina.cycle.tendering.models import Opener
from vitrina.cycle.tendering.queries import openers_of, tender_of
from vitrina.kernel.canonical import canonical
from vitrina.kernel.text import has_unsafe_characters
from vitrina.ledger.models import Entry
from vitrina.parties import signing
from vitrina.parties.actors import PLATFORM, Actor
from vitrina.parties.models import Person
from vitrina.sealed.objects import Manifest, reveal_digest
from vitrina.sealed.opening import check_share
from vitrina.sealed.shares import SHARE_BYTES, share_commit

from .auditing import audited
from .events import (
    AttendanceNoted,
    Attendee,
    BackupPresented,
    BidsOpened,
    OpeningClosed,
    OpeningStarted,
    ShareFalse,
    SharesGiven,
    UnopenedRef,
)
from .models import Act, Attendance
from .queries import act_of, opened_event, started_event, unopenable_events, what_is_missing
from .reference_price import reference_price
from .states import TABLE

SHARES_TYPE = "vitrina/apertura/v1"
MAX_OBSERVATIONS = 4000


@command("opening.start")
def start(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Begin the act at or after the hour of the call, and tell the reference price. The last entry is the price's.

    Refuses before that hour, without a published call, and while the clarification meeting is open.
    """
    tender = tender_of(process)
    if tender is None:
        raise refuse("not-called", _("The call is not published yet."))
    if at < tender.opening_at:
        hour = formats.date_format(timezone.localtime(tender.opening_at, process.zone), "DATETIME_FORMAT")
        raise refuse("early", _("The act begins on %(hour)s, not before.") % {"hour": hour})
    if not is_meeting_closed(process):
        message = _("The clarification meeting is still open. Answer what is asked and close it first.")
        raise refuse("clarification", message, article="33 Bis")
    close_reception(process.ocid, at=at)
    process.refresh_from_db(fields=["stage"])
    act = act_of(process) or Act(process=process, state="", started_at=at)
    move(act, TABLE, "start")
    act.save(force_insert=True)
    event = OpeningStarted(scheduled_at=tender.opening_at, presided_by=_attendee(actor))
    started = record(actor, process, event, at=at)
    revealed = reference_price(process)
    return record(actor, process, revealed, at=at) if revealed.prices else started


@command("opening.attend")
def attend(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Sign in to the act, once, from its start to its end."""
    act = _act(process)
    move(act, TABLE, "attend")
    if Attendance.objects.filter(process=process, person=actor.person_id).exists():
        raise refuse("again", _("Your attendance is already noted."))
    attendee = _attendee(actor)
    Attendance.objects.create(
        process=process,
        person_id=actor.person_id,
        role=attendee.role,
        name=attendee.name,
        position=attendee.position,
        party=attendee.party,
        noted_at=at,
    )
    return record(actor, process, AttendanceNoted(attendee=attendee), at=at)


def _signed_shares(
    actor: Actor, ocid: str, *, at: datetime, round: str, shares: Mapping[str, bytes],  # noqa: A002
    claim: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The record of an opener's signature, where the policy asks for one, with what was signed."""
    if round not in envelope.ROUNDS:
        raise refuse("round", _("There is no such round of keys."))
    body = shares_payload(ocid, round, shares)
    try:
        signed = signing.accept_for("opening.shares", claim, payload_type=SHARES_TYPE, body=body, actor=actor, at=at)
    except signing.SigningRefused as refused:
        raise refuse(refused.code, refused.message, field="signature") from refused
    return {"round": round, "shares": shares, "signed": signed}


@command("opening.give_shares", before=_signed_shares)
def give_shares(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    round: str,  # noqa: A002 - the word of the specification
    shares: Mapping[str, bytes],
    signed: dict[str, Any] | None,
) -> Entry:
    """Give one's shares of the envelopes, decrypted in the opener's own browser. Twice: custody, then the live bids.

    `shares`: digest of the envelope -> 33 bytes. Each is compared with its commitment; a false one is not taken and is
    told with both values. No bytes say that the share was not for this opener's key: nobody waits for it any more.
    When enough openers gave the first round, every envelope is revealed at once: who sent it and what became of it.
    A purchase that was cancelled before its bids were opened takes the first round alone, in or out of an act, and
    then the audit of the log: what the envelopes were is owed to it, what they offer is nobody's any more.
    Callers pass `claim`, the opener's signature over `shares_payload`, where the policy asks for it.
    """
    cancelled = cancelled_entry(process)
    if cancelled is None:
        move(_act(process), TABLE, "give_shares")
    elif round != envelope.CUSTODY:
        message = _("The purchase was cancelled before its envelopes were opened: what they offer stays closed.")
        raise refuse("cancelled", message)
    opener = next((o for o in openers_of(process) if o.person_id == actor.person_id), None)
    if opener is None:
        raise refuse("opener", _("You hold no key to the envelopes of this purchase."))
    if not all(len(share) in {0, SHARE_BYTES} for share in shares.values()):
        raise refuse("share", _("A key that was given is not of the right size. Load the page again."))
    n_true, unreadable, entry = _take(actor, process, opener, round, shares, at)
    if n_true or unreadable:
        event = SharesGiven(
            opener=opener.key_id,
            x=opener.x,
            name=opener.name,
            role=opener.role,
            round=round,
            n=n_true,
            unreadable=tuple(unreadable),
            signature=signing.public_view(signed) if signed else {},
        )
        entry = record(actor, process, event, at=at)
    if entry is None:
        raise refuse("nothing", _("These keys were already given, or are not asked for now."))
    if round == envelope.CUSTODY and reveal_all(actor, process, at=at) and cancelled:
        record(PLATFORM, process, audited(process, at), at=at)
    return entry


def _take(
    actor: Actor, process: Process, opener: Opener, round: str, shares: Mapping[str, bytes], at: datetime,  # noqa: A002
) -> tuple[int, list[str], Entry | None]:  # fmt: skip
    """Keep the shares that are asked for: how many are true, which cannot be read, the entry of a false one."""
    wanted = {w.c: w for w in envelope.wanted_of(opener, round)}
    n_true, unreadable, entry = 0, [], None
    for c, share in shares.items():
        if c not in wanted or (not share and envelope.was_heard(opener, round, c)):
            continue
        if envelope.was_given(opener, round, c, share):  # false, and told already: once is enough
            continue
        is_true = check_share(wanted[c].ctx, wanted[c].commit, share)
        envelope.post(opener, round, c, share, is_true=is_true)
        n_true += is_true
        if not share:
            unreadable.append(c)
        elif not is_true:
            entry = record(actor, process, _false_share(opener, round, wanted[c], share), at=at)
    return n_true, unreadable, entry


def shares_payload(ocid: str, round: str, shares: Mapping[str, bytes]) -> bytes:  # noqa: A002
    """The canonical bytes that an opener signs when giving shares: which they are, not what they say."""
    digests = {c: hashlib.sha256(share).hexdigest() for c, share in shares.items()}
    return canonical({"type": SHARES_TYPE, "ocid": ocid, "round": round, "shares": digests})


def _false_share(opener: Opener, round: str, wanted: envelope.Wanted, share: bytes) -> ShareFalse:  # noqa: A002
    return ShareFalse(
        opener=opener.key_id,
        name=opener.name,
        role=opener.role,
        round=round,
        c=wanted.c,
        ctx=wanted.ctx,
        expected=wanted.commit,
        found=share_commit(wanted.ctx, share),
        share=share.hex(),
    )


@command("opening.present_backup")
def present_backup(
    actor: Actor,
    process: Process,
    *,
    at: datetime,
    data: bytes,
    identity: str,
    claim: dict[str, Any] | None = None,
) -> Entry:
    """A bidder brings its own key, because too few openers can: the commitment proves that it is the same key.

    `data`: its manifest, whose digest the log holds; `identity`: the backup saved when it was sealed. Where openers
    could not even reveal who bid, the manifest is revealed with the bidder's signature (`claim`) given anew.
    """
    act = _act(process)
    move(act, TABLE, "present_backup")
    row = envelope.find(reveal_digest(data))
    if row is None or row.process_id != process.ocid:
        raise refuse("unknown", _("The log of this purchase holds no envelope with that manifest."))
    if not row.object:
        received = check(actor, process, Manifest, data, claim, previous=None, at=at, is_rescue=True)
        kept = envelope.Record(row.c, data, received.object, received.signature, row.entry.at)
        reveal_these(actor, process, [kept], at=at)
        row = envelope.find(row.c)
    if row.supplier_id != actor.supplier_key or row.state != EnvelopeState.LIVE:
        raise refuse("unknown", _("That envelope is not yours, or it is not one of those to be opened."))
    try:
        fits = envelope.identity_fits(row, identity)
    except ValueError as error:
        raise refuse("identity", _("That is not a key: it begins with AGE-SECRET-KEY-1."), field="identity") from error
    if not fits:
        message = _("That key is not the one that this envelope was sealed with.")
        raise refuse("identity", message, field="identity")
    unseal_with_backup(row, identity)
    return record(actor, process, BackupPresented(c=row.c, bidder=bidder_ref(row.supplier)), at=at)


@command("opening.open_bids")
def open_bids(actor: Actor, process: Process, *, at: datetime) -> Entry:
    """Publish what every live envelope held: one entry each, then one that counts them, then the audit of the log.

    Refuses while the openers' keys are not enough, and while files may still arrive within the grace of the rule. What
    cannot be opened is told with its reason. With no envelope at all, only the count.
    """
    act = _act(process)
    move(act, TABLE, "open_bids")
    unseal_ready(process)
    _require_keys(process, at)
    act.opened_at = at
    act.save()
    opened, failed = open_received(actor, process, at=at)
    states = Counter(row.state for row in envelope.revealed(process))
    event = BidsOpened(
        n_bids=len(opened),
        n_unopenable=len(failed),
        n_superseded=states[EnvelopeState.SUPERSEDED],
        n_withdrawn=states[EnvelopeState.WITHDRAWN],
        n_late=states[EnvelopeState.LATE],
        n_unrevealed=len(envelope.all_of(process)) - envelope.revealed(process).count(),
    )
    counted = record(actor, process, event, at=at)
    record(PLATFORM, process, audited(process, at), at=at)
    return counted


def _require_keys(process: Process, at: datetime) -> None:
    """Enough keys for both rounds, or every opener heard and every live envelope read or given up."""
    if blockers := what_is_missing(process, at):
        raise refuse("keys", blockers[0])


@command("opening.close")
def close(actor: Actor, process: Process, *, at: datetime, observations: str = "") -> Entry:
    """End the act with its minutes. `observations`: what those who attended asked to be written down."""
    if len(observations) > MAX_OBSERVATIONS or has_unsafe_characters(observations):
        message = _("Write at most %(n)d characters of plain text.") % {"n": MAX_OBSERVATIONS}
        raise refuse("observations", message, field="observations")
    act = _act(process)
    move(act, TABLE, "close")
    act.closed_at = at
    act.save()
    opened, tender = opened_event(process), tender_of(process)
    cal, limit = calendar_of(process), rule_of(process, "term.opening_to_award.max", at)
    days = (cal.local_day(tender.award_by) - cal.local_day(act.started_at)).days
    event = OpeningClosed(
        started_at=act.started_at,
        presided_by=started_event(process).presided_by,
        attendees=tuple(
            Attendee(role=a.role, name=a.name, party=a.party, position=a.position)
            for a in Attendance.objects.filter(process=process)
        ),
        n_bids=opened.n_bids,
        observations=observations.strip(),
        award_by=tender.award_by,
        unopenable=tuple(UnopenedRef(c=e.c, name=e.bidder.name, reason=e.reason) for e in unopenable_events(process)),
        rules=(applied(limit, days),),
    )
    return record(actor, process, event, at=at)


def _act(process: Process) -> Act:
    act = act_of(process)
    if act is None:
        raise refuse("state", _("The opening act has not begun."))
    return act


def _attendee(actor: Actor) -> Attendee:
    signer = actor.signer
    position = "" if actor.supplier_key else Person.objects.get(pk=actor.person_id).position
    return Attendee(role=signer.role, name=signer.name, party=signer.party, position=position)
