# SPDX-License-Identifier: Apache-2.0
"""What waits: every stage's tasks over the purchases that are open, by date, for one office and for the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from vitrina.cycle import STAGES
from vitrina.cycle.bidding import envelope
from vitrina.cycle.core.command import OVER
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.steps import FORMS
from vitrina.cycle.core.tasks import Task
from vitrina.cycle.core.together import together
from vitrina.cycle.core.words import lang, rule_words, short_day
from vitrina.kernel import formats
from vitrina.kernel.workdays import local_day
from vitrina.parties.actors import Actor
from vitrina.parties.models import Unit
from vitrina.parties.roles import ROLE_NAMES, Role, may

ROOMS = (*(f"vitrina.cycle.{stage}" for stage in STAGES), "vitrina.integrity.questions")  # whose tasks are gathered
AT_ONCE = 500  # purchases whose tasks are read together
NEVER = datetime.max.replace(tzinfo=UTC)
NEW = "nueva"  # in the address of a step, where the ocid would stand, for the step that begins a purchase


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task of a purchase, with where it is done."""

    process: Process
    task: Task
    at: datetime

    @property
    def url(self) -> str:
        return step_url(self.process.ocid, self.task.command, self.task.key)

    @property
    def order(self) -> tuple[datetime, str]:
        return (self.task.due or NEVER, self.process.ocid)

    def is_for(self, actor: Actor, units: dict[str, Unit] | None = None) -> bool:
        """Whether the task waits for this actor. `units`: those that were read already, by key; it is added to."""
        task = self.task
        if task.role is not actor.role:
            return False
        if task.supplier_key and task.supplier_key != actor.supplier_key:
            return False
        if task.person_id and task.person_id != actor.person_id:
            return False
        if actor.role is Role.SUPPLIER:
            return True
        if task.place_key:
            known = {} if units is None else units
            place = known.get(task.place_key) or Unit.objects.get(key=task.place_key)
            return actor.acts_for(known.setdefault(place.key, place))
        return actor.acts_for(self.process.unit)

    @property
    def who(self) -> str:
        return str(ROLE_NAMES[self.task.role])

    @property
    def purchase_url(self) -> str:
        return reverse("desk:purchase", args=[self.process.ocid])

    # What the list of tasks shows (`parts/tasks.html`).

    @property
    def title(self) -> str:
        return self.task.title

    @property
    def text(self) -> str:
        return f"{self.process.title}. {self.more}" if self.more else self.process.title

    @property
    def more(self) -> str:
        """What the task says beyond the name of its purchase."""
        return "" if self.task.detail == self.process.title else self.task.detail

    @property
    def due(self) -> str:
        when = self.task.due or self.task.not_before
        return capfirst(short_day(when, self.process.unit.zone)) if when else ""

    @property
    def late(self) -> bool:
        return bool(self.task.due and self.at > self.task.due)

    @property
    def is_for_today(self) -> bool:
        """Whether its deadline is today, where the purchase is made, or is past."""
        zone = self.process.unit.zone
        return bool(self.task.due and local_day(self.task.due, zone) <= local_day(self.at, zone))

    @property
    def is_early(self) -> bool:
        """Whether it cannot be done yet."""
        return bool(self.task.not_before and self.at < self.task.not_before)

    @property
    def left(self) -> str:
        """What is left until it can be done, then until the deadline, in words."""
        if self.task.due is None:
            return ""
        if self.is_early:
            return formats.remaining(self.task.not_before - self.at, lang())
        return _("overdue") if self.late else formats.remaining(self.task.due - self.at, lang())

    @property
    def rule_text(self) -> str:
        return rule_words(self.task.rule) if self.task.rule else ""

    rule = rule_text

    @property
    def verb(self) -> str:
        if self.task.command == "clarifying.answer_group" and not self.task.key:
            return _("See the questions")
        form = FORMS.get(self.task.command)
        own = {"bidding.submit": _("Seal the bid"), "opening.give_shares": _("Give the key")}
        return str(form.button) if form else own.get(self.task.command, _("Open"))

    action = verb


def open_processes(actor: Actor) -> QuerySet[Process]:
    """Purchases that are not over and that the actor may see from inside: of their institution, or called.

    One that is over is among them for its institution while an envelope of it is not explained; suppliers must not
    learn by it that there is one.
    """
    is_over = Q(halt__in=OVER)
    rows = Process.objects.select_related("unit", "buyer")
    if actor.role is Role.SUPPLIER:
        return rows.exclude(is_over).exclude(number="")
    return rows.exclude(is_over & ~Q(pk__in=envelope.owing())).filter(buyer=_buyer(actor))


def called_processes(actor: Actor) -> QuerySet[Process]:
    """Purchases that were called, over or not, with the actor's own envelopes or keys: any for a supplier, those of
    the own institution for an official.
    """
    rows = Process.objects.exclude(number="").select_related("unit", "buyer")
    return rows if actor.role is Role.SUPPLIER else rows.filter(buyer=_buyer(actor))


def _buyer(actor: Actor) -> Unit:
    return Unit.objects.select_related("root").get(key=actor.unit_key).buyer


# Steps that have a page of their own instead of a form.
OWN_PAGES = {
    "bidding.submit": "desk:seal",
    "bidding.withdraw": "desk:seal",
    "bidding.redeal": "desk:seal",
    "opening.present_backup": "desk:seal",
    "opening.give_shares": "desk:opening",
    "broadcast.issue_key": "desk:camera",
    "broadcast.revoke_key": "desk:camera",
    "broadcast.type_caption": "desk:camera",
    "broadcast.publish_captions": "desk:camera",
}


def step_url(ocid: str, command: str, key: str = "") -> str:
    """The address of a step's form, or of the page where it is done."""
    if command == "auction.offer" and key.isdigit():
        return reverse("desk:auction", args=[ocid, int(key)])
    if command in OWN_PAGES:
        return reverse(OWN_PAGES[command], args=[ocid])
    if command == "clarifying.answer_group" and not key:  # many groups wait: first one is chosen
        return reverse("desk:questions", args=[ocid])
    return reverse("desk:step", args=[ocid, command]) + (f"?key={key}" if key else "")


def tasks_of(process: Process, at: datetime) -> list[Waiting]:
    """Everything that waits in one purchase, whoever must do it."""
    found: list[Waiting] = []
    for room in ROOMS:
        queries = import_module(f"{room}.queries")
        found += [Waiting(process, task, at) for task in queries.tasks(process, at)]
    return found


def waiting_for(actor: Actor, at: datetime) -> tuple[list[Waiting], list[Waiting]]:
    """(what waits for the actor, what waits for others), each by deadline; optional steps are left out."""
    mine: list[Waiting] = []
    others: list[Waiting] = []
    units: dict[str, Unit] = {}  # one object for each: what is read of it once need not be read again
    processes = list(open_processes(actor))
    for start in range(0, len(processes), AT_ONCE):
        some = processes[start : start + AT_ONCE]
        with together(some):
            for process in some:
                process.unit = units.setdefault(process.unit_id, process.unit)
                for waiting in tasks_of(process, at):
                    if not waiting.task.is_optional:
                        (mine if waiting.is_for(actor, units) else others).append(waiting)
    return sorted(mine, key=lambda w: w.order), sorted(others, key=lambda w: w.order)


def other_steps(process: Process, actor: Actor, tasks: list[Waiting]) -> list[tuple[str, str]]:
    """Steps that the office may take on the purchase beyond what waits for it: (title, address)."""
    taken = {w.task.command for w in tasks if not w.task.is_optional}
    if actor.role is Role.SUPPLIER or not actor.acts_for(process.unit) or process.halt in OVER:
        return []
    return [
        (str(form.title), step_url(process.ocid, name))
        for name, form in FORMS.items()
        if name not in taken and may(actor.role, name) and name in ALWAYS_OFFERED
    ]


# Steps that nobody has to take, but that an office may want at any time; their own state tables still decide.
ALWAYS_OFFERED = frozenset(
    {
        "planning.modify_line",
        "planning.cancel_line",
        "tendering.amend_call",
        "tendering.replace_opener",
        "tendering.cancel",
        "tendering.suspend",
        "tendering.resume",
        "contracting.amend",
        "contracting.terminate",
    }
)


def headline(mine: list[Waiting]) -> str:
    """The desk's answer, as a sentence."""
    due_today = [w for w in mine if w.is_for_today]
    if not mine:
        return _("Nothing waits for you.")
    if due_today:
        n = len(due_today)
        return _("One thing is for today.") if n == 1 else _("%(n)d things are for today.") % {"n": n}
    n = len(mine)
    return _("One thing waits for you.") if n == 1 else _("%(n)d things wait for you.") % {"n": n}
