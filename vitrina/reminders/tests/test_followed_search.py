# SPDX-License-Identifier: Apache-2.0
"""A search that is followed: each new act of what it finds goes out once, within a minute, or once a day."""

from __future__ import annotations

import json
from datetime import timedelta
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from django.test import Client
from lxml import html

from tests.worlds.base import local, world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.placing import place_here
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.tendering import commands as tendering
from vitrina.kernel import clock as clocks
from vitrina.ledger.models import Position
from vitrina.parties.roles import Role
from vitrina.portal.search import live
from vitrina.reminders import commands, post, words
from vitrina.reminders.models import Message, Progress, Subscription
from vitrina.reminders.tests.test_reminders import Hook, serve  # noqa: F401 - a fixture

AT = local(2020, 9, 25, 12)
whole = built_once(lambda: (w := world(), reach_tendering(w)))


@pytest.fixture
def w(whole, clock, settings):
    clock.set(AT)
    settings.WEBHOOKS_PRIVATE = True
    with rolled_back():
        place_here()
        commands.plan(AT)  # what was before is not news
        yield whole[0]


@pytest.fixture
def ocid(whole):
    return whole[1].ocid


def suspend(w, ocid: str, hours: int = 0) -> int:
    """An act of the purchase; returns its position."""
    at = AT + timedelta(hours=hours)
    if hours % 2 == 0:
        tendering.suspend(w[Role.OIC], ocid, at=at, authority="OIC", reason="Se revisa un requisito")
    else:
        tendering.resume(w[Role.OIC], ocid, at=at, reason="Se revisó")
    place_here()
    return Position.objects.order_by("-position").first().position


def follower(query: str, wants: str = "acts", **more) -> Subscription:
    """Somebody who follows a search and confirmed it."""
    target = f"http://127.0.0.1:9/{Subscription.objects.count()}"
    data = {"channel": "webhook", "target": target, "hours": "24", "wants": wants} | more
    settled = Client().post(f"/avisos/?que=actos&{query}", data)
    assert settled.status_code == 200, settled.content.decode()
    row = Subscription.objects.order_by("-id").first()
    commands.confirm(row)
    row.refresh_from_db()
    return row


def told(row: Subscription) -> list[int]:
    """Positions that were queued for a follower, in order."""
    return [p for m in row.messages.filter(what="acts").order_by("id") for p in m.acts]


def test_each_act_of_what_is_found_is_told_once_and_nothing_else(w, ocid, serve, monkeypatch):  # noqa: F811
    page = Client().get("/buscar", {"q": "reactibo"}).content.decode()
    (link,) = html.fromstring(page).xpath("//a[starts-with(@href, '/avisos/')]/@href")
    assert urlsplit(link).query == "que=actos&q=reactivo"  # as it was looked for
    hook = serve(ThreadingHTTPServer, Hook)
    ours = follower("q=reactivo", target=f"http://127.0.0.1:{hook.server_port}/")
    post.carry_all()
    hook.taken.clear()
    band = follower("q=prueba+vih&status=active&method=open")
    daily = follower("q=REACTIVOS", wants="daily")
    others = [follower("q=reactibo"), follower("q=reactivo&place=Sonora"), follower("unidad=006G1C"),
              follower("q=reactivo", wants="calendar")]  # fmt: skip

    monkeypatch.setattr(live, "opened_at", lambda opened=live.opened_at: (opened()[0], 0))
    first = suspend(w, ocid)
    assert commands.plan(AT) == 0  # the search lags behind: nothing is told, and nothing is lost
    monkeypatch.undo()
    assert commands.plan(AT) >= 2
    assert commands.plan(AT) == 0
    assert told(ours) == told(daily) == [first]
    assert told(band) == [first]  # by its state after the act
    assert [told(row) for row in others] == [[], [], [], []]

    message = ours.messages.get(what="acts")
    assert timedelta(0) < message.next_try_at - message.made_at <= timedelta(seconds=20)
    second = suspend(w, ocid, 1)  # within the seconds in which acts are gathered
    commands.plan(AT)
    assert told(ours) == [first, second]
    assert ours.messages.filter(what="acts").count() == 1

    Message.objects.filter(pk=message.pk).update(next_try_at=clocks.system())
    assert post.carry_all() == 1
    ((headers, body),) = hook.taken
    assert headers["webhook-signature"].startswith("v1,")
    said = json.loads(body)
    assert said["type"] == "act.published"
    assert [(a["position"], a["ocid"]) for a in said["data"]["acts"]] == [(first, ocid), (second, ocid)]
    third = suspend(w, ocid, 2)
    commands.plan(AT)
    assert told(ours) == [first, second, third]  # what left is closed: a new message
    assert ours.messages.filter(what="acts").count() == 2


def test_a_summary_waits_for_the_morning_and_tells_all_of_the_day(w, ocid):
    row = follower("q=reactivo", wants="daily")
    positions = [suspend(w, ocid, n) for n in range(3) if commands.plan(AT) >= 0]
    commands.plan(AT)
    (message,) = row.messages.filter(what="acts")
    assert message.acts == positions
    hour = message.next_try_at.astimezone(AT.astimezone().tzinfo)
    assert message.next_try_at.minute == hour.minute == 0
    assert timedelta(0) < message.next_try_at - clocks.system() <= timedelta(days=1)
    row.channel = "email"
    subject, text = words.email(message, AT)
    assert "3" in subject
    assert text.count("http://127.0.0.1:8000/actos/") == 3
    assert f"http://127.0.0.1:8000/p/{ocid}/" in text


def test_after_a_restart_it_goes_on_from_the_act_that_it_had_reached(w, ocid):
    row = follower("")
    reached = Progress.objects.get().acts
    position = suspend(w, ocid)
    Progress.objects.update(acts=None, position=reached)  # as an installation that never told acts
    commands.plan(AT)
    assert told(row) == []
    Progress.objects.update(acts=reached)
    commands.plan(AT)
    assert told(row) == [position]
