# SPDX-License-Identifier: Apache-2.0
"""Signatures accepted while the authority did not answer: asked again, and an alarm if it says revoked.

Source: efirma, section 4, step 4 (`accept_pending`: repeated within 24 hours).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from vitrina.kernel.canonical import canonical, digest, parse
from vitrina.ledger.append import append
from vitrina.ledger.kinds import Signer
from vitrina.parties.events import SignatureChecked
from vitrina.parties.models import RevocationCheck
from vitrina.parties.roles import Role
from vitrina.sealed.signature import decode

from . import revocation
from .chain import chain_of
from .store import the_store
from .verdicts import Code, Fault

WITHIN = timedelta(hours=24)
PLATFORM = Signer(role=Role.OPERATOR, name="Vitrina", party="")


def ask_again(record: dict[str, Any], at: datetime) -> None:
    """Write down that a record waits for its authority's word."""
    text = canonical(record)
    RevocationCheck.objects.get_or_create(
        digest=digest(text),
        defaults={
            "payload_sha256": record["payload_sha256"],
            "record": text.decode(),
            "received_at": at,
            "due_at": at + WITHIN,
        },
    )


def recheck(at: datetime) -> list[tuple[str, Code]]:
    """Ask for every record that waits; returns (payload SHA-256, verdict) of those that were decided or are overdue.

    Each decision is an entry of the ledger: OK, REV_REVOKED when it had been revoked before it signed, or, once, the
    first verdict when 24 hours passed without an answer; asking goes on after that.
    """
    decided = []
    for pk in list(RevocationCheck.objects.filter(decided_at=None).values_list("pk", flat=True)):
        with transaction.atomic():
            row = RevocationCheck.objects.select_for_update().get(pk=pk)
            if row.decided_at is None and (code := _recheck(row, at)):
                decided.append((row.payload_sha256, code))
    return decided


def _recheck(row: RevocationCheck, at: datetime) -> Code | None:
    record = parse(row.record)
    code, told = _ask(decode(record["cert"]), row.received_at, at)
    row.asked_at = at
    if code in {Code.OK, Code.REV_REVOKED}:
        row.decided_at, row.verdict, row.answer = at, code, canonical(told).decode()
    elif at < row.due_at or row.verdict:
        row.save(update_fields=["asked_at"])
        return None
    else:
        row.verdict = code
    row.save()
    event = SignatureChecked(payload_sha256=row.payload_sha256, act=record["act"], code=code.value)
    append(f"signature:{row.payload_sha256}", event, actor=PLATFORM, at=at)
    return code


def _ask(der: bytes, received_at: datetime, at: datetime) -> tuple[Code, dict[str, Any]]:
    try:
        issuer = chain_of(der, the_store(), received_at, allow_test=True)[0]
        told = revocation.consult(der, issuer, at)
        revocation.judge(told, received_at)
    except revocation.Unreachable:
        return Code.REV_UNREACHABLE, {}
    except Fault as fault:
        return fault.code, {"when": revocation.iso(fault.values["when"])} if "when" in fault.values else {}
    return Code.OK, told
