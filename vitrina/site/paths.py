# SPDX-License-Identifier: Apache-2.0
"""Where things lie on disk: the project's root and the folder for everything that running leaves behind."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    """The folder for data, logs and keys of this installation: VITRINA_VAR, else `var/` at the project's root."""
    return Path(os.environ.get("VITRINA_VAR") or ROOT / "var").resolve()


def log_dir() -> Path:
    """The folder of the public log, served at `/log/`: VITRINA_LOG_DIR, else `log/` among the data."""
    return Path(os.environ.get("VITRINA_LOG_DIR") or var() / "log").resolve()


def search_dir() -> Path:
    """The folder of the search's index: VITRINA_SEARCH_DIR, else `search/` among the data."""
    return Path(os.environ.get("VITRINA_SEARCH_DIR") or var() / "search").resolve()


def dump_dir() -> Path:
    """The folder of everything public as files, for `/datos/`: VITRINA_DUMP_DIR, else `dumps/` among the data."""
    return Path(os.environ.get("VITRINA_DUMP_DIR") or var() / "dumps").resolve()


def floor_key() -> Path:
    """The file with the key of floors left in auctions: VITRINA_FLOOR_KEY, else `keys/floor.key` among the data."""
    return Path(os.environ.get("VITRINA_FLOOR_KEY") or var() / "keys" / "floor.key").resolve()


def log_key() -> Path:
    """The file with the log's private key: VITRINA_LOG_KEY, else `keys/log.key` among the data."""
    return Path(os.environ.get("VITRINA_LOG_KEY") or var() / "keys" / "log.key").resolve()
