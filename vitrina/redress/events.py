# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of sanctions."""

from __future__ import annotations

from datetime import date

import msgspec
from django.utils.translation import gettext as _

from vitrina.cycle.core.words import day
from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, kind


class SanctionRef(msgspec.Struct, frozen=True, kw_only=True):
    """A sanction as its firm resolution orders it. `kinds` are codes of S3: I debarment, M fine, S suspension of
    activities, D dissolution, A warning, IND compensation, SE economic sanction, O another.

    `institution` is the register key of the buyer where the fault was committed; `person` F or M. Days are days of the
    law. Of a person the name and the RFC are told, as the law publishes them, and nothing else.
    """

    id: str
    name: str
    rfc: str
    person: str
    institution: str
    institution_name: str
    authority: str
    file: str
    fault: str
    cause: str
    kinds: tuple[str, ...]
    resolved_on: date
    firm_on: date
    notified_on: date | None = None
    url: str = ""
    contract: str = ""
    debarred_from: date | None = None
    debarred_until: date | None = None
    fine: Money | None = None


class OfficialSanctionRef(msgspec.Struct, frozen=True, kw_only=True):
    """A sanction of an official for a grave fault, as its firm resolution orders it. `fault` is a code of S3 (AG,
    CIND, ABCI...), `kinds` too: I debarment, M fine, S suspension, D dismissal, IRSC compensation, SE economic, O.

    Only grave faults are public (LGRA, arts. 27 and 53); of the person the name and the post are told, nothing else.
    """

    id: str
    given_name: str
    surname: str
    second_surname: str = ""
    position: str
    institution: str
    institution_name: str
    authority: str
    file: str
    fault: str
    cause: str
    kinds: tuple[str, ...]
    resolved_on: date
    firm_on: date
    notified_on: date | None = None
    url: str = ""
    debarred_from: date | None = None
    debarred_until: date | None = None
    fine: Money | None = None

    @property
    def name(self) -> str:
        """The whole name."""
        return " ".join(filter(None, (self.given_name, self.surname, self.second_surname)))


def _debarred(s: SanctionRef | OfficialSanctionRef) -> str:
    """From when to when; empty for a sanction that debars nobody."""
    if not (s.debarred_from and s.debarred_until):
        return ""
    return _("Debarred from %(first)s to %(last)s.") % {"first": day(s.debarred_from), "last": day(s.debarred_until)}


@kind("official.sanctioned", stage="redress")
class OfficialSanctioned(Event):
    """A sanction of an official for a grave fault was published: its resolution is firm."""

    sanction: OfficialSanctionRef

    def sentence(self) -> str:
        values = {"name": self.sanction.name, "authority": self.sanction.authority}
        return _("A firm resolution of %(authority)s against the official %(name)s was published") % values

    def detail(self) -> str:
        return _debarred(self.sanction) or self.sanction.cause


@kind("sanction.published", stage="redress")
class SanctionPublished(Event):
    """A sanction of a supplier was published: its resolution is firm."""

    sanction: SanctionRef

    def sentence(self) -> str:
        values = {"name": self.sanction.name, "authority": self.sanction.authority}
        return _("A firm resolution of %(authority)s against %(name)s was published") % values

    def detail(self) -> str:
        return _debarred(self.sanction) or self.sanction.cause


@kind("sanction.withdrawn", stage="redress")
class SanctionWithdrawn(Event):
    """A published sanction no longer stands: annulled, or suspended by a court. Told with its reason, not erased."""

    sanction: str
    reason: str

    def sentence(self) -> str:
        return _("Sanction %(id)s no longer stands") % {"id": self.sanction}

    def detail(self) -> str:
        return self.reason
