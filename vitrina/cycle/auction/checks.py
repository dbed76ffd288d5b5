# SPDX-License-Identifier: Apache-2.0
"""What must hold of each act, given the room before it: the rules asked again, one function per kind of act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from . import acts, engine
from .acts import Attempt, Told
from .profile import BadProfile, checked, step_of
from .room import Room

Found = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: the number of the entry in its stream, a code, and a sentence for the technician."""

    seq: int
    code: str
    problem: str


def _scheduled(_room: Room, after: Room, told: Told) -> Found:
    act: Any = told.act
    try:
        checked(act.profile)
    except BadProfile as error:
        yield "profile", str(error)
        return
    if act.step.centavos != step_of(act.profile, act.start.centavos):
        yield "step", f"the step is {act.step}, the profile gives another one for {act.start}"
    if len(act.aliases) < act.profile.min_bidders:
        yield "bidders", f"{len(act.aliases)} bidders; it is held with {act.profile.min_bidders}"
    if act.multiple < 1:
        yield "multiple", "amounts are multiples of nothing"
    if len({ref.alias for ref in act.aliases}) != len(act.aliases):
        yield "alias", "two bidders have one alias"
    entrants = after.secrets.entrants
    if entrants and act.start.centavos != min(e.amount.centavos for e in entrants):
        yield "start", "the start price is not the lowest opened one"


def _convened(room: Room, _after: Room, told: Told) -> Found:
    if room.opens_at is not None and told.at < room.opens_at:
        yield "early", "the room opened before its hour"


def _started(room: Room, after: Room, told: Told) -> Found:
    act: Any = told.act
    if room.starts_at is not None and told.at < room.starts_at:
        yield "early", "it began before its hour"
    if act.ends_at != engine.start_end(after, told.at):
        yield "end", "the first part does not have its length"


def _offer(room: Room, after: Room, told: Told) -> Found:
    act: Any = told.act
    if act.answers:
        yield from _answer(room, told)
    yield from _received(room, told.at, act)
    asked = Attempt(alias=act.alias, received_at=act.received_at, amount=act.amount, energy=act.energy)
    if room.is_known:
        if code := engine.judge(room, asked).code:
            yield code, f"an offer of {act.amount} was accepted that the rules refuse"
        if act.leads != (after.leader == act.alias):
            yield "leads", "it is told otherwise who leads"
    end = engine.moved_end(room, act.received_at, leads=act.leads, answers=act.answers)
    if act.ends_at != end:
        yield "end", f"the end is told as {act.ends_at}, the rules give {end}"


def _answer(room: Room, told: Told) -> Found:
    """An offer that the room made for a floor is the one that the floors give, at the instant of what it answers."""
    act: Any = told.act
    owed = engine.owed_by_floors(room)
    if act.answers != room.cause or told.at != room.at:
        yield "answer", "no act of this instant asked for an answer"
    is_computable = all(floor.centavos is not None for floor in room.floors.values())  # one that was lost is not
    if room.is_known and is_computable and (owed is None or owed != (act.alias, act.amount.centavos)):
        yield "floor", f"the floors give {owed}"
    if not room.floors.get(act.alias):
        yield "floor", f"{act.alias} had left no floor"


def _received(room: Room, at: Any, act: Any) -> Found:
    """An offer is not received after it is written, nor before the auction began."""
    if act.received_at > at:
        yield "received", "it was received after it was written"
    if room.starts_at is not None and act.received_at < room.starts_at:
        yield "received", "it was received before the auction"


def _refused(room: Room, _after: Room, told: Told) -> Found:
    act: Any = told.act
    if not room.is_known:
        return
    asked = Attempt(alias=act.alias, received_at=act.received_at, amount=act.amount, energy=act.energy)
    verdict = engine.judge(room, asked)
    if verdict.code != act.code:
        yield "refusal", f"refused as {act.code}; the rules say {verdict.code or 'accepted'}"
    elif (act.limit.centavos if act.limit else None) != verdict.limit:
        yield "limit", f"the limit was told as {act.limit}, the rules give {verdict.limit}"


def _published(room: Room, _after: Room, told: Told) -> Found:
    act: Any = told.act
    if room.segment is None or told.at < room.segment.ends_at:
        yield "early", "hidden offers were published before their end"
    if not room.is_known:
        return
    for attempt in act.attempts:
        code = engine.judge(room, attempt).code
        if code != attempt.code:
            yield (
                "acceptance",
                f"{attempt.alias}: told as {attempt.code or 'accepted'}, the rules say {code or 'accepted'}",
            )


def _clock(room: Room, _after: Room, told: Told) -> Found:
    """The next part is the one that the profile has next, with its length; it begins when the last one is over."""
    segment = room.segment
    if segment is None or told.at < segment.ends_at:
        yield "early", "the part before it was not over"
        return
    if segment.is_hidden and not segment.is_published:
        yield "hidden", "what was offered in the part before it was never published"
    if room.is_known and _bare(engine.following(room, segment, told.at)) != _bare(told.act):
        yield "part", "the rules have another act here"


def _bare(act: acts.Lot) -> dict[str, Any]:
    """What an act says, without the rules of law and documents that it names."""
    body = acts.body_of(act)
    names = set(body.__struct_fields__) - {"rules", "documents"}
    return {"": body, **{name: getattr(act, name) for name in names}}


def _paused(room: Room, _after: Room, told: Told) -> Found:
    act: Any = told.act
    if room.segment is None or room.at is None:
        return
    if not room.at <= act.since <= told.at:
        yield "since", "the clock stopped at an instant that is not between the last act and this one"
    left = room.segment.ends_at - act.since
    if left <= timedelta():
        yield "over", "the part that ran was over: nothing was left to pause"
    if act.remaining_us != left // timedelta(microseconds=1):
        yield "remaining", "the time that was left is told otherwise"
    if act.floors_lost:
        if act.cause != "system" or act.since != told.at:
            yield "since", "floors are lost at the instant at which the platform says so"
    elif act.cause == "system":
        if told.at - act.since <= timedelta(seconds=room.rules.max_gap_s):
            yield "gap", "the platform was not silent for that long"
    elif act.since != told.at:
        yield "since", "an official stops the clock when the act is written"


def _resumed(room: Room, _after: Room, told: Told) -> Found:
    act: Any = told.act
    if room.remaining is not None and act.ends_at != told.at + room.remaining:
        yield "remaining", "it does not go on with the time that was left"


def _revealed(room: Room, _after: Room, told: Told) -> Found:
    act: Any = told.act
    shown = {e.alias: acts.entrant_commitment(room.auction, e) for e in act.entrants}
    if shown != dict(room.commitments):
        yield "entrant", "an alias was announced for another bid"


def _floor(room: Room, after: Room, told: Told) -> Found:
    act: Any = told.act
    if not room.rules.proxy or act.alias not in room.commitments:
        yield "no_floors", "nobody may leave this floor"
    former, floor = room.floors.get(act.alias), after.floors[act.alias]
    if former and former.centavos is not None and floor.centavos is not None and floor.centavos > former.centavos:
        yield "raised", f"{act.alias} raised its floor"


def _certified(room: Room, _after: Room, told: Told) -> Found:
    act: Any = told.act
    if room.is_known and act.ranking != engine.ranked(room):
        yield "ranking", "the ranking is told otherwise"


CHECKS: dict[type[acts.Lot], Callable[[Room, Room, Told], Any]] = {
    acts.Scheduled: _scheduled,
    acts.Convened: _convened,
    acts.Started: _started,
    acts.FloorCommitted: _floor,
    acts.OfferMade: _offer,
    acts.OfferRefused: _refused,
    acts.RoundBegun: _clock,
    acts.TurnBegun: _clock,
    acts.FinalRoundBegun: _clock,
    acts.Closed: _clock,
    acts.OffersPublished: _published,
    acts.Paused: _paused,
    acts.Resumed: _resumed,
    acts.Revealed: _revealed,
    acts.Certified: _certified,
}
