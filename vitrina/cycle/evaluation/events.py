# SPDX-License-Identifier: Apache-2.0
"""Ledger entries of the evaluation. Judgements are blinded: the ruling publishes what the committee found."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.ledger.kinds import Event, Visibility, kind

from .criteria import Verdict


@kind("conflict.declared", stage="evaluation")
class ConflictDeclared(Event):
    """An evaluator declared whether there is a conflict of interest; what they declared stays secret."""

    number: int
    name: str
    position: str
    is_excused: bool

    def sentence(self) -> str:
        if self.is_excused:
            return _("%(name)s declared a conflict of interest and does not evaluate") % {"name": self.name}
        return _("%(name)s declared to have no conflict of interest") % {"name": self.name}

    def detail(self) -> str:
        return self.position


@kind("conflict.stated", stage="evaluation", visibility=Visibility.BLINDED)
class ConflictStated(Event):
    """What an evaluator declared, for internal control; never public."""

    ocid: str
    person_id: int
    has_conflict: bool
    text: str

    def sentence(self) -> str:
        return _("An evaluator declared their interests")


@kind("scores.recorded", stage="evaluation", visibility=Visibility.BLINDED)
class ScoresRecorded(Event):
    """An evaluator judged bids; secret."""

    ocid: str
    person_id: int
    verdicts: tuple[Verdict, ...]

    def sentence(self) -> str:
        return _("An evaluator judged bids")


@kind("scores.locked", stage="evaluation", visibility=Visibility.BLINDED)
class ScoresLocked(Event):
    """An evaluator's whole sheet as it counts; secret. Its digest proves later that nothing was changed."""

    ocid: str
    person_id: int
    verdicts: tuple[Verdict, ...]

    def sentence(self) -> str:
        return _("An evaluator closed their evaluation")


@kind("evaluation.concluded", stage="evaluation")
class EvaluationConcluded(Event):
    """Every evaluator has judged every bid. The results are published with the ruling."""

    evaluators: int
    excused: int
    bids: int
    criteria: int

    def sentence(self) -> str:
        text = ngettext(
            "The evaluation concluded: %(n)s person judged every bid apart",
            "The evaluation concluded: %(n)s people judged every bid apart",
            self.evaluators,
        )
        return text % {"n": self.evaluators}

    def detail(self) -> str:
        text = _("%(bids)s bids against %(criteria)s requirements. The reasons are published with the ruling.")
        return text % {"bids": self.bids, "criteria": self.criteria}
