# SPDX-License-Identifier: Apache-2.0
"""What the desk says of the hour of a task: not yet, today, overdue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.worlds.base import world
from tests.worlds.browsing import signed_in
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.tendering import OPENING
from vitrina.desk.inbox import headline, waiting_for
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_clarifying(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


def the_act(w, at):
    """The task of beginning the act, as the officer's desk shows it at an instant."""
    mine, _others = waiting_for(w[Role.OFFICER], at)
    return next(one for one in mine if one.task.command == "opening.start")


def test_the_act_is_counted_down_to_its_hour_and_overdue_when_its_day_is_over(w):
    for after, left, is_late in (
        (-timedelta(minutes=3), "3\N{NO-BREAK SPACE}min", False),
        (timedelta(0), "12\N{NO-BREAK SPACE}h 59\N{NO-BREAK SPACE}min", False),
        (timedelta(minutes=1), "12\N{NO-BREAK SPACE}h 58\N{NO-BREAK SPACE}min", False),
        (timedelta(hours=13), "vencido", True),
    ):
        act = the_act(w, OPENING + after)
        assert (act.left, act.late) == (left, is_late), after
        assert headline([act]) == "Hoy le toca una cosa."
    assert headline([the_act(w, OPENING - timedelta(days=1))]) == "Una cosa espera por usted."


def test_before_its_hour_the_desk_says_from_when_and_then_until_when(w, clock):
    desk = signed_in(w[Role.OFFICER])
    for after, said in ((-timedelta(minutes=3), "desde"), (timedelta(minutes=3), "hasta")):
        clock.set(OPENING + after)
        page = desk.get("/mi-espacio/").content.decode()
        assert f'<span class="cap">{said} ' in page, after
