# SPDX-License-Identifier: Apache-2.0
"""Who opens the envelopes of a purchase: chosen with the call, one person of each office, all with a proven key.

Specification: sealed bids, section 2 (default two of three; always more than half; never two of one office).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import refuse
from vitrina.parties.actors import Actor
from vitrina.parties.models import OpenerKey, Person
from vitrina.parties.openers.queries import OPENING_ROLES, usable_keys
from vitrina.parties.roles import ROLE_NAMES, Role

from .events import OpenerRef, PanelRef
from .models import Opener

MIN_OPENERS, MAX_OPENERS = 2, 16


def chosen(actor: Actor, panel: Sequence[dict[str, Any]], members: Sequence[PanelRef]) -> list[tuple[int, str]]:
    """(person, office) of those who open unless the call says otherwise: who publishes it, and of the panel internal
    control and the social witness.
    """
    watching = [(m["person_id"], m["role"]) for m in panel if m["role"] in OPENING_ROLES]
    return [(actor.person_id, str(actor.role)), *watching][: len(members) + 1]


def openers_of(process: Process, people: Sequence[tuple[int, str]]) -> list[Opener]:
    """The openers in their places, not yet saved. Refuses too few, two of one office, and who has no proven key."""
    if len({role for _person, role in people}) < len(people) or len({p for p, _role in people}) < len(people):
        message = _("Two who open the envelopes cannot stand for the same office.")
        raise refuse("openers", message, field="oic")
    if not MIN_OPENERS <= len(people) <= MAX_OPENERS:
        message = _("Name internal control or the social witness too: one person alone must not open the envelopes.")
        raise refuse("openers", message, field="oic")
    keys = usable_keys(person for person, _role in people)
    rows = Person.objects.in_bulk([person for person, _role in people])
    for person, role in people:
        if person not in keys:
            message = _("%(name)s has no proven key yet. Keys are made in «My key», in one's own space.")
            raise refuse("opener-key", message % {"name": rows[person]}, field=role if role != Role.OFFICER else "")
    return [
        Opener(
            process=process,
            x=x,
            key=keys[person],
            person=rows[person],
            role=role,
            name=str(rows[person]),
            body=_body(rows[person], role),
        )
        for x, (person, role) in enumerate(people, start=1)
    ]


def threshold_of(n: int, asked: int | None = None) -> int:
    """How many of `n` open: more than half unless the call asks for more."""
    k = asked or n // 2 + 1
    if not n // 2 < k <= n:
        raise refuse("threshold", _("More than half of those with a key must open together."), field="threshold")
    return k


def opener_ref(opener: Opener) -> OpenerRef:
    """An opener as the ledger names it."""
    key: OpenerKey = opener.key
    return OpenerRef(
        key=key.id,
        x=opener.x,
        role=opener.role,
        name=opener.name,
        body=opener.body,
        recipient=key.recipient,
        registration=key.entry.digest,
    )


def panel_for_seal(process: Process) -> list[dict[str, str]]:
    """The panel as the format of the envelopes takes it: `{id, recipient}` in the order of the places."""
    rows = Opener.objects.filter(process=process).select_related("key")
    return [{"id": o.key_id, "recipient": o.key.recipient} for o in rows]


def _body(person: Person, role: str) -> str:
    return person.position or str(ROLE_NAMES[Role(role)])
