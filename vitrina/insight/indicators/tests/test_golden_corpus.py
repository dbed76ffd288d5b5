# SPDX-License-Identifier: Apache-2.0
"""U015 over a corpus of 2,147 lines with every kind of dirty row, recomputed by hand from what was published."""

from __future__ import annotations

from collections import defaultdict

from tests.shared import shared
from vitrina.insight.indicators.registry import chosen
from vitrina.insight.indicators.run import run
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store


def test_single_bids_by_hand(tmp_path) -> None:
    store = Store.create(tmp_path / "s")
    ingest(store, [shared("data/cardinal-parity/releases.jsonl.gz")], workers=1)
    with Store(store.path).tables() as t:
        (found,) = run(t, chosen(["U015"])).to_pylist()
        releases = t.rows(
            t.release.select("rid", "status", "method", "n_tenderers", "n_tenderers_is_int", "n_bids_said")
        )
        bids = t.rows(t.bid.select("rid", "bid_no", "status"))
        firms = t.rows(t.bid_tenderer.select("rid", "bid_no", "oid"))
        repairs = t.rows(t.repair.filter(t.repair.path == "tender/numberOfTenderers").select("rid"))
        named = t.rows(t.tenderer.select("rid", "oid"))
    mended = {repair["rid"] for repair in repairs}
    sent = {(b["rid"], b["bid_no"]) for b in bids if b["status"] not in (None, "invited", "withdrawn")}
    bidders, tenderers = defaultdict(set), defaultdict(set)
    for firm in firms:
        if (firm["rid"], firm["bid_no"]) in sent and firm["oid"] is not None:
            bidders[firm["rid"]].add(firm["oid"])
    for firm in named:
        tenderers[firm["rid"]].add(firm["oid"])
    asked = [r for r in releases if r["method"] in ("open", "selective") and r["status"] != "cancelled"]
    counts = []
    for r in asked:
        rid, said = r["rid"], r["n_tenderers"]
        counts.append(len(bidders[rid]) or (said if said is not None else len(tenderers[rid]) or r["n_bids_said"]))
    known = [n for n in counts if n is not None]
    assert len(asked) > 1000 and 0 < len(known) <= len(asked)
    assert (found["n"], found["numerator"]) == (len(known), sum(n == 1 for n in known))
    assert found["excluded"] == (
        "{}" if len(known) == len(asked) else f'{{"tender.numberOfTenderers":{len(asked) - len(known)}}}'
    )
    single = {r["rid"] for r in asked if r["n_tenderers"] == 1}
    assert len(single - mended) == 146  # what R018 flags in this corpus, by the number as published
    assert len(single & mended) == 3  # "1" twice and 1.0 once: numbers once mended, which parity does not count
