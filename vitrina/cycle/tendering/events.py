# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of tendering."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.planning.events import ItemRef
from vitrina.ledger.kinds import Event, kind

from .reasons import label_of


class CriterionRef(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement; `lot` null means all lots. `points`: the most that it gives, null where a bid passes or fails.

    `years`: of one that a bid answers with what the goods cost besides their price over so many years.
    """

    number: int
    title: str
    description: str
    kind: str
    lot: int | None = None
    points: Decimal | None = None
    years: int | None = None


class LotRef(msgspec.Struct, frozen=True, kw_only=True):
    """A lot as the call names it."""

    number: int
    title: str


class PanelRef(msgspec.Struct, frozen=True, kw_only=True):
    """An official of the panel, as the public may know them."""

    role: str
    name: str
    position: str


class OpenerRef(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds a key to the envelopes: `key` as manifests name it, registered in the entry of digest `registration`;
    `x` the place of the share; `body` the office that they stand for.
    """

    key: str
    x: int
    role: str
    name: str
    body: str
    recipient: str
    registration: str


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the call says and an amendment may change. Shares are of one; days are natural.

    `auction`: the profile `auction.profile.<name>` of the rulebook by which the lots are auctioned; empty for none.
    """

    title: str
    description: str
    clarification_at: datetime
    questions_until: datetime
    opening_at: datetime
    award_by: datetime
    evaluation_method: str
    guarantee_share: Decimal
    penalty_rate: Decimal
    delivery_days: int
    delivery_place: str
    contract_start: date
    contract_end: date
    reduction_reason: str
    criteria: tuple[CriterionRef, ...]
    auction: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the terms that changed, with both texts."""

    field: str
    before: str
    after: str


def _days_against_limit(event: Event) -> str:
    """Such as "21 days from call to opening; the minimum is 15 (art. 32)", from the rules that the act met."""
    for rule in event.rules:
        if rule.key == "term.publication_to_opening.min" and rule.had is not None:
            had = int(rule.had)
            return ngettext(
                "%(had)s day between the call and the opening; the minimum is %(limit)s (art. %(article)s).",
                "%(had)s days between the call and the opening; the minimum is %(limit)s (art. %(article)s).",
                had,
            ) % {"had": had, "limit": rule.value, "article": rule.article}
    return ""


@kind("call.published", stage="tendering")
class CallPublished(Event):
    """The call for bids was published; the purchase keeps `rulebook` to its end. Bids are sealed to `openers`, and
    `threshold` of them open.
    """

    number: str
    procedure: str
    ocds_method: str
    character: str
    category: str
    law: str
    rulebook: str
    rulebook_digest: str
    terms: Terms
    items: tuple[ItemRef, ...]
    lots: tuple[LotRef, ...]
    panel: tuple[PanelRef, ...]
    openers: tuple[OpenerRef, ...] = ()
    threshold: int = 0

    def sentence(self) -> str:
        return _("The call for bids %(number)s was published") % {"number": self.number}

    def detail(self) -> str:
        return _days_against_limit(self)


@kind("call.amended", stage="tendering")
class CallAmended(Event):
    """The call changed; `terms` is the whole as it stands after the change."""

    number: int
    reason: str
    changes: tuple[Change, ...]
    terms: Terms
    removed_criteria: tuple[int, ...] = ()

    def sentence(self) -> str:
        n = len(self.changes)
        text = ngettext("The call changed in %(n)s point", "The call changed in %(n)s points", n)
        return text % {"n": n}

    def detail(self) -> str:
        return self.reason


@kind("opener.replaced", stage="tendering")
class OpenerReplaced(Event):
    """Another person holds the key of a place from now on. Who bid before may deal the place's share anew."""

    former: str
    opener: OpenerRef
    reason: str

    def sentence(self) -> str:
        names = {"former": self.former, "name": self.opener.name}
        return _("%(name)s holds a key to the envelopes in place of %(former)s") % names

    def detail(self) -> str:
        return self.reason


@kind("tender.suspended", stage="tendering")
class TenderSuspended(Event):
    """The purchase stopped by order of an authority; its deadlines do not run."""

    authority: str
    reason: str

    def sentence(self) -> str:
        return _("The purchase was suspended by %(authority)s") % {"authority": self.authority}

    def detail(self) -> str:
        return self.reason


@kind("tender.resumed", stage="tendering")
class TenderResumed(Event):
    """The purchase goes on, with the dates that now hold."""

    reason: str
    since: datetime
    at: datetime
    terms: Terms

    def sentence(self) -> str:
        n = (self.at - self.since).days
        text = ngettext(
            "The suspension was lifted after %(n)s day and the purchase goes on",
            "The suspension was lifted after %(n)s days and the purchase goes on",
            n,
        )
        return text % {"n": n}

    def detail(self) -> str:
        return self.reason


@kind("tender.cancelled", stage="tendering")
class TenderCancelled(Event):
    """The purchase ended without award by decision of the buyer; `code` is one of `reasons.CANCELLATION`."""

    closes_checkpoint = True  # no envelope is on time after it: the log must say which came before

    code: str
    reason: str
    lots: tuple[int, ...]

    def sentence(self) -> str:
        return _("The tender was cancelled: %(why)s") % {"why": label_of(self.code)}

    def detail(self) -> str:
        return self.reason
