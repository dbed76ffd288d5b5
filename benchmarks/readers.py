# SPDX-License-Identifier: Apache-2.0
"""What benchmarks of readers share: a store put behind the search, many readers at once, how long they waited."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import Figure

READERS = 32
PROGRAM = str(Path(sys.executable).with_name("vitrina"))


class Cost(NamedTuple):
    """Seconds by the clock and of the processor, megabytes at the peak."""

    wall: float
    cpu: float
    memory: float


def load(store: Path, root: Path, *more: str) -> Cost:
    """Put a store behind the search in a process of its own, which shares nothing with the tests' settings."""
    environment = os.environ | {"VITRINA_SEARCH_DIR": str(root), "VITRINA_VAR": str(root.parent)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)  # those of the tests have a folder of their own
    began = time.perf_counter()
    process = subprocess.Popen(
        [PROGRAM, "open", "load-national", str(store), *more], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    assert not status
    return Cost(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def at_once(things: Sequence[Any], reader: Callable[[], Callable[[Any], float]]) -> list[float]:
    """Milliseconds of each, asked for twice by readers who never pause. `reader` makes what a thread asks with."""
    found: list[float] = []
    waiting = iter([*things, *things])
    lock = threading.Lock()

    def read() -> None:
        ask = reader()
        while True:
            with lock:
                thing = next(waiting, None)
            if thing is None:
                return
            found.append(ask(thing))

    threads = [threading.Thread(target=read) for _ in range(READERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def figure(name: str, milliseconds: Sequence[float], limit: str) -> Figure:
    p50, p95 = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
    return Figure(f"{name}, 95 of 100", p95, "ms", f"half of them {p50:.0f} ms; {limit}")


def memory() -> Figure:
    lines = Path("/proc/self/status").read_text().splitlines()
    megabytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
    return Figure("memory of the process that answers", megabytes, "MB", "mapped pages of the index among them")
