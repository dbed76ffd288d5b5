# SPDX-License-Identifier: Apache-2.0
"""Why a tender may be cancelled: LAASSP 2000 art. 38, fourth paragraph."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

CANCELLATION = {
    "fortuitous_event": _("an unforeseeable event"),
    "force_majeure": _("force majeure"),
    "need_ended": _("the need no longer exists"),
    "would_harm": _("going on would harm the buyer"),
}


def label_of(code: str) -> str:
    """The ground in words; the code itself when a later version dropped it."""
    return str(CANCELLATION.get(code, code))
