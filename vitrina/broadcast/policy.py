# SPDX-License-Identifier: Apache-2.0
"""The values of policy.toml, read once."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

_READ = tomllib.loads(Path(__file__).with_name("policy.toml").read_text(encoding="utf-8"))

BEFORE = timedelta(minutes=_READ["key"]["before_minutes"])
AFTER = timedelta(minutes=_READ["key"]["after_minutes"])
RECONNECT = timedelta(minutes=_READ["key"]["reconnect_minutes"])
LONGEST = timedelta(hours=_READ["key"]["longest_hours"])
LOST = timedelta(seconds=_READ["connection"]["lost_seconds"])
CAPTION_LEAD = timedelta(seconds=_READ["captions"]["lead_seconds"])
CAPTION_SHOWN = timedelta(seconds=_READ["captions"]["shown_seconds"])
MOST_CHARACTERS: int = _READ["captions"]["most_characters"]
GAP = timedelta(seconds=_READ["recording"]["gap_seconds"])
