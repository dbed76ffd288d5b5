# SPDX-License-Identifier: Apache-2.0
"""A purchase whose ruling was issued, with the reasons that the system proposes, in Spanish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation

from vitrina.cycle.awarding import commands as awarding
from vitrina.cycle.awarding.queries import proposed_reasons
from vitrina.cycle.core.models import Process
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.site.demo.people import World, local
from vitrina.site.demo.story.evaluation import reach_evaluation
from vitrina.site.demo.story.opening import reach_opening

RULED = local(2020, 10, 26, 12)


def rule_on(w: World, process: Process, *, at: datetime = RULED, **more: Any) -> Entry:
    """Issue the ruling with the proposed reasons; its entry."""
    with translation.override("es"):
        reasons, lot_reasons = proposed_reasons(process, w.when(at))
        return awarding.issue_ruling(
            w[Role.APPROVER], process.ocid, at=w.when(at), reasons=reasons, lot_reasons=lot_reasons, **more
        )


def reach_awarding(w: World, *, at: datetime = RULED, **evaluation: Any) -> Process:
    """A purchase with its ruling. `evaluation`: arguments of `reach_evaluation`; `offers={}` for a deserted one."""
    process = reach_opening(w, **evaluation) if evaluation.get("offers") == {} else reach_evaluation(w, **evaluation)
    rule_on(w, process, at=at)
    return Process.objects.get(ocid=process.ocid)
