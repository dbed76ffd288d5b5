# SPDX-License-Identifier: Apache-2.0
"""Random stores from the schema, with values that rules know, and a plan of all flags that runs over any of them.

Turning expressions into the engine's language costs far more than running them over a small store. So the flags are
written down once, as the statements that the engine got, and each store only runs those.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from vitrina.insight.flags.declare import Flag
from vitrina.insight.flags.outcome import ROWS
from vitrina.insight.flags.script import Script, played
from vitrina.insight.flags.writing import written
from vitrina.insight.store import schema
from vitrina.insight.tests.tables import Rows, engine_of

NOON = datetime(2025, 3, 3, 18)  # noqa: DTZ001 - instants of the store are UTC without zone
WORDS: dict[str, list[Any]] = {
    "method": ["open", "open", "selective", "direct", "limited"],
    "method_detail": ["Licitación Pública", "Invitación a cuando menos tres personas", "Adjudicación Directa"],
    "category": ["goods", "goods", "services", "works"],
    "character": ["N", "T", "I"],
    "currency": ["MXN", "MXN", "MXN", "USD"],
    "award_criteria": ["priceOnly", "ratedCriteria"],
    "vat_basis": ["net"],
    "lot": ["1"],
    "legal_ground": ["54-II", "55", "41"],
    "main_class": ["25301", "25302", "33401"],
    "class_id": ["25301", "25302", "33401"],
    "unit": ["pieza", "caja"],
    "kind": ["beneficialOwner", "shareholder"],
    "owner_id": ["P1", "P2", "P3"],
    "owner_name": ["Ana Ejemplo", "Luis Ejemplo"],
    "plan_method": ["open", "direct"],
    "plan_line": ["L1", "L2"],
    "line": ["L1", "L2"],
    "section": ["planning", "tender", "award", "contract"],
    "relationship": ["framework", "subContract"],
    "reason": ["", "sin garantía"],
    "country": ["MX"],
    "language": ["es"],
}
STATUS = {
    "release": ["active", "complete", "complete", "cancelled"],
    "bid": ["valid", "valid", "valid", "disqualified", "invited", "withdrawn"],
    "award": ["active", "active", "active", "cancelled", "pending"],
    "contract": ["active", "terminated"],
    "milestone": ["met", "notMet", "scheduled"],
}
TYPES = {
    "document": ["tenderNotice", "biddingDocuments", "technicalSpecifications", "evaluationCriteria", "marketStudies"],
    "milestone": ["delivery", "payment"],
}
AMOUNTS = [100.0, 107.0, 110.0, 214.0, 1000.0, 1_000_000.0, 1_090_000.0, 1_100_000.0, 1_140_000.0, 30_000_000.0]
# Table -> the column that numbers its rows within a process, and its parent, if it has one.
NUMBERED = {"bid": "bid_no", "award": "award_no", "contract": "contract_no"}
CHILDREN = {
    "bid_tenderer": ("bid", "bid_no", "pos"),
    "bid_line": ("bid", "bid_no", "line"),
    "award_supplier": ("award", "award_no", "pos"),
    "award_item": ("award", "award_no", "pos"),
    "contract_item": ("contract", "contract_no", "pos"),
    "amendment": ("contract", "contract_no", "pos"),
    "transaction": ("contract", "contract_no", "pos"),
    "milestone": ("contract", "contract_no", "pos"),
    "subcontractor": ("award", "award_no", "pos"),
    "criterion_result": ("award", "award_no", "criterion_pos"),
}
SKIPPED = ("repair", "quarantine", "org", "buyer_budget", "plan_line")
ORGS, BUYERS = 5, 3


def store(draw: Random, n: int, first: int = 0, *, own: str = "") -> Rows:
    """A random store of `n` processes numbered from `first`. `own`: a word that keeps buyers, suppliers, markets and
    places of it apart from those of other stores.
    """
    rows: Rows = {name: [] for name in schema.COLUMNS}
    shift = 1000 if own else 0
    rows["org"] = [_org(draw, k + shift, own) for k in range(ORGS + BUYERS)]
    for rid in range(first, first + n):
        _process(draw, rows, rid, own, shift)
    for k in range(BUYERS):
        here = {"buyer_oid": ORGS + k + shift, "buyer_id": f"B{k}{own}"}
        rows["buyer_budget"] += [{**here, "year": 2025, "amount": 2e9, "currency": "MXN"}][: draw.randint(0, 1)]
        rows["plan_line"] += [{**here, "year": 2025, "line": "L1", "method": "open"}][: draw.randint(0, 1)]
    return {name: [{c: row.get(c) for c in schema.COLUMNS[name]} for row in found] for name, found in rows.items()}


def _org(draw: Random, oid: int, own: str) -> dict[str, Any]:
    row = {c: _value(draw, "org", c, kind) for c, kind in schema.COLUMNS["org"].items()}
    return {**row, "oid": oid, "id": f"O{oid}{own}"}


def _process(draw: Random, rows: Rows, rid: int, own: str, shift: int) -> None:
    row = {c: _value(draw, "release", c, kind) for c, kind in schema.COLUMNS["release"].items()}
    k = draw.randrange(BUYERS)
    row |= {
        "rid": rid,
        "ocid": f"ocds-x-{rid:04}",
        "date": _instant(draw),
        "n_tenderers": draw.choice([None, 1, 2, 5]),
    }
    row |= {"buyer_oid": ORGS + k + shift, "buyer_id": f"B{k}{own}", "pe_oid": ORGS + k + shift, "pe_id": f"B{k}{own}"}
    row["tender_start_day"] = row["tender_start"] and row["tender_start"].date()
    if own:
        row |= {"main_class": "99999", "category": f"other {own}", "region": own, "plan_line": None, "unit_id": own}
    rows["release"].append(row)
    for name, columns in schema.COLUMNS.items():
        if name == "release" or name in SKIPPED or name in CHILDREN:
            continue
        number = NUMBERED.get(name, "pos" if "pos" in columns else "")
        for pos in range(draw.choice([0, 1, 3, 5]) if number else draw.randint(0, 1)):
            rows[name].append(_child(draw, name, {"rid": rid, number: pos} if number else {"rid": rid}, own, shift))
    for name, (parent, key, number) in CHILDREN.items():
        for above in [one for one in rows[parent] if one["rid"] == rid]:
            for pos in range(draw.choice([0, 1, 1, 2])):
                rows[name].append(_child(draw, name, {"rid": rid, key: above[key], number: pos}, own, shift))


def _child(draw: Random, name: str, keys: dict[str, Any], own: str, shift: int) -> dict[str, Any]:
    row = {c: _value(draw, name, c, kind) for c, kind in schema.COLUMNS[name].items()}
    for column in row:
        if column == "oid" or column.endswith("_oid"):
            row[column] = draw.randrange(ORGS) + shift
    if "id" in row and "oid" in row:
        row["id"] = f"O{row['oid']}{own}"
    if own:
        row |= {c: "99999" for c in ("class_id",) if c in row}
        row |= {c: f"{row[c]} {own}" for c in ("owner_id", "owner_name", "device_hash", "author_hash") if row.get(c)}
    return {**row, **keys}


def _instant(draw: Random) -> datetime:
    return NOON + timedelta(hours=draw.randrange(24 * 400))


def _value(draw: Random, table: str, column: str, kind: str) -> Any:
    if draw.random() < 0.15:
        return None
    words = {"status": STATUS, "type": TYPES}.get(column, {}).get(table) or WORDS.get(column)
    if words and kind == "str":
        return draw.choice(words)
    if kind == "f64":
        return draw.choice([0.1, 0.3, 0.6] if "share" in column or column == "similarity" else AMOUNTS)
    if kind.startswith("i"):
        return None if column.endswith("centavos") else draw.randrange(1, 4)
    others = {
        "ts": _instant(draw),
        "day": date(2025, 3, 3) + timedelta(days=draw.randrange(400)),
        "bool": draw.random() < 0.5,
        "str": draw.choice(["uno", "dos", "marca Acme"]),
    }
    return others[kind]


def shuffled(draw: Random, rows: Rows) -> Rows:
    """The same rows in another order."""
    return {name: draw.sample(found, len(found)) for name, found in rows.items()}


def merged(one: Rows, other: Rows) -> Rows:
    """The rows of both."""
    return {name: [*one[name], *other[name]] for name in one}


class Plan:
    """A script of flags, over any store."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.codes = [step.name for step in script.steps if step.kind == "answer"]

    def __repr__(self) -> str:
        return f"Plan of {len(self.codes)} flags"

    def judge(self, rows: Rows) -> dict[str, list[dict[str, Any]]]:
        """Code -> the rows of its verdict over this store, by group and id."""
        with engine_of(rows) as engine:
            return {
                code: engine.sql(f"from ({sql}) order by all").to_arrow_table().cast(ROWS).to_pylist()
                for code, sql in played(self.script, engine)
            }


def plan(flags: Iterable[Flag]) -> Plan:
    """The script of these flags. Their parameters are the default ones, save that three peers are many: no random
    store has thirty.
    """
    chosen = list(flags)
    return Plan(written(chosen, few(chosen)))


def few(flags: Iterable[Flag]) -> dict[str, dict[str, Any]]:
    """Parameters by which three peers are many."""
    names = ("cell_min", "n", "markets")
    return {flag.code: {name: 3 for name in names if name in flag.params.__struct_fields__} for flag in flags}
