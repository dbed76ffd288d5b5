# SPDX-License-Identifier: Apache-2.0
"""The generator of synthetic histories: contracts a second into a store and as JSON Lines, and the memory at its peak.

Limits: 20,000 a second into a store, 5,000 as JSON Lines, of processor time; 1 GB for three million contracts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import Figure

STORE, LINES = 200_000, 50_000


def run() -> list[Figure]:
    """Both forms, each in a process of its own, start included."""
    return [*_form("store", STORE, "limit 20,000"), *_form("jsonl", LINES, "limit 5,000")]


def _form(form: str, n: int, limit: str) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        words = ["insight", "generate", "--contracts", str(n), "--format", form, "--out", str(Path(folder) / "out")]
        made = subprocess.Popen([sys.executable, "-m", "vitrina", *words], stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(made.pid, 0)
        made.returncode = os.waitstatus_to_exitcode(status)
        assert made.returncode == 0
    cpu = used.ru_utime + used.ru_stime
    return [
        Figure(f"{form}, {n:,} contracts", n / cpu, "/s", f"of processor time; {limit}"),
        Figure(f"{form}, memory at its peak", used.ru_maxrss / 1024, "MB", "limit 1,000 for 3 million"),
    ]
