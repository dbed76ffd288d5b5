# SPDX-License-Identifier: Apache-2.0
"""Who is asked to cosign the log, as the operator's file has it, and the policy that follows for verifiers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from .note import Vkey
from .policy import Policy, PolicyError

log = logging.getLogger(__name__)
ENOUGH = 2  # witnesses of different operators, where the file asks for nothing else


@dataclass(frozen=True, slots=True)
class Known:
    """A witness that is asked: its name in the policy, its key, where it answers."""

    name: str
    vkey: Vkey
    url: str


def policy(vkey: Vkey, former: Sequence[Vkey] = ()) -> Policy:
    """The policy for receipts of this log: its key, those that signed before it, every witness, the quorum."""
    return Policy([vkey, *former], (known := _configured()).witnesses, known.groups, known.quorum)


def known() -> list[Known]:
    """The witnesses that have an address."""
    found = _configured()
    return [Known(n, v, found.urls[v].rstrip("/")) for n, v in found.witnesses.items() if v in found.urls]


def _configured() -> Policy:
    """The operator's file; without one, or with a wrong one (which is told), nobody is asked."""
    if not settings.LOG_WITNESSES:
        return Policy()
    try:
        text = Path(settings.LOG_WITNESSES).read_text(encoding="utf-8")
        if not any(line.split()[:1] == ["quorum"] for line in text.splitlines()):
            text += _default_quorum(text)
        return Policy.parse(text)
    except (OSError, UnicodeDecodeError, PolicyError) as error:
        log.error("no witness is asked: %s: %s", settings.LOG_WITNESSES, error)  # noqa: TRY400 - the words say it all
        return Policy()


def _default_quorum(text: str) -> str:
    names = [line.split()[1] for line in text.splitlines() if line.split()[:1] == ["witness"] and line.split()[1:]]
    if not names:
        return "\nquorum none\n"
    return f"\ngroup enough {min(ENOUGH, len(names))} {' '.join(names)}\nquorum enough\n"
