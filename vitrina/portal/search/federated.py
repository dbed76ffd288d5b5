# SPDX-License-Identifier: Apache-2.0
"""The index of other installations' purchases: derived from what was taken of them, on each machine by itself.

Every change of a purchase has a number; `state.json` has the last one that the index holds. What is not shown now (its
member left, or its log does not hold) is not in the index either.
"""

from __future__ import annotations

import logging
import threading
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.urls import reverse

from vitrina.federation import queries as federation
from vitrina.federation.models import Purchase
from vitrina.portal.amounts import full_amount
from vitrina.search.entry import Entry, of_source
from vitrina.search.folder import Busy, Folder
from vitrina.search.opened import Open
from vitrina.search.places import place

log = logging.getLogger(__name__)
BATCH = 1000
AT_ONCE = 2000  # changes behind up to which a reader waits
_writing = threading.Lock()


def opened() -> Open | None:
    """The index as it is, after what it lacked was written; nothing while there was never a member."""
    last = federation.last_change()
    if not last:
        return None
    folder = _folder(Path(settings.SEARCH_DIR) / "federated" / str(connection.settings_dict["NAME"]))
    done = folder.state().get("change", 0)
    if done > last:  # of a database that was restored
        done = 0
    if done == last:
        return folder.open()
    if last - done <= AT_ONCE:
        _write(folder, done, last)
    elif not _writing.locked():
        threading.Thread(target=_beside, args=(folder, done, last), daemon=True).start()
    return folder.open()


@cache
def _folder(path: Path) -> Folder:
    return Folder(path)


def _beside(folder: Folder, done: int, last: int) -> None:
    try:
        _write(folder, done, last)
    except Exception:
        log.exception("the index of other installations could not be written")
    finally:
        connection.close()


def _write(folder: Folder, done: int, last: int) -> None:
    """Bring the index from one change to another. Who finds another at it lets it be."""
    if not _writing.acquire(blocking=bool(done)):
        return
    try:
        with folder.writing() as writer:
            if not done:
                writer.delete_all_documents()
            for row in federation.changed(done, last):
                entry = entry_of(row)
                Folder.replace(writer, [entry] if entry else [], [] if entry else [row.id])
        folder.mark(change=last)
    except Busy:
        log.info("another process writes the index of other installations")
    finally:
        _writing.release()


def entry_of(row: Purchase) -> Entry | None:
    """A purchase as an entry; nothing when it is not shown."""
    told = row.told
    if not row.member.is_shown or "ocid" not in told:
        return None
    tender, buyer, parties = told.get("tender", {}), told.get("buyer", {}), told.get("parties", [])
    unit = tender.get("procuringEntity") or next(iter(told.get("planning", {}).get("contractingUnits", [])), buyer)
    awards, contracts, items = told.get("awards", []), told.get("contracts", []), tender.get("items", [])
    suppliers = list(dict.fromkeys(s.get("name", "") for a in awards for s in a.get("suppliers", [])))
    blocks = [tender, *awards[:1], *contracts[:1]]
    title = next((b["title"] for b in blocks if b.get("title")), row.ocid)
    number = tender.get("procedureNumber") or (tender.get("id", "") if tender.get("id") != "tender" else "")
    region = next(filter(None, (p.get("address", {}).get("region", "") for p in parties if _buys(p))), "")
    amount = full_amount(told)
    texts = [row.member.name, buyer.get("name", ""), unit.get("name", ""), region, tender.get("description", "")]
    texts += [p.get("name", "") for p in parties] + suppliers + [i.get("description", "") for i in items]
    pesos = amount.centavos if amount.currency == "MXN" else None
    body: dict[str, Any] = {
        "kind": "federated", "member": row.member_id, "ocid": row.ocid, "title": title, "number": number,
        "buyer": buyer.get("name", ""), "unit": unit.get("name", ""), "status": tender.get("status", ""),
        "method": tender.get("procurementMethod", ""), "category": tender.get("mainProcurementCategory", ""),
        "place": region, "suppliers": suppliers[:20], "centavos": amount.centavos, "amount_kind": amount.kind,
        "currency": amount.currency, "at": row.at.isoformat(), "position": row.position,
    }  # fmt: skip
    ids = [str(p.get("id", "")) for p in parties] + [str(p.get("identifier", {}).get("id", "")) for p in parties]
    classes = [str(i.get("classification", {}).get("id", "")) for i in items]
    return Entry(
        id=row.id, title=title, body={k: v for k, v in body.items() if v not in (None, "", [])},
        texts=tuple(dict.fromkeys(t for t in texts if t)), numbers=tuple(filter(None, (number, *_ids(contracts)))),
        codes=tuple(filter(None, (row.ocid, *ids, *classes))), status=tender.get("status", ""),
        method=tender.get("procurementMethod", ""), category=tender.get("mainProcurementCategory", ""),
        place=place(region), buyer_key=str(buyer.get("id", "")), buyer_name=buyer.get("name", ""),
        year=_year(told, row), order=of_source(*_when(row)), centavos=pesos,
        contracted=(pesos or 0) if amount.kind == "contract" else 0,
    )  # fmt: skip


def _when(row: Purchase) -> tuple[int, int]:
    """The day of the last act, and a number within it that hardly any other purchase has."""
    return int(row.at.timestamp()) // 86_400, zlib.crc32(row.id.encode())


def _buys(party: dict[str, Any]) -> bool:
    return bool({"buyer", "procuringEntity"} & set(party.get("roles", ())))


def _ids(contracts: list[dict[str, Any]]) -> list[str]:
    return [str(contract.get("id", "")) for contract in contracts]


def _year(told: dict[str, Any], row: Purchase) -> int:
    """The year of a purchase, as the portal tells it: of its opening, else of its award or contract."""
    period = told.get("tender", {}).get("tenderPeriod", {})
    dates = [period.get("endDate"), period.get("startDate"), *(a.get("date") for a in told.get("awards", []))]
    dates += [c.get("dateSigned") for c in told.get("contracts", [])]
    found = next(filter(None, dates), "")
    return int(found[:4]) if found[:4].isdigit() else row.at.year


def url_of(body: dict[str, Any], names: dict[str, Any]) -> str:
    """Where a purchase is shown: at its own installation; the page of members for one that left a moment ago."""
    member = names.get(body["member"])
    return federation.page_of(member, body["ocid"]) if member else reverse("portal:federation")
