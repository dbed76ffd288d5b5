# SPDX-License-Identifier: Apache-2.0
"""All indicators and all checks of quality over a synthetic history: processor time and memory at its peak.

Goal: all indicators over three million contracts in tens of seconds on two cores.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import Figure

CONTRACTS = 300_000


def run(contracts: int = CONTRACTS) -> list[Figure]:
    """Each command in a process of its own, start included."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = folder / "store"
        _cost("generate", "--contracts", str(contracts), "--format", "store", "--out", str(store))
        jobs = {
            "indicators": ("--out", str(folder / "all.parquet")),
            "indicators by buyer and year": ("--out", str(folder / "by.parquet"), "--by", "buyer,year"),
            "quality": ("--out", str(folder / "quality")),
        }
        found = []
        for said, more in jobs.items():
            cpu, megabytes = _cost(said.split(" ")[0], "--store", str(store), *more)
            found += [
                Figure(f"{said}, {contracts:,} contracts", cpu, "s", "of processor time"),
                Figure(f"{said}, memory at its peak", megabytes, "MB", ""),
            ]
    return found


def _cost(*words: str) -> tuple[float, float]:
    """Seconds of processor time and megabytes of a command of `vitrina insight`."""
    made = subprocess.Popen([sys.executable, "-m", "vitrina", "insight", *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(made.pid, 0)
    made.returncode = os.waitstatus_to_exitcode(status)
    assert made.returncode == 0, words
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
