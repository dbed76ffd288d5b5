# SPDX-License-Identifier: Apache-2.0
"""States of an evaluation, and of each evaluator's sheet in it."""

from enum import StrEnum

from vitrina.kernel.states import NEW, Table


class EvaluationState(StrEnum):
    """The evaluation of a purchase."""

    UNDERWAY = "underway"
    CONCLUDED = "concluded"


class SheetState(StrEnum):
    """One evaluator's sheet."""

    DECLARED = "declared"
    EXCUSED = "excused"
    LOCKED = "locked"


TABLE: Table = {
    (NEW, "declare"): EvaluationState.UNDERWAY,
    (EvaluationState.UNDERWAY, "declare"): EvaluationState.UNDERWAY,
    (EvaluationState.UNDERWAY, "score"): EvaluationState.UNDERWAY,
    (EvaluationState.UNDERWAY, "lock"): EvaluationState.UNDERWAY,
    (EvaluationState.UNDERWAY, "conclude"): EvaluationState.CONCLUDED,
}

SHEET: Table = {
    (NEW, "declare"): SheetState.DECLARED,
    (NEW, "excuse"): SheetState.EXCUSED,
    (SheetState.DECLARED, "excuse"): SheetState.EXCUSED,  # a conflict that the evaluator finds on reading the bids
    (SheetState.DECLARED, "score"): SheetState.DECLARED,
    (SheetState.DECLARED, "lock"): SheetState.LOCKED,
}
