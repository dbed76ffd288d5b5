# SPDX-License-Identifier: Apache-2.0
"""Chromium for the browser tests: `python -m tools.chromium` installs it where it can, else says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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


def install() -> bool:
    """Install Debian's package, as root with apt only; whether a Chromium is there afterwards."""
    if os.geteuid() or not shutil.which("apt-get"):
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("Installing Chromium for the browser tests (apt-get install chromium) ...", flush=True)
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium"],
    ):
        if subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            break
    return find() is not None


if __name__ == "__main__":
    if find() is None and not install():
        print(ADVICE, file=sys.stderr)
