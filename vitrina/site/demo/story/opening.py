# SPDX-License-Identifier: Apache-2.0
"""A purchase whose opening act was held: internal control and the witness gave their keys, a supplier attended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from vitrina.cycle.bidding import envelope
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.tendering.queries import openers_of
from vitrina.parties.actors import Actor
from vitrina.parties.roles import Role
from vitrina.sealed.opening import decrypt_share
from vitrina.site.demo.keys import identity_of
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.bidding import reach_bidding
from vitrina.site.demo.story.tendering import OPENING

KEYS = local(2020, 10, 13, 11, 7)
OPENED = local(2020, 10, 13, 11, 10)
CLOSED = local(2020, 10, 13, 12)
WITH_KEYS = (Role.OIC, Role.WITNESS)  # two of three are enough


def give_shares(actor: Actor, process: Process, round_name: str, *, at: datetime) -> Any:
    """One opener decrypts the shares that a round asks for, as their browser does, and gives them; the entry."""
    opener = next(o for o in openers_of(process) if o.person_id == actor.person_id)
    identity = identity_of(actor)
    shares = {w.c: decrypt_share(identity, w.age) for w in envelope.wanted_of(opener, round_name)}
    return opening.give_shares(actor, process.ocid, at=at, round=round_name, shares=shares) if shares else None


def give_keys(w: World, process: Process, *, at: datetime, roles: Sequence[Role] = WITH_KEYS) -> None:
    """The openers of these offices give both rounds of keys."""
    for round_name in envelope.ROUNDS:
        for role in roles:
            give_shares(w[role], process, round_name, at=at)


def hold_act(w: World, process: Process, *, close: bool = True) -> Process:
    """Begin the act, sign in, give the keys, open the envelopes and, unless told otherwise, close with the minutes."""
    officer = w[Role.OFFICER]
    opening.start(officer, process.ocid, at=w.when(OPENING))
    for actor in (w[Role.OIC], w[Role.WITNESS], w.suppliers[0]):
        opening.attend(actor, process.ocid, at=w.when(OPENING.replace(minute=5)))
    give_keys(w, process, at=w.when(KEYS))
    opening.open_bids(officer, process.ocid, at=w.when(OPENED))
    if close:
        opening.close(officer, process.ocid, at=w.when(CLOSED), observations="Sin observaciones de los asistentes.")
    return Process.objects.get(ocid=process.ocid)


def reach_opening(w: World, **bidding: Any) -> Process:
    """A purchase with its bids opened and the minutes published. `bidding`: arguments of `reach_bidding`."""
    return hold_act(w, reach_bidding(w, **bidding))
