# SPDX-License-Identifier: Apache-2.0
"""Compiled release -> the words by which a contract is searched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from vitrina.api.models import SearchedProcess
from vitrina.kernel.text import fold
from vitrina.ledger import bulk
from vitrina.ledger.models import Record
from vitrina.ledger.projections import Placed, Projection, register

from .asked import spanish

MOST_WORDS, MOST_ORDER = 8000, 120


def _words(texts: Iterable[Any]) -> str:
    """Folded texts, each on a line of its own, so that what is searched never spans two of them."""
    return "\n".join(dict.fromkeys(fold(str(t)) for t in texts if t))[:MOST_WORDS]


def row(compiled: dict[str, Any]) -> bulk.Row:
    """The row of `SearchedProcess` of a compiled release."""
    tender, awards = compiled.get("tender", {}), compiled.get("awards", [])
    buyer, period = compiled.get("buyer", {}).get("name", ""), tender.get("tenderPeriod", {})
    items = [*tender.get("items", []), *(i for a in awards for i in a.get("items", []))]
    titles = [a["title"] for a in awards if a.get("title")] or [tender.get("title", "")]
    starts, ends = (period.get(k) for k in ("startDate", "endDate"))
    return {
        "ocid": compiled["ocid"],
        "method": tender.get("procurementMethod") or "",
        "award_statuses": sorted({a["status"] for a in awards if a.get("status")}),
        "titles": _words([*titles, tender.get("title")]),
        "buyer": fold(buyer),
        "suppliers": _words(s.get("name") for a in awards for s in a.get("suppliers", [])),
        "items": _words(i.get("description") for i in items),
        "title_order": spanish(titles[0])[:MOST_ORDER],
        "buyer_order": spanish(buyer)[:MOST_ORDER],
        "starts_at": datetime.fromisoformat(starts) if starts else None,
        "ends_at": datetime.fromisoformat(ends) if ends else None,
        "tenderers": tender.get("numberOfTenderers"),
    }


def _apply(batch: Sequence[Placed]) -> None:
    touched = {p.entry.ocid for p in batch if p.entry.is_public and p.entry.ocid}
    compiled = dict(Record.objects.filter(ocid__in=touched).values_list("ocid", "compiled"))
    bulk.insert(SearchedProcess, [row(c) for c in compiled.values()], replace=True)
    SearchedProcess.objects.filter(ocid__in=touched - set(compiled)).delete()


register(Projection("contracts", (SearchedProcess,), _apply))
