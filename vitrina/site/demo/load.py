# SPDX-License-Identifier: Apache-2.0
"""Loading the demonstration into an empty installation: people, units, purchases, clock. The same every time."""

from __future__ import annotations

from collections.abc import Callable

from vitrina.cycle.core.models import Process
from vitrina.ledger.sequencer import catch_up
from vitrina.parties.models import Unit

from . import clock
from .people import BUYER, World, people_of, world
from .script import OPENING_DAY, tell_all
from .units import register_issste


def load_if_empty(progress: Callable[[str], None] = lambda _: None) -> bool:
    """Load the demonstration unless there is a purchase already, and start its clock; true when it was loaded."""
    if Process.objects.exists():
        clock.resume()
        return False
    people = ensure_people()
    progress("ISSSTE")
    register_issste(at=people.when(OPENING_DAY))
    tell_all(people, progress)
    catch_up()
    clock.set_to(OPENING_DAY)
    return True


def ensure_people() -> World:
    """The invented people, made if they are not there."""
    return people_of() if Unit.objects.filter(key=BUYER).exists() else world()
