# SPDX-License-Identifier: Apache-2.0
"""A database of its own that holds every story, committed and placed in the public order; made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.fixtures import database


@dataclass(frozen=True)
class Told:
    """The people, and the purchase of each story."""

    world: Any
    ocids: dict[str, str]


@pytest.fixture(scope="package")
def told(template: str, django_db_blocker: Any) -> Iterator[Told]:
    """Every story, told. Tests that use it read, and write only what they undo; they do not ask for `db`."""
    from tests.acts.desk import client_of, people
    from tests.acts.stops import STOPS
    from tests.acts.stories import STORIES
    from tests.worlds.base import world
    from vitrina.ledger.models import Outbox
    from vitrina.ledger.sequencer import catch_up

    name, former = database.copy_name("_acts"), database.current()
    with django_db_blocker.unblock():
        database.clone(name, template)
        database.point_to(name)
        try:
            w = world()
            ocids = {story: tell(w).ocid for story, tell in (STORIES | STOPS).items()}
            catch_up()
            assert not Outbox.objects.exists(), "another transaction of this server holds the sequencer back"
            client_of.cache_clear()
            for actor in people(w):
                client_of(actor.person_id)  # signs in now, so that no test undoes it
            yield Told(w, ocids)
        finally:
            database.point_to(former)
            database.drop(name)
