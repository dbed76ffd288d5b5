# SPDX-License-Identifier: Apache-2.0
"""What the ledger says of the software itself."""

from __future__ import annotations

from django.utils.translation import gettext as _

from vitrina.ledger.kinds import Event, kind


@kind("build.released", stage="site")
class BuildReleased(Event):
    """The installation serves other code than before: the version, and the SHA-256 of each file that seals bids, by
    name. Whoever wonders what their browser ran compares it with these.
    """

    version: str
    files: dict[str, str]

    def sentence(self) -> str:
        return _("The installation began to serve version %(version)s") % {"version": self.version}

    def detail(self) -> str:
        return _("The digests of the code that seals bids are in this act.")
