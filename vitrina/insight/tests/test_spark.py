# SPDX-License-Identifier: Apache-2.0
"""The same flags on Spark, on two executors in processes of their own, equal to DuckDB row for row.

Two of them always: a filter, and quantiles over joins and windows. `VITRINA_SPARK=eleven` runs those that Cardinal has (two
minutes of processor time), `VITRINA_SPARK=all` every one.
"""

from __future__ import annotations

import builtins
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from vitrina.insight.engines import Engine, NoEngine
from vitrina.insight.flags.registry import CARDINAL, flags
from vitrina.insight.flags.run import Outcome, run
from vitrina.insight.spark import Spark
from vitrina.insight.store import Store
from vitrina.insight.tests.cardinal.releases import award, bid, process
from vitrina.insight.tests.cardinal.test_variant import contest, market, period
from vitrina.insight.tests.ingest.stores import lines, stored
from vitrina.insight.tests.ingest.test_stored import FULL

FEW = ("R018", "R058")
EXECUTORS = "local-cluster[2,1,1024]"
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # no compiler that pays after minutes
SMALL = {  # for few rows: no code is generated and nothing is spread out
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def releases() -> dict[str, Any]:
    """Processes in which each of the eleven fires, stays quiet and cannot be computed."""
    found = market({"near": 0.001, "far": 2.0})
    found["equal"] = contest(bid("FIRM-1", 10), bid("FIRM-2", 10), bid("FIRM-3", 12, "disqualified"), winner="FIRM-1")
    found["late"] = contest(bid("W", 1, date="2026-03-13T00:00:00Z"), tenderPeriod={"endDate": "2026-03-12T00:00:00Z"})
    found["lowest"] = contest(bid("A", 9, "disqualified"), bid("W", 10), awardCriteria="priceOnly")
    found["short"] = period("2026-03-02T10:00:00.5Z", "2026-03-12T10:00:00Z", numberOfTenderers=1)
    found["mended"] = contest(bid(7, "10"), numberOfTenderers="1")
    found["ñandú"] = process(awards=[award("S", items=[{"classification": {"id": "ñé"}}])], buyer={"id": "B"})
    return found


def told(outcome: Outcome) -> tuple[Any, ...]:
    rows = [[round(v, 9) if isinstance(v, float) else v for v in row.values()] for row in outcome.rows.to_pylist()]
    return outcome.flagged, outcome.clear, dict(outcome.missing), sorted(rows, key=str)


def outcomes(store: Store, engine: Engine | None, codes: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
    with store.tables(engine) as t:
        return {code: told(run(t, [flags()[code]])[0]) for code in codes}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # PySpark 4.0 speaks to pandas 3 as to pandas 2
@pytest.mark.skipif(not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="Spark needs Java 17")
def test_executors_of_their_own_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", SHORT_LIVED)
    data = lines(FULL, *(json.dumps({"ocid": ocid} | r).encode() for ocid, r in releases().items()))
    store, _ = stored(tmp_path, data)
    codes = {"eleven": CARDINAL, "all": tuple(flags())}.get(os.environ.get("VITRINA_SPARK", ""), FEW)
    wanted = outcomes(store, None, codes)

    assert sum(flagged > 0 for flagged, *_ in wanted.values()) >= min(8, len(codes))
    assert outcomes(store, Spark(EXECUTORS, SMALL), codes) == wanted


def test_without_pyspark_it_says_what_is_wanting(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *args: Any, **more: Any) -> Any:
        if name.startswith("pyspark"):
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(shutil, "which", lambda _: "/java")
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(NoEngine, match="pip install"), Spark("local[2]"):
        pass


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(NoEngine, match="Java 17"), Spark("local[2]"):
        pass
