# SPDX-License-Identifier: Apache-2.0
"""What a page shows of the broadcasts of a purchase: what is on air, and its recordings in order, with the gaps."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.ledger.models import Position

from . import chapters, places, policy
from .events import BroadcastRecorded
from .models import Broadcast, CaptionLine, Recording
from .sittings import NAMES

MOST_LINES = 20  # of captions in one answer: who was away for longer has the recording


def on_air(process: Process) -> Broadcast | None:
    """The connection that is on air now."""
    return Broadcast.objects.select_related("key").filter(key__process=process, ended_at=None).last()


def state(process: Process, after: int = 0) -> dict[str, Any]:
    """What a player asks for while it plays: whether the camera is on air, and the captions since line `after`."""
    now = on_air(process)
    if now is None:
        return {"on_air": False}
    rows = list(CaptionLine.objects.filter(broadcast=now, pk__gt=after).order_by("-pk")[:MOST_LINES])
    return {
        "on_air": True,
        "act": now.key.act,
        "started": round(now.began_at.timestamp() * 1000),
        "captions": [{"n": row.pk, "text": row.text} for row in reversed(rows)],
    }


def part(process: Process) -> dict[str, Any]:
    """Context of `broadcast/part.html`."""
    now = on_air(process)
    return {
        "ocid": process.ocid,
        "zone": process.unit.zone,
        "state_url": reverse("broadcast_json", args=[process.ocid]),
        "on_air": _on_air(now) if now else None,
        "recordings": recordings(process),
    }


def _on_air(broadcast: Broadcast) -> dict[str, Any]:
    name = broadcast.key.name
    return {
        "act": str(NAMES[broadcast.key.act]),
        "started_at": broadcast.started_at,
        "picture_url": reverse("on_air", args=[name, "index.m3u8"]),
        "sound_url": reverse("on_air", args=[name, "sonido.m3u8"]),
    }


def recordings(process: Process) -> list[dict[str, Any]]:
    """Every connection that ended, by act and time: its recording, or that it waits, and the gap before it."""
    rows = Broadcast.objects.select_related("key__process", "recording__captions").filter(
        key__process=process, ended_at__isnull=False
    )
    found: list[dict[str, Any]] = []
    former: Broadcast | None = None
    numbers = _numbers(process)
    for broadcast in sorted(rows, key=lambda b: (list(NAMES).index(b.key.act), b.began_at)):
        is_same = former is not None and former.key.act == broadcast.key.act
        gap = broadcast.started_at - former.ended_at if former and is_same and former.ended_at else None
        shown = {
            "act": "" if is_same else str(NAMES[broadcast.key.act]),
            "started_at": broadcast.started_at,
            "ended_at": broadcast.ended_at,
            "gap": {"from": former.ended_at, "to": broadcast.started_at, "for": formats.remaining(gap, lang())}
            if former and gap and gap > policy.GAP
            else None,
        }
        recording = getattr(broadcast, "recording", None)
        kept = recording if recording and recording.state == Recording.KEPT else None
        shown["is_broken"] = recording is not None and recording.state == Recording.BROKEN
        shown["is_taken_down"] = kept is not None and not places.archived(kept.sha256).exists()
        found.append(shown | ({"kept": _kept(kept, numbers.get(broadcast.pk, 0))} if kept else {}))
        former = broadcast
    return found


def _numbers(process: Process) -> dict[str, int]:
    """Connection -> number in the ledger of the entry that told its recording."""
    rows = Position.objects.select_related("entry").filter(
        entry__stream=process.stream, entry__kind=BroadcastRecorded.kind
    )
    return {row.entry.event.broadcast: row.position for row in rows if not row.entry.is_erased}  # type: ignore[attr-defined]


def _kept(recording: Recording, number: int) -> dict[str, Any]:
    url = reverse("recording", args=[recording.sha256])
    has_captions = recording.captions_id is not None or recording.broadcast.lines.exists()
    return {
        "url": url,
        "sha256": recording.sha256,
        "length": _length(recording.milliseconds),
        "size": _size(recording.size),
        "number": number,
        "proof_url": reverse("portal:act", args=[number]) if number else "",
        "chapters_url": reverse("chapters_vtt", args=[recording.sha256, (get_language() or "es")[:2]]),
        "captions_url": reverse("captions_vtt", args=[recording.sha256]) if has_captions else "",
        "moments": [
            {
                "second": m.start // 1000,
                "clock": _clock(m.start),
                "sentence": m.sentence,
                "url": f"{url}#t={m.start // 1000}",
                "number": m.position,
            }
            for m in chapters.moments_of(recording)
        ],
    }


def _length(milliseconds: int) -> str:
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    if not minutes:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": seconds}


def _size(size: int) -> str:
    return f"{formats.number(size // 1_000_000 or 1, lang())}\u00a0MB"


def _clock(milliseconds: int) -> str:
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}" if minutes >= 60 else f"{minutes}:{seconds:02d}"  # noqa: PLR2004
