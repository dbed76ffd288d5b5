# SPDX-License-Identifier: Apache-2.0
"""No order of commands, by whoever, whenever, with whatever, leads where the law does not.

Two purchases of one unit; people of every office of it, of every office of another institution, and three suppliers
try things: what waits for them, what waits for others, and anything else. After each try: a refusal has left nothing;
what was accepted stands in the ledger, could follow there, and agrees with the rows; before the opening nobody outside
can read a price. `VITRINA_EXPLORE=400` tries so many other walks.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.acts.stops import STOPS
from tests.acts.stories import cancelled, line_withdrawn, suspended
from tests.properties import watch
from tests.properties.arguments import BUILDERS, Case, spoilt
from tests.properties.flow import agrees
from tests.properties.offices import ALLOWED, COMMANDS
from tests.properties.sealed import follow, understudies
from tests.properties.told import entries_of, stored, told
from tests.shared import assert_valid_release, shared
from tests.worlds.awarding import reach_awarding
from tests.worlds.base import World, local, reach_planning, world
from tests.worlds.bidding import reach_bidding
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.contracting import reach_contracting
from tests.worlds.delivery import reach_delivery
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import rolled_back
from tests.worlds.opening import reach_opening
from tests.worlds.payment import reach_payment
from tests.worlds.research import reach_research
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.core.command import COMMANDS as RUN
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.desk.inbox import Waiting, tasks_of
from vitrina.ledger.models import Entry, Outbox, Record, Release
from vitrina.ledger.releases import build, compile_releases
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.parties import commands as parties
from vitrina.parties.actors import Actor, actor_of
from vitrina.parties.roles import PERMISSIONS, Role

WALKS = int(os.environ.get("VITRINA_EXPLORE", "0"))
SETTINGS = settings(
    max_examples=WALKS or 1, stateful_step_count=25, deadline=None, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink] if WALKS else [Phase.generate],
)  # fmt: skip
OFFERS = {0: "47.13", 1: "39.77"}
STARTS: dict[str, Any] = {
    "planning": lambda w, lots: reach_planning(w, lots=lots, funded=False),
    "research": lambda w, lots: reach_research(w, lots=lots),
    "tendering": lambda w, lots: reach_tendering(w, lots=lots),
    "clarifying": lambda w, lots: reach_clarifying(w, lots=lots),
    "bidding": lambda w, lots: reach_bidding(w, lots=lots, offers=OFFERS),
    "no bids": lambda w, lots: reach_bidding(w, lots=lots, offers={}),
    "opening": lambda w, lots: reach_opening(w, lots=lots, offers=OFFERS),
    "evaluation": lambda w, lots: reach_evaluation(w, lots=lots, offers=OFFERS),
    "awarding": lambda w, lots: reach_awarding(w, lots=lots, offers=OFFERS),
    "contracting": lambda w, lots: reach_contracting(w, lots=lots, offers=OFFERS),
    "delivery": lambda w, lots: reach_delivery(w, lots=lots, offers=OFFERS, late=lots == 2),
}
PAUSES = [timedelta(minutes=7), timedelta(hours=20), timedelta(days=2), timedelta(days=9), "just before", "the hour"]
NUMBERS = st.integers(0, 59)
# in order: what waits, by whom it waits for; by anybody; with a value that does not fit; any command; time; a reader
WAYS = ["rightly"] * 6 + ["another"] * 2 + ["wrongly"] * 2 + ["anything"] * 3 + ["wait", "look"]
SECOND = timedelta(seconds=1)


def strangers(w: World) -> list[Actor]:
    """Somebody of another institution in every office, and the operator."""
    at = local(2020, 1, 2)
    other = parties.register_unit(at=at, key="006G1C", name="Otra institución", kind="institute", can_contract=True)
    person = parties.register_person(email="ajena@vitrina.example", given_name="Jacinta", surname="Bermellón")
    roles = [r for r in Role if r is not Role.SUPPLIER]
    return [actor_of(parties.appoint(at=at, person=person, role=r, unit=other)) for r in roles]


class AnyOrder(RuleBasedStateMachine):
    """A walk. Purchases are made anew for each walk, in one database that keeps those of the walks before."""

    start: ClassVar[str]
    w: ClassVar[World]
    actors: ClassVar[list[Actor]]
    has_schema: ClassVar[bool]
    seen: ClassVar[Counter[str]]

    @initialize(beside=st.sampled_from([None, *STARTS]), lots=st.sampled_from([1, 2]))
    def begin(self, beside: str | None, lots: int) -> None:
        self.steps = 0
        starts = [self.start, beside] if beside else [self.start]
        self.processes = [STARTS[start](self.w, lots) for start in starts]
        self.now: dict[str, datetime] = {}
        for process in self.processes:
            self._check(process)
        if self.seen["sweeps"] and not WALKS:
            return  # this start was swept in the first walk
        if WALKS or list(STARTS).index(self.start) % 3 == 0:  # a refusal of an office looks at no stage
            self._sweep_offices()
        self._sweep()

    def _case(self, which: int, n: int) -> Case:
        chosen = self.processes[0 if which % 4 else which % len(self.processes)]  # mostly the first
        process = Process.objects.select_related("unit", "buyer").get(ocid=chosen.ocid)
        last = Entry.objects.filter(stream=process.stream).order_by("-seq").values_list("at", flat=True).first()
        return Case(self.w, process, max(last, self.now.get(process.ocid, last)), n)

    # what is tried

    @rule(way=st.sampled_from(WAYS), which=NUMBERS, pick=NUMBERS, n=NUMBERS, who=NUMBERS,
          command=st.sampled_from(COMMANDS), pause=st.sampled_from(PAUSES))  # fmt: skip
    def step(self, way: str, which: int, pick: int, n: int, who: int, command: str, pause: timedelta | str) -> None:
        """One try; all ways in one rule, since several would be switched off at random in each walk."""
        self.steps += 1
        pick, who = pick + self.steps, who + self.steps  # the same draw twice is not the same try
        case = self._case(which, n)
        waiting = tasks_of(case.process, case.at)
        if way == "look":
            self._look(case.process)
        elif way == "wait":
            self._wait(case, pause)
        elif way == "anything":
            able = [a for a in self.actors if command in ALLOWED[a.role]] if who % 2 else self.actors
            self._try(case, command, able[who % len(able)], pick if n % 2 else None)
        elif not waiting:
            self.processes[0] = STARTS[self.start](self.w, 1)  # that purchase is over
        elif way == "another":
            self._follow(case, waiting[pick % len(waiting)], self.actors[who % len(self.actors)])
        elif way == "wrongly":
            chosen = waiting[pick % len(waiting)]
            self._follow(case, chosen, self._holder(chosen, who), spoil=n)
        else:
            needed = [t for t in waiting if not t.task.is_optional or pick % 5 == 4] or waiting
            chosen = needed[pick % len(needed)]
            refused = self._follow(case, chosen, self._holder(chosen, who))
            assert not refused & {"role", "unit", "state", "suspended", "over"}, (
                f"the inbox offers {chosen.task.command}, which is refused: {refused}"
            )

    def _wait(self, case: Case, pause: timedelta | str) -> None:
        """Some days, or until the hour of the opening, or until the second before it."""
        tender = getattr(case.process, "tender", None)
        if isinstance(pause, timedelta):
            self.now[case.process.ocid] = case.at + pause
        elif tender and tender.opening_at - SECOND > case.at:
            self.now[case.process.ocid] = tender.opening_at - (SECOND if pause == "just before" else 0 * SECOND)

    def _look(self, process: Process) -> None:
        """The pages of a purchase, read by a stranger."""
        catch_up()
        if Outbox.objects.exists():
            return  # another run on this server holds the sequencer back
        texts = dict(watch.pages(process))
        if self._is_secret(process):
            assert not {path: found for path, text in texts.items() if (found := watch.secrets_in(text))}

    # what is tried at once, and undone

    def _sweep(self) -> None:
        """Every command from where the purchase stands, by an office that may do it: what is accepted must follow."""
        self.seen["sweeps"] += 1
        case = self._case(0, 0)
        for at in self._moments(case):
            case.at = at
            with rolled_back():  # whatever is tried, it begins with this
                bidding.close_reception(case.process.ocid, at=case.at)
                before, stand = watch.fingerprint(), transaction.savepoint()
                for command in COMMANDS:
                    able = [a for a in self.actors if command in ALLOWED[a.role]]
                    able = able if able[0].role is Role.SUPPLIER else able[:1]  # a supplier may not act for another
                    for actor in able:
                        case.key = ""
                        if not self._try(case, command, actor, before=before):
                            transaction.savepoint_rollback(stand)
                assert watch.fingerprint() == before, "a command that was refused left something"

    def _moments(self, case: Case) -> list[datetime]:
        """Now; and the second before the opening and its hour, while they are to come."""
        tender = getattr(case.process, "tender", None)
        if tender is None or tender.opening_at - SECOND <= case.at:
            return [case.at]
        return [case.at, tender.opening_at - SECOND, tender.opening_at]

    def _sweep_offices(self) -> None:
        """Every command by every office that may not do it, and by those that may, of another institution."""
        case = self._case(0, 0)
        before = watch.fingerprint()
        one_of_each = {(a.role, a.unit_key): a for a in reversed(self.actors)}.values()
        for command in COMMANDS:
            case.actor = None
            arguments = BUILDERS[command](case)
            where = () if command == "planning.publish_line" else (case.process.ocid,)
            for actor in one_of_each:
                is_ours = actor.unit_key == self.w.buyer.key or actor.supplier_key
                if command in ALLOWED[actor.role] and is_ours:
                    continue
                with pytest.raises(Refused) as refused:
                    RUN[command](actor, *where, at=case.at, **arguments)
                if command not in ALLOWED[actor.role]:
                    assert refused.value.codes == ["role"], (command, actor)
                elif not command.startswith("delivery."):  # there it is the place that counts
                    assert refused.value.codes == ["unit"], (command, actor)
        assert watch.fingerprint() == before

    # how it is tried

    def _holder(self, chosen: Waiting, n: int) -> Actor:
        able = [a for a in self.actors if chosen.is_for(a)]
        assert able, f"{chosen.task.command} waits for nobody"
        return able[n % len(able)]

    def _follow(self, case: Case, chosen: Waiting, actor: Actor, spoil: int | None = None) -> set[str]:
        case.key = chosen.task.key
        case.at = max(case.at, chosen.task.not_before or case.at)
        return self._try(case, chosen.task.command, actor, spoil)

    def _try(
        self, case: Case, command: str, actor: Actor, spoil: int | None = None, before: watch.Print | None = None
    ) -> set[str]:
        """Run a command and check what it left; the codes of its refusal, none when it was accepted. `before`: the
        fingerprint that things have, the hour told: who gives it looks at the end whether a refusal left something.
        """
        is_alone = before is None
        if before is None:
            bidding.close_reception(case.process.ocid, at=case.at)  # as the platform does when the hour comes
            before = watch.fingerprint()
        case.actor = actor
        arguments = BUILDERS[command](case)
        if spoil is not None:
            arguments = spoilt(arguments, spoil, case.at)
        where = () if command == "planning.publish_line" else (case.process.ocid,)
        try:
            entry = RUN[command](actor, *where, at=case.at, **arguments)
        except Refused as refused:
            assert not is_alone or watch.fingerprint() == before, f"{command} was refused and left something"
            assert all(r.message.strip() for r in refused.refusals)
            self.seen["refused"] += 1
            return set(refused.codes)
        assert watch.fingerprint()[-1] != before[-1], f"{command} left no entry"
        self.seen[command] += 1
        if command == "bidding.submit":
            follow(case, entry)
        if command == "planning.publish_line" and not connection.in_atomic_block:
            self.processes = [*self.processes, Process.objects.get(ocid=entry.ocid)][-3:]
        process = Process.objects.select_related("unit", "buyer").get(ocid=entry.ocid or case.process.ocid)
        if not connection.in_atomic_block:
            self.now[process.ocid] = case.at
        self._check(process)
        return set()

    # what must hold

    def _check(self, process: Process) -> None:
        entries = entries_of(process)
        assert told(process, entries) == stored(process)
        if not connection.in_atomic_block:  # the steps of the walk; a sweep only tries and undoes
            agrees(process, entries)
        if self._is_secret(process):
            assert watch.is_closed(process), "an envelope tells something before the act"
            texts = [*watch.told_by(entries), ("process", watch.row_of(process))]
            assert not {name: s for name, text in texts if (s := watch.secrets_in(text))}

    def _is_secret(self, process: Process) -> bool:
        """Whether nothing of the envelopes of a purchase may be known: its act has not begun, nor was it cancelled
        and its openers gave their first keys.
        """
        kinds = ("opening.started", "envelope.revealed")
        return not Entry.objects.filter(stream=process.stream, kind__in=kinds).exists()

    def teardown(self) -> None:
        if not hasattr(self, "processes"):
            return
        catch_up()
        for process in self.processes:
            entries = [e for e in entries_of(process) if e.ocid]
            releases = [r for e in entries if (r := build(e))]
            if self.has_schema:
                for release in releases:
                    assert_valid_release(release)
            if not Outbox.objects.exists():  # all placed: no other run holds the server's horizon back
                ids = list(
                    Release.objects.filter(ocid=process.ocid).order_by("position").values_list("release_id", flat=True)
                )
                assert ids == [r["id"] for r in releases]
                assert Record.objects.get(ocid=process.ocid).compiled == compile_releases(releases)
            if self._is_secret(process):
                outputs = watch.published(process)
                assert not {name: s for name, text in outputs if (s := watch.secrets_in(text))}
        assert verify().finding is None


SEALED = ("bidding.submit", "bidding.withdraw", "bidding.redeal", "opening.give_shares", "opening.present_backup",
          "opening.open_bids")  # fmt: skip
LATE = {"bidding.submit", "bidding.withdraw", "bidding.redeal"}  # logged until the minutes, and late
KEYS_AT = {  # stop within the act -> what may be done there
    "act begun": LATE | {"opening.give_shares", "opening.present_backup"},
    "keys given": LATE | {"opening.give_shares", "opening.present_backup"},
    "bidders revealed": LATE | {"opening.give_shares", "opening.present_backup"},
    "keys in": LATE | {"opening.give_shares", "opening.present_backup", "opening.open_bids"},
    "envelopes opened": LATE,
    "asked": LATE,
}


def prepare(start: str) -> None:
    """A world, and everybody in it."""
    w = world()
    seconds = understudies(w)
    officials = [a for r, a in w.actors.items() if r not in {Role.EVALUATOR, Role.SUPPLIER}]
    AnyOrder.start, AnyOrder.w, AnyOrder.seen = start, w, Counter()
    AnyOrder.actors = [*officials, *seconds, *w.evaluators, *w.suppliers, *strangers(w)]
    AnyOrder.has_schema = has_schema()
    if not WALKS:  # the same walks each time, others for each start
        seed(list(STARTS).index(start))(AnyOrder)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("start", STARTS)
def test_no_order_of_commands_leads_where_the_law_does_not(start: str) -> None:
    prepare(start)
    run_state_machine_as_test(AnyOrder, settings=SETTINGS)
    # the walk went far enough to prove something
    accepted = sum(AnyOrder.seen.values()) - AnyOrder.seen["refused"] - AnyOrder.seen["sweeps"]
    assert accepted >= 10 and AnyOrder.seen["refused"] >= 5, AnyOrder.seen


@pytest.mark.django_db
@pytest.mark.parametrize("stop", STOPS)
def test_from_every_stop_only_what_may_follow_is_done(stop: str) -> None:
    """Every command at once, from states between the stages."""
    prepare("planning")
    walk = AnyOrder()
    walk.steps, walk.now, walk.processes = 0, {}, [STOPS[stop](walk.w)]
    walk._sweep()
    assert AnyOrder.seen["refused"] > 10, AnyOrder.seen
    done = {command for command in SEALED if AnyOrder.seen[command]}
    assert done == KEYS_AT.get(stop, done & {"bidding.submit", "bidding.withdraw", "bidding.redeal"}), AnyOrder.seen


@pytest.mark.django_db
@pytest.mark.parametrize(("ending", "left"), [(cancelled, 1), (line_withdrawn, 0), (reach_payment, 0), (suspended, 2)])
def test_nothing_follows_an_end(ending: Any, left: int) -> None:
    """A purchase that is over takes no command, but the first keys of envelopes that nobody knows of yet; one that is
    suspended only those that lift it.
    """
    prepare("planning")
    walk = AnyOrder()
    walk.steps, walk.now, walk.processes = 0, {}, [ending(walk.w)]
    walk._sweep()
    done = [c for c in AnyOrder.seen if c not in {"refused", "sweeps", "planning.publish_line"}]
    assert len(done) == left, done


def has_schema() -> bool:
    """Whether the OCDS schema is beside this copy."""
    try:
        return bool(shared("specs/ocds/release-schema.json"))
    except pytest.skip.Exception:
        return False


def test_the_two_tables_of_offices_agree() -> None:
    given = {role: {c for c, roles in PERMISSIONS.items() if role in roles} for role in Role}
    assert given == ALLOWED
    assert set(BUILDERS) == set(COMMANDS) == {c for c in RUN if not c.startswith(("parties.", "contact."))}
