# SPDX-License-Identifier: Apache-2.0
"""The eleven flags of Cardinal over 60,000 invented releases of 11 KB: CPU seconds and memory of processes.

Peer, in the same run: `ocdscardinal.coverage` of the same file, the only function of Cardinal that its Python package
has; it walks the JSON and counts fields, which is less than its indicators do. Every process is timed from its start,
imports included, so that what a person waits for is what is told.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import Figure
from benchmarks.releases import write

RELEASES = 60_000
COVERAGE = "import sys, ocdscardinal; ocdscardinal.coverage(sys.argv[1])"
INGEST = """
import sys
from vitrina.insight.ingest.run import ingest
from vitrina.insight.store import Store
ingest(Store.create(sys.argv[2]), [sys.argv[1]], workers=1)
"""
STORE = """
import sys
from vitrina.insight.flags import kept
from vitrina.insight.flags.settings import DEFAULT
from vitrina.insight.store import Store
print(kept.cardinal(Store(sys.argv[2]), DEFAULT).num_rows)
"""
IMPORTS = "import vitrina.insight.flags.kept, vitrina.insight.flags.settings"


def _cost(code: str, *arguments: str) -> tuple[float, float]:
    """CPU seconds and peak megabytes of a process."""
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, code
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def run() -> list[Figure]:
    """Each way to the flags, beside the coverage of the same file."""
    with tempfile.TemporaryDirectory() as folder:
        file, store = Path(folder) / "releases.jsonl", Path(folder) / "store"
        write(file, RELEASES)
        megabytes = file.stat().st_size / 1e6
        peer, peer_memory = _cost(COVERAGE, str(file))
        imports, _ = _cost(IMPORTS)
        found = [
            Figure("coverage by ocdscardinal, CPU", peer, "s", f"{megabytes:.0f} MB, {peer_memory:.0f} MB of memory"),
            Figure("imports alone, CPU", imports, "s", "in every figure below"),
        ]
        spent = []
        for name, code, goal in (
            ("ingest of every table", INGEST, "no goal"),
            ("eleven flags, their statements written", STORE, "the first time in a store"),
            ("eleven flags from the store", STORE, "goal 0.04"),
        ):
            cpu, memory = _cost(code, str(file), str(store))
            spent.append(cpu)
            found.append(Figure(f"{name}, CPU", cpu, "s", f"{memory:.0f} MB of memory"))
            found.append(Figure(f"{name}, of coverage's CPU", cpu / peer, "times", goal))
        both = spent[0] + spent[-1]
        found.append(Figure("ingest and flags, of coverage's CPU", both / peer, "times", "from JSON Lines: goal 0.15"))
        return found
