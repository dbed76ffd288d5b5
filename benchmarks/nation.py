# SPDX-License-Identifier: Apache-2.0
"""A nation's contracts: all flags and all indicators over 3.1 million, and one new release to its flags.

Limits: 90 s and 4 GB for flags and indicators together, 100 ms from a new release to its updated flags.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import Figure

CONTRACTS, UPDATES = 3_100_000, 40
PROGRAM = str(Path(sys.executable).with_name("vitrina"))
LIMIT = "limit: 90 s and 4 GB for flags and indicators together"


def run() -> list[Figure]:
    """Whole processes, from their start; updates in a process that stays open."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store, more = folder / "store", folder / "more"
        _cost("generate", "--contracts", str(CONTRACTS), "--seed", "1", "--format", "store", "--out", str(store))
        _cost("generate", "--contracts", "3000", "--seed", "7", "--out", str(more))
        found = []
        for name, arguments in (
            ("all flags, their statements written", ("flags", "--out", str(folder / "f.parquet"))),
            ("all flags", ("flags", "--out", str(folder / "f.parquet"))),
            ("all indicators", ("indicators", "--out", str(folder / "i.csv"))),
        ):
            wall, cpu, memory = _cost(arguments[0], "--store", str(store), *arguments[1:])
            found.append(Figure(f"{name}, elapsed", wall, "s", f"{cpu:.0f} CPU s, {memory:.0f} MB; {LIMIT}"))
        return [*found, *_updates(store, more / "releases.jsonl")]


def _cost(*arguments: str) -> tuple[float, float, float]:
    """Elapsed seconds, CPU seconds and peak megabytes of a command."""
    start = time.perf_counter()
    process = subprocess.Popen([PROGRAM, "insight", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _updates(store: Path, source: Path) -> list[Figure]:
    """New processes one by one, then the same corrected, which take the place of the older ones."""
    from vitrina.insight.store import Store  # noqa: PLC0415 - after the memory of others is measured
    from vitrina.insight.update.updater import Updater  # noqa: PLC0415

    lines = [json.loads(line) for line in source.open()][:UPDATES]
    new = [line | {"ocid": f"{line['ocid']}-new"} for line in lines]
    corrected = [line | {"date": "2031-01-01T00:00:00Z"} for line in new]
    start = time.perf_counter()
    watch = Updater(Store(store))
    _taken(watch, [new.pop()], store.parent)
    found = [Figure("first update: all read and judged", time.perf_counter() - start, "s", "opens the updater")]
    for name, releases in (("a new process", new), ("a corrected one", corrected[:-1])):
        took = [1000 * seconds for seconds in _taken(watch, releases, store.parent)]
        worst = statistics.quantiles(took, n=20)[-1]
        found += [
            Figure(f"{name} to its flags, median", statistics.median(took), "ms", "limit 100 ms"),
            Figure(f"{name} to its flags, 95th of 100", worst, "ms", "limit 100 ms"),
        ]
    return found


def _taken(watch: object, releases: list[dict[str, object]], folder: Path) -> list[float]:
    """Seconds of each update of one release."""
    took = []
    for release in releases:
        file = folder / "one.json"
        file.write_text(json.dumps(release))
        start = time.perf_counter()
        watch.update([file])  # type: ignore[attr-defined]
        took.append(time.perf_counter() - start)
    return took
