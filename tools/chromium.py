# SPDX-License-Identifier: Apache-2.0
"""Chromium for the browser tests: `python -m tools.chromium` installs it where it can, else says what to install.

Debian builds the same engine twice: with the windows of a desktop, and as a shell that only runs without them. Opening
and judging pages costs the shell a quarter of the CPU, so it is taken where it is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ADVICE = "Browser tests need Chromium: install it (Debian, Ubuntu: sudo apt install chromium) or set VITRINA_CHROMIUM."


def find() -> str | None:
    """Path of a Chromium or Chrome on this machine: VITRINA_CHROMIUM, the PATH, the usual places."""
    if chosen := os.environ.get("VITRINA_CHROMIUM"):
        return chosen
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in MAC if Path(path).exists()), None)


def install() -> None:
    """Install Debian's package of the shell, else of Chromium; as root with apt only."""
    if os.geteuid() or not shutil.which("apt-get"):
        return
    if apt("update"):
        for package in (SHELL, "chromium"):
            print(f"Installing Chromium for the browser tests (apt-get install {package}) ...", flush=True)
            if apt("install", "-y", "--no-install-recommends", package):
                return


def apt(*arguments: str) -> bool:
    """Whether apt-get did it, without a word or a question."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    return not subprocess.run(["apt-get", "-qq", *arguments], env=quiet, check=False, **silent).returncode


if __name__ == "__main__":
    if not (os.environ.get("VITRINA_CHROMIUM") or shutil.which(SHELL)):
        install()
    if find() is None:
        print(ADVICE, file=sys.stderr)
