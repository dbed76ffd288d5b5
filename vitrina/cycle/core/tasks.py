# SPDX-License-Identifier: Apache-2.0
"""What waits for whom: each stage's `queries.tasks(process, at)` says it, the desk gathers it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vitrina.ledger.kinds import Applied
from vitrina.parties.roles import Role


@dataclass(frozen=True, slots=True)
class Task:
    """One step that waits: the command that does it, for which office, until when and under which rule.

    `key` names the object of the step when a process has several (a bid, a contract). `supplier_key` or `person_id`
    narrow it to one; `place_key` gives it to the staff of that unit instead of the contracting unit's. `due` is the
    legal deadline, `not_before` the instant from which it can be done.
    """

    command: str
    role: Role
    title: str
    detail: str = ""
    due: datetime | None = None
    not_before: datetime | None = None
    rule: Applied | None = None
    key: str = ""
    supplier_key: str = ""
    place_key: str = ""
    person_id: int = 0
    is_optional: bool = False
