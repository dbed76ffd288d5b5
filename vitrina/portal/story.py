# SPDX-License-Identifier: Apache-2.0
"""A purchase in plain language: its paragraph, its figures, what comes next. Read from the compiled release alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import day, day_time, lang, money
from vitrina.kernel import formats

from .offers import opened
from .projection import amount_of, centavos


@dataclass(frozen=True, slots=True)
class Coming:
    """An act that is foreseen: when, and the sentence that says it."""

    at: datetime
    sentence: str


def instant(text: str | None) -> datetime | None:
    """An OCDS date as an aware instant."""
    return datetime.fromisoformat(text) if text else None


def _join(names: list[str]) -> str:
    if len(names) < 2:  # noqa: PLR2004 - one name needs no conjunction
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def what(compiled: dict[str, Any]) -> str:
    """What is bought, with its quantity: `412,000 prueba of ...` for one item, the number of lines for several."""
    items = compiled.get("tender", {}).get("items", [])
    if not items:
        return ""
    first = items[0]
    if not first.get("description"):
        return ""
    if len(items) > 1:
        return ngettext("%(n)d line of goods", "%(n)d lines of goods", len(items)) % {"n": len(items)}
    quantity = Decimal(str(first.get("quantity", 1)))
    unit = _plural(first.get("unit", {}).get("name", ""), quantity)
    amount = f"{formats.number(quantity, lang())} {unit}".strip()
    return _("%(amount)s of %(goods)s") % {"amount": amount, "goods": _lower(first.get("description", ""))}


def _plural(unit: str, quantity: Decimal) -> str:
    """`pruebas` for many, in Spanish and for a single plain word; any other unit as it was written."""
    if quantity == 1 or not unit.isalpha() or unit.endswith("s"):
        return unit
    return unit + ("s" if unit[-1] in "aeiou" else "es")


def _lower(text: str) -> str:
    """The text as it stands inside a sentence: `VIH` keeps its capitals, `Reactivo` does not."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def winners(compiled: dict[str, Any]) -> list[str]:
    """Names of the suppliers awarded, each once."""
    active = [a for a in compiled.get("awards", []) if a.get("status") == "active"]
    return list(dict.fromkeys(s.get("name", "") for a in active for s in a.get("suppliers", [])))


def paragraph(compiled: dict[str, Any], zone: str, now: datetime) -> str:
    """Who buys what, how it went, and where it stands: sentences that a neighbour would understand."""
    return " ".join(s for s in _sentences(compiled, zone, now) if s)


def _sentences(compiled: dict[str, Any], zone: str, now: datetime) -> Iterator[str]:
    tender = compiled.get("tender", {})
    buyer = (compiled.get("buyer") or tender.get("procuringEntity") or {}).get("name", "")
    yield _purchase(compiled, buyer)
    yield from _competition(compiled, zone, now)
    won = winners(compiled)
    if won:
        amount, kind = amount_of(compiled)
        known = amount is not None and kind in {"contract", "award"}
        n = len(won)
        text = (
            ngettext("%(names)s won, for %(amount)s.", "%(names)s won, for %(amount)s in all.", n)
            if known
            else ngettext("%(names)s won.", "%(names)s were the winners.", n)
        )
        yield text % {"names": _join(won), "amount": money(amount) if known else ""}
    yield {
        "cancelled": _("The purchase was cancelled."),
        "withdrawn": _("The call was withdrawn."),
        "unsuccessful": _("It was declared deserted: nobody was awarded."),
    }.get(tender.get("status", ""), "")
    yield _paid(compiled)


def _purchase(compiled: dict[str, Any], buyer: str) -> str:
    budget = centavos(compiled.get("planning", {}).get("budget", {}).get("amount"))
    if compiled.get("contracts"):
        text = _("%(buyer)s bought %(what)s.")
    elif budget:
        text = _("%(buyer)s wants to buy %(what)s and foresees %(budget)s without VAT.")
    else:
        text = _("%(buyer)s wants to buy %(what)s.")
    bought = what(compiled) or compiled.get("tender", {}).get("title", "")
    return text % {"buyer": buyer, "what": bought, "budget": money(budget) if budget else ""} if bought else ""


def _competition(compiled: dict[str, Any], zone: str, now: datetime) -> Iterator[str]:
    tender = compiled.get("tender", {})
    details = opened(compiled)
    opening = instant(tender.get("tenderPeriod", {}).get("endDate"))
    if details:
        n = len(details)
        yield ngettext("One company offered.", "%(n)d companies offered.", n) % {"n": n}
    elif tender.get("status") == "active" and opening:
        if opening > now:
            yield _("It receives envelopes until %(when)s; the system shows them to nobody before.") % {
                "when": day_time(opening, zone)
            }
        else:
            yield _("The envelopes are due to be opened since %(when)s.") % {"when": day_time(opening, zone)}


def transactions(compiled: dict[str, Any]) -> list[dict[str, Any]]:
    """Every payment of every contract."""
    return [t for c in compiled.get("contracts", []) for t in c.get("implementation", {}).get("transactions", [])]


def _paid(compiled: dict[str, Any]) -> str:
    paid = sum(centavos(t.get("value")) or 0 for t in transactions(compiled))
    return _("%(amount)s has been paid, VAT included.") % {"amount": money(paid)} if paid else ""


def deliveries(compiled: dict[str, Any]) -> tuple[int, int]:
    """(deliveries met, deliveries foreseen) over all contracts."""
    foreseen = met = 0
    for contract in compiled.get("contracts", []):
        due = {m["id"] for m in contract.get("milestones", []) if m.get("type") == "delivery"}
        done = {m["id"] for m in contract.get("implementation", {}).get("milestones", []) if m.get("status") == "met"}
        foreseen, met = foreseen + len(due), met + len(due & done)
    return met, foreseen


def is_imported(compiled: dict[str, Any]) -> bool:
    """Whether all that is known of the purchase came from official files."""
    return compiled.get("tender", {}).get("id") != "tender"


def figures(compiled: dict[str, Any]) -> list[dict[str, str]]:
    """At most three numbers that matter, each with its sentence."""
    amount, kind = amount_of(compiled)
    found = []
    if amount is not None:
        captions = {
            "contract": _("without VAT, what the contracts come to"),
            "award": _("without VAT, what was awarded"),
            "budget": _("without VAT, what the programme foresees"),
        }
        caption = (
            _("as the source gives it; it does not say whether VAT is in") if is_imported(compiled) else captions[kind]
        )
        found.append({"value": money(amount), "caption": caption})
    reference = centavos(compiled.get("tender", {}).get("value"))
    if reference and amount is not None and kind != "budget" and amount != reference:
        share = Decimal(abs(reference - amount) * 100) / reference
        words = formats.percent(share, lang())
        text = _("%(share)s less") if amount < reference else _("%(share)s more")
        caption = _("than the market research, which gave %(reference)s") % {"reference": money(reference)}
        found.append({"value": text % {"share": words}, "caption": caption})
    met, foreseen = deliveries(compiled)
    if foreseen:
        found.append(
            {"value": _("%(met)d of %(n)d") % {"met": met, "n": foreseen}, "caption": _("deliveries accepted whole")}
        )
    return found[:3]


def coming(compiled: dict[str, Any], now: datetime) -> list[Coming]:
    """What is foreseen after `now`, in order: meeting, opening, ruling, deliveries."""
    tender = compiled.get("tender", {})
    if tender.get("status") in {"cancelled", "withdrawn", "unsuccessful"}:
        return []
    found: list[tuple[datetime | None, str]] = [
        (instant(m.get("date")), _("The clarification meeting is held"))
        for m in tender.get("clarificationMeetings", [])
    ]
    if not compiled.get("bids", {}).get("details"):
        found.append(
            (instant(tender.get("tenderPeriod", {}).get("endDate")), _("The envelopes are opened, in public"))
        )
    if not compiled.get("awards"):
        last = instant(tender.get("awardPeriod", {}).get("endDate"))
        found.append((last, _("The ruling is published, at the latest")))
    for contract in compiled.get("contracts", []):
        met = {m["id"] for m in contract.get("implementation", {}).get("milestones", []) if m.get("status") == "met"}
        for milestone in contract.get("milestones", []):
            if milestone["id"] not in met:
                due = instant(milestone.get("dueDate"))
                found.append((due, _("Must arrive: %(what)s") % {"what": milestone.get("title", "")}))
    return sorted((Coming(at, s) for at, s in found if at and at > now), key=lambda c: c.at)


def until_words(at: datetime, zone: str) -> str:
    """The day of a foreseen act in words."""
    return day(at, zone)
