# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the broadcast. They move no purchase to another stage."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.ledger.kinds import Event, Visibility, kind

from .sittings import NAMES


def _act(event: Event) -> str:
    return str(NAMES.get(event.act, event.act))  # type: ignore[attr-defined]


@kind("camera.authorised", stage="broadcast")
class CameraAuthorised(Event):
    """A camera may send picture and sound of one act. The key by which it does is not told."""

    act: str
    key: str
    opens_at: datetime
    ends_at: datetime

    def sentence(self) -> str:
        return _("A camera was authorised to broadcast: %(act)s") % {"act": _act(self)}


@kind("camera.revoked", stage="broadcast")
class CameraRevoked(Event):
    """The permission of a camera ended before its act."""

    act: str
    key: str
    reason: str

    def sentence(self) -> str:
        return _("The permission of the camera was withdrawn: %(act)s") % {"act": _act(self)}

    def detail(self) -> str:
        return self.reason


@kind("broadcast.started", stage="broadcast")
class BroadcastStarted(Event):
    """A camera connected; `number` counts the connections for the act."""

    act: str
    broadcast: str
    number: int

    def sentence(self) -> str:
        if self.number > 1:
            return _("The broadcast of picture and sound went on: %(act)s") % {"act": _act(self)}
        return _("The broadcast of picture and sound began: %(act)s") % {"act": _act(self)}


@kind("broadcast.ended", stage="broadcast")
class BroadcastEnded(Event):
    """A connection ended: `cause` is `stopped` (by the camera, or cut here) or `lost` (nothing was heard of it)."""

    act: str
    broadcast: str
    cause: str

    def sentence(self) -> str:
        return _("The broadcast of picture and sound stopped: %(act)s") % {"act": _act(self)}

    def detail(self) -> str:
        return _("The camera was heard of no more.") if self.cause == "lost" else ""


@kind("broadcast.recorded", stage="broadcast")
class BroadcastRecorded(Event):
    """The recording of one connection, as it is archived. `original` is the file of the server before it was packed
    anew for browsers, without touching picture or sound; an instant of the act is `started_at` plus its time in it.
    """

    act: str
    broadcast: str
    started_at: datetime
    sha256: str
    size: int
    milliseconds: int
    media_type: str
    original: str

    def sentence(self) -> str:
        return _("The recording was archived: %(act)s") % {"act": _act(self)}

    def detail(self) -> str:
        minutes, seconds = divmod(round(self.milliseconds / 1000), 60)
        text = _("%(minutes)d min %(seconds)d s, %(size)s bytes, SHA-256 %(digest)s…")
        size = formats.number(Decimal(self.size), lang())
        return text % {"minutes": minutes, "seconds": seconds, "size": size, "digest": self.sha256[:12]}


@kind("caption.typed", stage="broadcast", visibility=Visibility.BLINDED)
class CaptionTyped(Event):
    """An official typed a line of captions. Readers see it beside the picture; here it stays as it was typed."""

    ocid: str
    broadcast: str
    text: str

    def sentence(self) -> str:
        return _("A line of captions was typed")


@kind("captions.published", stage="broadcast")
class CaptionsPublished(Event):
    """Captions of a recording; those that came before are no longer shown, and stay in the ledger."""

    act: str
    broadcast: str
    cues: int

    def sentence(self) -> str:
        return _("The captions of a recording were published: %(act)s") % {"act": _act(self)}
