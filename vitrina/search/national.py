# SPDX-License-Identifier: Apache-2.0
"""A store of `vitrina.insight` behind the search: one entry for each contract, in a new index that takes the place of
the former one when it is whole. The same store again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from vitrina.insight.store import Store, views
from vitrina.kernel.ids import supplier_key, told_rfc

from . import entry, parts
from .folder import LARGE_HEAP, Folder, state_of
from .places import place

POINTER = "national.json"
EPOCH = date(1970, 1, 1)
CHUNK = 20_000  # releases that are read at once
_ROWS = f"""
SELECT r.ocid, r.tender_id, r.title AS tender, r.description AS tender_text, r.status, r.method, r.method_detail,
  r.category, {parts.REGION} AS region, r.legal_ground, r.exception_article, r.law, r.method_rationale, d.documents,
  r.page, r.publisher,
  r.is_synthetic, r.is_consolidated, coalesce(r.buyer_id, '') AS buyer_id, b.name AS buyer, u.name AS procuring,
  {parts.UNIT} AS unit_id, r.unit_name, r.tender_start_day, r.tender_end_day, r.opening_day, r.date AS released,
  c.contract_id, c.status AS contract_status, c.title, c.description, c.date_signed_day, c.start_day, c.end_day,
  c.centavos, c.currency, coalesce(c.unit_name, r.unit_name) AS contract_unit,
  coalesce(a.date_day, c.date_signed_day, c.start_day) AS awarded, {parts.N_BIDS} AS n_bids, m.due, m.met, m.is_late,
  s.suppliers, i.items
FROM (SELECT * FROM contract WHERE {parts.CHUNK}) c JOIN (SELECT * FROM release WHERE {parts.CHUNK}) r USING (rid)
LEFT JOIN org b ON b.oid = r.buyer_oid LEFT JOIN org u ON u.oid = r.pe_oid {parts.joined(parts.CHUNK)}
LEFT JOIN (SELECT x.rid, x.award_no, list({{'id': x.id, 'name': o.name, 'rfc': o.rfc}} ORDER BY x.pos) AS suppliers
  FROM award_supplier x JOIN org o USING (oid) WHERE {parts.CHUNK} GROUP BY ALL) s
  ON s.rid = c.rid AND s.award_no = c.award_no
LEFT JOIN (SELECT rid, award_no, list({{'description': description, 'class': class_id, 'scheme': scheme,
  'quantity': quantity, 'unit': unit, 'unit_price': unit_price, 'currency': currency}} ORDER BY pos)[:30] AS items
  FROM award_item WHERE {parts.CHUNK} GROUP BY ALL) i ON i.rid = c.rid AND i.award_no = c.award_no
LEFT JOIN (SELECT rid, list({{'type': type, 'title': title, 'url': url}} ORDER BY pos)[:4] AS documents
  FROM document WHERE {parts.CHUNK} AND type IN ('marketStudies', 'directAwardJustification')
  GROUP BY rid) d ON d.rid = c.rid AND r.method = 'direct'
ORDER BY c.rid, c.contract_no
"""  # noqa: S608 - conditions of ours


class Loaded(NamedTuple):
    """What a load did. `was_there`: this store was behind the search already."""

    n: int
    was_there: bool


class Paid(NamedTuple):
    """Payments that a store tells of: of how many contracts, and how much."""

    n_contracts: int = 0
    centavos: int = 0


def digest(store: Store) -> str:
    """Changes with what the store holds and with the fields of the index."""
    told = [entry.VERSION, sorted(store.manifest.parts.items()), store.manifest.hidden, store.manifest.next_rid]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def current(root: Path) -> Path | None:
    """The folder of the index of contracts, where one was loaded."""
    try:
        name = json.loads((root / POINTER).read_text())["folder"]
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return root / name if (root / name).is_dir() else None


def source(root: Path) -> Path | None:
    """The folder of the store whose contracts were loaded; it may be gone since."""
    try:
        return Path(json.loads((root / POINTER).read_text())["store"])
    except (FileNotFoundError, ValueError, KeyError):
        return None


def is_readable(folder: Path) -> bool:
    """Whether this version reads an index: one that another version made is to be loaded again."""
    return state_of(folder).get("version") == entry.VERSION


def load(
    store: Store,
    root: Path,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
    beside: Callable[[Path], None] = lambda _folder: None,
) -> Loaded:
    """Put the contracts of a store behind the search. `tell`: releases read, of how many; `beside` makes in the folder
    of the index what goes with it, before the folder takes its place; a folder that is there already may have it.
    """
    root.mkdir(parents=True, exist_ok=True)
    mark, former = digest(store), current(root)
    name = f"national-{mark}"
    if former is not None and former.name == name:
        beside(former)
        return Loaded(Folder(former).searcher().num_docs, was_there=True)
    shutil.rmtree(root / name, ignore_errors=True)  # of a run that was cut off
    folder = Folder(root / name)
    with views.connected(store) as engine, folder.writing(LARGE_HEAP, threads=2) as writer:
        n = 0
        for one in entries(engine, store.manifest.next_rid, tell):
            writer.add_document(entry.document(one))
            n += 1
        paid = payments(engine)
    folder.mark(n=n, is_synthetic=store.manifest.is_synthetic, paid=paid._asdict())
    beside(folder.path)
    part = root / f"{POINTER}.part"
    part.write_text(json.dumps({"folder": name, "store": str(store.path.resolve())}))
    part.replace(root / POINTER)
    for other in root.glob("national-*"):
        if other.name != name:
            shutil.rmtree(other, ignore_errors=True)
    return Loaded(n, was_there=False)


def payments(engine: duckdb.DuckDBPyConnection) -> Paid:
    """What the store tells of payments in pesos."""
    found = engine.execute(
        "SELECT count(DISTINCT (rid, contract_no)), coalesce(sum(centavos), 0)::BIGINT FROM transaction"
        " WHERE centavos IS NOT NULL AND coalesce(currency, 'MXN') = 'MXN'"
    ).fetchone() or (0, 0)
    return Paid(int(found[0]), int(found[1]))


def forget(root: Path) -> bool:
    """Take the contracts out of the search again; returns whether there were any."""
    there = current(root) is not None
    (root / POINTER).unlink(missing_ok=True)
    for folder in root.glob("national-*"):
        shutil.rmtree(folder, ignore_errors=True)
    return there


def entries(
    engine: duckdb.DuckDBPyConnection, n_releases: int, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> Iterator[entry.Entry]:
    """Every contract as an entry, in the order of the store."""
    n = count()
    for first in range(0, n_releases, CHUNK):
        rows = engine.execute(_ROWS, {"first": first, "last": first + CHUNK})
        names = [column[0] for column in rows.description or ()]
        seen: Counter[str] = Counter()
        while batch := rows.fetchmany(2000):
            for values in batch:
                row = dict(zip(names, values, strict=True))
                key = f"{row['ocid']}/{row['contract_id'] or 'c'}"
                seen[key] += 1
                yield of_contract(row, key if seen[key] == 1 else f"{key}~{seen[key]}", next(n))
        tell(min(first + CHUNK, n_releases), n_releases)


def of_contract(row: dict[str, Any], key: str, n: int) -> entry.Entry:
    """Row n of `_ROWS` as an entry. Contracts in other currencies than pesos have no amount for sums and bands."""
    suppliers, items = row["suppliers"] or [], row["items"] or []
    title = row["title"] or row["description"] or row["tender"] or key
    day = row["date_signed_day"] or row["start_day"] or row["awarded"] or row["opening_day"]
    pesos = row["centavos"] if row["currency"] in {None, "MXN"} else None
    unit = row["contract_unit"] or row["procuring"] or ""
    buyer = row["buyer"] or row["procuring"] or row["unit_name"] or ""
    texts = [row["tender"], row["tender_text"], row["description"], buyer, unit, row["region"]]
    texts += [s["name"] for s in suppliers] + [i["description"] for i in items]
    return entry.Entry(
        id=key, title=str(title)[:400], body=_body(row, key, str(title), buyer, unit, suppliers, items),
        texts=tuple(dict.fromkeys(t[:2000] for t in texts if t and t != title)),
        numbers=tuple(filter(None, (row["tender_id"],))),
        codes=tuple(filter(None, (row["ocid"], row["contract_id"], row["unit_id"],
                                  *(s["rfc"] for s in suppliers), *(i["class"] for i in items)))),
        status=row["status"] or "", method=row["method"] or "", category=row["category"] or "",
        place=place(row["region"]), buyer_key=row["buyer_id"], buyer_name=buyer, year=day.year if day else 0,
        order=entry.of_source(_day(day, row["released"]), n), centavos=pesos, contracted=pesos or 0,
    )  # fmt: skip


def _body(
    row: dict[str, Any], key: str, title: str, buyer: str, unit: str, suppliers: list[Any], items: list[Any]
) -> dict[str, Any]:
    """What lists and the contract's page show; what is not known is left out."""
    body = {
        "id": key, "kind": "contract", "ocid": row["ocid"], "contract": row["contract_id"], "title": title[:400],
        "number": row["tender_id"], "tender": row["tender"], "description": row["description"], "buyer": buyer,
        "buyer_key": row["buyer_id"], "unit": unit, "unit_key": row["unit_id"], "status": row["status"],
        "method": row["method"],
        "method_detail": row["method_detail"], "category": row["category"], "place": row["region"],
        "law": row["law"], "ground": row["legal_ground"], "article": row["exception_article"],
        "rationale": (row["method_rationale"] or "")[:600] if row["method"] == "direct" else "",
        "documents": [{k: v for k, v in d.items() if v} for d in row["documents"] or []],
        "contract_status": row["contract_status"], "called": row["tender_start_day"], "closed": row["tender_end_day"],
        "opened": row["opening_day"], "n_bids": row["n_bids"], "due": row["due"], "met": row["met"],
        "is_late": row["is_late"], "signed": row["date_signed_day"], "start": row["start_day"],
        "end": row["end_day"], "awarded": row["awarded"], "centavos": row["centavos"], "currency": row["currency"],
        "suppliers": [_supplier(s) for s in suppliers],
        "items": [{k: v for k, v in i.items() if v is not None} for i in items],
        "is_consolidated": row["is_consolidated"] or None, "page": row["page"], "publisher": row["publisher"],
        "is_synthetic": bool(row["is_synthetic"]),
    }  # fmt: skip
    return {name: value for name, value in body.items() if value not in (None, "", [])}


def _supplier(told: dict[str, Any]) -> dict[str, Any]:
    """A supplier as the contract's page tells it: the RFC of a natural person is found by search, shown nowhere."""
    key, rfc = supplier_key(told["id"], told["name"], told["rfc"]), told_rfc(told["rfc"])
    found = {"id": told["id"] if rfc or key == told["id"] else "", "key": key, "name": told["name"], "rfc": rfc}
    return {name: value for name, value in found.items() if value}


def _day(day: date | None, released: datetime | None) -> int:
    """The day of a contract, or of its release, counted from 1970."""
    on = day or (released and released.date())
    return (on - EPOCH).days if on else 0
