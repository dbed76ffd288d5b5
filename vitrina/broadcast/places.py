# SPDX-License-Identifier: Apache-2.0
"""Where the broadcast lies on disk, below `settings.BROADCAST_DIR`."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[A-Za-z0-9-]{1,80}", re.ASCII)
LIVE_FILE = re.compile(r"(?:index\.m3u8|[0-9]{1,20}\.ts)", re.ASCII)
SOUND = "sonido.m3u8"
SOUND_PIECE = re.compile(r"([A-Za-z0-9-]{1,80})-sonido-[0-9]{1,20}\.ts", re.ASCII)


def root() -> Path:
    """The folder of the broadcast."""
    return Path(settings.BROADCAST_DIR)


def records() -> Path:
    """What nginx records, as it writes it."""
    return root() / "records"


def live() -> Path:
    """What is on air, as HLS: a folder for each name."""
    return root() / "live"


def sound() -> Path:
    """The sound alone of what is on air: files called `<name>-sonido...`."""
    return root() / "sound"


def archive() -> Path:
    """Recordings as they are published, by their SHA-256."""
    return root() / "archive"


def make() -> None:
    """Make the folders."""
    for folder in (records(), live(), sound(), archive()):
        folder.mkdir(parents=True, exist_ok=True)


def on_air(name: str, file: str) -> Path | None:
    """A file of what is on air by its address; nothing for anything else."""
    if not NAME.fullmatch(name):
        return None
    if LIVE_FILE.fullmatch(file):
        return live() / name / file
    if file == SOUND:
        return sound() / f"{name}-{SOUND}"
    piece = SOUND_PIECE.fullmatch(file)  # the playlist names its pieces as they lie on disk
    return sound() / file if piece and piece[1] == name else None


def archived(sha256: str) -> Path:
    """The recording with a digest."""
    return archive() / f"{sha256}.mp4"
