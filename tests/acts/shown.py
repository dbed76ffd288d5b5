# SPDX-License-Identifier: Apache-2.0
"""What the page of a purchase shows, read from its HTML, and what a compiled release says it should show.

Both in the same shape, so that they can be compared field by field. Nothing here uses the page's own code.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lxml import html

MONTHS = (
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"]
)  # fmt: skip
ZONE = ZoneInfo("America/Mexico_City")
Fields = dict[str, Any]


def pesos(value: Fields | None) -> str:
    """An OCDS amount as Mexicans write it."""
    return f"${Decimal(str((value or {}).get('amount', 0))):,.2f}"


def day(text: str) -> str:
    """The day of an OCDS date that stands for a day."""
    year, month, number = text[:10].split("-")
    return f"{int(number)} de {MONTHS[int(month) - 1]} de {year}"


def local_day(text: str) -> str:
    """The unit's own day of an OCDS instant."""
    return day(datetime.fromisoformat(text).astimezone(ZONE).isoformat())


def _text(node: Any) -> str:
    return re.sub(r"\s+", " ", node.text_content()).strip()


def _section(tree: Any, name: str) -> Any:
    found = tree.xpath(f'//section[@aria-labelledby="{name}"]')
    return found[0] if found else html.fromstring("<section></section>")


def _rows(node: Any) -> list[list[str]]:
    rows = [[_text(cell) for cell in row.xpath("./th|./td")] for row in node.xpath(".//tbody/tr")]
    return [row for row in rows if row]


def _key(link: str) -> str:
    return link.strip("/").rsplit("/", 1)[-1]


def shown(page: str) -> Fields:
    """What a reader of the page sees."""
    tree = html.fromstring(page)
    bids, items, contracts = (_section(tree, name) for name in ("bids", "items", "contracts"))
    reference = [re.search(r"\$[\d,.]+", _text(t)) for t in bids.xpath('.//svg[@class="ref-name"]/text')]
    return {
        "title": _text(tree.xpath("//h1")[0]),
        "number": _text(tree.xpath('//p[@class="over"]/span')[0]),
        "buyer": [(_key(a.get("href")), _text(a)) for a in tree.xpath('//p[@class="over"]/a')],
        "items": [row[-4:] for row in _rows(items)],
        "bids": sorted(
            (_key(key), *row) for key, row in zip(bids.xpath(".//tbody//a/@href"), _rows(bids), strict=True)
        ),
        "bars": sorted(_text(v) for v in bids.xpath('.//span[@class="val"]')),
        "reference": [m[0] for m in reference if m],
        "reasons": [_text(p) for p in _section(tree, "reasons").xpath('.//p[contains(@class, "prose")]')],
        "questions": [_text(dd) for dd in _section(tree, "questions").xpath(".//dd")],
        "contracts": [_contract(block) for block in contracts.xpath('.//div[h3/span[@class="mono"]]')],
        "acts": [
            (int(li.get("id")[1:]), _text(li.xpath(".//h3")[0]))
            for li in tree.xpath('//ol[contains(@class, "tl")]//li[starts-with(@id, "n")]')
        ],
    }


def _contract(block: Any) -> Fields:
    head, line = _text(block.xpath("./h3")[0]), _text(block.xpath("./p")[0])
    tables = {_text(t.xpath("./caption")[0]): _rows(t) for t in block.xpath(".//table")}
    signed = re.search(r"firmado el (.+)\.$", line)
    return {
        "id": head.split(" ")[0], "supplier": head.split(" ", 1)[1] if " " in head else "",
        "value": (re.search(r"\$[\d,.]*\d", line) or [""])[0], "signed": signed[1] if signed else "",
        "deliveries": tables.get("Entregas", []), "payments": tables.get("Pagos", []),
    }  # fmt: skip


def should_show(compiled: Fields) -> Fields:
    """What a compiled release says that a reader of the page should see."""
    tender = compiled.get("tender", {})
    bids = [b for b in compiled.get("bids", {}).get("details", []) if "value" in b]  # the others were not opened
    awards = {a["id"]: a for a in compiled.get("awards", [])}
    unit = tender.get("procuringEntity") or compiled["planning"]["contractingUnits"][0]
    return {
        "title": tender["title"],
        "number": tender.get("procedureNumber", compiled["ocid"]),
        "buyer": [(o["id"], o["name"]) for o in (compiled["buyer"], unit)],
        "items": [
            [i["description"], i["classification"]["id"], f"{Decimal(str(i['quantity'])):,f}", i["unit"]["name"]]
            for i in tender.get("items", [])
            if i["quantity"]  # merging drops no element: one that was withdrawn stays at zero
        ],
        **_offers(compiled, bids, awards),
        "questions": [f"{e['description']}{e['answer']}" for e in tender.get("enquiries", [])],
        "contracts": [_contracted(c, awards) for c in compiled.get("contracts", [])],
    }


def _offers(compiled: Fields, bids: list[Fields], awards: Fields) -> Fields:
    """Bids, bars and reference prices: of the whole purchase, or of each lot where there are several."""
    tender = compiled.get("tender", {})
    lots = [lot["id"] for lot in tender.get("lots", [])] if len(tender.get("lots", [])) > 1 else [""]
    rows, references = [], []
    for lot in lots:
        asked = [b for b in bids if not lot or lot in b["relatedLots"]]
        for bid in asked:
            price = pesos(_lot_value(bid["items"], lot) if lot else bid["value"])
            bidder = bid["tenderers"][0]
            rows.append((bidder["id"], bidder["name"], price, *_costs(tender, bid, lot), _outcome(bid, awards, lot)))
        if asked and tender.get("value"):
            references.append(pesos(_lot_value(tender["items"], lot) if lot else tender["value"]))
    return {"bids": sorted(rows), "bars": sorted(row[2] for row in rows), "reference": references}


def _lot_value(items: list[Fields], lot: str) -> Fields:
    chosen = [i for i in items if i["relatedLot"] == lot]
    prices = [Decimal(str(i["unit"]["value"]["amount"])) * Decimal(str(i["quantity"])) for i in chosen]
    return {"amount": sum(prices, Decimal(0))}


def _costs(tender: Fields, bid: Fields, lot: str) -> list[str]:
    """By life-cycle cost: what a bid answers to the requirements that ask for a cost, and its sum with the price."""
    if tender.get("awardCriteria") != "costOnly":
        return []
    asked = [
        r["id"]
        for c in tender["criteria"]
        if not lot or c.get("relatedItem") in {None, lot}
        for r in c["requirementGroups"][0]["requirements"]
        if r["dataType"] == "number"
    ]
    said = {r["requirement"]["id"]: r["value"] for r in bid["requirementResponses"]}
    if any(isinstance(said.get(key), str | None) for key in asked):
        return ["no declarado", "sin dato"]
    cost = sum((Decimal(str(said[key])) for key in asked), Decimal(0))
    price = _lot_value(bid["items"], lot)["amount"] if lot else Decimal(str(bid["value"]["amount"]))
    return [pesos({"amount": cost}), pesos({"amount": price + cost})]


def _outcome(bid: Fields, awards: Fields, lot: str) -> str:
    active = [a for a in awards.values() if a["status"] == "active" and (not lot or lot in a["relatedLots"])]
    if bid["id"] in {a.get("relatedBid") for a in active}:
        return "Ganó"
    if bid.get("status") == "disqualified":
        return "Desechada"
    return "No adjudicada" if awards else "Por evaluar"


def _contracted(contract: Fields, awards: Fields) -> Fields:
    done = contract.get("implementation", {})
    states = {m["id"]: m for m in done.get("milestones", [])}
    names = {"met": "aceptada", "partiallyMet": "aceptada en parte", "scheduled": "llegó, en revisión"}
    return {
        "id": contract["id"],
        "supplier": ", ".join(s["name"] for s in awards[contract["awardID"]]["suppliers"]),
        "value": pesos(contract["value"]) if "value" in contract else "",
        "signed": local_day(contract["dateSigned"]) if "dateSigned" in contract else "",
        "deliveries": [
            [m["title"], day(m["dueDate"]), _state(states[m["id"]], names) if m["id"] in states else "por llegar"]
            for m in contract.get("milestones", [])
        ],
        "payments": [[day(t["date"]), t["payee"]["name"], pesos(t["value"])] for t in done.get("transactions", [])],
    }


def _state(milestone: Fields, names: dict[str, str]) -> str:
    return milestone.get("description", "") or names.get(milestone["status"], "")
