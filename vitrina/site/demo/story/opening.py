# SPDX-License-Identifier: Apache-2.0
"""A purchase whose opening act was held: internal control, the witness and a supplier attended."""

from __future__ import annotations

from typing import Any

from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.bidding import reach_bidding
from vitrina.site.demo.story.tendering import OPENING

OPENED = local(2020, 10, 13, 11, 10)
CLOSED = local(2020, 10, 13, 12)


def hold_act(w: World, process: Process, *, close: bool = True) -> Process:
    """Begin the act, sign in, open the envelopes and, unless told otherwise, close it with its minutes."""
    officer = w[Role.OFFICER]
    opening.start(officer, process.ocid, at=w.when(OPENING))
    for actor in (w[Role.OIC], w[Role.WITNESS], w.suppliers[0]):
        opening.attend(actor, process.ocid, at=w.when(OPENING.replace(minute=5)))
    opening.open_bids(officer, process.ocid, at=w.when(OPENED))
    if close:
        opening.close(officer, process.ocid, at=w.when(CLOSED), observations="Sin observaciones de los asistentes.")
    return Process.objects.get(ocid=process.ocid)


def reach_opening(w: World, **bidding: Any) -> Process:
    """A purchase with its bids opened and the minutes published. `bidding`: arguments of `reach_bidding`."""
    return hold_act(w, reach_bidding(w, **bidding))
