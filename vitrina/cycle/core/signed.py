# SPDX-License-Identifier: Apache-2.0
"""Signatures of acts: the entry beside an act that says who signed it, and the evidence that stays.

Source: efirma, sections 3 and 4. An act without such an entry was done by somebody who had signed in, and no more.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from vitrina.kernel.canonical import canonical, digest
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Event, Signer, Visibility, kind
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.signing import in_words, public_view, short

from . import files
from .models import ActSignature

PAYLOAD_TYPE = "vitrina/acto/v1"
STAGE = "ledger"  # an act about another act: it moves no purchase on


class _Signed(Event):
    """`act` is the digest of the entry that was signed, `act_kind` its kind; `signature` the record's public view.

    `withheld_until`: kind of the act that makes public what was signed; empty when it is public at once. `about`: the
    object of the step (a contract's id), which that act names.
    """

    act: str
    act_kind: str
    signature: dict[str, Any]
    withheld_until: str = ""
    about: str = ""

    def sentence(self) -> str:
        name = self.signature["signer"]["name"]
        return _("%(name)s signed the act before, with %(way)s") % {"name": name, "way": short(self.signature)}

    def detail(self) -> str:
        return in_words(self.signature)


@kind("act.signed", stage=STAGE)
class ActSigned(_Signed):
    """Who signed a public act, with what: the public view of the signature."""


@kind("sealed_act.signed", stage=STAGE, visibility=Visibility.BLINDED)
class SealedActSigned(_Signed):
    """As `act.signed`, of an act that is still sealed."""


KINDS = (ActSigned.kind, SealedActSigned.kind)


def attach(
    entry: Entry,
    record: dict[str, Any],
    payload: bytes,
    *,
    actor: Actor,
    at: datetime,
    until: str = "",
    about: str = "",
) -> Entry:
    """Keep the evidence of a signature that was accepted, and say it in the act's stream; inside its transaction."""
    stored = files.store(ContentFile(payload, name=f"{digest(payload)}.txt"), public=False)
    ActSignature.objects.create(
        entry=entry, person=actor.person_id, record=canonical(record).decode(), payload_id=stored.sha256
    )
    made = ActSigned if entry.is_public else SealedActSigned
    event = made(
        act=entry.digest, act_kind=entry.kind, signature=public_view(record), withheld_until=until, about=about
    )
    return append(entry.stream, event, actor=msgspec.convert(entry.actor, Signer), at=at)


def entry_of(act: Entry) -> Entry | None:
    """The entry that says who signed an act; nothing when it was done signed in only."""
    rows = Entry.objects.filter(stream=act.stream, seq__gt=act.seq, kind__in=KINDS, body__contains=act.digest)
    return rows.order_by("seq").first()


def act_of(signed: Entry) -> Entry | None:
    """The act of which an entry says who signed it."""
    return Entry.objects.filter(stream=signed.stream, seq__lt=signed.seq, digest=signed.event.act).first()


def is_open(signed: Entry) -> bool:
    """Whether what was signed is public: the act is, and nothing that is still to come withholds it."""
    event = signed.event
    if not signed.is_public:
        return False
    if not event.withheld_until:
        return True
    later = Entry.objects.filter(stream=signed.stream, seq__gt=signed.seq, kind=event.withheld_until)
    return later.filter(body__contains=canonical(event.about).decode()).exists()


def payload_of(event: _Signed) -> bytes | None:
    """The bytes that were signed; nothing when this installation does not have them."""
    path = files.path_of(event.signature["payload_sha256"])
    return path.read_bytes() if path.is_file() else None
