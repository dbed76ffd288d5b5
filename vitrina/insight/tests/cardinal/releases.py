# SPDX-License-Identifier: Apache-2.0
"""Releases in few words, and what Cardinal's rules find in them."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from vitrina.insight.engines import DuckDB
from vitrina.insight.flags import cardinal
from vitrina.insight.flags.registry import flags
from vitrina.insight.flags.run import Outcome, run
from vitrina.insight.flags.settings import MXN, Settings
from vitrina.insight.ingest.batch import Builder, Record
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables

Json = dict[str, Any]


def bid(who: Any, amount: Any = None, status: Any = "valid", **more: Any) -> Json:
    """A bid of one tenderer, or of several; None for a bid that names nobody."""
    names = [who] if isinstance(who, (str, int)) else who
    found: Json = {"status": status, **more}
    if names is not None:
        found["tenderers"] = [{"id": n} if isinstance(n, (str, int)) else n for n in names]
    if amount is not None:
        found["value"] = {"amount": amount, "currency": "MXN"}
    return found


def award(*who: Any, status: Any = "active", **more: Any) -> Json:
    """An award to these suppliers."""
    return {"status": status, "suppliers": [{"id": w} for w in who], **more}


def process(*bids: Any, awards: Any = None, tender: Any = None, **more: Any) -> Json:
    """A release without its ocid."""
    return {"bids": {"details": list(bids)}, "awards": awards or [], "tender": tender or {}, **more}


@contextlib.contextmanager
def tables(releases: dict[str, Any]) -> Iterator[Tables]:
    """Tables of releases by ocid; a text is taken as JSON."""
    lines = [r if isinstance(r, str) else json.dumps({"ocid": ocid} | r) for ocid, r in releases.items()]
    batch = Builder("America/Mexico_City").build([[Record(0, n, 0, line.encode())] for n, line in enumerate(lines)])
    with DuckDB(threads=1) as engine:
        t = Tables(engine, {}, Manifest())
        t._read |= {name: engine.hold(name, table) for name, table in batch.tables.items()}
        yield t


def found(code: str, releases: dict[str, Any], section: Json | None = None, **settings: Any) -> dict[str, float]:
    """What one indicator finds: `ocid` or `Group:id` -> value."""
    conf = {"currency": MXN, code: section or {}, **settings}
    with tables(releases) as t:
        rows = cardinal.run(t, msgspec.convert(conf, Settings)).to_pylist()
    return {r["id"] if r["group"] == "OCID" else f"{r['group']}:{r['id']}": r["value"] for r in rows}


def flagged(code: str, releases: dict[str, Any], section: Json | None = None, **settings: Any) -> list[str]:
    """The processes that one indicator flags, in the order in which they were given."""
    result = found(code, releases, section, **settings)
    return [ocid for ocid in releases if ocid in result]


def judge(code: str, releases: dict[str, Any], params: Json | None = None) -> Outcome:
    """What Vitrina's own variant of a rule says of releases."""
    with tables(releases) as t:
        return run(t, [flags()[code]], {code: params or {}})[0]


def yes(outcome: Outcome) -> list[str]:
    """The ids of what is flagged."""
    return outcome.rows["id"].to_pylist()
