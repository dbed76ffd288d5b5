# SPDX-License-Identifier: Apache-2.0
"""The files of everything public under `vitrina up`: renewed every hour by a process that ends when it is done."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable

NAME = "dumps"
FIRST_SECONDS, EVERY_SECONDS = 15.0, 3600.0
Spawn = Callable[[list[str]], subprocess.Popen[bytes]]


class Renewal:
    """Starts `vitrina open dump` when it is due and has ended; one that fails is tried again with the next hour."""

    def __init__(self, children: dict[str, subprocess.Popen[bytes]], spawn: Spawn) -> None:
        self._children, self._spawn = children, spawn
        self._due = time.monotonic() + FIRST_SECONDS  # who starts the site has the machine first

    def turn(self) -> None:
        """Look whether it is time; returns at once. The demonstration's history comes first: the files hold it too."""
        running = self._children.get(NAME)
        if running is not None and running.poll() is not None:
            del self._children[NAME]
        elif running is None and "history" not in self._children and time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY_SECONDS
            self._children[NAME] = self._spawn(command())


def command() -> list[str]:
    """What renews the files, behind everything else that wants the processor."""
    gently = ["nice", "-n", "15"] if shutil.which("nice") else []
    return [*gently, sys.executable, "-m", "vitrina", "open", "dump", "--quiet"]
