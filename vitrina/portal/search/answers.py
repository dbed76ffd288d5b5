# SPDX-License-Identifier: Apache-2.0
"""Answers of the search as pages and files show them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vitrina.cycle.core.words import money
from vitrina.federation import queries as federation
from vitrina.kernel.money import Money
from vitrina.portal import queries
from vitrina.portal.models import PurchaseCard
from vitrina.search import finding, national, words
from vitrina.search.finding import Asked, Found, Hit
from vitrina.search.folder import Folder
from vitrina.search.opened import Open

from . import federated, live
from .filters import Filters

MOST_PURCHASES = 10_000  # that a calendar, a feed or a reminder follows of one search: those with the newest acts
_contracts: dict[Path, Folder] = {}
LOG = logging.getLogger("vitrina.search")


def contracts() -> Open | None:
    """The contracts of the store that was put behind the search, if one was."""
    path = national.current(Path(settings.SEARCH_DIR))
    if path is None:
        return None
    if path not in _contracts:
        if not national.is_readable(path):
            LOG.warning(
                "The contracts in %s were loaded by another version: `vitrina open load-national` again.", path
            )
            return None
        _contracts.clear()  # of a former store
        _contracts[path] = Folder(path)
    return _contracts[path].open()


def told_of_contracts() -> dict[str, Any]:
    """What was marked of the store when it was loaded (`search.national.load`); empty where there is none."""
    path = national.current(Path(settings.SEARCH_DIR))
    return _contracts[path].state() if path and contracts() else {}


def indexes() -> list[Open]:
    """Everything that is searched: the purchases here, the contracts of a store, those of other installations."""
    return [live.opened(), *filter(None, (contracts(), federated.opened()))]


def find(filters: Filters, *, first: int = 0, size: int = queries.PAGE) -> Found:
    """A page of what is found."""
    return finding.find(indexes(), filters.wanted, first=first, size=size)


def purchases(filters: Filters) -> QuerySet[PurchaseCard]:
    """The purchases of this installation among what is found: all of them when nothing is asked."""
    if filters.scope() == Filters():
        return PurchaseCard.objects.all()
    hits = Asked([live.opened()], replace(filters.scope(), order="recent").wanted).hits(MOST_PURCHASES)
    return PurchaseCard.objects.filter(ocid__in=[hit.body["ocid"] for hit in hits])


def among(filters: Filters, ocids: set[str], *, position: int) -> set[str] | None:
    """Those of these purchases that a search which is followed finds: words as they are spelt, synonyms too.

    Nothing at all (`None`) while the index does not reach the position, so that whoever asks comes back.
    """
    if filters.scope() == Filters():
        return ocids
    index, reached = live.opened_at()
    if reached < position:
        return None
    behind = contracts()
    question = replace(filters.scope().wanted, as_spelt=True)
    return finding.which([index, *([behind] if behind else [])], question, sorted(ocids))


def every(filters: Filters, most: int) -> Iterator[dict[str, Any]]:
    """What is found as plain rows, at most so many."""
    hits = Asked(indexes(), filters.wanted).hits(most)
    while batch := list(islice(hits, 500)):
        yield from plain(batch)


def plain(hits: Sequence[Hit]) -> Iterator[dict[str, Any]]:
    """Hits as rows that machines take; amounts are decimal texts, dates ISO."""
    cards, members = _cards(hits), _members(hits)
    for hit in hits:
        body = hit.body
        if body["kind"] == "federated":
            yield _plain_federated(body, members)
        elif body["kind"] == "contract":
            yield {
                "kind": "contract", "id": body["id"], "ocid": body["ocid"], "number": body.get("number", ""),
                "title": body["title"], "buyer": body.get("buyer", ""), "unit": body.get("unit", ""),
                "suppliers": [s.get("name", "") for s in body.get("suppliers", [])],
                "status": body.get("status", ""), "method": body.get("method", ""),
                "category": body.get("category", ""), "place": body.get("place", ""), "amount": _decimal(body),
                "amount_kind": "contract", "currency": body.get("currency", ""), "date": body.get("signed", ""),
                "synthetic": body["is_synthetic"], "url": settings.PUBLIC_URL + contract_url(body),
            }  # fmt: skip
        elif card := cards.get(body["ocid"]):
            amount = str(Money(card.amount_centavos).decimal) if card.amount_centavos is not None else ""
            yield {
                "kind": "purchase", "id": card.ocid, "ocid": card.ocid, "number": card.number, "title": card.title,
                "buyer": card.buyer_name, "unit": card.unit_name,
                "suppliers": [n for n in card.supplier_names.split(", ") if n], "status": card.status,
                "method": card.method, "category": card.category, "place": body.get("place", ""), "amount": amount,
                "amount_kind": card.amount_kind, "currency": card.currency, "date": card.last_at.isoformat(),
                "synthetic": settings.VITRINA_DEMO,
                "url": settings.PUBLIC_URL + reverse("portal:purchase", args=[card.ocid]),
            }  # fmt: skip


def _plain_federated(body: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "federated", "id": f"{body['member']}/{body['ocid']}", "ocid": body["ocid"],
        "number": body.get("number", ""), "title": body["title"], "buyer": body.get("buyer", ""),
        "unit": body.get("unit", ""), "suppliers": body.get("suppliers", []), "status": body.get("status", ""),
        "method": body.get("method", ""), "category": body.get("category", ""), "place": body.get("place", ""),
        "amount": _decimal(body), "amount_kind": body.get("amount_kind", ""), "currency": body.get("currency", ""),
        "date": body["at"], "synthetic": False, "member": body["member"], "url": federated.url_of(body, members),
    }  # fmt: skip


def _members(hits: Sequence[Hit]) -> dict[str, Any]:
    return federation.members_by_key([h.body["member"] for h in hits if h.body["kind"] == "federated"])


def _decimal(body: dict[str, Any]) -> str:
    return str(Money(body["centavos"]).decimal) if "centavos" in body else ""


def _cards(hits: Sequence[Hit]) -> dict[str, PurchaseCard]:
    return PurchaseCard.objects.in_bulk([h.body["ocid"] for h in hits if h.body["kind"] == "purchase"])


def results(hits: Sequence[Hit], filters: Filters, corrected: dict[str, str]) -> list[dict[str, Any]]:
    """Hits as `parts/results.html` shows them, the words that were asked marked in their titles."""
    cards, members = _cards(hits), _members(hits)
    asked = {stem for text in (filters.q, *corrected.values()) for stem in words.stems(text)}
    shown = []
    for hit in hits:
        if hit.body["kind"] == "contract":
            row = contract_result(hit.body)
        elif hit.body["kind"] == "federated":
            row = federated_result(hit.body, members)
        elif card := cards.get(hit.body["ocid"]):
            row = queries.result(card)
        else:
            continue  # withdrawn a moment ago
        shown.append({**row, "title": marked(row["title"], asked)})
    return shown


def contract_url(body: dict[str, Any]) -> str:
    """The page of a contract."""
    return reverse("portal:contract", args=[body["id"]])


def contract_result(body: dict[str, Any]) -> dict[str, Any]:
    """A contract as a list shows it."""
    kind, state = queries.status_words(body.get("status", ""))
    method = queries.method_words(body["method"]) if body.get("method") else ""
    facts = [body.get("unit") or body.get("buyer", ""), method, body.get("number", "")]
    return {
        "title": body["title"],
        "url": contract_url(body),
        "kind": kind,
        "state": state,
        "facts": [f for f in facts if f] + ([_("synthetic data")] if body["is_synthetic"] else []),
        "amount_text": amount_words(body),
        "text": ", ".join(s.get("name", "") for s in body.get("suppliers", [])),
    }


def federated_result(body: dict[str, Any], members: dict[str, Any]) -> dict[str, Any]:
    """A purchase of another installation as a list shows it: whose it is, and there it leads."""
    member = members.get(body["member"])
    kind, state = queries.status_words(body.get("status", ""))
    method = queries.method_words(body["method"]) if body.get("method") else ""
    amount = amount_words(body)
    if body.get("amount_kind") == "budget":
        amount = _("budget %(amount)s") % {"amount": amount}
    whose = _("published by %(name)s") % {"name": member.name} if member else ""
    facts = [whose, body.get("unit") or body.get("buyer", ""), method, body.get("number", "")]
    return {
        "title": body["title"],
        "url": federated.url_of(body, members),
        "kind": kind,
        "state": state,
        "facts": [f for f in facts if f],
        "amount_text": amount,
        "text": ", ".join(body.get("suppliers", [])),
    }


def amount_words(body: dict[str, Any]) -> str:
    """The amount of a contract."""
    return money(Money(body["centavos"], body.get("currency", "MXN"))) if "centavos" in body else _("no data")


def marked(title: str, stems: set[str]) -> SafeString:
    """A title with the words of these stems marked."""
    pieces = []
    for piece in words.pieces(title):
        is_asked = any(stem in stems for stem in words.stems(piece))
        pieces.append((format_html("<mark>{}</mark>", piece) if is_asked else piece,))
    return format_html_join("", "{}", pieces)
