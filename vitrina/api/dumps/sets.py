# SPDX-License-Identifier: Apache-2.0
"""What each set of files is, in words."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from .tables import TABLES

MEDIA = {
    "jsonl": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


class Words(NamedTuple):
    """A set's title and what is in it."""

    title: Any
    about: Any


SETS: dict[str, Words] = {
    "acts": Words(_("Acts"), _("Every act of the ledger as the feed tells it, in its order.")),
    "releases": Words(_("OCDS releases"), _("Every OCDS 1.1 release, the exact text that was published.")),
    "records": Words(_("OCDS records"), _("The compiled release of each purchase, and where its releases are.")),
    **{table.name: Words(table.title, _("A flat table made from the compiled releases.")) for table in TABLES},
    "flags": Words(_("Alerts"), _("Red flags over the purchases here: a reason to look, not a proof.")),
    "national-contracts": Words(
        _("Contracts of the country"), _("The contracts behind the search, from the store that was loaded.")
    ),
    "national-flags": Words(
        _("Alerts of the country"), _("Red flags over those contracts: a reason to look, not a proof.")
    ),
}


def endings(name: str, kind: str) -> str:
    """The media type that a file is told to have: that of its content, or gzip."""
    return MEDIA[kind] if name.endswith(".parquet") else "application/gzip"
