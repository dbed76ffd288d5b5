# SPDX-License-Identifier: Apache-2.0
"""The shortest way from JSON Lines to Cardinal's eleven: only the fields that they read, in memory, no store.

A line that the types refuse is read by `repairs.published`, so the result is that of the store under `--cardinal`.
One line a process is assumed, as by Cardinal.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from vitrina.insight.engines import Engine
from vitrina.insight.store import schema
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables

from . import batch, repairs
from .reading import File
from .shape_parts import UNREADABLE, Classification, Period, Ref, Shape, Value
from .times import Times


class _Item(Shape):
    classification: Classification | None = None


class _Tender(Shape):
    status: str | None = None
    procurement_method: str | None = None
    procurement_method_details: str | None = None
    number_of_tenderers: int | None = None
    tender_period: Period | None = None
    procuring_entity: Ref | None = None


class _Bid(Shape):
    status: str | None = None
    date: str | None = None
    value: Value | None = None
    tenderers: list[Ref] | None = None


class _Bids(Shape):
    details: list[_Bid] | None = None


class _Award(Shape):
    status: str | None = None
    suppliers: list[Ref] | None = None
    items: list[_Item] | None = None


class _Release(Shape):
    ocid: str | None = None
    buyer: Ref | None = None
    tender: _Tender | None = None
    bids: _Bids | None = None
    awards: list[_Award] | None = None


COLUMNS = {
    "release": "rid ocid status method method_detail n_tenderers tender_start tender_end start_s end_s buyer_id pe_id",
    "bid": "rid bid_no status date_s amount currency n_tenderers",
    "bid_tenderer": "rid bid_no pos id",
    "award": "rid award_no status n_suppliers",
    "award_supplier": "rid award_no pos id",
    "award_item": "rid award_no pos class_id",
}
PART = 20_000  # releases whose rows are held as plain values
_NOTHING = (_Tender(), Period(), Ref(), Value(), _Bids())
_DECODE = msgspec.json.Decoder(_Release).decode


class Narrow:
    """Reads files; `lines` counts what became of their lines: evaluated, or the reason of the quarantine."""

    def __init__(self, zone: str = "America/Mexico_City") -> None:
        self.lines: Counter[str] = Counter()
        self._instant = Times(zone).instant
        self._rid = 0
        self._parts: dict[str, list[pa.Table]] = {name: [] for name in COLUMNS}
        self._rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in COLUMNS}

    def read(self, paths: list[Path]) -> None:
        """Read the files."""
        with batch.uncollected():
            for number, path in enumerate(paths):
                for record in File(number, path, hashed=False).records():
                    try:
                        self._take(record)
                    except batch.Refusal as refusal:
                        self.lines[refusal.reason] += 1
            self._flush()

    def tables(self, engine: Engine) -> Tables:
        """What was read, on an engine that runs."""
        found = Tables(engine, {}, Manifest())
        for name, parts in self._parts.items():
            found.put(name, engine.hold(name, pa.concat_tables([_schema(name).empty_table(), *parts])))
        return found

    def _take(self, record: batch.Record) -> None:
        batch.check(record)
        try:
            release = _DECODE(record.data)
        except UNREADABLE:
            release = None
        if release is None or release.ocid is None:
            read = batch.decoded(record)
            if not read.is_strict:
                raise batch.Refusal("not_json")
            release = repairs.strict(read.value, _Release)
        self._add(release)
        self.lines["evaluated"] += 1
        if self._rid % PART == 0:
            self._flush()

    def _add(self, release: _Release) -> None:
        rid, rows = self._rid, self._rows
        self._rid += 1
        no_tender, no_period, nobody, no_value, no_bids = _NOTHING
        tender = release.tender or no_tender
        period = tender.tender_period or no_period
        start, end = period.start_date, period.end_date
        rows["release"].append(
            (
                *(rid, release.ocid, tender.status, tender.procurement_method, tender.procurement_method_details),
                *(_whole(tender.number_of_tenderers), self._instant(start), self._instant(end), start, end),
                *((release.buyer or nobody).id, (tender.procuring_entity or nobody).id),
            )
        )
        for no, bid in enumerate((release.bids or no_bids).details or ()):
            value, who = bid.value or no_value, bid.tenderers
            n = None if who is None else len(who)
            rows["bid"].append((rid, no, bid.status, bid.date, value.amount, value.currency, n))
            rows["bid_tenderer"].extend((rid, no, pos, t.id) for pos, t in enumerate(who or ()))
        for no, award in enumerate(release.awards or ()):
            who = award.suppliers
            rows["award"].append((rid, no, award.status, None if who is None else len(who)))
            rows["award_supplier"].extend((rid, no, pos, s.id) for pos, s in enumerate(who or ()))
            codes = ((pos, i.classification) for pos, i in enumerate(award.items or ()))
            rows["award_item"].extend((rid, no, pos, c.id) for pos, c in codes if c is not None)

    def _flush(self) -> None:
        for name, rows in self._rows.items():
            if rows:
                columns = _schema(name)
                arrays = [pa.array(v, type=f.type) for v, f in zip(zip(*rows, strict=True), columns, strict=True)]
                self._parts[name].append(pa.Table.from_arrays(arrays, schema=columns))
                self._rows[name] = []


def _whole(n: int | None) -> int | None:
    return n if n is not None and 0 <= n < 1 << 63 else None


def _schema(name: str) -> pa.Schema:
    whole = schema.SCHEMAS[name]
    return pa.schema([whole.field(column) for column in COLUMNS[name].split()])
