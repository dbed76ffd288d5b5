# SPDX-License-Identifier: Apache-2.0
"""What the installation writes down of itself."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from vitrina import __version__
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.parties.actors import PLATFORM
from vitrina.site import paths

from .events import BuildReleased

STREAM = "platform:build"
BUNDLES = paths.ROOT / "web" / "static" / "vendor" / "bundles.json"  # written by the bundling step


def note_build(at: datetime) -> int:
    """Publish which code seals bids here, when it is other than the last published; returns acts done, 0 or 1."""
    files = json.loads(BUNDLES.read_text()) if BUNDLES.exists() else {}
    last = Entry.objects.filter(stream=STREAM).order_by("-seq").first()
    if not files or (last and (last.event.version, last.event.files) == (__version__, files)):
        return 0
    with transaction.atomic():
        append(STREAM, BuildReleased(version=__version__, files=files), actor=PLATFORM.signer, at=at)
    return 1
