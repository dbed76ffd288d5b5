# SPDX-License-Identifier: Apache-2.0
"""Acts about the ledger itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from .append import append
from .erasing import REASONS, BodyErased
from .kinds import Signer
from .models import Entry, Erasure, Leaf, Position

OPERATOR = Signer(role="operator", name="Vitrina", party="")


class ErasureRefused(ValueError):
    """The body is not erased; the message says why."""


def erase(position: int, *, reason: str, authority: str, actor: Signer, at: datetime) -> Entry:
    """Withdraw the body of the entry at a position for ever, and return the act that says so.

    The entry keeps its header, its place and its leaf. `reason` is one of `REASONS`; `authority` names whose order
    it is, in words that the public reads. Errors: `ErasureRefused`.
    """
    if reason not in REASONS:
        raise ErasureRefused(f"the reason is one of {', '.join(REASONS)}")
    if not authority.strip():
        raise ErasureRefused("name the authority that ordered it")
    with transaction.atomic():
        row = Position.objects.select_related("entry").filter(position=position).first()
        if row is None:
            raise ErasureRefused(f"no act has the number {position}")
        entry = Entry.objects.select_for_update(no_key=True).get(pk=row.entry_id)
        if entry.is_erased:
            raise ErasureRefused(f"the content of act {position} is withdrawn already")
        if entry.kind == BodyErased.kind:
            raise ErasureRefused("the act that withdraws a content stays")
        if not Leaf.objects.filter(position=position).exists():
            raise ErasureRefused(f"act {position} is not in the public log yet: its proof must be kept first")
        event = BodyErased(
            position=position,
            sha256=entry.body_sha256,
            size=entry.body_size,
            reason=reason,
            authority=authority.strip(),
        )
        act = append(entry.stream, event, actor=actor, at=at)
        Erasure.objects.create(entry=entry, act=act, body_size=entry.body_size)
    return act
