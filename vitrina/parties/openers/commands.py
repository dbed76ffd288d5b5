# SPDX-License-Identifier: Apache-2.0
"""Registering, proving and retiring the keys of openers. Refusals are `OpenerKeyRefused`: a code and a sentence."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime
from typing import Any

import pyrage
from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.kernel import ids
from vitrina.kernel.canonical import canonical
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties import signing
from vitrina.parties.actors import Actor
from vitrina.parties.models import OpenerKey, Person

from .events import OpenerKeyProven, OpenerKeyRegistered, OpenerKeyRetired
from .queries import OPENING_ROLES, fingerprint, key_of

PAYLOAD_TYPE = "vitrina/llave/v1"
MAX_LOCKED = 4000  # base64 characters; a locked identity has about 400
_SCRYPT = b"age-encryption.org/v1\n-> scrypt "


class OpenerKeyRefused(Exception):
    """A key was not taken: `code` is stable, the message tells the person what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def registration_payload(recipient: str) -> bytes:
    """The canonical bytes that the owner signs when registering."""
    return canonical({"type": PAYLOAD_TYPE, "recipient": recipient})


@transaction.atomic
def register_key(
    actor: Actor, *, at: datetime, recipient: str, locked: str, claim: dict[str, Any] | None = None
) -> Entry:
    """Register the public half of a key and keep the private half as its owner locked it; a former key is retired.

    `locked`: base64 of an age file under a passphrase. `claim`: signature over `registration_payload`, where given.
    """
    if actor.role not in OPENING_ROLES:
        raise OpenerKeyRefused("role", _("Your office opens no envelopes, so it needs no key."))
    _check_recipient(recipient)
    _check_locked(locked)
    body = registration_payload(recipient)
    record = signing.accept_for("opener.key", claim, payload_type=PAYLOAD_TYPE, body=body, actor=actor, at=at)
    person = Person.objects.select_for_update().get(pk=actor.person_id)  # one key at a time
    former = key_of(actor.person_id)
    if former is not None:
        _retire(actor, former, at)
    key_id = f"ll-{ids.ulid(at).lower()}"
    event = OpenerKeyRegistered(
        key=key_id,
        name=str(person),
        role=actor.role,
        recipient=recipient,
        fingerprint=fingerprint(recipient),
        signature=signing.public_view(record) if record else {},
    )
    entry = append(f"opener:{key_id}", event, actor=actor.signer, at=at)
    OpenerKey.objects.create(
        id=key_id, person=person, recipient=recipient, locked=locked, registered_at=at, entry=entry
    )
    return entry


@transaction.atomic
def new_challenge(actor: Actor) -> str:
    """A token that only the key's owner can read: base64 of an age file. Its digest is kept until it is answered."""
    key = _own_key(actor)
    token = ids.token(32)
    key.challenge = hashlib.sha256(token.encode()).hexdigest()
    key.save(update_fields=["challenge"])
    recipient = pyrage.x25519.Recipient.from_str(key.recipient)
    return base64.b64encode(pyrage.encrypt(token.encode(), [recipient])).decode()


@transaction.atomic
def prove_key(actor: Actor, *, at: datetime, answer: str) -> Entry:
    """Take the token read with the recovery sheet; from here on a call may count on the key."""
    key = _own_key(actor)
    if not key.challenge or hashlib.sha256(answer.encode()).hexdigest() != key.challenge:
        raise OpenerKeyRefused("answer", _("That is not what the test envelope holds. Check the text of the sheet."))
    key.challenge = ""
    key.proven_at = key.proven_at or at
    key.save(update_fields=["challenge", "proven_at"])
    return append(f"opener:{key.id}", OpenerKeyProven(key=key.id, name=actor.name), actor=actor.signer, at=at)


@transaction.atomic
def retire_key(actor: Actor, *, at: datetime) -> Entry:
    """Stop using a key for new calls. Calls that name it still count on it."""
    return _retire(actor, _own_key(actor), at)


def _retire(actor: Actor, key: OpenerKey, at: datetime) -> Entry:
    key.retired_at = at
    key.save(update_fields=["retired_at"])
    return append(f"opener:{key.id}", OpenerKeyRetired(key=key.id, name=actor.name), actor=actor.signer, at=at)


def _own_key(actor: Actor) -> OpenerKey:
    key = key_of(actor.person_id)
    if key is None:
        raise OpenerKeyRefused("no-key", _("You have no key yet. Make one first."))
    return OpenerKey.objects.select_for_update().get(pk=key.pk)


def _check_recipient(recipient: str) -> None:
    try:
        known = str(pyrage.x25519.Recipient.from_str(recipient))
    except (pyrage.RecipientError, ValueError, TypeError) as error:
        raise OpenerKeyRefused("recipient", _("That is not the public half of a key.")) from error
    if known != recipient or OpenerKey.objects.filter(recipient=recipient).exists():
        raise OpenerKeyRefused("recipient", _("This key is already registered. Make a new one."))


def _check_locked(locked: str) -> None:
    """It must be an age file under a passphrase: what would hold the identity in clear is refused."""
    try:
        data = base64.b64decode(locked, validate=True) if len(locked) <= MAX_LOCKED else b""
    except (binascii.Error, ValueError):
        data = b""
    if not data.startswith(_SCRYPT):
        raise OpenerKeyRefused("locked", _("The private half must come locked with your passphrase."))
