# SPDX-License-Identifier: Apache-2.0
"""The opening in its room: live while it happens, afterwards with all that is needed to check it.

Made of public ledger entries alone; sealed bids, sections 9 and 14.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vitrina.cycle.opening import board as boards
from vitrina.cycle.opening import shown
from vitrina.kernel import clock
from vitrina.kernel.canonical import parse

from .models import PurchaseCard


@require_safe
def opening(request: HttpRequest, ocid: str) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """`/p/<ocid>/apertura/`: where the opening had a page of its own; it is in the room of the purchase."""
    get_object_or_404(PurchaseCard, ocid=ocid)
    if not boards.read(boards.told_of(ocid)).openers:
        raise Http404  # bought before envelopes were sealed, or not called yet
    return redirect(f"{reverse('portal:room', args=[ocid])}?acto=opening", permanent=True)


def shown_of(board: boards.Board, zone: str) -> dict[str, Any]:
    """Headline, keys, envelopes and false keys of a board."""
    over = {"opened": _("The act is going on"), "closed": _("Over")}
    going = {"custody": _("The act is going on"), "bids": _("The act is going on"), "ready": _("The act is going on")}
    return {
        "board": board,
        "state_kind": "wait" if board.phase in {"before", "closed", "cancelled"} else "on",
        "state_text": {"before": _("Not begun yet"), "cancelled": _("Cancelled"), **going, **over}[board.phase],
        "headline": shown.headline(board, zone),
        "lead": shown.lead(board),
        "keys_title": shown.keys_title(board),
        "openers": shown.openers(board, zone),
        "envelopes_title": shown.envelopes_title(board),
        "envelope_columns": shown.envelope_columns(),
        "envelope_rows": shown.envelope_rows(board, zone),
        "envelopes_note": shown.envelopes_note(board),
        "false_shares": shown.false_shares(board),
    }


def audit_of(board: boards.Board, ocid: str) -> dict[str, Any]:
    """What the audit found, and how anybody repeats it; nothing before the envelopes were opened."""
    if board.audited is None:
        return {"audit": None}
    event = board.audited.event
    rows = [
        {"cells": [_("Sealed texts in the register since the call"), str(event.n_leaves)]},
        {"cells": [_("Explained: bids, withdrawals, new shares, decoys"), str(event.n_explained)]},
        {"cells": [_("Of other purchases, or of months that are not over"), str(event.n_waiting)]},
        {"cells": [_("Findings"), str(len(event.findings))], "kind": "first"},
    ]
    return {
        "audit": board.audited,
        "audit_title": _("Every envelope of the register is explained")
        if not event.findings
        else board.audited.event.sentence(),
        "audit_columns": [{"label": _("What was counted")}, {"label": _("How many"), "num": True}],
        "audit_rows": rows,
        "findings": [_finding(text) for text in event.findings],
        "warnings": [_finding(text) for text in event.warnings],
        "audit_url": reverse("portal:act", args=[board.audited.position]),
        "month": f"{clock.now():%Y-%m}",
        "bundle_url": reverse("opening_bundle", args=[ocid]),
        "sample": _sample(board, ocid),
        "bids": [_opened(told) for told in sorted(board.opened.values(), key=lambda t: t.event.order)],
    }


def _sample(board: boards.Board, ocid: str) -> dict[str, str] | None:
    """The first opened bid, to try a stock age program on: the address of one of its files, and its key."""
    for told in board.bids:
        opened = board.opened.get(told.event.c)
        if opened:
            file = parse(told.event.object)["files"][-1]["sha256"]
            url = settings.PUBLIC_URL + reverse("ciphertext", args=[ocid, file])
            return {"url": url, "identity": opened.event.identity}
    return None


def _opened(told: boards.Told) -> dict[str, Any]:
    event = told.event
    return {
        "name": event.bidder.name,
        "identity": event.identity,
        "true": sum(event.share_audit),
        "n": len(event.share_audit),
        "number": told.position,
        "proof_url": reverse("portal:act", args=[told.position]),
        "withheld": len(event.withheld),
        "notes": event.notes,
    }


FINDINGS = {
    "unexplained_leaf": lambda: _("a sealed text of the register was not shown"),
    "false_reveal": lambda: _("what was shown is not what the register holds"),
    "reveal_by_mismatch": lambda: _("its month is not the one of the register"),
    "bad_signature": lambda: _("its bidder's signature does not hold"),
    "bid_not_opened": lambda: _("it stood and was not opened"),
    "opened_not_eligible": lambda: _("it was opened and should not have been"),
    "replaces_not_live": lambda: _("it says that it replaces one that no longer stood"),
    "withdraw_not_live": lambda: _("it withdraws one that no longer stood"),
    "withdraw_unknown_bid": lambda: _("it withdraws one that was never sent"),
    "repeated_leaf": lambda: _("it stands twice in the register"),
}


def _finding(text: str) -> dict[str, str]:
    code, _space, c = text.partition(" ")
    words = FINDINGS.get(code)
    return {"digest": shown.digest(c) if c else "", "words": words() if words else code}


@require_safe
def opening_json(request: HttpRequest, ocid: str) -> JsonResponse:  # noqa: ARG001 - Django's view shape
    """`/p/<ocid>/apertura.json`: each revealed envelope and what became of it, for its bidder's browser."""
    board = boards.read(boards.told_of(ocid))
    if not board.openers:
        raise Http404
    rows = [
        {"c": t.event.c, "state": str(board.became(t)), "object": t.event.object, **_result(board, t.event.c)}
        for t in board.revealed
    ]
    response = JsonResponse(
        {"v": 1, "ocid": ocid, "phase": board.phase, "envelopes": rows}, json_dumps_params={"ensure_ascii": False}
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _result(board: boards.Board, c: str) -> dict[str, Any]:
    if told := board.opened.get(c):
        event = told.event
        lines = [
            {"line": line.item, "unit_price": str(line.unit_price), "amount": str(line.amount)} for line in event.lines
        ]
        return {
            "result": "opened",
            "identity": event.identity,
            "shares": list(event.shares),
            "total": str(event.total),
            "lines": lines,
            "costs": [{"criterion": c.criterion, "lot": c.lot, "amount": str(c.amount)} for c in event.costs],
            "position": told.position,
        }
    if told := board.unopenable.get(c):
        return {"result": "unopenable", "reason": told.event.sentence(), "position": told.position}
    return {"result": ""}
