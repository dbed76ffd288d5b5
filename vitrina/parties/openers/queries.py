# SPDX-License-Identifier: Apache-2.0
"""What others ask of openers' keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from vitrina.parties.models import OpenerKey
from vitrina.parties.roles import Role

OPENING_ROLES = (Role.OFFICER, Role.OIC, Role.WITNESS)


def key_of(person_id: int) -> OpenerKey | None:
    """The key that a person has in use, proven or not."""
    return OpenerKey.objects.filter(person=person_id, retired_at=None).first()


def usable_keys(person_ids: Iterable[int]) -> dict[int, OpenerKey]:
    """Person id -> the key that a call may count on."""
    rows = OpenerKey.objects.filter(person__in=list(person_ids), retired_at=None).exclude(proven_at=None)
    return {row.person_id: row for row in rows}


def fingerprint(recipient: str) -> str:
    """A key as people compare it aloud: the first 20 hex digits (80 bits) of its SHA-256 in groups of four."""
    found = hashlib.sha256(recipient.encode()).hexdigest()[:20]
    return " ".join(found[i : i + 4] for i in range(0, 20, 4))
