# SPDX-License-Identifier: Apache-2.0
"""S6 in the shape of the platform's reference implementation: a query nested as the release is, answers as records.

`POST /api/records`, below whatever address a client of that shape is pointed at. What it may ask is asked of the same
words as the specification's own search (`contracts`); what there is no word for is ignored, as the specification is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Q

from vitrina.kernel.text import fold
from vitrina.ledger.models import Record, Release

from . import asked, contracts

Json = dict[str, Any]
# where a value stands in the nested query -> the criterion of the specification that means the same
SAME = {
    "ocid": "ocid", "buyer.name": "buyerName", "awards.title": "title", "contracts.title": "title",
    "tender.title": "title", "awards.suppliers.name": "supplierName", "awards.items.description": "itemDescription",
    "tender.items.description": "itemDescription", "tender.procurementMethod": "procurementMethod",
    "awards.status": "awardStatus", "tender.tenderPeriod.startDate": "tenderStartDate",
    "tender.tenderPeriod.endDate": "tenderEndDate",
}  # fmt: skip
LISTS = {"procurementMethod", "awardStatus"}
SORTS = {"buyer.name": "buyerName", "tender.title": "title", "awards.title": "title", "contracts.title": "title"}
DEEPEST = 6


def read(body: bytes) -> tuple[asked.Asked, Q]:
    """The search of a body, and what it asks of parties. Errors: `asked.Wrong`."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise asked.Wrong("json", f"The body is no JSON: {error}.") from None
    if not isinstance(told, dict) or not isinstance(told.get("query", {}), dict):
        raise asked.Wrong("json", "The body is an object: {sort, page, pageSize, query}.")
    nested = dict(_leaves(told.get("query", {})))
    flat: Json = {}
    for path, value in nested.items():
        if name := SAME.get(path):
            flat[name] = [value] if name in LISTS and isinstance(value, str) else value
    sort = {SORTS[path]: order for path, order in _leaves(told.get("sort") or {}) if path in SORTS}
    plain = {"page": told.get("page", 1), "pageSize": told.get("pageSize", 10), "query": flat, "sort": sort}
    return asked.read(orjson.dumps(plain), contracts.SHAPE), _parties(nested)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path with points, value) of everything in a nested query; a query may be written with points, too."""
    if isinstance(value, dict) and path.count(".") < DEEPEST:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif value not in (None, "", []):
        yield path, value


def _parties(nested: Json) -> Q:
    """A name among the buyers and suppliers, or among those of a role."""
    name, roles = nested.get("parties.name"), nested.get("parties.roles")
    if name is None:
        return Q()
    if not isinstance(name, str) or len(name) > asked.MOST_TEXT or "\x00" in name:
        raise asked.Wrong("query.parties.name", f"query.parties.name: a text of at most {asked.MOST_TEXT} characters.")
    wanted = {roles} if isinstance(roles, str) else set(map(str, roles)) if isinstance(roles, list) else set()
    found = Q(pk__in=[])
    if not wanted or wanted & {"buyer", "procuringEntity"}:
        found |= Q(buyer__contains=fold(name))
    if not wanted or wanted & {"supplier", "tenderer"}:
        found |= Q(suppliers__contains=fold(name))
    return found


def search(found: asked.Asked, parties: Q) -> tuple[int, list[Json]]:
    """`(how many, the records of the page)`: each with where its releases are, and the compiled one."""
    n_rows, ocids = contracts.page(found, parties)
    compiled = dict(Record.objects.filter(ocid__in=ocids).values_list("ocid", "compiled"))
    releases: dict[str, list[Json]] = {}
    rows = Release.objects.filter(ocid__in=ocids).order_by("position")
    for ocid, release_id, date, tag in rows.values_list("ocid", "release_id", "date", "tag"):
        url = f"{settings.PUBLIC_URL}/api/ocds/releases/{release_id}"
        releases.setdefault(ocid, []).append({"url": url, "date": date.isoformat().replace("+00:00", "Z"), "tag": tag})
    return n_rows, [
        {"ocid": ocid, "releases": releases.get(ocid, []), "compiledRelease": compiled[ocid]}
        for ocid in ocids
        if ocid in compiled
    ]
