# SPDX-License-Identifier: Apache-2.0
"""What becomes of signed envelopes, written a second time from the specification (sealed bids, section 7).

Beside the code's own reading, which it shares nothing with: the objects as the act revealed them, in the order in which
the ledger holds their entries.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# state told by an entry -> the command of the table that leads there
FATES = {
    "live": "stand", "superseded": "replace", "withdrawn": "take_back", "late": "arrive_late", "notice": "note",
}  # fmt: skip


def is_signed(shown: Any) -> bool:
    """Whether an envelope as it was revealed counts: its bidder's signature held."""
    return shown.warning != "bad_signature"


def fates(objects: Mapping[str, str], logged: Mapping[str, Any], deadline: Any) -> dict[str, str]:
    """Digest -> state of each revealed envelope; `logged` and `deadline` are entries of the ledger."""
    states: dict[str, str] = {}
    live: dict[str, str] = {}  # bidder -> digest
    for c in sorted(objects, key=lambda c: logged[c].pk):
        found = json.loads(objects[c])
        who, kind = found["supplier"], found["type"]
        if logged[c].pk > deadline.pk:
            states[c] = "late"
        elif kind == "sobre/v1":
            if who in live:
                states[live[who]] = "superseded"
            live[who], states[c] = c, "live"
        else:
            states[c] = "notice"
            if kind == "sobre/v1/retiro" and live.get(who) == found["bid"]:
                states[live.pop(who)] = "withdrawn"
    return states
