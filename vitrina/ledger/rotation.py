# SPDX-License-Identifier: Apache-2.0
"""Changing the key of the public log: the act first, under the old key; then the new one signs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from vitrina.kernel import clock

from . import log, log_acts, log_keys
from .models import Entry, Head
from .note import Vkey
from .sequencer import catch_up


def rotate(at: datetime | None = None) -> tuple[Entry, Vkey, Path]:
    """Hand the log to a new key: the act, the new key as verifiers write it, where the old file lies now.

    Broken off at any point it can be called again, and goes on with the same new key. Errors: `log_keys.NotRotated`,
    `Refused`.
    """
    with log.writing() as writer:
        if writer is None:
            raise log_keys.NotRotated("the sequencer holds the log: stop it first")
        if not Head.objects.exists():
            raise log_keys.NotRotated("nothing has been signed yet: there is no key to follow")
        at = at or clock.now()
        log_acts.tend(at)  # what changed before is told before
        act, new = log_keys.announce(writer.key, at)
        catch_up()
        writer.extend()
        if log.statement_of(act) is None:
            raise log_keys.NotRotated("the act has no place in the log yet: an older transaction is open; call again")
        aside = log_keys.swap(writer.key)
    with log.writing():  # publishes the policy with both keys
        return act, Vkey.of(writer.origin, new), aside
