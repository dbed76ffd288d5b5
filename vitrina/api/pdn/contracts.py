# SPDX-License-Identifier: Apache-2.0
"""S6: contracts as OCDS compiled releases, searched over the words that a projection keeps of each purchase."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from vitrina.api.models import SearchedProcess
from vitrina.kernel.text import fold
from vitrina.ledger.models import Record

from .asked import Asked, Shape

Json = dict[str, Any]
SHAPE = Shape(
    sorts=("title", "buyerName"),
    texts=("ocid", "title", "buyerName", "supplierName", "itemDescription"),
    lists={
        "procurementMethod": frozenset({"open", "selective", "limited", "direct"}),
        "awardStatus": frozenset({"active", "pending", "cancelled", "unsuccessful"}),
    },
    instants=("tenderStartDate", "tenderEndDate"),
    numbers=("numberOfTenderers",),
)
WORDS = {"title": "titles", "buyerName": "buyer", "supplierName": "suppliers", "itemDescription": "items"}
ORDER = {"title": "title_order", "buyerName": "buyer_order"}


def search(asked: Asked) -> tuple[int, list[Json]]:
    """`(how many, the compiled releases of the page)`. With `ocid` nothing else counts."""
    n_rows, ocids = page(asked)
    compiled = dict(Record.objects.filter(ocid__in=ocids).values_list("ocid", "compiled"))
    return n_rows, [compiled[ocid] for ocid in ocids if ocid in compiled]


def page(asked: Asked, more: Q = Q()) -> tuple[int, list[str]]:  # noqa: B008 - a condition without terms never changes
    """`(how many, the ocids of the page)`; `more`: what else has to hold."""
    found = _found(asked.query).filter(more)
    n_rows = found.count()
    if asked.start >= n_rows:
        return n_rows, []
    order = [F(ORDER[name]).desc() if down else F(ORDER[name]).asc() for name, down in asked.sort]
    rows = found.order_by(*order, "ocid")[asked.start : asked.start + asked.page_size]
    return n_rows, list(rows.values_list("ocid", flat=True))


def _found(query: Json) -> QuerySet[SearchedProcess]:
    found = SearchedProcess.objects.all()
    if "ocid" in query:
        return found.filter(ocid=query["ocid"])
    for name, column in WORDS.items():
        if name in query:
            found = found.filter(**{f"{column}__contains": fold(query[name])})
    if "procurementMethod" in query:
        found = found.filter(method__in=query["procurementMethod"])
    if "awardStatus" in query:
        found = found.filter(award_statuses__overlap=query["awardStatus"])
    if "tenderStartDate" in query:
        found = found.filter(starts_at__gte=query["tenderStartDate"])
    if "tenderEndDate" in query:
        found = found.filter(ends_at__lte=query["tenderEndDate"])
    if "numberOfTenderers" in query:
        found = found.filter(tenderers=query["numberOfTenderers"])
    return found
