# SPDX-License-Identifier: Apache-2.0
"""Ledger entries about other installations: whom this one shows, under which keys, since when and until when."""

from __future__ import annotations

from django.utils.translation import gettext as _

from vitrina.ledger.kinds import Event, kind


@kind("member.joined", stage="federation")
class MemberJoined(Event):
    """Another installation is shown here from now on. `policy`: the keys of its log and of its witnesses."""

    key: str
    name: str
    url: str
    origin: str
    policy: str

    def sentence(self) -> str:
        return _("What %(name)s publishes is shown here too") % {"name": self.name}

    def detail(self) -> str:
        return _("Its public log is %(origin)s.") % {"origin": self.origin}


@kind("member.left", stage="federation")
class MemberLeft(Event):
    """Another installation is no longer shown here."""

    key: str
    name: str
    reason: str

    def sentence(self) -> str:
        return _("What %(name)s publishes is no longer shown here") % {"name": self.name}

    def detail(self) -> str:
        return self.reason
