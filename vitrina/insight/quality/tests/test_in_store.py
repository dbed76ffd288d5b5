# SPDX-License-Identifier: Apache-2.0
"""The checks that a store can answer say of a record what they say of its published JSON."""

from __future__ import annotations

import json

from vitrina.insight.ingest.run import ingest
from vitrina.insight.quality.declare import State, judge
from vitrina.insight.quality.in_store import RULES, answers, states
from vitrina.insight.quality.registry import checks
from vitrina.insight.store import Store

from .test_records import CASES


def test_a_store_answers_as_the_published_record(tmp_path) -> None:
    releases = {
        f"ocds-abc123-{code}-{n}": {"date": "2026-09-01T00:00:00Z", **case, "ocid": f"ocds-abc123-{code}-{n}"}
        for code in RULES
        for n, case in enumerate(CASES[code])
    }
    file = tmp_path / "all.jsonl"
    file.write_text("\n".join(json.dumps(release) for release in releases.values()))
    store = Store.create(tmp_path / "store")
    ingest(store, [file], workers=1)
    with Store(store.path).tables() as t:
        for code in RULES:
            found = states(t, code).join(t.release.select("rid", "ocid"), "rid")
            told = {row["ocid"]: State.PASS if row["holds"] else State.FAIL for row in t.rows(found)}
            for ocid, release in releases.items():
                expected = judge(checks()[code].run, release)[0]
                assert told.get(ocid, State.UNDEFINED) is expected, (code, ocid, release)
        counts = {check.code: sum(c.values()) for check, _, c in answers(t, list(checks().values())) if c}
    assert set(counts.values()) == {len(releases)}
    assert set(counts) == set(RULES)
