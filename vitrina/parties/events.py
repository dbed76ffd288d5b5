# SPDX-License-Identifier: Apache-2.0
"""What the ledger says of units, suppliers and offices. Of people, only that an office was given or ended."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.utils.translation import gettext as _

from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, Visibility, kind


@kind("unit.registered", stage="parties")
class UnitRegistered(Event):
    """A body or a unit of one entered the register."""

    key: str
    name: str
    acronym: str = ""
    parent: str = ""
    unit_kind: str = ""
    state: str = ""
    zone: str = ""
    jurisdiction: str = "mx"

    def sentence(self) -> str:
        return _("%(name)s was registered") % {"name": self.name}


@kind("unit.changed", stage="parties")
class UnitChanged(Event):
    """What the register says of a unit is another: all of it as it is now. Its key, place and law do not change."""

    key: str
    name: str
    acronym: str = ""
    unit_kind: str = ""
    state: str = ""
    zone: str = ""
    can_contract: bool = False

    def sentence(self) -> str:
        return _("What the register says of %(name)s changed") % {"name": self.name}


@kind("identity.set", stage="parties")
class IdentitySet(Event):
    """A body chose the colours and the logo of its pages. `light` and `dark`: token -> colour; `logo`: SHA-256."""

    unit: str
    name: str
    light: dict[str, str]
    dark: dict[str, str]
    logo: str = ""

    def sentence(self) -> str:
        return _("%(name)s chose how its pages look") % {"name": self.name}


@kind("budget.authorised", stage="parties")
class BudgetAuthorised(Event):
    """The budget of a buyer for a year, on which the ceilings depend."""

    buyer: str
    year: int
    amount: Money

    def sentence(self) -> str:
        return _("The acquisitions budget of %(year)d was authorised") % {"year": self.year}


@kind("supplier.registered", stage="parties")
class SupplierRegistered(Event):
    """A supplier entered the register."""

    key: str
    name: str
    rfc: str
    size: str = ""

    def sentence(self) -> str:
        return _("%(name)s entered the register of suppliers") % {"name": self.name}


@kind("office.given", stage="parties", visibility=Visibility.BLINDED)
class OfficeGiven(Event):
    """A person was given an office."""

    person: int
    role: str
    party: str

    def sentence(self) -> str:
        return _("An office was given")


@kind("office.ended", stage="parties", visibility=Visibility.BLINDED)
class OfficeEnded(Event):
    """A person ceased in an office."""

    person: int
    role: str
    party: str

    def sentence(self) -> str:
        return _("An office ended")


@kind("invitation.renewed", stage="parties", visibility=Visibility.BLINDED)
class InvitationRenewed(Event):
    """A person got a new one-time link; `keys_forgotten` when passkeys and codes were taken back too."""

    person: int
    keys_forgotten: bool

    def sentence(self) -> str:
        return _("A new one-time link was made")


@kind("signature.checked", stage="parties")
class SignatureChecked(Event):
    """The authority's word on a certificate after the act was accepted without it; `code` of `signing.verdicts`."""

    payload_sha256: str
    act: str
    code: str

    def sentence(self) -> str:
        if self.code == "OK":
            return _("The certificate of a signature was confirmed: it had not been revoked")
        if self.code == "REV_REVOKED":
            return _("Alarm: the certificate of an accepted signature had already been revoked")
        return _("The certificate of a signature could not be confirmed within 24 hours")


class AuthorityRef(msgspec.Struct, frozen=True, kw_only=True):
    """An authority whose certificates are accepted: SHA-256 of its own, its name, whether it is a root, its source."""

    sha256: str
    name: str
    is_root: bool
    source: str
    since: datetime
    until: datetime | None = None


@kind("authorities.changed", stage="parties")
class AuthoritiesChanged(Event):
    """Whose certificates this installation accepts from now on: all of them, and how many came and went."""

    authorities: tuple[AuthorityRef, ...]
    added: int
    removed: int

    def sentence(self) -> str:
        return _("The authorities whose certificates are accepted changed")

    def detail(self) -> str:
        names = ", ".join(a.name for a in self.authorities) or _("nobody")
        return _("Accepted now: %(names)s.") % {"names": names}
