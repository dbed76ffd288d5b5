# SPDX-License-Identifier: Apache-2.0
"""Tables of a batch as OCDS 1.1 compiled releases, a line of JSON each: the ingest reads them back as the same tables.

Extensions: bids, lots, enquiries, complaints, legal basis, bid opening, and of EDCA-MX clarification meetings and the
fields of CompraNet. Every release says that it is synthetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from .arrow import stamp
from .orgs import RFC_SCHEME

Row = dict[str, Any]
_CACHE = 200_000  # parties kept ready as text


class Table:
    """A table as lists by column, and where the rows of each release begin."""

    def __init__(self, table: pa.Table, first: int, n: int) -> None:
        rid = table["rid"].to_numpy()
        assert (np.diff(rid) >= 0).all(), "rows are in the order of releases"
        self.starts = np.searchsorted(rid, np.arange(first, first + n + 1)).tolist()
        self._table = table
        self._lists: dict[str, list[Any]] = {}

    def __getattr__(self, name: str) -> list[Any]:
        column = self._table[name]
        if pa.types.is_timestamp(column.type):
            column = stamp(column)
        found: list[Any] = column.to_pylist()
        setattr(self, name, found)
        return found

    def rows(self, i: int) -> range:
        """The rows of the i-th release."""
        return range(self.starts[i], self.starts[i + 1])


class Renderer:
    """Writes releases. `party`: oid -> the row of `org`."""

    def __init__(self, party: Callable[[int], Row]) -> None:
        self._party = party
        self._parties: dict[tuple[int, tuple[str, ...]], orjson.Fragment] = {}
        self._refs: dict[int, Row] = {}

    def lines(self, tables: dict[str, pa.Table]) -> Iterator[bytes]:
        """One line for each release."""
        n = tables["release"].num_rows
        if not n:
            return
        if len(self._parties) > _CACHE:
            self._parties.clear()
            self._refs.clear()
        first = int(tables["release"]["rid"][0].as_py())
        t = {name: Table(table, first, n) for name, table in tables.items() if name != "org"}
        for i in range(n):
            yield orjson.dumps(self._release(t, i), option=orjson.OPT_APPEND_NEWLINE)

    def _release(self, t: dict[str, Table], i: int) -> Row:
        r = t["release"]
        documents = _documents(t["document"], i)
        found: Row = {
            "ocid": r.ocid[i],
            "id": r.release_id[i],
            "date": r.date_s[i],
            "tag": ["compiled"],
            "initiationType": "tender",
            "language": r.language[i],
            "isSynthetic": True,
            "publisher": {"name": r.publisher[i]},
            "parties": self._parties_of(t["party_role"], i),
            "buyer": self._ref(r.buyer_oid[i]),
        }
        planning = _planning(r, i, documents.get(("planning", None)))
        if planning:
            found["planning"] = planning
        found["tender"] = self._tender(t, i, documents)
        bids = self._bids(t, i)
        if bids:
            found["bids"] = {"details": bids}
        awards = self._awards(t, i, documents)
        if awards:
            found["awards"] = awards
            found["contracts"] = self._contracts(t, i, documents)
        found["complaints"] = _complaints(t["complaint"], i)  # empty where none was filed: that is known
        return found

    def _parties_of(self, roles: Table, i: int) -> list[Any]:
        by_oid: dict[int, list[str]] = {}
        for k in roles.rows(i):
            by_oid.setdefault(roles.oid[k], []).append(roles.role[k])
        found = []
        for oid, names in by_oid.items():
            key = (oid, tuple(names))
            ready = self._parties.get(key)
            if ready is None:
                ready = self._parties[key] = orjson.Fragment(orjson.dumps(_party(self._party(oid), names)))
            found.append(ready)
        return found

    def _ref(self, oid: int) -> Row:
        found = self._refs.get(oid)
        if found is None:
            row = self._party(oid)
            found = self._refs[oid] = {"id": row["id"], "name": row["name"]}
        return found

    def _tender(self, t: dict[str, Table], i: int, documents: dict[Any, list[Row]]) -> Row:
        r, items = t["release"], t["tender_item"]
        found = {
            "id": r.tender_id[i],
            "title": r.title[i],
            "status": r.status[i],
            "procuringEntity": self._ref(r.pe_oid[i]),
            "procurementMethod": r.method[i],
            "procurementMethodDetails": r.method_detail[i],
            "procurementMethodRationale": r.method_rationale[i],
            "mainProcurementCategory": r.category[i],
            "awardCriteria": r.award_criteria[i],
            "numberOfTenderers": r.n_tenderers[i],
            "hasEnquiries": r.has_enquiries[i],
            "procurementMethodCharacterMxCnet": r.character[i],
            "consolidatedProcessMxCnet": r.is_consolidated[i],
            "value": _value(r.value[i], r.currency[i]),
            "tenderPeriod": _some(startDate=r.start_s[i], endDate=r.end_s[i]),
            "legalBasis": _some(scheme=r.law[i], id=r.legal_ground[i]),
            "documents": documents.get(("tender", None)),
        }
        if r.category_detail[i]:
            found["additionalProcurementCategories"] = [r.category_detail[i]]
        if r.submission_method[i]:
            found["submissionMethod"] = [r.submission_method[i]]
        if r.opening[i]:
            found["bidOpening"] = {"date": r.opening[i]}
        if r.clarification[i]:
            found["clarificationMeetings"] = [{"id": "1", "date": r.clarification[i]}]
        lines = []
        for k in items.rows(i):
            line = _item(items, k)
            line["deliveryAddress"] = {"region": items.state[k]}
            if items.lot[k]:
                line["relatedLot"] = items.lot[k]
                found.setdefault("lots", []).append({"id": items.lot[k]})
            lines.append(line)
        found["items"] = lines
        who = t["tenderer"]
        found["tenderers"] = [self._ref(who.oid[k]) for k in who.rows(i)]
        found["enquiries"] = _enquiries(t["enquiry"], i)
        return {name: value for name, value in found.items() if value is not None and value != []}

    def _bids(self, t: dict[str, Table], i: int) -> list[Row]:
        b, who = t["bid"], t["bid_tenderer"]
        found = []
        for k, j in zip(b.rows(i), who.rows(i), strict=True):
            bid = {
                "id": b.bid_id[k],
                "status": b.status[k],
                "tenderers": [self._ref(who.oid[j])],
            }
            if b.date_s[k] is not None:
                bid |= {"date": b.date_s[k], "authorHash": b.author_hash[k], "deviceHash": b.device_hash[k]}
            if b.amount[k] is not None:
                bid["value"] = {"amount": b.amount[k], "currency": b.currency[k]}
            if b.lot[k]:
                bid["relatedLots"] = [b.lot[k]]
            if b.reason[k]:
                bid["statusDetails"] = b.reason[k]
            found.append(bid)
        return found

    def _awards(self, t: dict[str, Table], i: int, documents: dict[Any, list[Row]]) -> list[Row]:
        a, who, items = t["award"], t["award_supplier"], t["award_item"]
        found = []
        for k, j, m in zip(a.rows(i), who.rows(i), items.rows(i), strict=True):
            award = {
                "id": a.award_id[k],
                "status": a.status[k],
                "date": a.date_s[k],
                "value": _value(a.amount[k], a.currency[k]),
                "suppliers": [self._ref(who.oid[j])],
                "items": [_item(items, m)],
                "relatedBid": a.related_bid[k],
                "documents": documents.get(("award", a.award_no[k])),
            }
            found.append({name: value for name, value in award.items() if value is not None})
        return found

    def _contracts(self, t: dict[str, Table], i: int, documents: dict[Any, list[Row]]) -> list[Row]:
        c = t["contract"]
        changes = _amendments(t["amendment"], i)
        done = self._execution(t, i)
        found = []
        for k in c.rows(i):
            no = c.contract_no[k]
            contract = {
                "id": c.contract_id[k],
                "awardID": c.award_id[k],
                "status": c.status[k],
                "description": c.description[k],
                "period": _some(startDate=c.start[k], endDate=c.end[k]),
                "value": _value(c.amount[k], c.currency[k]),
                "dateSigned": c.date_signed[k],
                "multiyearContractMxCnet": c.is_multiyear[k],
                "documents": documents.get(("contract", no)),
                "amendments": changes.get(no),
                "implementation": done.get(no),
            }
            found.append({name: value for name, value in contract.items() if value is not None})
        return found

    def _execution(self, t: dict[str, Table], i: int) -> dict[int, Row]:
        paid, due = t["transaction"], t["milestone"]
        found: dict[int, Row] = {}
        for k in due.rows(i):
            step = {"id": str(due.pos[k] + 1), "type": due.type[k], "dueDate": due.due[k], "status": due.status[k]}
            if due.met[k]:
                step["dateMet"] = due.met[k]
            found.setdefault(due.contract_no[k], {}).setdefault("milestones", []).append(step)
        for k in paid.rows(i):
            payment = {
                "id": str(paid.pos[k] + 1),
                "date": paid.date[k],
                "value": {"amount": paid.amount[k], "currency": paid.currency[k]},
                "payer": self._ref(paid.payer_oid[k]),
                "payee": self._ref(paid.payee_oid[k]),
            }
            found.setdefault(paid.contract_no[k], {}).setdefault("transactions", []).append(payment)
        return found


def _some(**values: Any) -> Row | None:
    """The values that are known, None when none is."""
    return {name: value for name, value in values.items() if value is not None} or None


def _value(amount: float | None, currency: str | None) -> Row | None:
    return None if amount is None else {"amount": amount, "currency": currency}


def _party(row: Row, roles: list[str]) -> Row:
    code = row.get("rfc")
    found = {
        "id": row["id"],
        "name": row["name"],
        "roles": roles,
        "identifier": {"scheme": RFC_SCHEME, "id": code, "legalName": row["name"]} if code else None,
        "address": _some(
            streetAddress=row.get("street"),
            region=row.get("region"),
            postalCode=row.get("postal_code"),
            countryName=row.get("country"),
        ),
        "contactPoint": _some(name=row.get("contact_name"), email=row.get("email"), telephone=row.get("phone")),
        "details": {"scale": row["size"]}
        if row.get("size")
        else {"govLevel": "federal"}
        if "buyer" in roles
        else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _item(items: Table, k: int) -> Row:
    unit: Row = {"name": items.unit[k]}
    if items.unit_price[k] is not None:
        unit["value"] = {"amount": items.unit_price[k], "currency": items.currency[k]}
    return {
        "id": items.item_id[k],
        "description": items.description[k],
        "classification": {"scheme": items.scheme[k], "id": items.class_id[k]},
        "quantity": items.quantity[k],
        "unit": unit,
    }


def _planning(r: Table, i: int, documents: list[Row] | None) -> Row | None:
    amount = _value(r.budget[i], r.budget_currency[i])
    return _some(budget=_some(id=r.plan_line[i], amount=amount), documents=documents)


def _documents(d: Table, i: int) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for k in d.rows(i):
        paper = {
            "id": d.document_id[k],
            "documentType": d.type[k],
            "datePublished": d.published[k],
            "format": d.format[k],
            "language": d.language[k],
            "url": d.url[k],
        }
        found.setdefault((d.section[k], d.parent_no[k]), []).append(paper)
    return found


def _enquiries(e: Table, i: int) -> list[Row]:
    found = []
    for k in e.rows(i):
        asked = {"id": str(e.pos[k] + 1), "date": e.date[k]}
        if e.has_answer[k]:
            asked |= {"dateAnswered": e.answered[k], "answer": "Respuesta ficticia"}
        found.append(asked)
    return found


def _complaints(c: Table, i: int) -> list[Row]:
    found = []
    for k in c.rows(i):
        one = {"id": str(c.pos[k] + 1), "date": c.date[k], "status": c.state[k]}
        if c.resolved[k]:
            one["dateResolved"] = c.resolved[k]
        found.append(one)
    return found


def _amendments(a: Table, i: int) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for k in a.rows(i):
        changes = []
        if a.amount_before[k] is not None:
            changes.append({"property": "value.amount", "former_value": a.amount_before[k]})
        if a.end_before[k] is not None:
            changes.append({"property": "period.endDate", "former_value": a.end_before[k]})
        change = {"id": str(a.pos[k] + 1), "date": a.date[k], "rationale": a.rationale[k], "changes": changes}
        found.setdefault(a.contract_no[k], []).append(change)
    return found
