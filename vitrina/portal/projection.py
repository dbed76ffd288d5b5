# SPDX-License-Identifier: Apache-2.0
"""Compiled release -> cards. Pure up to the last function, which writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from vitrina.cycle.core.command import TOLD_AFTER_THE_END
from vitrina.ledger import bulk
from vitrina.ledger.kinds import KINDS
from vitrina.ledger.models import Record
from vitrina.ledger.projections import Placed, Projection, register

from .amounts import amount_of, centavos, full_amount
from .models import PurchaseCard, SupplierCard, SupplierShare
from .suppliers import bidders, replace_shares, shares

__all__ = ["amount_of", "card", "centavos"]
TITLE_LIMIT = 240
HISTORY = "history"
NO_STAGE = {HISTORY, "ledger", "broadcast"}  # acts about other acts, and their pictures: no stage of a purchase


def short(text: str, limit: int = TITLE_LIMIT) -> str:
    """Text cut at a word, with an ellipsis, when it is longer than a list should show."""
    return text if len(text) <= limit else f"{text[:limit].rsplit(' ', 1)[0]}…"


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _dates(compiled: dict[str, Any]) -> Iterator[str | None]:
    """Dates that say of which year a purchase is, the best first."""
    period = compiled.get("tender", {}).get("tenderPeriod", {})
    yield period.get("endDate")
    yield period.get("startDate")
    yield from (award.get("date") for award in compiled.get("awards", []))
    for contract in compiled.get("contracts", []):
        yield contract.get("dateSigned") or contract.get("period", {}).get("startDate")


def _title(compiled: dict[str, Any]) -> str:
    """The tender's title; a purchase known by its contracts alone has the first one's."""
    blocks = [compiled.get("tender", {}), *compiled.get("awards", [])[:1], *compiled.get("contracts", [])[:1]]
    return next((str(title) for block in blocks if (title := block.get("title"))), str(compiled["ocid"]))


def card(compiled: dict[str, Any], placed: Placed, stage: str) -> bulk.Row:
    """The row of `PurchaseCard` from the compiled release, its last act, and the stage of its last act here."""
    tender, buyer = compiled.get("tender", {}), compiled.get("buyer", {})
    unit = tender.get("procuringEntity") or next(iter(compiled.get("planning", {}).get("contractingUnits", [])), buyer)
    winners = {s["id"]: s.get("name", "") for a in compiled.get("awards", []) for s in a.get("suppliers", [])}
    parties = bidders(compiled)
    amount = full_amount(compiled)
    title = _title(compiled)
    number = tender.get("procedureNumber") or (tender.get("id") if tender.get("id") != "tender" else "") or ""
    dated = _instant(next(filter(None, _dates(compiled)), None)) or placed.entry.at
    return {
        "ocid": compiled["ocid"], "title": short(title), "number": number[:80],
        "buyer_key": buyer.get("id", ""), "buyer_name": buyer.get("name", "")[:300], "unit_key": unit.get("id", ""),
        "unit_name": unit.get("name", "")[:300], "stage": stage, "status": tender.get("status", ""),
        "method": tender.get("procurementMethod", ""), "category": tender.get("mainProcurementCategory", ""),
        "amount_centavos": amount.centavos, "amount_kind": amount.kind, "currency": amount.currency,
        "year": dated.year, "opening_at": _instant(tender.get("tenderPeriod", {}).get("endDate")),
        "supplier_keys": sorted({p["id"] for p in parties} | set(winners)),
        "supplier_names": short(", ".join(winners.values())), "is_imported": stage == HISTORY,
        "last_position": placed.position, "last_at": placed.entry.at,
    }  # fmt: skip


def stage_after(stage: str, kind: str) -> str:
    """The stage of a purchase after an act; what was imported never takes the place of what was done here, nor what
    is told of an envelope the place of the act in which the purchase stands or ended.
    """
    after = KINDS[kind].stage if kind in KINDS else stage
    return stage if stage and (after in NO_STAGE or kind in TOLD_AFTER_THE_END) else after


def _apply(batch: Sequence[Placed]) -> None:
    public = [p for p in batch if p.entry.is_public and p.entry.ocid]
    last = {p.entry.ocid: p for p in public}
    stages: dict[str, str] = dict(PurchaseCard.objects.filter(ocid__in=last).values_list("ocid", "stage"))
    for placed in public:
        stages[placed.entry.ocid] = stage_after(stages.get(placed.entry.ocid, ""), placed.entry.kind)
    compiled = dict(Record.objects.filter(ocid__in=last).values_list("ocid", "compiled"))
    if silent := set(last) - set(compiled):
        PurchaseCard.objects.filter(ocid__in=silent).delete()  # all that these said was withdrawn
    bulk.insert(PurchaseCard, [card(compiled[o], last[o], stages[o]) for o in compiled], replace=True)
    replace_shares(last, [row for o in compiled for row in shares(compiled[o], last[o].position)])


register(Projection("portal", (PurchaseCard, SupplierCard, SupplierShare), _apply))
