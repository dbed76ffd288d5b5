# SPDX-License-Identifier: Apache-2.0
"""Withdrawing what an act said: the act that does it, and what stands in the place of the content afterwards.

The log holds digests of salted bodies, so a body can go (right of cancellation, court order, leaked data) and every
proof still holds. The leaf of the act carries the digest of the body that went: public log, section 9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import Event, Visibility, kind

REASONS = {
    "cancellation": gettext_lazy("right of cancellation of personal data"),
    "court_order": gettext_lazy("order of a court or authority"),
    "leak": gettext_lazy("reserved data that was published by mistake"),
}
AFTERWARDS: list[Callable[[], object]] = []  # what keeps copies of public contents, to let go of one that went


@kind("body.erased", stage="ledger")
class BodyErased(Event, frozen=True, kw_only=True):
    """The content of an act was withdrawn for ever; its number, its digest and its place in the log remain."""

    position: int
    sha256: str
    size: int
    reason: str
    authority: str

    def sentence(self) -> str:
        return _("The content of act no. %(n)d was withdrawn") % {"n": self.position}

    def detail(self) -> str:
        reason = str(REASONS.get(self.reason, self.reason))
        return _("Reason: %(reason)s. Ordered by: %(authority)s.") % {"reason": reason, "authority": self.authority}


class Withdrawn(Event, frozen=True, kw_only=True):
    """What pages find where the event of an entry was withdrawn. Never written; `by` is the act that withdrew it."""

    kind, stage, visibility = "body.withdrawn", "ledger", Visibility.PUBLIC

    by: int

    def sentence(self) -> str:
        return _("The content of this act was withdrawn by act no. %(n)d") % {"n": self.by}

    def detail(self) -> str:
        return _("The public log still proves that an act stands here; what it said is no longer published.")


def leaf_of(erased_sha256: str, erased_size: int, own: dict[str, Any]) -> dict[str, Any]:
    """The statement of a `body.erased` act: `body` is the digest that went, `notice` that of the act's own body."""
    return {**own, "body": {"sha256": erased_sha256, "size": erased_size}, "notice": own["body"]}
