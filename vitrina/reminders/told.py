# SPDX-License-Identifier: Apache-2.0
"""New acts as messages tell them: what happened, in which purchase. Read from the ledger when a message leaves."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import day_time
from vitrina.kernel import formats
from vitrina.ledger.models import Entry, Position
from vitrina.parties.models import Unit
from vitrina.portal import queries
from vitrina.portal.models import PurchaseCard

MOST = 100  # acts that one e-mail tells; it says how many more there are
LONGEST = 180  # characters of a subject


class Told(NamedTuple):
    """An act with its purchase and the zone of its unit."""

    position: int
    entry: Entry
    card: PurchaseCard
    zone: str

    @property
    def url(self) -> str:
        return settings.PUBLIC_URL + reverse("portal:act", args=[self.position])

    @property
    def purchase_url(self) -> str:
        return settings.PUBLIC_URL + reverse("portal:purchase", args=[self.card.ocid])


def read(positions: list[int]) -> list[Told]:
    """The acts, by purchase and in order; those whose content or purchase was withdrawn are left out."""
    rows = Position.objects.filter(position__in=positions).select_related("entry").order_by("position")
    rows = [row for row in rows if row.entry.is_public and not row.entry.is_erased]
    cards = PurchaseCard.objects.in_bulk({row.entry.ocid for row in rows})
    zones = dict(Unit.objects.filter(key__in={c.unit_key for c in cards.values()}).values_list("key", "zone"))
    found = [
        Told(row.position, row.entry, card, zones.get(card.unit_key, settings.TIME_ZONE))
        for row in rows
        if (card := cards.get(row.entry.ocid))
    ]
    first = {one.card.ocid: one.position for one in reversed(found)}
    return sorted(found, key=lambda one: (first[one.card.ocid], one.position))


def subject(positions: list[int]) -> str:
    """The subject of an e-mail."""
    acts = read(positions)
    titles = list(dict.fromkeys(one.card.title for one in acts))
    if not acts:
        text = _("A public act changed")
    elif len(acts) == 1:
        text = f"{acts[0].entry.event.sentence()}: {titles[0]}"
    elif len(titles) == 1:
        text = _("%(n)d new acts: %(title)s") % {"n": len(acts), "title": titles[0]}
    else:
        text = _("%(n)d new acts in %(m)d purchases") % {"n": len(acts), "m": len(titles)}
    return re.sub(r"\s+", " ", text)[:LONGEST]


def paragraphs(positions: list[int]) -> list[str]:
    """A paragraph for each purchase: what it is, how it stands, its new acts with their addresses."""
    acts = read(positions)
    found = []
    for _ocid, group in groupby(acts[:MOST], key=lambda one: one.card.ocid):
        ours = list(group)
        card = ours[0].card
        head = [card.title, ", ".join(p for p in (card.unit_name or card.buyer_name, card.number) if p)]
        head += [f"{queries.status_words(card.status)[1]}. {queries.amount_words(card)}", ours[0].purchase_url]
        lines = [line for one in ours for line in ("", *_lines(one))]
        found.append("\n".join([*head, *lines]).replace("\u00a0", " "))
    if left := len(acts) - MOST:
        more = ngettext("And another act.", "And another %(n)d acts.", max(left, 1)) % {"n": left}
        found += [more] if left > 0 else []
    return found


def _lines(one: Told) -> list[str]:
    event = one.entry.event
    lines = [f"{event.sentence()}.", event.detail(), day_time(one.entry.at, one.zone), one.url]
    return [line for line in lines if line]


def plain(positions: list[int]) -> list[dict[str, Any]]:
    """The acts for programs."""
    return [
        {
            "position": one.position,
            "ocid": one.card.ocid,
            "kind": one.entry.kind,
            "at": formats.iso(one.entry.at),
            "sentence": one.entry.event.sentence(),
            "url": one.url,
            "purchase": {
                "title": one.card.title,
                "number": one.card.number,
                "buyer": one.card.buyer_name,
                "status": one.card.status,
                "url": one.purchase_url,
            },
        }
        for one in read(positions)
    ]
