# SPDX-License-Identifier: Apache-2.0
"""How an act was signed, as its page and its receipt tell it. Source: efirma, section 4 (public view of a record)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.ledger.models import Entry, Position
from vitrina.parties.roles import Role
from vitrina.parties.signing import in_words, short

from . import signed

HISTORY = "history"  # stage of what was brought in from files: nobody signed in to do it


def told(act: Entry) -> dict[str, Any] | None:
    """How an act was signed, for `parts/signed.html`; nothing for what nobody did here.

    `way` in two words; `words` in sentences; of a signature also the certificate, `at`, `ocid` and addresses.
    """
    if act.kind in signed.KINDS or not act.is_known or act.event.stage == HISTORY or _is_ours(act):
        return None
    entry = signed.entry_of(act)
    if entry is None:
        name = act.actor.get("name", "")
        return {"way": _("sign-in only"), "words": _("%(name)s signed by having signed in.") % {"name": name}}
    record = entry.event.signature
    found = {
        "is_signature": True,
        "kind": record["kind"],
        "way": short(record),
        "words": in_words(record),
        "at": datetime.fromisoformat(record["received_at"]),
        "certificate": record.get("cert_number", ""),
        "certificate_digest": record.get("cert_sha256", ""),  # a person's number would lead to their CURP
        "rfc": record.get("rfc", ""),
        "ocid": act.ocid,
    }
    placed = Position.objects.filter(entry=act).first()
    if placed and entry.is_public:
        found["evidence_url"] = reverse("act_signature", args=[placed.position])
        found["payload_url"] = reverse("act_signed_text", args=[placed.position]) if signed.is_open(entry) else ""
        found["number"] = Position.objects.filter(entry=entry).values_list("position", flat=True).first()
    return found


def _is_ours(act: Entry) -> bool:
    """Whether the installation itself did it, when its hour came."""
    return act.actor.get("role") == Role.OPERATOR and not act.actor.get("party")
