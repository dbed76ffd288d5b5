# SPDX-License-Identifier: Apache-2.0
"""Signing at the desk: what a person is offered, what the browser must have signed, and whether it did.

Source: efirma, section 3: the browser builds the payload from what it shows; here the same is built from the form
that was sent, and another is refused.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from fido2.utils import websafe_encode

from vitrina.cycle.core import signed
from vitrina.cycle.core.models import Process, Submission
from vitrina.cycle.core.steps import StepForm
from vitrina.kernel.canonical import canonical, digest_of
from vitrina.ledger.models import Entry
from vitrina.parties.models import Person, Supplier
from vitrina.parties.signing import SigningRefused, accept, policy
from vitrina.parties.signing.verdicts import Code, sentence

from .offices import Seat

log = logging.getLogger(__name__)
MISSING = "SIGNATURE_MISSING"
LONGEST = 2_000_000  # characters of a payload or a claim
DEMO_PASSWORD = "vitrina-demo"  # noqa: S105 - of files that name nobody real
Pair = tuple[str, str]


def is_asked(command: str) -> bool:
    """Whether the desk asks for a signature of this command: those that the policy names."""
    return policy.is_named(command)


def is_required(command: str) -> bool:
    """Whether the command cannot go on signed in only; in a demonstration every one can."""
    return is_asked(command) and policy.of(command).required and not settings.VITRINA_DEMO


def offer(seat: Seat, user: AbstractBaseUser, act: str, *, can_go_without: bool = False) -> dict[str, Any]:
    """What `parts/sign.html` needs for an act: ways to sign in the order in which they are offered, and their data."""
    rule, passkeys, rfc = policy.of(act), passkeys_of(user), rfc_of(seat)
    ways = {
        "demo": settings.VITRINA_DEMO and "efirma" in rule.kinds and bool(rfc),
        "passkey": bool(passkeys) and "passkey" in rule.kinds,
        "efirma": "efirma" in rule.kinds,
        "none": can_go_without,
    }
    return {
        "ways": [way for way, is_offered in ways.items() if is_offered],
        "kinds": list(rule.kinds),
        "rfc": rfc,
        "passkeys": json.dumps(passkeys),
        "now": seat.at,
        "world": settings.VITRINA_DEMO,
        "demo": _demo(seat) if ways["demo"] else None,
    }


def passkeys_of(user: AbstractBaseUser) -> list[str]:
    """Ids of the passkeys of an account, in base64url."""
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    found = (row.wrap().authenticator_data.credential_data for row in rows)
    return [websafe_encode(data.credential_id) for data in found if data]


def rfc_of(seat: Seat) -> str:
    """The RFC whose e.firma signs here: the supplier's, or the official's own; "" when it is not registered."""
    if seat.actor.supplier_key:
        return Supplier.objects.values_list("rfc", flat=True).get(key=seat.actor.supplier_key)
    return Person.objects.values_list("rfc", flat=True).get(pk=seat.actor.person_id)


def _demo(seat: Seat) -> dict[str, str]:
    addresses = {f"{part}_url": reverse("demo_efirma", args=[part]) for part in ("cer", "key")}
    name = seat.actor.supplier_name or seat.actor.name
    return {"name": name, "password": DEMO_PASSWORD, **addresses}


def payload(
    seat: Seat, form: StepForm, process: Process | None, *, rows: Iterable[Pair], kept: Iterable[Pair], token: str
) -> dict[str, Any]:
    """What is signed, as the review shows it: `rows` are (label, value), `kept` the fields that the form carries."""
    return {
        "type": signed.PAYLOAD_TYPE,
        "ocid": process.ocid if process else "",
        "purchase": purchase_words(process),
        "command": form.command,
        "act": str(form.button),
        "consequence": _plain(str(form.consequence)),
        "signer": signer_words(seat),
        "fields": [{"label": _plain(label), "value": _plain(value)} for label, value in rows],
        "form_sha256": digest_of([[name, _plain(value)] for name, value in kept]),
        "token": token,
    }


def purchase_words(process: Process | None) -> str:
    """The purchase as the review names it."""
    return f"{process.title} {process.number}" if process else ""


def signer_words(seat: Seat) -> str:
    """Who signs, in which office, for whom."""
    place = seat.appointment.unit or seat.appointment.supplier
    return f"{seat.appointment.person}, {seat.appointment.role_name}, {place}"


def _plain(text: str) -> str:
    """The text as a page shows it: browsers know one kind of line break."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def received(request: HttpRequest, seat: Seat, form: StepForm, expected: dict[str, Any]) -> tuple[Any, bytes] | None:
    """(record, payload) of the signature that came with a form; nothing when the person goes on signed in only.

    Errors: `SigningRefused`, also when a signature is missing that the act needs.
    """
    claim, text = _sent(request.POST)
    if claim is None:
        if is_required(form.command):
            raise SigningRefused(MISSING, missing_words())
        return None
    body = canonical(expected)
    if text and text.encode() != body:  # a long one is not sent: that what was signed is this, `accept` checks anyway
        log.warning("what was signed is not what arrived: %s, token %s", form.command, expected["token"])
        raise SigningRefused(Code.SIG_PAYLOAD_MISMATCH, sentence(Code.SIG_PAYLOAD_MISMATCH))
    found = accept(
        claim, payload_type=signed.PAYLOAD_TYPE, body=body, actor=seat.actor, act=form.command, at=seat.at
    )  # fmt: skip
    return found, body


def missing_words() -> str:
    """What is missing, and how to mend it."""
    return _("This act needs your e.firma or your passkey, and no signature arrived. Nothing was done. Sign it below.")


def _sent(posted: Mapping[str, str]) -> tuple[Any, str]:
    """(claim, payload) as they were posted; (None, "") when there is no claim."""
    claim, text = posted.get("signature", ""), posted.get("signed", "")
    if not claim:
        return None, ""
    try:
        found = json.loads(claim) if max(len(claim), len(text)) <= LONGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SigningRefused(Code.CLAIM_MALFORMED, sentence(Code.CLAIM_MALFORMED))
    return found, text


def is_spent(token: str) -> bool:
    """Whether a form was sent already: its signature was checked then, and a passkey's would not count twice."""
    return Submission.objects.filter(token=token).exists()


def with_signature(form: StepForm, seat: Seat, given: tuple[Any, bytes] | None) -> Callable[[], Entry]:
    """Run the command and, in its transaction, write beside the act who signed it."""

    def run() -> Entry:
        entry = form.run()
        if given:
            record, body = given
            signed.attach(entry, record, body, actor=seat.actor, at=seat.at, until=form.signed_until, about=form.key)
        return entry

    return run
