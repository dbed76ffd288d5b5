# SPDX-License-Identifier: Apache-2.0
"""The moments of a recording: each act that fell while the camera was on air, at its time in the file."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from vitrina.ledger.kinds import KINDS
from vitrina.ledger.models import Entry, Position

from . import policy
from .events import BroadcastStarted
from .models import Recording
from .webvtt import Cue

ABOUT_IT = [k for k, event in KINDS.items() if event.stage == BroadcastStarted.stage]  # no moments of the act itself
SHORTEST = 1000  # milliseconds of a chapter that the next one follows at once


class Moment(NamedTuple):
    """An act, its number in the ledger (0 before it has one) and its time in the recording, in milliseconds."""

    start: int
    position: int
    sentence: str


def moments_of(recording: Recording) -> list[Moment]:
    """The public acts of the purchase while the recording ran, in the order of the ledger.

    The time of an act in the file is its instant minus the one at which the camera connected: by the same clock, and
    without what the picture lags behind, because nginx records what it gets, when it gets it.
    """
    broadcast = recording.broadcast
    rows = Entry.objects.filter(
        stream=broadcast.key.process.stream,
        visibility="public",
        at__gte=broadcast.started_at,
        at__lt=broadcast.started_at + timedelta(milliseconds=recording.milliseconds),
    ).exclude(kind__in=ABOUT_IT)
    numbers = dict(Position.objects.filter(entry__in=rows).values_list("entry_id", "position"))
    found = []
    for row in rows.order_by("seq"):
        start = round((row.at - broadcast.started_at).total_seconds() * 1000)
        if not row.is_erased:
            found.append(Moment(start, numbers.get(row.pk, 0), row.event.sentence()))
    return found


def chapters(recording: Recording) -> list[Cue]:
    """The moments as cues that follow one another without holes; acts of the same second are one chapter."""
    groups: list[tuple[int, list[str]]] = []
    for moment in moments_of(recording):
        if groups and moment.start - groups[-1][0] < SHORTEST:
            groups[-1][1].append(moment.sentence)
        else:
            groups.append((moment.start, [moment.sentence]))
    ends = [start for start, _said in groups[1:]] + [recording.milliseconds]
    return [
        Cue(start, max(end, start + 1), ". ".join(dict.fromkeys(said)))
        for (start, said), end in zip(groups, ends, strict=True)
    ]


def typed(recording: Recording) -> list[Cue]:
    """The lines that were typed live, moved to what was being said: who types is some seconds late."""
    broadcast = recording.broadcast
    lead, shown = _ms(policy.CAPTION_LEAD), _ms(policy.CAPTION_SHOWN)
    starts = [
        (max(0, round((line.at - broadcast.started_at).total_seconds() * 1000) - lead), line.text)
        for line in broadcast.lines.all()
    ]
    cues = []
    for n, (start, text) in enumerate(starts):
        end = start + shown
        if n + 1 < len(starts):
            end = min(end, max(starts[n + 1][0], start + SHORTEST))
        cues.append(Cue(start, end, text))
    return cues


def _ms(span: object) -> int:
    return round(span.total_seconds() * 1000)  # type: ignore[attr-defined]
