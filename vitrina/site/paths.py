# SPDX-License-Identifier: Apache-2.0
"""Where things lie on disk: the project's root and the folder for everything that running leaves behind."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    """The folder for data, logs and keys of this installation: VITRINA_VAR, else `var/` at the project's root."""
    return Path(os.environ.get("VITRINA_VAR") or ROOT / "var").resolve()
