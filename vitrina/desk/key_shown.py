# SPDX-License-Identifier: Apache-2.0
"""What the page of an opener's key shows, made of what its JSON says (sealed bids, sections 2 and 14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.cycle.core.models import Process
from vitrina.cycle.core.words import day_time


def ceremony(data: dict[str, Any]) -> dict[str, Any]:
    """Context of `desk/key.html`; `data` holds `person`, `key` (or nothing), `challenge`, `drill`."""
    key = data["key"]
    state = key["state"] if key else "none"
    return {
        "data": data,
        "key": key,
        "state": state,
        "key_url": reverse("portal:act", args=[key["position"]]) if key and key["position"] else "",
        "headline": HEADLINES[state](),
        "lead": LEADS[state](),
        "urls": {"data": reverse("desk:key_data")},
    }


def named(process: Process, opening_at: datetime) -> dict[str, str]:
    """A purchase that counts on the key, with its hour and the way to its room."""
    return {
        "title": process.title,
        "url": reverse("desk:opening", args=[process.ocid]),
        "when": day_time(opening_at, process.unit.zone),
    }


def _none() -> str:
    return _(
        "Bids arrive sealed. They open only when several people give their key at once, and you are one of them. "
        "In five minutes you make yours, keep a copy on paper and try it."
    )


HEADLINES = {
    "none": lambda: _("Make your key to open envelopes"),
    "registered": lambda: _("Your key is registered. Prove that the sheet works."),
    "proven": lambda: _("Your key is ready."),
}
LEADS = {
    "none": _none,
    "registered": lambda: _("A purchase can name you once you have opened a test envelope with the recovery sheet."),
    "proven": lambda: _(
        "On the day of an opening you write your passphrase, and that is all. You can rehearse below."
    ),
}


def key_words() -> dict[str, str]:
    """What scripts say on the page, by key."""
    return {
        "one_error": _("One thing needs correcting"),
        "many_errors": _("{n} things need correcting"),
        "refused": _("The server did not take it (error {status}). Try again."),
        "failed": _("That did not work: {detail}. Nothing was changed; try again."),
        "cut": _("No line. It goes on by itself when it is back; do not close the page."),
        "too_short": _("Take at least {n} letters: several words together are easier than a hard one."),
        "not_same": _("The two are not the same. Write the passphrase again, slowly."),
        "making": _(
            "Making your key and locking it. It takes some seconds, on purpose: whoever guesses must wait too."
        ),
        "sheet_first": _("Print the sheet or copy it by hand first: it is the only copy."),
        "registered": _("Registered at {hour}"),
        "sheet_wrong": _("A sign is wrong or missing. Look at 0 and O, 5 and S, 8 and B, and compare group by group."),
        "sheet_other": _("That is the sheet of another key: its fingerprint is {found}, and yours is {wanted}."),
        "count": _("{n} of {all} signs"),
        "passphrase_missing": _("Write your passphrase."),
        "passphrase_wrong": _("That passphrase does not open your key. Write it as you noted it; capitals count."),
        "drilled": _("It opened at {hour}. On the day it will be the same."),
        "anew_headline": _("Make another key."),
        "anew_lead": _("The purchases that name you already still count on the former one."),
        "sure_first": _("Confirm first that you retire this key: it cannot be brought back."),
        "retired_headline": _("Your key is retired."),
        "retired_lead": _("No call will name it any more. If you need a key again, make another here."),
        "proven_headline": _("Your key is ready."),
        "proven_lead": _(
            "On the day of an opening you write your passphrase, and that is all. You can rehearse below."
        ),
    }
