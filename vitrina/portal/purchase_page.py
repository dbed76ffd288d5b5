# SPDX-License-Identifier: Apache-2.0
"""The page of a purchase: the compiled release and the acts, one under the other, as one story."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.cycle import STAGES
from vitrina.cycle.auction.queries import told
from vitrina.cycle.auction.verifying import verify
from vitrina.cycle.core.command import TOLD_AFTER_THE_END
from vitrina.cycle.core.words import money
from vitrina.kernel import clock
from vitrina.kernel.canonical import parse
from vitrina.ledger import feed
from vitrina.ledger.erasing import BodyErased
from vitrina.ledger.kinds import Event
from vitrina.ledger.models import Position, Record, Release
from vitrina.ledger.releases import compile_releases
from vitrina.parties.models import Unit

from . import call, linked, offers, queries, runs, signatures, story
from .funds import pages as funds
from .identity import identity_of
from .models import PurchaseCard
from .projection import centavos
from .questions_page import questions_url

COMPLETED, REJECTED = "purchase.completed", "justification.rejected"
# What may come after the end of a purchase and changes nothing of where it ended.
AFTERWARDS = TOLD_AFTER_THE_END | {BodyErased.kind}


@require_safe
def purchase(request: HttpRequest, ocid: str) -> HttpResponse:
    """`/p/<ocid>/`, or `/p/<ocid>@<release>/` for the purchase as it stood after that release, for ever the same."""
    ocid, _at, release_id = ocid.partition("@")
    card = get_object_or_404(PurchaseCard, ocid=ocid)
    compiled, last = _state(ocid, release_id)
    unit = Unit.objects.filter(key=card.unit_key).first()
    zone = unit.zone if unit else settings.TIME_ZONE
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}", entry__visibility="public", position__lte=last)
    entries, signed = signatures.apart(list(rows.select_related("entry").order_by("position")))
    whole = [row for row in entries if not row.entry.is_erased]  # of the others only the place is left
    context = {
        "nav": "search",
        "card": card,
        "compiled": compiled,
        "zone": zone,
        "ledger_size": feed.head(),
        "fixed_at": release_id,
        "last": last,
        "stream": "" if release_id else f"/live/{ocid}/events",
        **_told(compiled, zone),
        **_acts(card, compiled, entries, signed),
        **_offers(compiled, whole),
        **_ruling(whole),
        **_contracts(compiled),
        **call.items(compiled),
        **call.terms(whole, zone),
        "room_url": "" if release_id or card.is_imported else reverse("portal:room", args=[ocid]),
        **call.questions(compiled),
        "questions_url": questions_url(compiled, ocid) if not card.is_imported else "",
        "kind_state": ("wait", _("Over")) if _is_complete(entries) else queries.status_words(_status(compiled)),
        **({} if release_id else funds.of_purchase(ocid)),
        "take": _take(ocid),
        **identity_of(card.buyer_key),
        "linked": linked.script(linked.described(compiled, story.paragraph(compiled, zone, clock.now()))),
    }
    return render(request, "portal/purchase.html", context)


def _state(ocid: str, release_id: str) -> tuple[dict[str, Any], int]:
    """(compiled release, last position), now or as of a release."""
    if not release_id:
        record = get_object_or_404(Record, ocid=ocid)
        return record.compiled, max(record.position, _last_act(ocid))
    release = Release.objects.filter(ocid=ocid, release_id=release_id).first()
    if release is None:
        raise Http404
    until = Release.objects.filter(ocid=ocid, position__lte=release.position).order_by("position")
    return compile_releases([parse(body) for body in until.values_list("body", flat=True)]), release.position


def _last_act(ocid: str) -> int:
    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}").order_by("-position")
    return rows.values_list("position", flat=True).first() or 0


def _told(compiled: dict[str, Any], zone: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "title": compiled.get("tender", {}).get("title", ""),
        "paragraph": story.paragraph(compiled, zone, now),
        "figures": story.figures(compiled),
        "now": now,
    }


def _status(compiled: dict[str, Any]) -> str:
    return str(compiled.get("tender", {}).get("status", ""))


def _is_complete(entries: list[Position]) -> bool:
    """Whether everything was delivered and paid; acts about acts, such as a withdrawal, may come later."""
    kinds = [row.entry.kind for row in entries if row.entry.kind not in AFTERWARDS]
    return bool(kinds) and kinds[-1] == COMPLETED


def _acts(
    card: PurchaseCard, compiled: dict[str, Any], entries: list[Position], signed: dict[str, str]
) -> dict[str, Any]:
    """Timeline, glass case and the next act; `signed`: way of signing by digest of the act."""
    done = [{**queries.act_of(row, {}), "signed": signed.get(row.entry.digest, "")} for row in entries]
    for act in done:
        act["documents"] = [*act["documents"], {"label": _("Paper (PDF)"), "url": act["paper_url"]}]
        act["who"] = ""
    n_acts, done = len(done), runs.gather(entries, done)
    ahead = story.coming(compiled, clock.now())
    is_over = _status(compiled) in {"cancelled", "withdrawn", "unsuccessful"}
    if done and not is_over and not _is_complete(entries):
        done[-1]["state"] = "now"
    todo = [{"sentence": c.sentence, "at": c.at, "state": "todo", "timed": True} for c in ahead]
    return {
        "acts": done + todo,
        "stages": _stages(card, [act for act in done if act["kind"] not in AFTERWARDS], is_over=is_over),
        "next": ahead[0] if ahead else None,
        "n_acts": n_acts,
    }


def _stages(card: PurchaseCard, acts: list[dict[str, Any]], *, is_over: bool) -> list[dict[str, str]]:
    """The glass case: what is done, where it stands, what is to come, what was skipped."""
    if card.stage not in STAGES:
        return []
    present = STAGES.index(card.stage)
    if acts and acts[-1]["kind"] == "clarification.closed":
        present = STAGES.index("bidding")  # envelopes come in unseen: no act tells it
    if acts and acts[-1]["kind"] == COMPLETED:
        present = len(STAGES)
    first = {}
    for act in acts:
        first.setdefault(act["stage"], act["anchor"] or act["parts"][0]["anchor"])
    rows = []
    for n, stage in enumerate(STAGES):
        state = "done" if n < present else "todo" if n > present else "now"
        if (is_over and n > present) or (n < present and stage not in first and stage != "bidding"):
            state = "skipped"
        rows.append(
            {"name": queries.stage_words(stage), "state": state, "url": f"#{first[stage]}" if stage in first else ""}
        )
    return rows


def _offers(compiled: dict[str, Any], entries: list[Position]) -> dict[str, Any]:
    """Who offered what: bars and table of each lot."""
    ruling = _last_ruling(entries)
    lots = ruling.entry.event.lots if ruling else ()
    solvent = {(str(lot.lot), s.bid): s.is_solvent for lot in lots for s in lot.standings}
    finals = offers.after_auctions(row.entry.event for row in entries if row.entry.kind.startswith("auction."))
    rejected = {row.entry.event.lot for row in entries if row.entry.kind == REJECTED}
    if rejected:  # as it stood after the last of these entries
        acts = told(row.entry for row in entries)
        finals = offers.after_decisions(finals, {lot: verify(acts, lot=lot) for lot in rejected})
    asked = call.costs_asked(entries)
    opened = (row.entry.event for row in entries if row.entry.kind == "bid.opened")
    costs = None if asked is None else offers.declared_costs(opened, asked)
    return {"offers": offers.by_lot(compiled, solvent, finals, costs)}


def _last_ruling(entries: list[Position]) -> Position | None:
    return next((r for r in reversed(entries) if r.entry.kind == "ruling.issued"), None)


def _ruling(entries: list[Position]) -> dict[str, Any]:
    """The reasons of the ruling, bidder by bidder, as the act gives them."""
    row = _last_ruling(entries)
    if row is None:
        return {"reasons": []}
    event: Event = row.entry.event
    lots = [
        {
            "title": lot.title,
            "several": len(event.lots) > 1,
            "reason": "" if lot.award and lot.award.reason == lot.reason else lot.reason,
            "standings": [{"name": s.bidder.name, "reason": s.reason} for s in lot.standings],
        }
        for lot in event.lots
    ]
    return {"reasons": lots, "ruling": row.position, "ruling_paper": reverse("act_pdf", args=[row.position])}


def _contracts(compiled: dict[str, Any]) -> dict[str, Any]:
    """Contracts with their deliveries and payments."""
    suppliers = {
        a["id"]: ", ".join(s.get("name", "") for s in a.get("suppliers", [])) for a in compiled.get("awards", [])
    }
    rows = []
    for contract in compiled.get("contracts", []):
        met = {m["id"]: m for m in contract.get("implementation", {}).get("milestones", [])}
        deliveries = [
            {"cells": [m.get("title", ""), day_words(m.get("dueDate")), _delivery_words(met.get(m["id"]))]}
            for m in contract.get("milestones", [])
        ]
        payments = [
            {
                "cells": [
                    day_words(t.get("date")),
                    t.get("payee", {}).get("name", ""),
                    money(centavos(t.get("value")) or 0),
                ]
            }
            for t in contract.get("implementation", {}).get("transactions", [])
        ]
        rows.append(
            {
                "id": "" if contract["id"].startswith("announcement:") else contract["id"],
                "supplier": suppliers.get(contract.get("awardID"), ""),
                "value": centavos(contract.get("value")),
                "signed": story.instant(contract.get("dateSigned")),
                "status": contract.get("status", ""),
                "deliveries": deliveries,
                "payments": payments,
                "title": contract.get("title", ""),
            }
        )
    return {
        "contracts": rows,
        "delivery_columns": [{"label": _("Delivery")}, {"label": _("Due")}, {"label": _("State")}],
        "payment_columns": [
            {"label": _("Paid on")},
            {"label": _("To")},
            {"label": _("Amount, with VAT"), "num": True},
        ],
    }


def day_words(text: str | None) -> str:
    """An OCDS date as a short day; `no data` when it is missing."""
    found = story.instant(text)
    return story.until_words(found, "UTC" if text and text.endswith("Z") else "") if found else _("no data")


def _delivery_words(milestone: dict[str, Any] | None) -> str:
    if milestone is None:
        return _("to come")
    words = {"met": _("accepted"), "partiallyMet": _("accepted in part"), "scheduled": _("arrived, being checked")}
    return milestone.get("description", "") or words.get(milestone.get("status", ""), "")


def _take(ocid: str) -> list[dict[str, Any]]:
    """What the reader may take along."""
    last = Release.objects.filter(ocid=ocid).order_by("-position").values_list("release_id", flat=True).first()
    fixed = reverse("portal:purchase", args=[f"{ocid}@{last}"]) if last else ""
    groups = [
        {
            "title": _("Follow"),
            "links": [
                {"label": "Atom", "url": reverse("purchase_atom", args=[ocid])},
                {"label": "RSS", "url": reverse("purchase_rss", args=[ocid])},
                {"label": "JSON Feed", "url": reverse("purchase_json_feed", args=[ocid])},
                {"label": _("Its acts in your calendar (.ics)"), "url": reverse("purchase_ics", args=[ocid])},
                {
                    "label": _("Each new act by e-mail or webhook"),
                    "url": f"{reverse('reminders:subscribe')}?{urlencode({'que': 'actos', 'ocid': ocid})}",
                },
            ],
        },
        {
            "title": _("Download"),
            "links": [
                {"label": _("Record (JSON, OCDS)"), "url": f"/api/ocds/records/{ocid}"},
                {"label": _("Compiled release (JSON)"), "url": reverse("purchase_json", args=[ocid])},
            ],
        },
    ]
    if fixed:
        groups.append({"title": _("Cite"), "links": [{"label": _("Fixed link to this version"), "url": fixed}]})
    return groups
