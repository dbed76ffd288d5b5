# SPDX-License-Identifier: Apache-2.0
"""How a look at another installation may end, and in which words it is told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

HOLDS, STALE, UNREACHABLE, INCOMPLETE = "holds", "stale", "unreachable", "incomplete"
BROKEN, FORKED, ROLLED_BACK, FALSE_RELEASE = "broken", "forked", "rolled back", "false"
HIDDEN = frozenset({BROKEN, FORKED, ROLLED_BACK, FALSE_RELEASE})
OF_FINDING = {"fork": FORKED, "rollback": ROLLED_BACK}

WORDS = {
    "": _("Not looked at yet"),
    HOLDS: _("Its record holds"),
    STALE: _("It has shown nothing new for more than a day"),
    UNREACHABLE: _("It does not answer; shown is what held last"),
    INCOMPLETE: _("Its log names releases that it does not give; these are missing here"),
    BROKEN: _("Its record does not hold: nothing of it is shown"),
    FORKED: _("It tells two histories under one key: nothing of it is shown"),
    ROLLED_BACK: _("It took back acts that it had published: nothing of it is shown"),
    FALSE_RELEASE: _("It gave a release that its log does not have: nothing of it is shown"),
}
