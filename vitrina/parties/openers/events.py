# SPDX-License-Identifier: Apache-2.0
"""What the ledger says of openers' keys. Suppliers check the registration of each key before they seal to it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from vitrina.ledger.kinds import Event, kind


@kind("opener.key.registered", stage="parties")
class OpenerKeyRegistered(Event):
    """A person who opens envelopes registered the public half of a key. `signature` is empty when signed in only."""

    key: str
    name: str
    role: str
    recipient: str
    fingerprint: str
    signature: dict[str, Any] = {}

    def sentence(self) -> str:
        return _("%(name)s registered a key to open envelopes") % {"name": self.name}

    def detail(self) -> str:
        return _("Its fingerprint is %(fingerprint)s.") % {"fingerprint": self.fingerprint}


@kind("opener.key.proven", stage="parties")
class OpenerKeyProven(Event):
    """The owner of a key read a token with the printed recovery sheet: the sheet works."""

    key: str
    name: str

    def sentence(self) -> str:
        return _("%(name)s proved that the recovery sheet of the key works") % {"name": self.name}


@kind("opener.key.retired", stage="parties")
class OpenerKeyRetired(Event):
    """A key is not used for new calls any more."""

    key: str
    name: str

    def sentence(self) -> str:
        return _("%(name)s retired a key to open envelopes") % {"name": self.name}
