# SPDX-License-Identifier: Apache-2.0
"""What the ledger says of its own public log: that it began, whose keys and witnesses count, where it is anchored.

Public log specification, section 12. They stand here, as the withdrawal of a body does, because the log itself reads
them: a key is followed by the next one only when an act that both have signed says so.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .kinds import Event, kind

STREAM = "platform:log"
SHOWN = 16  # hexadecimal digits of a root in a sentence; the act has all of them


def short(vkey: str) -> str:
    """What tells a key apart in a sentence: its id. The act has the whole key."""
    return vkey.split("+", 2)[1] if vkey.count("+") > 1 else vkey


class PolicyAct(Event, frozen=True, kw_only=True):
    """Base of the acts that change by whose signatures the log is judged; `policy`: the text in force from then on."""

    policy: str


@kind("log.created", stage="ledger")
class LogCreated(PolicyAct, frozen=True, kw_only=True):
    """The public log began: its name, the key that signs it (as verifiers write it), the first policy."""

    origin: str
    vkey: str

    def sentence(self) -> str:
        return _("The public log %(origin)s began") % {"origin": self.origin}

    def detail(self) -> str:
        return _("Its key: %(key)s.") % {"key": short(self.vkey)}


@kind("log.key.rotated", stage="ledger")
class LogKeyRotated(PolicyAct, frozen=True, kw_only=True):
    """The log is signed with another key from now on. `statement` is a note that the former and the new key signed;
    the former one goes on verifying what it signed.
    """

    origin: str
    former: str
    vkey: str
    statement: str

    def sentence(self) -> str:
        return _("The public log is signed with a new key from now on")

    def detail(self) -> str:
        return _("The new key: %(key)s. The former one goes on proving what it signed.") % {"key": short(self.vkey)}


@kind("witness.added", stage="ledger")
class WitnessAdded(PolicyAct, frozen=True, kw_only=True):
    """A witness confirms the log from now on: its name, its key, where it answers (empty when it is not asked)."""

    name: str
    vkey: str
    url: str = ""

    def sentence(self) -> str:
        return _("%(name)s was added to the witnesses of the public log") % {"name": self.name}

    def detail(self) -> str:
        return _("Its key: %(key)s.") % {"key": short(self.vkey)}


@kind("witness.removed", stage="ledger")
class WitnessRemoved(PolicyAct, frozen=True, kw_only=True):
    """A witness is not asked any more, and its signature counts for no receipt from now on."""

    name: str
    vkey: str

    def sentence(self) -> str:
        return _("%(name)s was removed from the witnesses of the public log") % {"name": self.name}

    def detail(self) -> str:
        return _("What it signed stands. Its key: %(key)s.") % {"key": short(self.vkey)}


@kind("log.policy.changed", stage="ledger")
class PolicyChanged(PolicyAct, frozen=True, kw_only=True):
    """With the same witnesses, another number or group of them is needed for a receipt."""

    def sentence(self) -> str:
        return _("The rule that says how many witnesses confirm the public log changed")


@kind("anchor.daily", stage="ledger")
class DailyAnchor(Event, frozen=True, kw_only=True):
    """The state of the log on a day: how many acts, the root over them (hex), SHA-256 of the signed checkpoint without
    cosignatures and, where a provider stamped it, SHA-256 of its RFC 3161 token. `n_witnesses` had confirmed it.
    """

    size: int
    root: str
    checkpoint_sha256: str
    token_sha256: str = ""
    n_witnesses: int = 0

    def sentence(self) -> str:
        return ngettext(
            "The public log was anchored at %(n)s act", "The public log was anchored at %(n)s acts", self.size
        ) % {"n": f"{self.size:,}"}

    def detail(self) -> str:
        if self.token_sha256:
            return _("Root %(root)s, with a time stamp of another institution.") % {"root": self.root[:SHOWN]}
        return _("Root %(root)s.") % {"root": self.root[:SHOWN]}
