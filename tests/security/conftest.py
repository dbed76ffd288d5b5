# SPDX-License-Identifier: Apache-2.0
"""One running demonstration for all attacks, and visitors who attack it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from tests.fixtures import database
from tests.fixtures.site import Site, _site_over

from .attacker import Visitor


@pytest.fixture(scope="package")
def site(template: str, django_db_blocker) -> Iterator[Site]:
    """The demonstration, running; the ORM of the tests sees its database."""
    with django_db_blocker.unblock():
        from vitrina.site.demo import clock
        from vitrina.site.demo.load import load_if_empty
        from vitrina.site.demo.script import OPENING_DAY

        filled = database.build_template("demo", load_if_empty, base=template)
    with _site_over(filled, django_db_blocker, clock.resume) as running, django_db_blocker.unblock():
        _before(OPENING_DAY - timedelta(hours=1))
        yield running


def _before(at: datetime) -> None:
    """Put the world's clock back, so that a whole run on a slow machine lies before the opening."""
    from vitrina.kernel.clock import system
    from vitrina.site.models import DemoClock

    DemoClock.objects.update_or_create(pk=1, defaults={"world_at": at, "real_at": system()})


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """Somebody from the street."""
    return Visitor(site.url)


@pytest.fixture
def someone(site: Site) -> Callable[[str], Visitor]:
    """`someone("officer")`: a person of the demonstration, signed in."""

    def enter(name: str) -> Visitor:
        return Visitor(site.url).enter(f"{name}@vitrina.example")

    return enter
