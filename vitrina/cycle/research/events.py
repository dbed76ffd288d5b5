# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the market research."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.kernel.money import Money
from vitrina.ledger.kinds import Event, Visibility, kind


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
    """What binds the reference price of an item before the opening (`reference.commitment`), and its basis."""

    item_number: int
    sha256: str
    n_sources: int


@kind("quotes.requested", stage="research")
class QuotesRequested(Event):
    """Companies were asked for quotations. Their names stay secret until the opening."""

    number: int
    n_companies: int
    due_at: datetime
    text: str

    def sentence(self) -> str:
        n = self.n_companies
        return ngettext("%(n)s company was asked for a quotation", "%(n)s companies were asked for quotations", n) % {
            "n": n
        }

    def detail(self) -> str:
        return self.text


@kind("price_source.recorded", stage="research", visibility=Visibility.BLINDED)
class SourceRecorded(Event):
    """A price was found in the market; it has a stream of its own, so that nobody counts the sources."""

    ocid: str
    source_kind: str
    item_number: int
    price: Money
    origin: str
    observed_on: date

    def sentence(self) -> str:
        return _("A price was recorded in the market research")


@kind("research.concluded", stage="research")
class ResearchConcluded(Event):
    """The market research ended: how many sources it used, and the sealed reference price of each item."""

    statistic: str
    commitments: tuple[Commitment, ...]
    n_sources: int
    n_requests: int

    def sentence(self) -> str:
        n = self.n_sources
        text = ngettext(
            "The market research ended with %(n)s price source",
            "The market research ended with %(n)s price sources",
            n,
        )
        return text % {"n": n}

    def detail(self) -> str:
        return _("The reference price is sealed until the opening; then anybody can check it.")
