# SPDX-License-Identifier: Apache-2.0
"""People at their desks: who is there, at which hour, and where each form can be filled in."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from tests.acts.stops import STOPS
from tests.acts.stories import STORIES
from vitrina.cycle.auction.queries import auctions_of
from vitrina.cycle.clarifying.queries import groups_of
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.steps import FORMS, StepForm
from vitrina.cycle.core.tasks import Task
from vitrina.desk.inbox import open_processes, tasks_of
from vitrina.ledger.models import Entry
from vitrina.parties.actors import Actor
from vitrina.parties.models import Person
from vitrina.parties.roles import Role, may

PATH = "/mi-espacio/compra"
LAID_OUT = [*STOPS, *STORIES]  # those where most steps are open first


@dataclass(frozen=True)
class Place:
    """A form that somebody can fill in: in which purchase (none: it begins one), at which hour, for which object."""

    command: str
    story: str
    actor: Actor
    process: Process | None
    at: datetime
    key: str

    @property
    def url(self) -> str:
        where = self.process.ocid if self.process else "nueva"
        return f"{PATH}/{where}/{self.command}/" + (f"?key={self.key}" if self.key else "")

    def form(self, *args: Any) -> StepForm:
        return FORMS[self.command](*args, actor=self.actor, process=self.process, at=self.at, key=self.key)


@functools.cache
def client_of(person_id: int) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=Person.objects.get(pk=person_id).user_id))
    return client


def people(w: Any) -> list[Actor]:
    """One actor for each person; the first of each office first."""
    officials = [a for r, a in w.actors.items() if r not in {Role.EVALUATOR, Role.SUPPLIER}]
    return [*officials, *w.evaluators, *w.suppliers]


def hour_of(process: Process) -> datetime:
    """An hour after the last act of a purchase."""
    last = Entry.objects.filter(stream=process.stream).order_by("-seq").values_list("at", flat=True)[0]
    return last + timedelta(hours=1)


def process_of(told: Any, story: str) -> Process:
    return Process.objects.select_related("unit", "buyer").get(ocid=told.ocids[story])


def places(told: Any) -> dict[str, Place]:
    """For each step of a purchase, the first place in the stories where it can be done."""
    found: dict[str, Place] = {}
    for story in LAID_OUT:
        process = process_of(told, story)
        for place in _open_in(told, story, process, FORMS.keys() - found.keys()):
            found.setdefault(place.command, place)
    return found


def _open_in(told: Any, story: str, process: Process, commands: AbstractSet[str]) -> Iterator[Place]:
    waiting = tasks_of(process, hour_of(process))
    for actor in people(told.world):
        if not open_processes(actor).filter(ocid=process.ocid).exists():
            continue
        for command in (c for c in FORMS if c in commands and may(actor.role, c)):
            mine = [t.task for t in waiting if t.task.command == command and t.is_for(actor)]
            mine = mine or _on_a_page_of_its_own(process, command, actor)
            for task in mine or [None]:
                at = max(hour_of(process), task.not_before or hour_of(process)) if task else hour_of(process)
                begins = command == "planning.publish_line"
                place = Place(command, story, actor, None if begins else process, at, task.key if task else "")
                try:
                    place.form().facts()
                except (Refused, AttributeError):
                    continue
                if task or begins or (not task and command.startswith("planning")):
                    yield place


def _on_a_page_of_its_own(process: Process, command: str, actor: Actor) -> list[Task]:
    """Steps that wait for nobody: those of the page of questions, for the first group of several; that of the place in
    an auction, for whoever holds a hidden offer.
    """
    if command == "auction.withdraw_offer":
        return [Task(command, actor.role, "", key=str(lot)) for lot in auctions_of(process)]
    if command not in {"clarifying.take_out", "clarifying.join_groups"}:
        return []
    return [Task(command, actor.role, "", key=g.lead.id) for g in groups_of(process) if len(g.questions) > 1][:1]
